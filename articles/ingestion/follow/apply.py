"""One page of changes: what it names is fetched, and written in the order of references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction

from articles.errors import LoadError
from articles.ingestion.follow.articles import remove_articles, write_articles
from articles.ingestion.follow.client import Archive, Fate, Name, Row, State
from articles.ingestion.follow.mergers import lead_on, merge, rename
from articles.ingestion.follow.nouns import (
    is_outdated,
    parents_first,
    remove_noun,
    write_noun,
)
from articles.ingestion.follow.report import FollowReport
from articles.ingestion.nouns import find_nouns
from articles.models import recording
from articles.vocabulary import ChangeAction, ChangeKind, NounKind, Way

if TYPE_CHECKING:
    from articles.models import Follow

States = dict[Name, State]


def fetch_page(archive: Archive, rows: Sequence[Row]) -> States:
    """What the rows name, each once, and what that refers to and is not known here: a later page
    may tell of it."""
    states = archive.fetch_all(dict.fromkeys(row.name for row in rows))
    try:
        while missing := _missing(states):
            states |= archive.fetch_all(missing)
    except (KeyError, TypeError) as error:
        raise _unknown_words(archive, error) from error
    return states


def apply_page(
    archive: Archive, rows: Sequence[Row], states: States, actor: str, place: Follow
) -> FollowReport:
    """Make it so here, within the caller's transaction."""
    redacted = {row.name for row in rows if row.action == ChangeAction.REDACTED}
    report = FollowReport()
    try:
        for part, is_redaction in ((states.keys() - redacted, False), (redacted, True)):
            page = {name: state for name, state in states.items() if name in part}
            if page:
                with recording(
                    Way.LOAD,
                    actor=actor,
                    run=place.run,
                    note=f"follows {place.url}",
                    is_redaction=is_redaction,
                ):
                    _write(page, states, report, is_redaction=is_redaction)
    except (KeyError, TypeError, ValueError) as error:
        raise _unknown_words(archive, error) from error
    return report


def remove_what_was_left(
    archive: Archive, names: Iterable[Name], place: Follow, actor: str
) -> FollowReport:
    """At the end of the feed: what could not go while something here still referred to it."""
    states = archive.fetch_all(names)
    report = FollowReport()
    with recording(Way.LOAD, actor=actor, run=place.run, note=f"follows {place.url}"):
        for name, state in states.items():
            if state.fate is Fate.GONE:
                kind = NounKind(name.kind.value)
                _try(report, kind, name.key, partial(remove_noun, kind, name.key, report))
    for kind, slug in report.left:
        report.note("kept", kind, slug, "something here refers to it")
    return report


def _unknown_words(archive: Archive, error: Exception) -> LoadError:
    return LoadError(
        f"{archive.address}: shows something that this version does not understand ({error!r})"
    )


def _missing(states: States) -> list[Name]:
    wanted = {name for it in states.items() for name in _references(*it)} - states.keys()
    missing: list[Name] = []
    for kind in NounKind:
        slugs = [name.key for name in wanted if name.kind == kind.value]
        known = find_nouns(kind, slugs) if slugs else {}
        missing += (
            Name(ChangeKind(kind.value), slug)
            for slug in slugs
            if slug not in known or is_outdated(kind, slug, known[slug])
        )
    return missing


def _references(name: Name, state: State) -> Iterable[Name]:
    body = state.body
    if state.fate is Fate.MOVED:
        yield Name(name.kind, state.slug)
    elif state.fate is not Fate.HERE:
        return
    elif name.kind == ChangeKind.TAG and body["parent"]:
        yield Name(ChangeKind.TAG, body["parent"]["slug"])
    elif name.kind == ChangeKind.ARTICLE:
        yield Name(ChangeKind.SOURCE, body["source"]["slug"])
        yield from (Name(ChangeKind.TAG, tag["slug"]) for tag in body["tags"])
        yield from (Name(ChangeKind.ENTITY, it["slug"]) for it in body["entities"])
        yield from (Name(ChangeKind.ENTITY, it["entity"]) for it in body["mentions"])


def _write(page: States, states: States, report: FollowReport, *, is_redaction: bool) -> None:
    """What others refer to comes first and goes last; what is gone leaves its id to others."""

    def nouns(fate: Fate) -> list[tuple[NounKind, str, State]]:
        return [
            (NounKind(name.kind.value), name.key, state)
            for name, state in page.items()
            if name.kind != ChangeKind.ARTICLE and state.fate is fate
        ]

    articles = {n.key: s for n, s in page.items() if n.kind == ChangeKind.ARTICLE}
    moved = [
        (kind, slug, _survivor(kind, state, states)) for kind, slug, state in nouns(Fate.MOVED)
    ]
    for kind, slug, survivor in moved:
        _try(report, kind, slug, partial(rename, kind, slug, survivor))
    here = sorted(nouns(Fate.HERE), key=lambda it: list(NounKind).index(it[0]))
    for kind, slug, state in parents_first(here):
        _try(report, kind, slug, partial(write_noun, kind, slug, state.body, report))
    for kind, slug, survivor in moved:
        _try(report, kind, slug, partial(merge, kind, slug, survivor, report))
        _try(report, kind, slug, partial(lead_on, kind, slug, survivor, report))
    remove_articles([uid for uid, it in articles.items() if it.fate is Fate.GONE], report)
    write_articles(articles, report, is_redaction=is_redaction)
    for kind, slug, _ in nouns(Fate.GONE):
        _try(report, kind, slug, partial(remove_noun, kind, slug, report))


def _survivor(kind: NounKind, state: State, states: States) -> str:
    """Where a slug leads in the end: it may have been renamed again while this was fetched."""
    seen = {slug := state.slug}
    while (found := states.get(Name(ChangeKind(kind.value), slug))) and found.fate is Fate.MOVED:
        slug = found.slug
        if slug in seen:
            break
        seen.add(slug)
    return slug


def _try(report: FollowReport, kind: str, key: str, write: Callable[[], None]) -> None:
    """What the database refuses is reported, and stops nothing else."""
    try:
        with transaction.atomic():
            write()
    except DatabaseError as error:
        report.note("refused", kind, key, str(error).strip().splitlines()[0])
