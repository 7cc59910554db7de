"""How a load runs as its caller says it: plain values by option, which a plan keeps with it."""

import codecs
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from articles.errors import LoadError
from articles.ingestion.document import Options
from articles.ingestion.loader import Loading
from articles.ingestion.members import NAME_LENGTH, nearest, shown, unstorable
from articles.ingestion.readers import READERS
from articles.ingestion.record import MEMBERS
from articles.vocabulary import ArticleStatus, EntityKind

FORMATS = ("auto", *READERS)

DEFAULTS: Mapping[str, Any] = {
    "source": "",
    "format": "auto",
    "status": ArticleStatus.PUBLISHED.value,
    "timezone": "",
    "encoding": "utf-8",
    "map": {},
    "create_missing": False,
}
"""All that decides, with its inputs and the archive, what a load does; by name of the option."""


def as_loading(choices: Mapping[str, Any], actor: str, is_plan: bool) -> Loading:
    """Raises LoadError, which names the option and what it allows."""
    _check_word("--format", choices["format"], FORMATS)
    _check_word("--status", choices["status"], ArticleStatus.values)
    return Loading(
        Options(
            source=_source(choices["source"]),
            status=ArticleStatus(choices["status"]),
            timezone=_zone(choices["timezone"]),
            mapping=choices["map"],
            encoding=choices["encoding"],
        ),
        format=choices["format"],
        create_missing=choices["create_missing"],
        actor=actor,
        is_plan=is_plan,
    )


def settle_choices(
    given: Mapping[str, Any], planned: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """All choices: those given (not None), else those of a plan, else the defaults.

    `map` is given as `theirs=ours` texts. Raises LoadError for what is malformed, and for a choice
    that is not the plan's.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    if "map" in chosen:
        chosen["map"] = parse_map(chosen["map"])
    if "encoding" in chosen:
        chosen["encoding"] = _encoding(chosen["encoding"])
    if planned is None:
        return {**DEFAULTS, **chosen}
    for name, value in chosen.items():
        if planned.get(name) != value:
            raise LoadError(
                f"--{name.replace('_', '-')}: the plan was made with {_said(planned.get(name))}; "
                "leave the option out, or make a new plan"
            )
    return {**DEFAULTS, **planned}


def parse_map(pairs: Iterable[str]) -> dict[str, str]:
    """`theirs=ours` texts as a mapping; a later one of the same member is a mistake."""
    mapping: dict[str, str] = {}
    for pair in pairs:
        theirs, equals, ours = pair.partition("=")
        if not equals or not theirs:
            raise LoadError(f"--map {pair}: write theirs=ours, or theirs= to leave a member out")
        if mapping.get(theirs, ours) != ours:
            raise LoadError(f"--map {pair}: {theirs!r} is mapped to {mapping[theirs]!r} as well")
        _check_ours(pair, ours)
        mapping[theirs] = ours
    return mapping


def _check_ours(pair: str, ours: str) -> None:
    member, colon, kind = ours.partition(":")
    if colon and (member != "entities" or kind not in EntityKind.values):
        kinds = ", ".join(f"entities:{kind}" for kind in EntityKind.values)
        raise LoadError(f"--map {pair}: with a colon only {kinds} can be said")
    if member and member not in MEMBERS:
        near = nearest(member, MEMBERS)
        advice = f"; the nearest is {near!r}" if near else ""
        raise LoadError(
            f"--map {pair}: {member!r} is none of {', '.join(MEMBERS)}{advice}. "
            "Theirs stands before the =, ours after it"
        )


def _check_word(option: str, word: str, allowed: Iterable[str]) -> None:
    if word not in allowed:
        near = nearest(word, tuple(allowed))
        advice = f"; the nearest is {near!r}" if near else ""
        raise LoadError(f"{option}: {word!r} is none of {', '.join(allowed)}{advice}")


def _source(name: str) -> str:
    if reason := unstorable(name):
        raise LoadError(f"--source: {shown(name)} cannot be a name: {reason}")
    if len(name) > NAME_LENGTH:
        raise LoadError(f"--source: {len(name)} characters long; at most {NAME_LENGTH} are kept")
    return " ".join(name.split())


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        raise LoadError(f"--timezone: {name!r} is no IANA zone such as Africa/Cairo") from None


def _encoding(name: str) -> str:
    """The name by which Python knows the encoding."""
    try:
        b" ".decode(name, "replace")  # refuses what is no encoding of text, such as base64
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise LoadError(
            f"--encoding: {name!r} is no encoding of text such as utf-8, windows-1252, "
            "windows-1251, iso-8859-2, shift_jis, gb18030 or utf-16"
        ) from None


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"--map {theirs}={ours}" for theirs, ours in value.items()) or "no --map"
    return repr(value) if value else "none"
