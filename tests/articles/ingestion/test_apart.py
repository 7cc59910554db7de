"""What a load writes never takes the place of what it reads."""

from pathlib import Path

import pytest

from articles.errors import LoadError
from articles.ingestion.apart import kept_apart
from articles.ingestion.document import Fault, Reject
from articles.ingestion.inputs import Input, find_inputs
from articles.ingestion.rejects import as_line

OURS = as_line(Reject((Fault("in", 1, "status", "is none of draft"),), {"headline": "Talks"}))
IS_INPUT = "--rejects .*: is one of the inputs; choose another file"


def test_our_own_files_in_a_folder_are_no_inputs(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("News.")
    for name, data in (("rejects", OURS), ("plan", b'{"type":"header","format":"newsroom-plan"}')):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "link").symlink_to(tmp_path / "rejects")
    files = {"--plan-file": tmp_path / "plan", "--rejects": tmp_path / "link"}
    inputs = [Input(name, tmp_path / name) for name in ("a", "plan", "rejects")]
    assert kept_apart(inputs, [str(tmp_path)], files, None) == inputs[:1]
    (tmp_path / "rejects").write_bytes(b"")  # of a load without rejects
    assert kept_apart(inputs, [str(tmp_path)], files, None) == inputs[:1]


@pytest.mark.parametrize("data", [b"News.", b"{", b'{"headline": "Talks"}', b"[]"])
def test_a_file_of_others_in_a_folder_is_not_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "news").write_bytes(data)
    with pytest.raises(LoadError, match=IS_INPUT):
        kept_apart(
            find_inputs([str(tmp_path)]), [str(tmp_path)], {"--rejects": tmp_path / "news"}, None
        )


def test_a_named_input_is_not_replaced_by_whatever_name(tmp_path: Path) -> None:
    (tmp_path / "news").write_bytes(OURS)
    (tmp_path / "link").symlink_to(tmp_path / "news")
    for read, written in (("news", "news"), ("news", "link"), ("link", "news"), ("link", "link")):
        paths, files = [str(tmp_path / read)], {"--rejects": tmp_path / written}
        with pytest.raises(LoadError, match=IS_INPUT):
            kept_apart(find_inputs(paths), paths, files, None)


def test_what_stands_on_standard_input_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "news"
    file.write_bytes(OURS)
    with file.open("rb") as stream:
        with pytest.raises(LoadError, match=IS_INPUT):
            kept_apart(find_inputs(["-"]), ["-"], {"--rejects": file}, stream)
        other = {"--rejects": tmp_path / "other"}
        assert kept_apart(find_inputs(["-"]), ["-"], other, stream) == find_inputs(["-"])


def test_two_outputs_are_two_files(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out")
    files = {"--plan-file": tmp_path / "out", "--rejects": tmp_path / "link"}
    with pytest.raises(LoadError, match=r"--rejects .*link: is the file of --plan-file; choose"):
        kept_apart([], [], files, None)
