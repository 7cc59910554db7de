"""An archive for the machine to read, and everything that it may write, to be compared."""

from typing import Any

from django.apps import apps
from django.db import connection

from articles.enrichment.enrich import begin, enrich
from articles.models import Alias, Article, Entity, Mention
from articles.vocabulary import AliasKind, Standing
from tests.factories import make_article, make_entity

BOOKKEEPING = {"enrichment", "enrichmentrun"}


def seal() -> None:
    """Give the ledger's batches their positions, as a commit does."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def run(*, everything: bool = False, processes: int = 1) -> dict[str, int]:
    """What `enrich_articles` does; the counts of what it wrote, none where nothing waited."""
    seal()
    begun = begin(everything=everything)
    counts = enrich(begun.run, processes) if begun.run else {}
    seal()
    assert not counts.get("failed")
    return {name: count for name, count in counts.items() if count}


def rows(*, but: set[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the archive, with the transaction that wrote it."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("articles").get_models():
            if model._meta.model_name not in but:
                cursor.execute(
                    f"SELECT xmin::text, ctid::text, t::text FROM {model._meta.db_table} t"
                )
                found[model._meta.model_name or ""] = sorted(cursor.fetchall())
    return found


def found(article: Article) -> list[tuple[str, str, str]]:
    """Each mention in the order of the text: the words, whose they are, its state."""
    mentions = article.mentions.select_related("entity").order_by("start", "entity__slug")
    return [(it.quote, it.entity.slug, it.state) for it in mentions]


def words(article: Article) -> list[str]:
    """What stands at the mentions' places."""
    article.refresh_from_db()
    placed = article.mentions.filter(is_lost=False, start__isnull=False).order_by("start")
    return [article.body[it.start : it.end] for it in placed]


def mention(article: Article, quote: str, number: int = 0) -> Mention:
    return article.mentions.filter(quote=quote).order_by("start")[number]


def alias(entity: Entity, spelling: str, kind: AliasKind = AliasKind.NAME, **rules: Any) -> Alias:
    return Alias.objects.create(entity=entity, spelling=spelling, kind=kind, **rules)


def cairo(standing: Standing = Standing.REVIEW) -> Entity:
    entity = make_entity("Cairo")
    entity.aliases.update(standing=standing)
    return entity


def report(number: int = 0, **fields: Any) -> Article:
    fields.setdefault("body", f"Envoys met in Cairo on Sunday, for the {number}th time this year.")
    fields.setdefault("headline", f"Talks, part {number}")
    return make_article(**fields)
