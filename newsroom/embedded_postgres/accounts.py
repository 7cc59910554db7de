"""Who the server runs as, and whose its directories are.

PostgreSQL refuses to run as root. Root therefore starts it as an unprivileged account, and runs
every program that reads or writes that account's directories as it too: what the account plants
there (a link, say) can then mislead nobody but itself.
"""

import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from newsroom.embedded_postgres.errors import EmbeddedPostgresError

VARIABLE = "NEWSROOM_POSTGRES_OS_USER"


@dataclass(frozen=True)
class Account:
    """The account of the server: root's stand-in, or simply whoever runs this process."""

    uid: int
    gid: int
    is_stand_in: bool

    def __str__(self) -> str:
        return _name(self.uid)

    def run(self, *command: str | Path, stdin: str = "") -> tuple[int, str]:
        """Run a program as this account: its exit code, and its output and errors together."""
        # The output goes to a file: a server left behind by pg_ctl would hold a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            try:
                finished = subprocess.run(
                    command,
                    input=stdin.encode(),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment() | {"LC_ALL": "C"},
                    cwd="/",
                    check=False,
                    user=self.uid if self.is_stand_in else None,
                    group=self.gid if self.is_stand_in else None,
                    extra_groups=[] if self.is_stand_in else None,
                )
            except OSError as error:
                raise EmbeddedPostgresError(
                    f"{command[0]} cannot be run as {self}: {error.strerror}. "
                    "Set DATABASE_URL to another PostgreSQL server."
                ) from error
            output.seek(0)
            return finished.returncode, output.read().decode(errors="replace").strip()

    def can_enter(self, path: Path) -> bool:
        """Whether the account may enter a directory, or execute a file."""
        return self.run("test", "-x", path)[0] == 0

    def own(self, directory: Path) -> None:
        """Make a directory that only this account may enter: the whole of the access control."""
        _make(directory, 0o700)
        if self.is_stand_in and directory.lstat().st_uid == os.geteuid():
            os.chown(directory, self.uid, self.gid, follow_symlinks=False)
        _refuse_strangers(directory, self.uid)
        if directory.lstat().st_mode & 0o077:
            raise EmbeddedPostgresError(
                f"{directory} is open to other accounts. Close it: chmod 700 '{directory}'"
            )


def server_account() -> Account:
    """This process's account, or as root an unprivileged one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_stand_in=False)
    name = os.environ.get(VARIABLE) or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and there is no account {name!r} to run it as. "
            f"Name one in {VARIABLE}, or run this as another user."
        ) from None
    if entry.pw_uid == 0:
        raise EmbeddedPostgresError(
            f"{VARIABLE}={name} is root, and PostgreSQL does not run as root. Name another account."
        )
    return Account(entry.pw_uid, entry.pw_gid, is_stand_in=True)


def environment() -> dict[str, str]:
    """This process's environment without PostgreSQL's variables, which would lead it elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def claim(directory: Path, account: Account) -> None:
    """Make `directory` this process's own, a place where `account` may keep its directories.

    It stays root's where root runs this, so that the account plants no links where root writes.
    """
    mode = 0o711 if account.is_stand_in else 0o700
    _make(directory, mode)
    _refuse_strangers(directory, os.geteuid())
    directory.chmod(mode)


def _make(directory: Path, mode: int) -> None:
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The directory {directory} of the embedded PostgreSQL cannot be made: "
            f"{error.strerror}. Make room for it, or set DATABASE_URL to another server."
        ) from error


def _refuse_strangers(directory: Path, uid: int) -> None:
    found = directory.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == uid:
        return
    if not stat.S_ISDIR(found.st_mode):
        raise EmbeddedPostgresError(f"{directory} is a link. Put a directory in its place.")
    raise EmbeddedPostgresError(
        f"{directory} belongs to {_name(found.st_uid)}, but must be {_name(uid)}'s: "
        f"root and a plain user cannot share one archive. Run this as the user who made it, "
        "or move that directory away to begin anew, or set DATABASE_URL to another server."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
