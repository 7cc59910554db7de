"""Files that a load writes beside the archive: tried before it starts, whole when it is through."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from articles.errors import LoadError

Write = Callable[[bytes], None]


@contextmanager
def opened_output(path: Path, option: str) -> Iterator[Write]:
    """A function that writes bytes, which stand at `path` when the context ends without an error.

    Until then they stand in a hidden file beside it.
    What is no ordinary file (/dev/stdout, a pipe) is written directly.
    Raises LoadError, which names the option, where it cannot be written, at once or later.
    """

    @contextmanager
    def named_errors() -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LoadError(f"{option} {path}: {error.strerror or error}") from error

    def write(data: bytes) -> None:
        with named_errors():
            stream.write(data)

    with named_errors():
        target = Path(os.path.realpath(path))
        is_ordinary = target.is_file() or not target.exists()
        part = target.with_name(f".{target.name}.part") if is_ordinary else target
        if target.is_file() and not os.access(target, os.W_OK):
            raise PermissionError(0, "this file must not be overwritten")
        stream = part.open("wb")
    try:
        yield write
        with named_errors():
            stream.close()
            if is_ordinary:
                part.replace(target)
    finally:
        # What could not be written is still held, and closing tries again.
        with suppress(OSError):
            stream.close()
        if is_ordinary:
            part.unlink(missing_ok=True)
