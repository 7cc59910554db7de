"""Which files a load reads."""

from pathlib import Path

import pytest

from articles.errors import LoadError
from articles.ingestion.inputs import find_inputs


def test_folders_are_walked_in_name_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/1.txt", ".hidden", ".git/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    names = [item.name for item in find_inputs([str(tmp_path)])]
    assert names == [str(tmp_path / name) for name in ("a/1.txt", "a/2.txt", "b.txt")]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    found = find_inputs([str(tmp_path / "a.txt"), str(tmp_path), "-", "-"])
    assert [item.name for item in found] == [str(tmp_path / "a.txt"), "standard input"]


@pytest.mark.parametrize("name", ["missing.txt", "empty"])
def test_what_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LoadError, match=name):
        find_inputs([str(tmp_path / name)])
