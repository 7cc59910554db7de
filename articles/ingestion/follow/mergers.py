"""Slugs that lead to another row there: renamed, or merged into it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model

from articles.ingestion.editors import deleted_on_purpose
from articles.ingestion.follow.nouns import is_by_editor, row_of
from articles.ingestion.follow.report import FollowReport
from articles.ingestion.nouns import MODELS, Noun, find_nouns
from articles.models import Article, Mention, Redirect, Tag, Tagging
from articles.vocabulary import NounKind


def rename(kind: NounKind, slug: str, survivor: str) -> None:
    """Follow a renaming with the row itself, where nothing here has the new slug yet."""
    rows = MODELS[kind]._base_manager
    row = rows.filter(slug=slug).first()
    taken = find_nouns(kind, [survivor]).get(survivor)
    if row is None or "slug" in row.edited_fields:
        return
    if taken is None or (taken.row and taken.row.pk == row.pk):
        rows.filter(pk=row.pk).update(slug=survivor)


def merge(kind: NounKind, slug: str, survivor: str, report: FollowReport) -> None:
    """Give everything that refers to the row to the survivor, and delete it."""
    row = MODELS[kind]._base_manager.filter(slug=slug).first()
    kept = row_of(kind, survivor)
    if row is None or (kept and row.pk == kept.pk):
        return
    if kept is None:
        report.note("kept", kind, slug, f"{survivor}, which it leads to, was deleted here")
        return
    for model, name in _referring(kind):
        links = model._base_manager.filter(**{name: row})
        links.filter(pk__in=_said_twice(model, name, row, kept)).delete()
        links.update(**{name: kept})
    row.delete()
    report.counts["merged"] += 1


def _referring(kind: NounKind) -> Iterable[tuple[type[Model], str]]:
    return {
        NounKind.SOURCE: [(Article, "source"), (Redirect, "source")],
        NounKind.ENTITY: [(Mention, "entity"), (Redirect, "entity")],
        NounKind.TAG: [(Tagging, "tag"), (Tag, "parent"), (Redirect, "tag")],
    }[kind]


def _said_twice(model: type[Model], name: str, row: Noun, kept: Noun) -> list[int]:
    """The links to the row that the survivor has as well."""
    if model not in {Mention, Tagging}:
        return []
    place = ("article", "start", "end") if model is Mention else ("article",)
    links = model._base_manager.filter(**{name: row}).values_list("pk", *place)
    articles = {link[1] for link in links}
    others = model._base_manager.filter(**{name: kept}, article__in=articles)
    held = set(others.values_list(*place))
    return [pk for pk, *at in links if tuple(at) in held]


def lead_on(kind: NounKind, slug: str, survivor: str, report: FollowReport) -> None:
    """Let a former slug lead where it leads there."""
    kept = row_of(kind, survivor)
    if kept is None or MODELS[kind]._base_manager.filter(slug=slug).exists():
        return
    redirect = Redirect.objects.filter(kind=kind, old_slug=slug).first()
    if redirect is None:
        if deleted_on_purpose("redirect", [f"{kind}/{slug}"]):
            report.note("kept", kind, slug, "its redirect was deleted here")
        else:
            Redirect.objects.create(kind=kind, old_slug=slug, **{kind.value: kept})
    elif redirect.target != kept:
        if is_by_editor("redirect", f"{kind}/{slug}"):
            report.note("kept", kind, slug, f"leads to {redirect.target.slug} here")
        else:
            Redirect.objects.filter(pk=redirect.pk).update(**{kind.value: kept})
