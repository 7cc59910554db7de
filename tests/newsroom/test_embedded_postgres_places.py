"""Where the embedded PostgreSQL lives, as whom, and what it refuses."""

import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from newsroom.embedded_postgres import EmbeddedPostgresError, places
from newsroom.embedded_postgres.server import Server
from tests.newsroom.processes import as_root, run, value

NewServer = Callable[[Path], Server]
MakeCheckout = Callable[[str], Path]

# Everything is imported before root becomes another, who may not be able to read the library.
AS_ANOTHER_USER = """
import os, sys, psycopg
from pathlib import Path
from newsroom.embedded_postgres.server import PORT, Server
root, uid, gid = sys.argv[1:]
os.setgroups([]); os.setgid(int(gid)); os.setuid(int(uid))
server = Server(Path(root))
server.ensure()
print(server.account.uid, server.ping().name)
"""


class TestPlaces:
    def test_a_long_path_has_its_socket_elsewhere(
        self, make_checkout: MakeCheckout, new_server: NewServer
    ) -> None:
        server = new_server(make_checkout("c" * 100) / ".postgres")
        server.ensure()
        assert value(server, "select 1") == 1
        assert len(str(server.sockets)) < 80
        assert stat.S_IMODE(server.sockets.stat().st_mode) == 0o700

    def test_a_path_with_a_comma_has_its_socket_elsewhere(
        self, make_checkout: MakeCheckout
    ) -> None:
        assert "," not in str(Server(make_checkout("one, two") / ".postgres").sockets)

    @as_root
    def test_a_closed_checkout_keeps_its_data_elsewhere(
        self, checkout: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(places, "STATE_DIRECTORY", checkout.parent)
        checkout.chmod(0o700)
        server = new_server(checkout / ".postgres")
        server.ensure()
        assert value(server, "select 1") == 1
        assert server.root.parent == checkout.parent
        assert list(checkout.iterdir()) == []
        server.release()
        checkout.chmod(0o755)
        assert Server(checkout / ".postgres").data == server.data, "opened, it lost its archive"

    @as_root
    def test_an_archive_that_was_closed_off_is_not_begun_anew(
        self, hollow_root: Path, new_server: NewServer
    ) -> None:
        hollow_root.parent.chmod(0o700)
        with pytest.raises(EmbeddedPostgresError, match=r"nobody.*cannot enter.*chmod o\+x"):
            new_server(hollow_root).ensure()

    @as_root
    def test_programs_out_of_reach_are_copied_once(
        self, checkout: Path, root: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = Server(root).programs.parents[1]
        if not (wheel / "pginstall").exists():
            pytest.skip("PostgreSQL is not from a wheel")
        closed = checkout / "site-packages"
        closed.mkdir(mode=0o700)
        for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
            (closed / part.name).symlink_to(part)
        (root / "programs-of-an-earlier-wheel").mkdir()
        monkeypatch.syspath_prepend(closed)
        copies = set()
        for server in (new_server(root), new_server(root)):
            server.ensure()
            assert value(server, "select 1") == 1
            assert server.programs.is_relative_to(root)
            server.release()
            copies |= {(copy, copy.stat().st_ino) for copy in root.glob("programs*")}
        assert len(copies) == 1


class TestRefusals:
    def test_data_of_another_major_version(self, hollow_root: Path, new_server: NewServer) -> None:
        with pytest.raises(EmbeddedPostgresError, match=r"(?s)written by PostgreSQL 9.*pg_dump"):
            new_server(hollow_root).ensure()

    def test_a_directory_without_data(self, hollow_root: Path, new_server: NewServer) -> None:
        (hollow_root / "data" / "PG_VERSION").unlink()
        with pytest.raises(EmbeddedPostgresError, match=r"holds no PostgreSQL data\. Move it away"):
            new_server(hollow_root).ensure()

    @pytest.mark.parametrize("part", ["data", "run"])
    def test_a_directory_open_to_others(
        self, hollow_root: Path, new_server: NewServer, part: str
    ) -> None:
        (hollow_root / part).chmod(0o755)
        with pytest.raises(EmbeddedPostgresError, match=f"chmod 700 '.*/{part}'"):
            new_server(hollow_root).ensure()

    def test_a_link_in_place_of_a_directory(self, checkout: Path, new_server: NewServer) -> None:
        (checkout / "elsewhere").mkdir()
        (checkout / "link").symlink_to(checkout / "elsewhere")
        with pytest.raises(EmbeddedPostgresError, match="is a link"):
            new_server(checkout / "link").ensure()

    @as_root
    @pytest.mark.parametrize("part", ["", "data", "run"])
    def test_a_directory_of_another_user(
        self, hollow_root: Path, new_server: NewServer, part: str
    ) -> None:
        os.chown(hollow_root / part, 12345, 12345)
        with pytest.raises(EmbeddedPostgresError, match="belongs to user 12345"):
            new_server(hollow_root).ensure()

    @as_root
    def test_root_and_a_plain_user_each_have_their_own(
        self, make_checkout: MakeCheckout, hollow_root: Path, new_server: NewServer
    ) -> None:
        user = pwd.getpwnam("nobody")
        who = (str(user.pw_uid), str(user.pw_gid))
        checkout = make_checkout("of a plain user")
        os.chown(checkout, user.pw_uid, user.pw_gid)
        own = run("-c", AS_ANOTHER_USER, checkout / ".postgres", *who)
        assert (own.stdout, own.stderr) == (f"{user.pw_uid} OK\n", "")
        (hollow_root.parent / ".postgres").chmod(0o711)
        roots = run("-c", AS_ANOTHER_USER, hollow_root, *who)
        assert "belongs to root, but must be nobody's" in roots.stderr
        with pytest.raises(EmbeddedPostgresError, match="belongs to nobody, but must be root's"):
            new_server(checkout / ".postgres").ensure()

    @as_root
    @pytest.mark.parametrize("name", ["root", "no-such-account"])
    def test_an_account_that_cannot_serve(
        self, checkout: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setenv("NEWSROOM_POSTGRES_OS_USER", name)
        with pytest.raises(EmbeddedPostgresError, match="NEWSROOM_POSTGRES_OS_USER"):
            Server(checkout / ".postgres")

    def test_programs_that_are_not_there(
        self, checkout: Path, new_server: NewServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NEWSROOM_POSTGRES_BIN", str(checkout))
        with pytest.raises(EmbeddedPostgresError, match=r"NEWSROOM_POSTGRES_BIN.*no pg_ctl"):
            new_server(checkout / ".postgres").ensure()
