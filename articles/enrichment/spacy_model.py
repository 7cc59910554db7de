"""The optional engine: a spaCy model on this machine's disk, which says where texts hold names.

Nothing is downloaded. Which model it is is known by the hash of its files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from articles.errors import ArchiveError

ENGINE: Final = "spacy"
VARIABLE: Final = "SPACY_MODEL"
INSTALL: Final = "pip install --require-hashes -r requirements-spacy.txt"

_PIECE: Final = 50_000  # characters that a model is given at once
_EVERY_LANGUAGE: Final = ("xx", "mul", "")
_CHUNK: Final = 1 << 20

Span = tuple[int, int, str]
Reader = Callable[[Iterable[str]], Iterator[list[Span]]]


class ModelError(ArchiveError):
    """The model cannot be used; it says what to do."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model on the disk. `digest` is the SHA-256 over its files, `spacy` the library's own."""

    path: Path
    name: str
    language: str
    digest: str
    spacy: str

    @property
    def configuration(self) -> str:
        """Of all that decides what it finds in a text."""
        return hashlib.sha256(f"{self.spacy}\n{self.digest}".encode()).hexdigest()[:16]

    @property
    def title(self) -> str:
        return f"{self.name[:80]} {self.digest[:12]}"

    @property
    def version(self) -> str:
        """As a run remembers it."""
        return f"{self.spacy}, model {self.name}, sha256 {self.digest}"

    def reads(self, language: str) -> bool:
        """Whether it is a model of this language, as far as either is known."""
        own = language.partition("-")[0]
        return self.language in (*_EVERY_LANGUAGE, own) or own == "und"


def find_model(path: str) -> Model:
    """The model at a path. Raises ModelError."""
    if not path:
        raise ModelError(
            f"{VARIABLE} is not set: set it to the folder of a spaCy model (the one that holds"
            " its meta.json)."
        )
    folder = Path(path).expanduser().absolute()
    if not folder.is_dir():
        raise ModelError(f"{VARIABLE}={path}: there is no such folder.")
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        if not (folder / "config.cfg").is_file():
            raise FileNotFoundError("config.cfg is missing")
        name = f"{meta['lang']}_{meta['name']} {meta['version']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{VARIABLE}={path}: this is no spaCy model: {error}. Name the folder that holds its"
            " meta.json and config.cfg."
        ) from error
    try:
        spacy = version("spacy")
    except PackageNotFoundError:
        raise ModelError(
            f"{VARIABLE} is set, but spaCy is not installed: {INSTALL}, or unset it."
        ) from None
    return Model(folder, name, str(meta["lang"]), digest(folder), spacy)


def digest(folder: Path) -> str:
    """SHA-256 over the files of a folder: their paths within it, sorted, and their contents.

    Raises ModelError where one cannot be read.
    """
    try:
        files = sorted(
            (p.relative_to(folder).as_posix(), p) for p in folder.rglob("*") if p.is_file()
        )
        seen = [(name, path.stat()) for name, path in files]
        return _digest(folder, tuple((name, it.st_size, it.st_mtime_ns) for name, it in seen))
    except OSError as error:
        raise ModelError(f"{error.filename}: {error.strerror}") from error


@lru_cache(maxsize=4)
def _digest(folder: Path, files: tuple[tuple[str, int, int], ...]) -> str:
    """Large files are read again only where their size or time has changed."""
    told = hashlib.sha256()
    for name, size, _ in files:
        told.update(f"{name}\0{size}\0".encode("utf-8", "surrogateescape"))
        with (folder / name).open("rb") as content:
            while chunk := content.read(_CHUNK):
                told.update(chunk)
    return told.hexdigest()


def load_reader(model: Model) -> Reader:
    """Load the model, and return what reads texts by it: of each the spans, in order.

    Raises ModelError.
    """
    import spacy

    try:
        language = spacy.load(model.path)
    except Exception as error:  # whatever is in those files
        raise ModelError(
            f"{VARIABLE}={model.path}: spaCy {model.spacy} cannot load this model: "
            f"{type(error).__name__}: {error}"
        ) from error
    return lambda texts: _read(language, texts)


def _read(language: Any, texts: Iterable[str]) -> Iterator[list[Span]]:
    for text in texts:
        pieces = list(_pieces(text))
        found = language.pipe(piece for _, piece in pieces)
        yield [
            (offset + span.start_char, offset + span.end_char, span.label_)
            for (offset, _), read in zip(pieces, found, strict=True)
            for span in read.ents
        ]


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """A long text in pieces, cut at ends of paragraphs or lines as far as there are any."""
    start = 0
    while len(text) - start > _PIECE:
        end = start + _PIECE
        for mark in ("\n\n", "\n", " "):
            if (at := text.rfind(mark, start + 1, end)) > 0:
                end = at
                break
        yield start, text[start:end]
        start = end
    yield start, text[start:]
