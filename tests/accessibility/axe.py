"""axe-core, as its package brings it: installed once beside this file, asked of any page."""

import fcntl
import json
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]

# What is not asked of, and why: nothing of ours.
ALLOWED = {
    ".swagger-ui": "Swagger UI, written by others; the OpenAPI document and the page of each"
    " address tell the same, and the frame around it is ours and asked of",
}

# Swagger UI draws a main of its own into ours, as soon as it has read the document.
ALLOWED_NODES = {("landmark-no-duplicate-main", "#docs:")}

ASK = """
async ([only, elsewhere]) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  document.querySelectorAll("details").forEach((it) => { it.open = true; });
  document.getAnimations().forEach((it) => { if (it instanceof CSSTransition) it.finish(); });
  const found = await axe.run({include: [["html"]], exclude: elsewhere}, {
    runOnly: only, resultTypes: ["violations"], preload: false,
  });
  return found.violations.map((it) => [it.id, it.nodes.map((node) =>
    `${node.target.join(" ")}: ${node.html.slice(0, 160)}`
    + ` (${[...node.any, ...node.all].map((check) => check.message).join("; ").slice(0, 220)})`)]);
}
"""


def axe_source() -> str:
    """The script at the version that the lock names; fetched when it is not here yet."""
    with (HERE / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run in several processes
        wanted = json.load(lock)["packages"]["node_modules/axe-core"]["version"]
        manifest = AXE.parent / "package.json"
        if not manifest.exists() or json.loads(manifest.read_text())["version"] != wanted:
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"],
                check=True, cwd=HERE, timeout=300,
            )  # fmt: skip
    return AXE.read_text()


def violations(page: Any, *, only_colours: bool = False) -> list[str]:
    """What axe finds on the page as it is shown now, with everything on it unfolded."""
    kind, values = ("rule", COLOURS) if only_colours else ("tag", STANDARDS)
    found = page.evaluate(ASK, [{"type": kind, "values": values}, [[it] for it in ALLOWED]])
    return [
        f"{rule}: {node}"
        for rule, nodes in found
        for node in nodes
        if (rule, node.partition(" ")[0]) not in ALLOWED_NODES
    ]
