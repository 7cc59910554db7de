"""Where the server keeps its data and its socket: decided by looking, before anything is made."""

import hashlib
import os
from pathlib import Path

from newsroom.embedded_postgres.accounts import Account

STATE_DIRECTORY = Path("/var/lib")
# Not tempfile.gettempdir(): every process must come to the same answer, whatever its TMPDIR.
SHORT_DIRECTORY = Path("/tmp")  # noqa: S108 - the directory made there is checked for its owner
LONGEST_SOCKET_DIRECTORY = 80  # bytes; with the socket's name it must fit the kernel's 104 to 108


def home(asked: Path, account: Account) -> Path:
    """`asked`, or for a root whose checkout is closed to the server's account a place that is not.

    An archive that has a place keeps it when the permissions change.
    """
    if not account.is_stand_in:
        return asked
    elsewhere = STATE_DIRECTORY / f"newsroom-{_tag(asked)}"
    if elsewhere.exists():
        return elsewhere
    checkout = next(directory for directory in asked.parents if directory.exists())
    return asked if account.can_enter(checkout) or (asked / "data").exists() else elsewhere


def socket_directory(root: Path, account: Account) -> Path:
    """A directory below `root`, or a short path where the kernel or libpq cannot take that one."""
    inside = root / "run"
    # A comma separates hosts to libpq, and there is no quoting it.
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY and "," not in str(inside):
        return inside
    return SHORT_DIRECTORY / f"newsroom-{account.uid}-{_tag(root)}"


def _tag(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
