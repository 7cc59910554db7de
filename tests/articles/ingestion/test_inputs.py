"""Which files a load reads."""

import io
import os
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from articles.errors import LoadError
from articles.ingestion.inputs import Input, find_inputs, opened_input, received


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


def test_what_can_be_read_once_is_kept_to_be_read_again(tmp_path: Path) -> None:
    pipe, file = tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    file.write_bytes(b"from a file")
    writer = Thread(target=pipe.write_bytes, args=[b"from a pipe"])
    writer.start()
    inputs = [Input("file", file), Input("pipe", pipe), Input("standard input", None)]
    expected = [b"from a file", b"from a pipe", b"typed"]
    with received(inputs, io.BytesIO(b"typed")) as files:
        writer.join()
        assert [(f.size, f.sha256) for f in files] == [
            (len(data), sha256(data).hexdigest()) for data in expected
        ]
        for _ in range(2):
            found = []
            for item in files:
                with opened_input(item) as stream:
                    found.append(stream.read())
            assert found == expected


def test_what_cannot_be_read_says_so_when_it_is_opened(tmp_path: Path) -> None:
    with received([Input("gone", tmp_path / "gone")], io.BytesIO()) as [gone]:
        assert (gone.size, gone.sha256) == (0, "")
        with pytest.raises(FileNotFoundError), opened_input(gone):
            pass
