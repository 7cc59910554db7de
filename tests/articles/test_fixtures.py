"""The fixtures of this repository, and those that `dumpdata` makes of an archive."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from articles.ingestion.seeds import seed
from articles.models import (
    Alias,
    Article,
    Entity,
    LedgerEntry,
    Mention,
    Redirect,
    Source,
    Tag,
    Tagging,
    recording,
)
from articles.vocabulary import Way
from tests.factories import make_entity, make_mention

pytestmark = pytest.mark.django_db

REPOSITORY = Path(settings.BASE_DIR, "fixtures")
MODELS = (Source, Tag, Entity, Alias, Article, Tagging, Mention, Redirect)
CLOCKS = {"created_at", "updated_at"}


def dumped() -> str:
    out = StringIO()
    call_command(
        "dumpdata",
        *(f"articles.{model._meta.model_name}" for model in MODELS),
        "--natural-primary",
        "--natural-foreign",
        stdout=out,
    )
    return out.getvalue()


def content(dump: str) -> list[dict[str, Any]]:
    """The dump's rows without timestamps, in an order that does not depend on primary keys."""
    rows = json.loads(dump)
    for row in rows:
        row["fields"] = {k: v for k, v in row["fields"].items() if k not in CLOCKS}
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


@recording(Way.LOAD)
def empty_the_archive() -> None:
    for model in reversed(MODELS):
        if model is Tag:
            Tag.objects.update(parent=None)
        model.objects.all().delete()


def load(*files: Path) -> None:
    call_command("loaddata", *map(str, files), verbosity=0)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's sources and tags, and a few of its articles with all that they name."""
    files = [json.loads(file.read_text("utf-8")) for file in sorted(REPOSITORY.glob("*.json"))]
    rows = [row for file in files for row in file]
    articles = [r["fields"] for r in rows if r["model"] == "articles.article"][:4]
    keys = [[fields["origin"], fields["external_id"]] for fields in articles]
    mentions = [
        r["fields"]["entity"][0]
        for r in rows
        if r["model"] == "articles.mention" and r["fields"]["article"] in keys
    ]

    def is_wanted(model: str, fields: dict[str, Any]) -> bool:
        if model == "articles.article":
            return fields in articles
        if "article" in fields:
            return fields["article"] in keys
        entity = fields["slug"] if model == "articles.entity" else fields.get("entity", [""])[0]
        return model in {"articles.source", "articles.tag"} or entity in mentions

    folder = tmp_path_factory.mktemp("fixtures")
    chosen = [row for row in rows if is_wanted(row["model"], row["fields"])]
    (folder / "few.json").write_text(json.dumps(chosen), "utf-8")
    return folder


@pytest.fixture
def curated_dump(few: Path, tmp_path: Path) -> Path:
    """A seeded archive that editors have worked on, as a file."""
    seed([few])
    article, entity = Article.objects.order_by("pk")[:1].get(), Entity.objects.get(slug="israel")
    with recording(Way.ADMIN, actor="mona"):
        Entity.objects.filter(pk=entity.pk).update(slug="state-of-israel", name="State of Israel")
        article.withdraw("Wrong city.", "a note")
        Article.objects.exclude(pk=article.pk).update(summary="")
    make_mention(article, make_entity("Nowhere at all"))
    Tagging.objects.order_by("pk")[:1].get().reject("mona")
    file = tmp_path / "dump.json"
    file.write_text(dumped(), encoding="utf-8")
    empty_the_archive()
    return file


def test_the_repositorys_fixtures_seed_cleanly_and_once() -> None:
    first = seed([REPOSITORY])
    assert all(count["created"] == sum(count.values()) for count in first.counts.values())
    assert first.counts["article"]["created"] >= 40
    entries = LedgerEntry.objects.count()
    assert not seed([REPOSITORY]).has_changes
    assert LedgerEntry.objects.count() == entries


@pytest.mark.slow
def test_loaddata_takes_the_repositorys_fixtures_and_gives_the_same_archive() -> None:
    load(*sorted(REPOSITORY.glob("*.json")))
    assert not seed([REPOSITORY]).has_changes


def test_loaddata_and_the_seed_give_the_same_archive(few: Path) -> None:
    seed([few])
    seeded = content(dumped())
    empty_the_archive()
    load(few / "few.json")
    assert content(dumped()) == seeded
    assert not seed([few]).has_changes


def test_loaddata_after_the_seed_breaks_nothing(few: Path) -> None:
    seed([few])
    before = content(dumped())
    load(few / "few.json")
    assert content(dumped()) == before


def test_a_dump_loads_into_an_empty_archive(curated_dump: Path) -> None:
    assert not Article.objects.exists()
    load(curated_dump)
    assert content(dumped()) == content(curated_dump.read_text(encoding="utf-8"))
    entity = Entity.objects.get(slug="state-of-israel")
    assert entity.edited_fields == ["name", "slug"]
    assert entity.redirects.get().old_slug == "israel"
    assert Article.objects.get(status="withdrawn").withdrawn_note == "a note"
    assert Tagging.objects.filter(state="rejected").count() == 1


def test_a_dump_seeds_an_empty_archive(curated_dump: Path) -> None:
    seed([curated_dump])
    assert content(dumped()) == content(curated_dump.read_text(encoding="utf-8"))


def test_a_dump_loads_twice(curated_dump: Path) -> None:
    load(curated_dump)
    load(curated_dump)
    assert content(dumped()) == content(curated_dump.read_text(encoding="utf-8"))
