"""Checkouts with embedded PostgreSQL servers of their own, apart from the one of the test suite."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsroom.embedded_postgres.server import Server


@pytest.fixture
def make_checkout() -> Iterator[Callable[[str], Path]]:
    """Makes an empty checkout of a given name; the server that ran in it is stopped at the end.

    Not in tmp_path: as root that is closed to the server's account.
    """
    made: list[Path] = []

    def make(name: str) -> Path:
        parent = open_directory()
        made.append(parent)
        (parent / name).mkdir()
        return parent / name

    yield make
    for parent in made:
        for root in parent.glob("*/.postgres"):
            dispose(root)
        shutil.rmtree(parent)


@pytest.fixture
def checkout(make_checkout: Callable[[str], Path]) -> Path:
    """An empty checkout; its path has a space, as any path may."""
    return make_checkout("check out")


@pytest.fixture
def new_server() -> Iterator[Callable[[Path], Server]]:
    """Makes servers as further processes would; those still held are released at the end."""
    made: list[Server] = []

    def make(root: Path) -> Server:
        made.append(Server(root))
        return made[-1]

    yield make
    for server in made:
        server.release()


@pytest.fixture(scope="session")
def shared_root() -> Iterator[Path]:
    parent = open_directory()
    server = Server(parent / "Zoë's check out" / ".postgres")
    server.root.parent.mkdir()
    server.ensure()
    server.release()
    yield server.root
    dispose(server.root)
    shutil.rmtree(parent)


@pytest.fixture
def root(shared_root: Path) -> Iterator[Path]:
    """The .postgres of a checkout with a cluster at rest, shared by the tests of a session.

    Its path has a space, a quote and a letter beyond ASCII, as any path may.
    """
    yield shared_root
    Server(shared_root).stop()


@pytest.fixture
def hollow_root(checkout: Path) -> Path:
    """The .postgres of a checkout whose cluster can be told by its version, and is nothing more."""
    server = Server(checkout / ".postgres")
    for directory in (server.data, server.sockets):
        server.account.own(directory)
    (server.data / "PG_VERSION").write_text("9\n")
    return server.root


def open_directory() -> Path:
    """A new temporary directory that every account may enter."""
    directory = Path(tempfile.mkdtemp()).resolve()
    directory.chmod(0o755)
    return directory


def dispose(root: Path) -> None:
    """Stop the server below `root` by its own data directory, and remove all that it made."""
    if root.stat().st_uid != os.geteuid():
        os.chown(root, os.geteuid(), -1)
    server = Server(root)
    server.stop()
    shutil.rmtree(server.root)
    shutil.rmtree(server.sockets, ignore_errors=True)
