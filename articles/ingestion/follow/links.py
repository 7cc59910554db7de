"""The tags and mentions of articles as another archive shows them: here they are its word, and
stand as a source's links do, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from articles.ingestion.editors import deleted_on_purpose, editors_links
from articles.ingestion.follow.report import FollowReport
from articles.ingestion.nouns import Noun, find_nouns
from articles.models import Article, Mention, Tagging
from articles.vocabulary import ChangeKind, LinkKind, LinkState, NounKind, Origin

Place = tuple[int | None, int | None, str]  # start, end, quote
Key = tuple[int, int, int | None, int | None]  # article, entity or tag, start, end
Told = Sequence[tuple[Article, Mapping[str, Any]]]


def write_links(told: Told, report: FollowReport) -> None:
    """Make the accepted links of the articles what they are there, but for an editor's word."""
    mentions = [
        (article, it["entity"], (it["start"], it["end"], it["quote"]))
        for article, body in told
        for it in body["mentions"]
    ]
    taggings = [
        (article, it["slug"], (None, None, "")) for article, body in told for it in body["tags"]
    ]
    articles = {article.pk: article for article, _ in told}
    _make_equal(LinkKind.MENTION, articles, _wanted(NounKind.ENTITY, mentions), report)
    _make_equal(LinkKind.TAGGING, articles, _wanted(NounKind.TAG, taggings), report)


def _wanted(
    kind: NounKind, told: Iterable[tuple[Article, str, Place]]
) -> dict[Key, tuple[Article, Noun, Place]]:
    """By key. What leads nowhere has gone there by now, or was deleted here."""
    told = list(told)
    found = find_nouns(kind, {slug for _, slug, _ in told})
    wanted: dict[Key, tuple[Article, Noun, Place]] = {}
    for article, slug, place in told:
        row = found[slug].row if slug in found else None
        if row is not None:
            wanted[article.pk, row.pk, place[0], place[1]] = (article, row, place)
    return wanted


def _make_equal(
    kind: LinkKind,
    articles: Mapping[int, Article],
    wanted: Mapping[Key, tuple[Article, Noun, Place]],
    report: FollowReport,
) -> None:
    model: Any = Mention if kind is LinkKind.MENTION else Tagging
    now = {_key(row): row for row in model.objects.filter(article__in=articles)}
    wrong = {row.pk for key, row in now.items() if not _stands(row, wanted.get(key))}
    own = editors_links(kind, wrong)
    for row in now.values():
        if row.pk in own:
            uid = str(articles[row.article_id].uid)
            report.note("kept", ChangeKind.ARTICLE, uid, f"an editor here decided on {row}")
    model.objects.filter(pk__in=wrong - own).delete()
    missing = {
        _ledger_key(*link): link
        for key, link in wanted.items()
        if key not in now or now[key].pk in wrong - own
    }
    gone = deleted_on_purpose(kind, missing)
    for key in gone:
        report.note("kept", kind.value, key, "was deleted here")
    model.objects.bulk_create(_link(model, *missing[key]) for key in missing if key not in gone)


def _key(row: Any) -> Key:
    if isinstance(row, Mention):
        return row.article_id, row.entity_id, row.start, row.end
    return row.article_id, row.tag_id, None, None


def _stands(row: Any, wanted: tuple[Article, Noun, Place] | None) -> bool:
    """Whether the row may stay. What only editors and machines here say is their affair."""
    if wanted is None:
        return bool(row.state != LinkState.ACCEPTED or row.origin != Origin.SOURCE)
    return bool(row.state == LinkState.ACCEPTED and getattr(row, "quote", "") == wanted[2][2])


def _ledger_key(article: Article, target: Noun, place: Place) -> str:
    start, end, _ = place
    return f"{article.uid}/{target.slug}" + ("" if start is None else f"@{start}-{end}")


def _link(model: Any, article: Article, target: Noun, place: Place) -> Any:
    said = {"article": article, "origin": Origin.SOURCE, "state": LinkState.ACCEPTED}
    if model is Mention:
        said |= dict(zip(("start", "end", "quote"), place, strict=True))
    return model(**said, **{model.target_field: target})
