"""What a load reads: files, folders and standard input, in an order that is always the same."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from articles.errors import LoadError

STANDARD_INPUT = "-"
_CHUNK = 1_000_000


@dataclass(frozen=True, slots=True)
class Input:
    """A file, or standard input where `path` is None. `name` is what messages call it."""

    name: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Received:
    """An input that can be read again: its size in bytes and SHA-256 (hex), '' if it cannot."""

    name: str
    path: Path | None = None
    size: int = 0
    sha256: str = ""
    spool: BinaryIO | None = None


def find_inputs(
    paths: Iterable[str], on_skip: Callable[[str], None] = lambda _: None
) -> list[Input]:
    """The files of the paths, folders walked in name order, each once; hidden files left out.

    What else stands in a folder is passed over and told to `on_skip`: pipes and devices, and links
    that lead out of it, for whoever filled it need not be allowed to read what they lead to.
    Raises LoadError for a path that is not there or cannot be read, before anything is read.
    """
    found: dict[str, Input] = {}
    for path in paths:
        inputs = (
            [Input("standard input", None)]
            if path == STANDARD_INPUT
            else _files(Path(path), on_skip)
        )
        for item in inputs:
            found.setdefault(os.path.realpath(item.path) if item.path else "", item)
    return list(found.values())


def _files(path: Path, on_skip: Callable[[str], None]) -> list[Input]:
    if path.is_dir():
        files = []
        for file in sorted(_walk(path)):
            if reason := _not_read(file, path):
                on_skip(f"{_printable(file)}: passed over, {reason}")
            else:
                files.append(file)
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
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*names, *links):
            if not name.startswith("."):
                yield Path(parent, name)


def _not_read(file: Path, folder: Path) -> str:
    """Why what stands in a folder is no input, '' if it is one."""
    if file.is_symlink():
        target = Path(os.path.realpath(file))
        if not target.exists():
            return "a link to nothing"
        if target.is_dir():
            return "a link to a folder"
        if not target.is_relative_to(os.path.realpath(folder)):
            return "a link out of the folder; name it to read it"
    return "" if file.is_file() else "no ordinary file"


def _printable(path: Path) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@contextmanager
def received(inputs: Iterable[Input], standard_input: BinaryIO) -> Iterator[tuple[Received, ...]]:
    """The inputs, all of them read through once for their size and hash.

    What can be read only once, standard input or a pipe, is kept in a temporary file meanwhile.
    """
    with ExitStack() as kept:
        yield tuple([_receive(item, standard_input, kept) for item in inputs])


def _receive(item: Input, standard_input: BinaryIO, kept: ExitStack) -> Received:
    if item.path and (item.path.is_file() or not item.path.exists()):
        try:
            with item.path.open("rb") as stream:
                return Received(item.name, item.path, *_measured(stream))
        except OSError:  # said when it is its turn, as the fault that it is
            return Received(item.name, item.path)
    file: IO[bytes] = kept.enter_context(TemporaryFile(prefix="newsroom-"))  # noqa: SIM115
    with item.path.open("rb") if item.path else nullcontext(standard_input) as stream:
        shutil.copyfileobj(stream, file)
    file.seek(0)
    spool = cast("BinaryIO", file)
    return Received(item.name, item.path, *_measured(spool), spool)


def _measured(stream: BinaryIO) -> tuple[int, str]:
    """The size in bytes and the SHA-256 of what a stream holds from here on."""
    digest, size = sha256(), 0
    while data := stream.read(_CHUNK):
        digest.update(data)
        size += len(data)
    return size, digest.hexdigest()


@contextmanager
def opened_input(item: Received) -> Iterator[BinaryIO]:
    """The bytes of an input. Raises OSError where it cannot be opened."""
    if item.spool:
        item.spool.seek(0)
        yield item.spool
    elif item.path:
        with item.path.open("rb") as stream:
            yield stream
