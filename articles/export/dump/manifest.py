"""What a dump holds: its files in order, how many records each has, and their hashes."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from django.apps import apps
from django.db import models

from articles.errors import ArchiveError
from articles.models import (
    Enrichment,
    KeptForm,
    LedgerRestore,
    ModelReading,
    PlannedRecord,
    RequestCount,
    Salience,
    SetAside,
    Signature,
    Summary,
    Token,
    Upload,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT: Final = "newsroom-archive"
VERSION: Final = 1
NAME: Final = "manifest.json"

# A restore is how rows came back, tokens are secrets of one server and no part of its archive (a
# dump is passed on), who asked how often is of no interest a minute later, nor a form that waits
# for its editor three days later; an uploaded file is what a load read, and a dump holds what it
# made; what an undo would give back of them, signatures, salience, what a model said and what the
# machine has still to read are made anew from the texts, summaries from all.
LEFT_OUT: Final = frozenset(
    {
        Enrichment,
        KeptForm,
        LedgerRestore,
        ModelReading,
        PlannedRecord,
        RequestCount,
        Salience,
        SetAside,
        Signature,
        Summary,
        Token,
        Upload,
    }
)


class DumpError(ArchiveError):
    """A dump that cannot be written, or is not whole."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a dump. `sha256` is of all its bytes, in hex."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    files: tuple[File, ...]

    def to_bytes(self) -> bytes:
        content: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "files": [asdict(file) for file in self.files],
        }
        text = json.dumps(content, sort_keys=True)
        content["sha256"] = hashlib.sha256(text.encode()).hexdigest()
        return json.dumps(content, indent=1).encode() + b"\n"

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """DumpError: there is none, or it is not what was written."""
        path = folder / NAME
        try:
            content = json.loads(path.read_bytes())
            files = tuple(File(**file) for file in content["files"])
            manifest = cls(files)
        except FileNotFoundError as error:
            raise DumpError(f"{path}: not there; name the folder of a dump") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DumpError(f"{path}: damaged ({error})") from error
        if content.get("format") != FORMAT or content.get("version") != VERSION:
            raise DumpError(f"{path}: not a dump of {FORMAT} version {VERSION}")
        if json.loads(manifest.to_bytes()) != content:
            raise DumpError(f"{path}: damaged (its own hash differs)")
        return manifest


def dumped_models() -> list[type[models.Model]]:
    """Every table of the archive, by name: one that is new is dumped without being asked."""
    ours = apps.get_app_config("articles").get_models()
    return sorted((m for m in ours if m not in LEFT_OUT), key=lambda m: m._meta.model_name or "")


def file_name(model: type[models.Model]) -> str:
    return f"{model._meta.model_name}.jsonl"


def dumped_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """All columns but those that the database computes."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def to_line(row: dict[str, Any]) -> bytes:
    encoded = orjson.dumps(row)
    return b'{"crc":"%08x","row":%b}\n' % (zlib.crc32(encoded), encoded)


def from_line(line: bytes) -> dict[str, Any] | None:
    """The row, or None where the line is not what was written."""
    start, end = line[:8] == b'{"crc":"' and line[16:24] == b'","row":', line[-2:] == b"}\n"
    encoded = line[24:-2]
    if not (start and end) or line[8:16] != b"%08x" % zlib.crc32(encoded):
        return None
    row: dict[str, Any] = orjson.loads(encoded)
    return row


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        yield from enumerate(file, 1)
