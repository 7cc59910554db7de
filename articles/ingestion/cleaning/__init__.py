"""Cleaning of received texts: named rules whose every change is recorded and can be taken back."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from articles.ingestion.cleaning import furniture, layout, repairs
from articles.ingestion.cleaning.edits import Edit, apply_edits, undo_edits

__all__ = [
    "RULES",
    "TOO_MUCH",
    "Cleaned",
    "Edit",
    "Field",
    "Rule",
    "Step",
    "clean",
    "clean_bylines",
    "replay",
    "restore",
]

TOO_MUCH = 0.30
"""A text that loses more than this share of its visible characters needs a person to look at it."""

_MOST_PASSES = 10
# A name in which no rule finds anything: nearly every one.
_CLEAN_NAME = re.compile(r"(?!(?i:by)\b)[!-%'-;=-~]+(?: [!-%'-;=-~]+)*")

Field = Literal["headline", "summary", "body", "byline"]
_LINE_FIELDS: tuple[Field, ...] = ("headline", "summary", "byline")
_ALL_FIELDS: tuple[Field, ...] = (*_LINE_FIELDS, "body")


@dataclass(frozen=True, slots=True)
class Rule:
    """`reason` says in one line what the rule removes or repairs; `find` yields its edits."""

    name: str
    reason: str
    find: Callable[[str], Iterable[Edit]]
    fields: tuple[Field, ...]


RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        name: Rule(name, reason, find, fields)
        for name, reason, find, fields in (
            ("mojibake", "UTF-8 read as another encoding, repaired", repairs.mojibake, _ALL_FIELDS),
            ("html", "HTML tags and character references", repairs.html_remnants, _ALL_FIELDS),
            (
                "unseen-characters",
                "control and zero-width characters",
                repairs.unseen_characters,
                _ALL_FIELDS,
            ),
            ("normal-form", "Unicode normalisation (NFC)", repairs.normal_form, _ALL_FIELDS),
            ("line-ends", "line ends of other systems", layout.line_ends, _ALL_FIELDS),
            ("one-line", "line breaks in a single line", layout.one_line, _LINE_FIELDS),
            ("leading-date", "date line before the text", furniture.leading_date, ("body",)),
            (
                "trailing-furniture",
                "page furniture after the text",
                furniture.trailing_furniture,
                ("body",),
            ),
            ("byline-prefix", "the By before a name", furniture.byline_prefix, ("byline",)),
            (
                "plain-blanks",
                "odd blanks in names",
                layout.plain_blanks,
                ("byline",),
            ),
            ("runs-of-blanks", "tabs and runs of blanks", layout.runs_of_blanks, _ALL_FIELDS),
            ("line-edges", "blanks at the ends of lines", layout.line_edges, _ALL_FIELDS),
            ("blank-lines", "superfluous blank lines", layout.blank_lines, _ALL_FIELDS),
            # Of no field: a reader of text files takes the title once, after all other rules.
            ("title-line", "title before the text, now the headline", furniture.title_line, ()),
        )
    }
)
"""All rules by name, in the order in which they run."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule did to one field. Edits stand in the text as it was before this step.

    Of the names in a byline each is a field of its own, `bylines[1]` the first.
    """

    rule: str
    reason: str
    edits: tuple[Edit, ...]
    field: str = "body"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean text and the steps to it. `removed` is the share of visible characters taken away."""

    text: str
    steps: tuple[Step, ...] = ()
    removed: float = 0.0

    @property
    def is_too_short(self) -> bool:
        return self.removed > TOO_MUCH


def clean(text: str, switched_off: frozenset[str] = frozenset(), field: Field = "body") -> Cleaned:
    """The text after all rules of its field, except those switched off by name.

    The rules run until none finds anything, so that cleaning a clean text changes nothing.
    `restore(cleaned.text, cleaned.steps)` is the text as it came.
    """
    if not text:
        return Cleaned("")
    rules = [
        rule for rule in RULES.values() if field in rule.fields and rule.name not in switched_off
    ]
    steps: list[Step] = []
    current = text
    for _ in range(_MOST_PASSES):
        done = len(steps)
        for rule in rules:
            if edits := tuple(rule.find(current)):
                current = apply_edits(current, edits)
                steps.append(Step(rule.name, rule.reason, edits, field))
        if len(steps) == done:
            break
    return Cleaned(current, tuple(steps), _removed_share(text, steps))


def clean_bylines(
    names: Iterable[str], switched_off: frozenset[str] = frozenset()
) -> tuple[tuple[str, ...], tuple[Step, ...]]:
    """The names, each once and none empty, and the steps to each."""
    found: dict[str, tuple[Step, ...]] = {}
    for name in names:
        if _CLEAN_NAME.fullmatch(name):
            found.setdefault(name, ())
        else:
            cleaned = clean(name, switched_off, "byline")
            found.setdefault(cleaned.text, cleaned.steps)
    found.pop("", None)
    if not any(found.values()):
        return tuple(found), ()
    steps = (
        replace(step, field=f"bylines[{number}]")
        for number, steps in enumerate(found.values(), 1)
        for step in steps
    )
    return tuple(found), tuple(steps)


def take_title(cleaned: Cleaned) -> tuple[str, Cleaned]:
    """The title line that opens a clean text ('' without one), and the text without it."""
    rule = RULES["title-line"]
    edits = tuple(rule.find(cleaned.text))
    if not edits:
        return "", cleaned
    step = Step(rule.name, rule.reason, edits)
    text = apply_edits(cleaned.text, edits)
    return edits[0].removed.strip(), Cleaned(text, (*cleaned.steps, step), cleaned.removed)


def replay(text: str, steps: Iterable[Step]) -> str:
    """The clean text, from the text as it came and the steps."""
    for step in steps:
        text = apply_edits(text, step.edits)
    return text


def restore(text: str, steps: Iterable[Step]) -> str:
    """The text as it came, from the clean text and the steps."""
    for step in reversed(tuple(steps)):
        text = undo_edits(text, step.edits)
    return text


def _removed_share(text: str, steps: Iterable[Step]) -> float:
    """A repair puts something in the place of what it takes and does not count, nor do tags."""
    removed = sum(
        _visible_length(edit.removed)
        for step in steps
        for edit in step.edits
        if not edit.inserted.strip() and not edit.removed.isspace()
    )
    return removed / max(_visible_length(text), 1) if removed else 0.0


def _visible_length(text: str) -> int:
    return len("".join(repairs.UNSEEN.sub("", repairs.TAG.sub("", text)).split()))
