"""Redocly's linter finds no error in the OpenAPI document."""

import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.clients
ROOT = Path(__file__).parent.parent.parent
LINTER = "@redocly/cli@2.77.0"


def test_the_document_is_clean(served, client, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_bytes(client.get("/api/v1/schema/?format=json").content)
    done = subprocess.run(
        ["npx", "--yes", LINTER, "lint", document, "--config", ROOT / "redocly.yaml"],
        check=False, capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
