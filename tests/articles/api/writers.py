"""Everything that writers do to an archive, each act in SQL or through the models."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, connection, models, transaction
from django.db.models import ProtectedError

from articles.errors import ArchiveError
from articles.models import (
    Alias,
    Article,
    Entity,
    Mention,
    Redirect,
    Source,
    Tag,
    Tagging,
    announce_due,
    recording,
)
from articles.vocabulary import ArticleStatus, Way

NOUNS = (Source, Entity, Tag)
# Few slugs, so that one is given up, led on and taken again.
SLUGS = ("a", "b", "c", "d", "e")
numbers = count(1)


class UndoneError(Exception):
    """The transaction is rolled back."""


def some(rows: Any, which: int) -> Any:
    found = list(rows.order_by("pk")[:12])
    return found[which % len(found)] if found else None


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def write_article(which: int, status: str) -> None:
    source = some(Source.objects, which)
    if source:
        number = next(numbers)
        Article.objects.create(
            source=source,
            external_id=f"n{number}",
            headline=f"Headline {number}",
            body=f"Body {number}",
            status=status,
        )


def copy_articles(which: int) -> None:
    source = some(Source.objects, which)
    columns = "uid, origin, external_id, source_id, headline, body, language, status, original_url"
    if source:
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY articles_article ({columns}) FROM STDIN") as copy,
        ):
            for status in ("draft", "published", "published"):
                key = f"c{next(numbers)}"
                row = (uuid4(), "copied", key, source.pk, key, "Body", "en", status, "")
                copy.write_row(row)


def change_article(act: Callable[[Any], None]) -> Callable[[int], None]:
    def write(which: int) -> None:
        if article := some(Article.objects, which):
            act(article)

    return write


def edit_many(which: int) -> None:
    """Not all of them, which would hide what is amiss with any."""
    many = [article.pk for article in Article.objects.all() if article.pk % 3 == which % 3]
    Article.objects.filter(pk__in=many).update(summary=f"S{next(numbers)}")


def embargo(article: Any) -> None:
    article.publish_at = datetime.now(UTC) + timedelta(milliseconds=150)
    article.save()


def link(which: int) -> None:
    article, entity = some(Article.objects, which), some(Entity.objects, which // 3)
    tag = some(Tag.objects, which // 5)
    said = ("source", "accepted") if which % 2 else ("machine", "suggested")
    fields = dict(zip(("origin", "state"), said, strict=True))
    if article and entity and which % 3:
        start = which % 2 or None
        place = {"start": start, "end": start and start + 2, "quote": "od" if start else ""}
        Mention.objects.create(article=article, entity=entity, **place, **fields)
    elif article and tag:
        Tagging.objects.create(article=article, tag=tag, **fields)


def decide(which: int) -> None:
    model: Any = Mention if which % 2 else Tagging
    if found := some(model.objects, which // 2):
        (found.accept if which % 3 else found.reject)("anna")


def unlink(which: int) -> None:
    model: Any = Mention if which % 2 else Tagging
    if found := some(model.objects, which // 2):
        sql(f"DELETE FROM {model._meta.db_table} WHERE id = %s", found.pk)


def move_link(which: int) -> None:
    found, entity = some(Mention.objects, which), some(Entity.objects, which // 2)
    if found and entity:
        Mention.objects.filter(pk=found.pk).update(entity=entity)


def write_noun(which: int) -> None:
    model: Any = NOUNS[which % 3]
    slug = SLUGS[which // 3 % len(SLUGS)]
    row = model.objects.create(slug=slug, name=f"Name {next(numbers)}")
    if model is Entity:
        Alias.objects.create(entity=row, spelling=f"Alias {next(numbers)}")


def rename(which: int) -> None:
    model: Any = NOUNS[which % 3]
    if row := some(model.objects, which // 3):
        row.slug = SLUGS[which // 7 % len(SLUGS)]
        row.save()


def take_slug(which: int) -> None:
    """One gives up its slug, and another is called so."""
    model: Any = NOUNS[which % 3]
    row = some(model.objects, which // 3)
    if row:
        slug, row.slug = row.slug, f"x{next(numbers)}"
        row.save()
        model.objects.create(slug=slug, name=f"Name {next(numbers)}")


def change_noun(which: int) -> None:
    model: Any = NOUNS[which % 3]
    if row := some(model.objects, which // 3):
        row.name = f"Name {next(numbers)}"
        row.save()


def change_alias(which: int) -> None:
    alias, entity = some(Alias.objects, which), some(Entity.objects, which // 2)
    if alias and which % 3 == 0:
        alias.delete()
    elif alias and entity:
        Alias.objects.filter(pk=alias.pk).update(entity=entity)


def put_below(which: int) -> None:
    tag, parent = some(Tag.objects, which), some(Tag.objects, which // 3)
    if tag:
        tag.parent = parent if which % 2 else None
        tag.save()


def merge(which: int) -> None:
    """By a redirect and a deletion."""
    model: Any = NOUNS[which % 3]
    kind = model._meta.model_name
    gone, kept = some(model.objects, which // 3), some(model.objects, which // 5)
    if not gone or gone == kept:
        return
    for related, field in referring(model):
        for row in related.objects.filter(**{field: gone}):
            with suppress(DatabaseError), transaction.atomic():  # it may say so already
                related.objects.filter(pk=row.pk).update(**{field: kept})
    slug = gone.slug
    gone.delete()
    Redirect.objects.update_or_create(kind=kind, old_slug=slug, defaults={kind: kept})


def referring(model: type[models.Model]) -> list[tuple[Any, str]]:
    return {
        Source: [(Article, "source"), (Redirect, "source")],
        Entity: [(Mention, "entity"), (Alias, "entity"), (Redirect, "entity")],
        Tag: [(Tagging, "tag"), (Tag, "parent"), (Redirect, "tag")],
    }[model]


def delete_noun(which: int) -> None:
    model: Any = NOUNS[which % 3]
    if row := some(model.objects, which // 3):
        row.delete()


def change_redirect(which: int) -> None:
    redirect = some(Redirect.objects, which)
    if redirect and which % 2:
        redirect.delete()
    elif redirect and (target := some(type(redirect.target).objects, which // 2)):
        Redirect.objects.filter(pk=redirect.pk).update(**{redirect.kind: target})


def move_article(article: Any) -> None:
    article.source = some(Source.objects, article.pk * 7)
    article.save()


ACTS: dict[str, Callable[[int], None]] = {
    "write a draft": lambda which: write_article(which, "draft"),
    "write a published article": lambda which: write_article(which, "published"),
    "copy": copy_articles,
    "publish": change_article(lambda it: it.publish()),
    "unpublish": change_article(
        lambda it: Article.objects.filter(pk=it.pk, withdrawn_at=None).update(status="draft")
    ),
    "withdraw": change_article(lambda it: it.withdraw(f"Reason {next(numbers)}")),
    "set an embargo": change_article(embargo),
    "announce": lambda which: announce_due() and None,
    "edit": change_article(
        lambda it: sql(
            "UPDATE articles_article SET headline = %s WHERE id = %s", f"H{next(numbers)}", it.pk
        )
    ),
    "edit many": edit_many,
    "move to another source": change_article(move_article),
    "delete an article": change_article(lambda it: it.delete() and None),
    "link": link,
    "decide": decide,
    "unlink": unlink,
    "move a link": move_link,
    "write a noun": write_noun,
    "rename": rename,
    "take a slug": take_slug,
    "change a noun": change_noun,
    "change an alias": change_alias,
    "put below": put_below,
    "merge": merge,
    "delete a noun": delete_noun,
    "change a redirect": change_redirect,
}
REFUSED = (DatabaseError, ProtectedError, ArchiveError)


def start_archive() -> None:
    """A little of everything, linked."""
    for model in NOUNS:
        for slug in SLUGS[:3]:
            model.objects.create(slug=slug, name=slug.upper())
    for number in range(6):
        write_article(number, ArticleStatus.PUBLISHED)
    entities, tags = list(Entity.objects.all()), list(Tag.objects.all())
    for number, article in enumerate(Article.objects.order_by("pk")):
        said = {"article": article, "origin": "source"}
        Mention.objects.create(entity=entities[number % 3], **said)
        Tagging.objects.create(tag=tags[number // 2], **said)
    for entity in entities:
        Alias.objects.create(entity=entity, spelling=entity.name)


Transaction = tuple[list[tuple[str, int]], bool, bool]


def write(transactions: list[Transaction]) -> None:
    """Each transaction is acts, whether it seals early, and whether it is undone."""
    for acts, seals_early, is_undone in transactions:
        with suppress(UndoneError, *REFUSED), recording(Way.SQL, actor="writer"):
            sql("SET LOCAL lock_timeout = '300ms'")
            for name, which in acts:
                with suppress(*REFUSED), transaction.atomic():
                    ACTS[name](which)
                if seals_early:
                    connection.check_constraints()
            if is_undone:
                raise UndoneError
