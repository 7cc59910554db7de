"""The life of the embedded server: start, share, stop.

    <root>/
    ├── data/        the cluster, with server.log (and server.log.1, of the start before)
    ├── run/         the socket; elsewhere if this path is too long for one
    ├── users.lock   every process that uses the server holds a shared lock on it
    └── start.lock   one process at a time starts or stops the server

Both are kernel locks: they end with their process, however it ends.
"""

import atexit
import fcntl
import os
import shlex
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from newsroom.embedded_postgres import accounts, binaries, cluster, lockfiles, places
from newsroom.embedded_postgres.errors import EmbeddedPostgresError

PORT = "5432"  # names the socket file, and nothing else
PATIENCE = 60.0  # seconds for a server that lives but does not answer yet

# Given at every start rather than kept in the cluster, so that old clusters follow them too.
# Durability (fsync, full_page_writes, synchronous_commit) is left as PostgreSQL has it: on.
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "256MB",  # a full-text index builds in fewer passes
    "max_wal_size": "2GB",  # a big load is not interrupted by checkpoints
    "jit": "off",  # compiling costs more than queries this short can gain
}


class Server:
    """The PostgreSQL of one checkout. Nothing is made or started before `ensure`."""

    def __init__(self, root: Path) -> None:
        self.account = accounts.server_account()
        # One name for one place, by whatever links it is reached: the lock files are known by it.
        self.root = places.home(root.parent.resolve() / root.name, self.account)
        self.data = self.root / "data"
        self.log = self.data / "server.log"
        self.sockets = places.socket_directory(self.root, self.account)
        self._users_lock: IO[str] | None = None
        self._threads = threading.Lock()
        atexit.register(self.release)
        os.register_at_fork(after_in_child=self._forget)

    @property
    def is_held(self) -> bool:
        """Whether this process is counted among the users of the server."""
        return self._users_lock is not None

    @cached_property
    def programs(self) -> Path:
        """The directory of psql, pg_dump and the others; made if it has to be a copy."""
        return binaries.find(self.account, self.root)

    def ping(self) -> Ping:
        """What the socket answers: OK, REJECT (starting or stopping) or NO_RESPONSE."""
        asked = make_conninfo(
            host=str(self.sockets),
            port=PORT,
            user=cluster.ROLE,
            dbname=cluster.DATABASE,
            connect_timeout=2,
        )
        return Ping(PGconn.ping(asked.encode()))

    def ensure(self) -> None:
        """Be counted as a user until this process ends, and have the server answer.

        EmbeddedPostgresError: it cannot be made or started.
        """
        with self._threads:
            if self.is_held and self.ping() == Ping.OK:
                return
            accounts.claim(self.root, self.account)
            if self._users_lock is None:  # waits while a last user stops the server
                self._users_lock = _locked(self.root / "users.lock", fcntl.LOCK_SH)
            with _locked(self.root / "start.lock", fcntl.LOCK_EX):
                self._bring_up()

    def release(self) -> None:
        """Be no longer counted; the last user stops the server. Safe to call again."""
        with self._threads:
            if self._users_lock is None:
                return
            try:
                fcntl.flock(self._users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else uses it
            else:
                if not os.environ.get("NEWSROOM_POSTGRES_KEEP"):
                    self._stop()
            finally:
                self._users_lock.close()
                self._users_lock = None

    def stop(self) -> None:
        """Stop the server, whoever uses it: their next connection starts it again."""
        if not self.root.exists():
            return
        accounts.claim(self.root, self.account)
        with self._threads, _locked(self.root / "start.lock", fcntl.LOCK_EX):
            said = self._stop()
            if lockfiles.postmaster_runs(self.data):
                raise EmbeddedPostgresError(f"The server of {self.data} does not stop.\n{said}")

    def _forget(self) -> None:
        # A fork's child is no user before it connects. Its copy of the lock would count it as one,
        # or keep everybody out once the parent has stopped the server.
        if self._users_lock is not None:
            self._users_lock.close()
        self._users_lock = None
        self._threads = threading.Lock()

    def _bring_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while (answer := self.ping()) != Ping.OK:
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(
                    f"The server of {self.data} runs but does not answer; it may be recovering. "
                    f"Look into {self.log}, and try again later."
                )
            # Who answers lives, though it were a process that cannot be seen from here.
            if answer == Ping.REJECT or lockfiles.postmaster_runs(self.data):
                time.sleep(0.05)
            else:
                self._start(deadline)

    def _start(self, deadline: float) -> None:
        if not self.account.can_enter(self.root):
            raise EmbeddedPostgresError(
                f"PostgreSQL does not run as root, and {self.account}, who runs it instead, cannot "
                f"enter {self.root}. Open the directories above it to passage (chmod o+x)."
            )
        if not self.data.exists():
            cluster.create(self.data, self.programs, self.account)
        for directory in (self.data, self.sockets):
            self.account.own(directory)
        cluster.check_version(self.data, self.programs, self.account)
        binaries.discard_other_copies(self.root, self.programs)
        lockfiles.make_stale(self.data, self.sockets / f".s.PGSQL.{PORT}.lock", self.account)
        self.account.run("mv", "-f", self.log, f"{self.log}.1")
        start = ["start", "-D", str(self.data), "-l", str(self.log), "-o", self._options()]
        code, said = self.account.run(self.programs / "pg_ctl", *start, "-w", "-t", "300")
        if code == 0:
            return
        _, log = self.account.run("tail", "-n", "20", self.log)
        # Processes of a killed server that are still at work in the data end when they notice.
        if "shared memory block" in log and time.monotonic() < deadline:
            time.sleep(0.05)
            return
        raise EmbeddedPostgresError(f"The server of {self.data} does not start.\n{said}\n{log}")

    def _options(self) -> str:
        # A list of directories to PostgreSQL (hence the double quotes), and a word to the shell
        # that pg_ctl calls.
        directory = '"' + str(self.sockets).replace('"', '""') + '"'
        settings = SETTINGS | {"unix_socket_directories": directory}
        return " ".join(shlex.join(["-c", f"{name}={value}"]) for name, value in settings.items())

    def _stop(self) -> str:
        if not lockfiles.postmaster_runs(self.data):  # pg_ctl would stop a stranger of that number
            return ""
        # PostgreSQL 18 waits for ever when it is told to stop while it recovers from a crash.
        deadline = time.monotonic() + PATIENCE
        while self.ping() == Ping.REJECT and time.monotonic() < deadline:
            time.sleep(0.05)
        said = ""
        for mode, seconds in (("fast", "120"), ("immediate", "60")):  # which recovers at its start
            stop = ["stop", "-D", str(self.data), "-m", mode, "-w", "-t", seconds]
            code, said = self.account.run(self.programs / "pg_ctl", *stop)
            if code == 0:
                break
        return said


def _locked(path: Path, kind: int) -> IO[str]:
    """An open file that holds a lock until it is closed; waits for it."""
    path.touch(mode=0o600)  # who can open it can hold the lock, and keep everybody waiting
    file = path.open("a")
    fcntl.flock(file, kind)
    return file
