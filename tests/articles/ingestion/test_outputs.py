"""Files that a load writes."""

import os
from pathlib import Path

import pytest

from articles.errors import LoadError
from articles.ingestion.outputs import opened_output


def test_a_file_appears_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    with opened_output(path, "--out") as write:
        write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_of_what_fails_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt), opened_output(path, "--out") as write:
        write(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with opened_output(tmp_path / "link", "--out") as write:
        write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_bytes() == b"new"


def test_what_is_no_file_is_written_directly(tmp_path: Path) -> None:
    with opened_output(Path(os.devnull), "--out") as write:
        write(b"new")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("name", ["", "missing/file", "file/below", "x" * 300])
def test_what_cannot_be_written_is_refused_before_anything(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LoadError, match=r"--out .*: "), opened_output(tmp_path / name, "--out"):
        pytest.fail("the load has begun")


def test_a_full_disk_is_said() -> None:
    with (
        pytest.raises(LoadError, match="--out /dev/full: No space left"),
        opened_output(Path("/dev/full"), "--out") as write,
    ):
        write(b"x" * 1_000_000)


def test_other_errors_are_not_taken_for_its_own(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError), opened_output(tmp_path / "out", "--out"):
        raise ConnectionResetError
