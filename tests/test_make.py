"""A newcomer's way: `make demo` in a bare checkout, as whoever one is, from any path."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
PATIENCE = 300  # seconds for an installation on a slow line


def python_of(user: str) -> str | None:
    """An interpreter with venv that the user may run."""
    for path in (sys.base_prefix + "/bin/python3", "/usr/bin/python3"):
        check = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
        try:
            found = subprocess.run(
                [path, "-c", check], user=user, cwd="/", capture_output=True, check=False
            )
        except OSError:
            continue
        if found.returncode == 0:
            return path
    return None


class Checkout:
    """A copy of what a clone would hold, in a path with a space, owned by one user."""

    def __init__(self, user: str) -> None:
        self.user = user
        self.parent = Path(tempfile.mkdtemp(prefix="newsroom-"))
        self.parent.chmod(0o755)
        self.path = self.parent / "a clone"
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, target)
        for path in (self.parent, *self.parent.rglob("*")):
            shutil.chown(path, user)
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DJANGO_", "DATABASE_URL", "NEWSROOM_", "VIRTUAL_ENV", "MAKE"))
        } | {"HOME": str(self.parent), "PYTHON": python_of(user) or ""}

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.environment,
            user=self.user,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *command: str) -> tuple[int, str]:
        process = self.start(*command)
        output, _ = process.communicate(timeout=PATIENCE)
        return process.returncode, output


@pytest.fixture(params=["as whoever runs the tests", "as a plain user"])
def checkout(request: pytest.FixtureRequest) -> Iterator[Checkout]:
    me = pwd.getpwuid(os.geteuid()).pw_name
    user = me
    if request.param == "as a plain user":
        if os.geteuid():
            pytest.skip("the other case is the plain user's already")
        user = "nobody"
    if not python_of(user):
        pytest.skip(f"{user} may run no Python of 3.11 or newer with venv")
    made = Checkout(user)
    yield made
    made.run(".venv/bin/python", "-m", "newsroom.embedded_postgres", "stop")
    shutil.rmtree(made.parent)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(address: str, server: subprocess.Popen[str]) -> str:
    """The page, once the server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urlopen(address) as answer:  # noqa: S310  our own loopback server
                return str(answer.read().decode())
        except URLError:
            time.sleep(0.2)
    output = server.stdout.read() if server.poll() is not None and server.stdout else ""
    raise AssertionError(f"no answer from {address}: {output}")


def test_make_demo(checkout: Checkout) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = checkout.start("make", "demo", f"PORT={port}")
    try:
        assert "Newest articles" in fetch(f"{address}/", server)
        found = fetch(f"{address}/api/v1/articles/?q=ceasefire+talks", server)
        assert "Egypt to host renewed ceasefire talks" in found
        for door in ("/admin/login/", "/api/v1/docs/", "/feeds/articles.atom", "/readyz"):
            assert fetch(address + door, server)
        # a second one on the same port says so, with the way out
        code, output = checkout.run("make", "demo", f"PORT={port}")
        assert code != 0
        assert f"make demo PORT={port + 1}" in output
        assert "Traceback" not in output
    finally:
        os.killpg(server.pid, signal.SIGINT)  # what Ctrl-C does
        output, _ = server.communicate(timeout=60)
    assert "Password: " in output
    code, status = checkout.run(".venv/bin/python", "-m", "newsroom.embedded_postgres", "status")
    assert (code, status.splitlines()[0]) == (3, "stopped")
    code, output = checkout.run("make", "demo", "ARGS=--no-serve")
    assert code == 0, output
    assert "Nothing to do" in output
