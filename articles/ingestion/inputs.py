"""What a load reads: files, folders and standard input, in an order that is always the same."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from articles.errors import LoadError

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """A file, or standard input where `path` is None. `name` is what messages call it."""

    name: str
    path: Path | None


def find_inputs(paths: Iterable[str]) -> list[Input]:
    """The files of the paths, folders walked in name order, each once; hidden files left out.

    Raises LoadError for a path that is not there or cannot be read, before anything is read.
    """
    found: dict[str, Input] = {}
    for path in paths:
        inputs = [Input("standard input", None)] if path == STANDARD_INPUT else _files(Path(path))
        for item in inputs:
            found.setdefault(os.path.realpath(item.path) if item.path else "", item)
    return list(found.values())


def _files(path: Path) -> list[Input]:
    if path.is_dir():
        files = sorted(_walk(path))
        if not files:
            raise LoadError(f"{_printable(path)}: no files in this folder")
        return [Input(_printable(file), file) for file in files]
    if not path.exists():
        raise LoadError(f"{_printable(path)}: no such file or folder")
    if not os.access(path, os.R_OK):
        raise LoadError(f"{_printable(path)}: permission denied")
    return [Input(_printable(path), path)]


def _walk(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise LoadError(f"{error.filename}: {error.strerror}")

    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(parent, name)
            if not name.startswith(".") and file.is_file():
                yield file


def _printable(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@contextmanager
def opened_input(item: Input, standard_input: BinaryIO) -> Iterator[BinaryIO]:
    """The bytes of an input. Raises OSError where it cannot be opened."""
    with item.path.open("rb") if item.path else nullcontext(standard_input) as stream:
        yield stream
