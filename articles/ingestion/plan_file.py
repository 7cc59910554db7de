"""Plans as files: what a load would do, a line each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from articles.errors import LoadError
from articles.ingestion.outputs import Write
from articles.ingestion.plan import BatchPlan, Change, key_of
from articles.models import Article

FORMAT = "newsroom-plan"
VERSION = 1

COMPARED = (
    "headline",
    "headline_derived",
    "summary",
    "bylines",
    "body",
    "published_at",
    "published_precision",
    "original_url",
    "language",
    "status",
    "withdrawn_at",
    "withdrawn_reason",
)
"""The fields of an article by which a load decides, and which it writes."""

_LONGEST_LINE = 1_000_000

Line = Mapping[str, Any]


def row_line(change: Change) -> dict[str, object]:
    """What a plan says of one article.

    `before` is the SHA-256 of the row's present state, null for a new row; `after` that of what is
    to be written, null for nothing.
    """
    return {
        "type": "row",
        "outcome": change.outcome,
        "key": key_of(change.row),
        "fields": list(change.fields),
        "conflicts": sorted(change.conflicts),
        "before": state_of(change.row),
        "after": _after(change),
    }


def state_of(row: Article) -> str | None:
    """The SHA-256 of what decides about a row and of its editors' fields; None: it is new."""
    if row._state.adding:
        return None
    return _digest({**_fields(row), "edited_fields": sorted(row.edited_fields)})


def _after(change: Change) -> str | None:
    if change.outcome not in {"created", "updated"}:
        return None
    values = {**change.values}
    if change.outcome == "created":
        values = {**_fields(change.row), "source": change.row.source.slug}
    if values.get("withdrawn_at"):
        values["withdrawn_at"] = "now"
    links = (change.taggings, change.mentions)
    return _digest(
        {
            "values": values,
            "add": [[row.slug for row in each.add] for each in links],
            "drop": [sorted(each.drop) for each in links],
            "cleaned": sorted(change.texts.fields),
            "raw": [change.texts.has_raw, change.texts.raw],
        }
    )


def _fields(row: Article) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COMPARED}


def _digest(value: object) -> str:
    return sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


class PlanWriter:
    """Writes a plan as JSON Lines: a header, the batches' lines, and an end that seals them.

    Lines are of a `type`: `header`, `name` (a source, tag or entity to create), `row` (an article),
    `fault`, `end`.
    """

    def __init__(self, write: Write, header: Mapping[str, object]) -> None:
        self._write = write
        self._sum = sha256()
        self._names: set[str] = set()
        self._line({"type": "header", "format": FORMAT, "version": VERSION, **header})

    def add(self, plan: BatchPlan) -> None:
        for name in plan.names:
            if name not in self._names:
                self._line({"type": "name", "key": name})
        self._names.update(plan.names)
        for change in plan.changes:
            self._line(row_line(change))
        for reject in plan.rejects:
            for fault in reject.faults:
                place = {"file": fault.file, "record": fault.record, "line": fault.line}
                self._line({"type": "fault", **place, "field": fault.field, "reason": fault.reason})

    def finish(self, counts: Mapping[str, int]) -> None:
        self._line({"type": "end", "counts": dict(counts), "sha256": self._sum.hexdigest()})

    def _line(self, line: Mapping[str, object]) -> None:
        data = orjson.dumps(line) + b"\n"
        self._sum.update(data)
        self._write(data)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan that was found whole. `header` holds `options` by name and `inputs`."""

    path: Path
    header: Line

    def lines(self, kind: str) -> Iterator[Line]:
        """The lines of one type, in their order."""
        try:
            with self.path.open("rb") as stream:
                for data in _split(stream):
                    line = orjson.loads(data)
                    if line["type"] == kind:
                        yield line
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LoadError(f"--apply {self.path}: changed while it was read ({error})") from None


def open_plan(path: Path) -> PlanFile:
    """Raises LoadError for what is no plan, or a damaged one."""
    try:
        with path.open("rb") as stream:
            header = _verify(stream)
    except OSError as error:
        raise LoadError(f"--apply {path}: {error.strerror or error}") from None
    except (ValueError, KeyError, TypeError) as error:
        reason = f"a line has no member {error}" if isinstance(error, KeyError) else error
        raise LoadError(f"--apply {path}: damaged, or no plan ({reason}); plan again") from None
    if header["version"] != VERSION:
        raise LoadError(f"--apply {path}: of version {header['version']}, not {VERSION}")
    return PlanFile(path, header)


def _verify(stream: BinaryIO) -> Line:
    """The header. Raises ValueError, KeyError or TypeError for a damaged plan."""
    checksum = sha256()
    first = last = b""
    for data in _split(stream):
        checksum.update(last)
        first, last = first or data, data
    header: Line = orjson.loads(first)
    end: Line = orjson.loads(last)
    if header["type"] != "header" or header["format"] != FORMAT:
        raise ValueError("its first line is no header of a plan")
    if not isinstance(header["options"], dict) or not isinstance(header["inputs"], list):
        raise TypeError("its header has no options or no inputs")
    if end["type"] != "end":
        raise ValueError("it breaks off: its last line is no end")
    if end["sha256"] != checksum.hexdigest():
        raise ValueError("its lines do not have the SHA-256 that its last line says")
    return header


def _split(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(_LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise ValueError("it breaks off within a line")
        yield line
