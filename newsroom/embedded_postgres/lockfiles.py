"""Whether PostgreSQL's lock files tell of a living server.

PostgreSQL starts beside a lock file only when the process named there is gone. A killed server can
stay behind as a zombie (for ever, in a container whose first process reaps nobody), and its number
can pass to a stranger. Both count as living to PostgreSQL, so the question is settled here.
"""

import os
import subprocess
from pathlib import Path

from newsroom.embedded_postgres.accounts import Account

IMPOSSIBLE_PID = "4194305"  # greater than any of Linux or macOS

MAKE_STALE = """
test ! -e "$1" || { { echo "$2"; tail -n +2 "$1"; } >"$1.new" && mv "$1.new" "$1"; }
rm -f "$3"
"""


def postmaster_runs(data: Path) -> bool:
    """Whether the process that `data`'s lock file names is the server of that directory."""
    try:
        pid = int((data / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return False
    # A zombie has no command line, and a stranger's is another.
    return f"/postgres -D {data} " in f"{_command_line(pid)} "


def make_stale(data: Path, socket_lock: Path, account: Account) -> None:
    """Let a server start whose predecessor is proved dead by `postmaster_runs`.

    Only the number in postmaster.pid is replaced. Its other lines name the shared memory, by which
    PostgreSQL finds processes of the dead server that still write to the data.
    """
    account.run("sh", "-c", MAKE_STALE, "sh", data / "postmaster.pid", IMPOSSIBLE_PID, socket_lock)


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ")
        except OSError:
            return ""
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False
    )
    return os.fsdecode(listed.stdout).strip()
