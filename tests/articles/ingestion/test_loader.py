"""Loading: twice is once, never against an editor, every good record whatever the bad ones."""

import io
import json
import re
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from articles.errors import LoadError
from articles.ingestion import batches, loader
from articles.ingestion.document import Options
from articles.ingestion.inputs import Input
from articles.ingestion.loader import Loading, load
from articles.ingestion.report import LoadReport
from articles.models import (
    Alias,
    Article,
    Entity,
    LedgerBatch,
    LedgerEntry,
    Mention,
    Redirect,
    Source,
    Tag,
    Tagging,
    recording,
)
from articles.vocabulary import Way
from tests.factories import make_entity, make_mention, make_source, make_tag, make_tagging

pytestmark = pytest.mark.django_db

WRITTEN = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM|COPY) "(\w+)"')
TALKS = {"external_id": "1", "headline": "Talks", "body": "Talks in Cairo.", "tags": ["Peace"]}


@pytest.fixture(autouse=True)
def known() -> None:
    make_source("Wire")
    make_tag("Peace")


def loaded(*records: dict[str, Any], source: str = "wire", **options: Any) -> LoadReport:
    data = "\n".join(json.dumps(record) for record in records).encode()
    loading = Loading(Options(source=source), **options)
    return load([Input("in", None)], loading, io.BytesIO(data))


def counts(report: LoadReport) -> dict[str, int]:
    return {outcome: count for outcome, count in report.counts.items() if count}


def entries() -> int:
    return LedgerEntry.objects.count()


def by_admin(**values: Any) -> None:
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(**values)


def test_an_unchanged_record_is_not_touched() -> None:
    report = loaded(TALKS)
    assert counts(report) == {"created": 1}
    article, before = Article.objects.get(), entries()
    batch = LedgerBatch.objects.get(run=report.run)
    assert (batch.way, batch.actor) == (Way.LOAD, "loader")
    with CaptureQueriesContext(connection) as queries:
        assert counts(loaded(TALKS)) == {"unchanged": 1}
    written = {table for query in queries for table in WRITTEN.findall(query["sql"])}
    assert written == {"articles_loadrun", "articles_loadkey"}
    assert entries() == before
    assert Article.objects.get().updated_at == article.updated_at


def test_a_changed_record_updates_only_what_differs() -> None:
    loaded(TALKS)
    report = loaded(TALKS | {"summary": "Short.", "language": "en-GB"})
    assert [(n.outcome, n.key, n.detail) for n in report.notes] == [
        ("updated", "wire/1", "language, summary")
    ]
    entry = LedgerEntry.objects.get(kind="article", action="update")
    assert entry.after == {"summary": "Short.", "language": "en-GB"}
    assert Article.objects.get().edited_fields == []


def test_the_facts_of_a_record_stand_in_the_article() -> None:
    loaded(
        TALKS
        | {
            "summary": "Short.",
            "url": "https://wire.example/1",
            "bylines": ["Ann", "Bo"],
            "published_at": "2024-03-31T18:30:00+02:00",
            "status": "draft",
        }
    )
    article = Article.objects.get()
    assert (article.origin, article.external_id, article.language) == ("wire", "1", "en")
    assert (article.summary, article.bylines) == ("Short.", ["Ann", "Bo"])
    assert (article.original_url, article.status) == ("https://wire.example/1", "draft")
    assert str(article.published_at) == "2024-03-31 16:30:00+00:00"
    assert (article.published_precision, article.headline_derived) == ("exact", False)


def test_an_edited_text_without_an_id_is_a_new_article_and_the_report_says_so() -> None:
    first = {"headline": "Talks", "body": "Talks in Cairo."}
    assert loaded(first).derived == 1
    report = loaded(first | {"body": "Talks in Giza."})
    assert (counts(report), report.derived) == ({"created": 1}, 1)
    by_address = {"headline": "Talks", "url": "https://wire.example/1"}
    assert loaded(by_address).derived == 0


# ── editors ──────────────────────────────────────────────────────────────────────────────────────


def test_an_editors_field_is_a_conflict_and_the_others_are_updated() -> None:
    loaded(TALKS)
    by_admin(headline="Edited")
    report = loaded(TALKS | {"headline": "Newer", "summary": "Short."})
    assert counts(report) == {"updated": 1, "conflict": 1}
    assert not report.is_complete
    assert {n.outcome: n.detail for n in report.notes} == {
        "updated": "summary",
        "conflict": "headline",
    }
    assert (Article.objects.get().headline, Article.objects.get().summary) == ("Edited", "Short.")


def test_a_field_of_which_the_record_says_nothing_is_no_conflict() -> None:
    plain = {"external_id": "1", "body": "Talks go on in Cairo."}
    loaded(plain)
    assert Article.objects.get().headline_derived
    by_admin(headline="Edited", summary="Edited", published_at=None, language="fr")
    Article.objects.get().withdraw("Wrong city.")
    report = loaded(plain | {"tags": ["Peace"]})
    assert counts(report) == {"updated": 1}
    article = Article.objects.get()
    assert (article.headline, article.headline_derived) == ("Edited", False)
    assert (article.status, article.language) == ("withdrawn", "fr")


def test_a_stated_status_conflicts_with_an_editors() -> None:
    loaded(TALKS)
    Article.objects.get().withdraw("Wrong city.")
    report = loaded(TALKS | {"status": "published"})
    assert [(n.outcome, n.detail) for n in report.notes] == [("conflict", "status")]
    assert Article.objects.get().withdrawn_reason == "Wrong city."


def test_a_source_withdraws_and_publishes_again() -> None:
    loaded(TALKS)
    withdrawn = TALKS | {"status": "withdrawn"}
    assert counts(loaded(withdrawn)) == {"updated": 1}
    assert Article.objects.get().withdrawn_reason
    assert counts(loaded(withdrawn)) == {"unchanged": 1}
    assert counts(loaded(TALKS | {"status": "published"})) == {"updated": 1}
    assert Article.objects.get().withdrawn_at is None


def test_an_article_that_an_editor_deleted_is_not_made_again() -> None:
    loaded(TALKS)
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.all().delete()
    before = entries()
    report = loaded(TALKS)
    assert (counts(report), report.is_complete) == ({"deleted": 1}, False)
    assert entries() == before
    assert not Article.objects.exists()


# ── sources that move ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["wire", "newswire", "Wire", "Newswire"])
def test_a_renamed_source_keeps_its_articles(name: str) -> None:
    loaded(TALKS)
    with recording(Way.ADMIN, actor="mona"):
        Source.objects.update(slug="newswire")
    if name == "Newswire":
        Source.objects.update(name=name)
    assert counts(loaded(TALKS, source=name)) == {"unchanged": 1}
    assert Article.objects.get().origin == "wire"
    twice = loaded({**TALKS, "external_id": "2"}, {**TALKS, "external_id": "2", "source": "wire"})
    assert counts(twice) == {"created": 1, "rejected": 1}


@pytest.mark.parametrize("name", ["wire", "newswire", "Wire", "Newswire", "older"])
def test_an_article_deleted_before_its_source_was_renamed_is_not_made_again(name: str) -> None:
    Source.objects.update(slug="older")
    loaded(TALKS, TALKS | {"external_id": "2"}, source="older")
    Article.objects.filter(external_id="1").delete()
    for slug in ("wire", "newswire"):
        Source.objects.update(slug=slug)
    if name == "Newswire":
        Source.objects.update(name=name)
    report = loaded(TALKS, TALKS | {"external_id": "2"}, source=name)
    assert counts(report) == {"unchanged": 1, "deleted": 1}
    assert [(n.outcome, n.key) for n in report.notes] == [("deleted", "older/1")]
    assert loaded(TALKS, source=name, is_plan=True).counts["deleted"] == 1


@pytest.mark.parametrize("name", ["gazette", "older"])
def test_what_a_source_had_under_its_slugs_stays_known_when_it_is_merged(name: str) -> None:
    make_source("Older")
    loaded(TALKS, TALKS | {"external_id": "2"}, source="older")
    Source.objects.filter(slug="older").update(slug="gazette")
    survivor, merged = Source.objects.get(slug="wire"), Source.objects.get(slug="gazette")
    Article.objects.filter(external_id="1").delete()
    Article.objects.filter(source=merged).update(source=survivor)
    Redirect.objects.filter(source=merged).update(source=survivor)
    merged.delete()
    Redirect.objects.create(kind="source", old_slug="gazette", source=survivor)
    again = (TALKS, TALKS | {"external_id": "2"})
    assert counts(loaded(*again, source=name)) == {"unchanged": 1, "deleted": 1}
    assert counts(loaded(*again, source="wire")) == {"created": 2}  # ids of another source


def test_articles_of_merged_sources_with_one_id_stay_apart() -> None:
    make_source("Gazette")
    loaded(TALKS, TALKS | {"source": "gazette", "body": "Other."})
    survivor, merged = Source.objects.get(slug="wire"), Source.objects.get(slug="gazette")
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.filter(source=merged).update(source=survivor)
        merged.delete()
        Redirect.objects.create(kind="source", old_slug="gazette", source=survivor)
    report = loaded(
        TALKS,
        TALKS | {"source": "gazette", "body": "Other."},
        TALKS | {"source": "gazette", "external_id": "2"},
        TALKS | {"external_id": "2"},
    )
    assert counts(report) == {"unchanged": 2, "created": 2}
    assert set(Article.objects.values_list("origin", "external_id", "source__slug")) == {
        ("wire", "1", "wire"), ("gazette", "1", "wire"),
        ("wire", "2", "wire"), ("gazette", "2", "wire"),
    }  # fmt: skip


def test_the_zone_of_a_known_source_is_used() -> None:
    Source.objects.update(timezone="Africa/Cairo")
    loaded(TALKS | {"published_at": "2024-03-31T18:30"})
    assert str(Article.objects.get().published_at) == "2024-03-31 16:30:00+00:00"


# ── links ────────────────────────────────────────────────────────────────────────────────────────


def links() -> set[tuple[str, str, str]]:
    return set(Tagging.objects.values_list("tag__slug", "origin", "state"))


def test_the_sources_links_come_with_the_record_and_are_replaced() -> None:
    make_tag("War")
    make_entity("Cairo", slug="cairo")
    entities = [{"name": "Cairo", "kind": "place"}]
    loaded(TALKS | {"entities": entities})
    assert links() == {("peace", "source", "accepted")}
    mention = Mention.objects.get()
    assert (mention.start, mention.quote, mention.origin) == (None, "", "source")
    assert counts(loaded(TALKS | {"entities": entities})) == {"unchanged": 1}
    report = loaded(TALKS | {"tags": ["War"]})
    assert [n.detail for n in report.notes] == ["tags, entities"]
    assert links() == {("war", "source", "accepted")}
    assert not Mention.objects.exists()


def test_links_of_editors_stay() -> None:
    loaded(TALKS)
    with recording(Way.ADMIN, actor="mona"):
        make_tagging(Article.objects.get(), make_tag("War"))
        Tagging.objects.get(tag__slug="peace").reject("mona")
    before = entries()
    assert counts(loaded(TALKS)) == {"unchanged": 1}
    assert counts(loaded(TALKS | {"tags": []})) == {"unchanged": 1}
    assert links() == {("peace", "source", "rejected"), ("war", "editor", "accepted")}
    assert entries() == before


def test_a_link_that_an_editor_deleted_is_not_made_again() -> None:
    loaded(TALKS)
    with recording(Way.ADMIN, actor="mona"):
        Tagging.objects.all().delete()
    assert counts(loaded(TALKS)) == {"unchanged": 1}
    assert links() == set()


def test_a_machines_suggestion_gives_way_to_its_source() -> None:
    loaded(TALKS | {"tags": []})
    make_tagging(Article.objects.get(), Tag.objects.get(), origin="machine", state="suggested")
    assert counts(loaded(TALKS | {"tags": []})) == {"unchanged": 1}
    assert links() == {("peace", "machine", "suggested")}
    assert counts(loaded(TALKS)) == {"updated": 1}
    assert links() == {("peace", "source", "accepted")}


def test_a_changed_body_takes_along_mentions_that_stood_on_the_old_one() -> None:
    loaded(TALKS)
    entity = make_entity("Cairo")
    with recording(Way.COMMAND):
        make_mention(Article.objects.get(), entity, origin="machine", state="suggested")
    loaded(TALKS | {"body": "No talks."})
    assert not Mention.objects.exists()


def test_a_tag_that_an_editor_deleted_is_left_out() -> None:
    loaded(TALKS)
    with recording(Way.ADMIN, actor="mona"):
        Tag.objects.all().delete()
    report = loaded(TALKS | {"external_id": "2"}, create_missing=True)
    assert counts(report) == {"created": 1}
    assert "tag 'Peace', which an editor deleted" in {n.detail for n in report.notes}
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Georgia", None),
        ({"name": "Georgia", "kind": "place"}, "georgia"),
        ({"name": "Georgia", "kind": "person"}, "georgia-2"),
        ("georgia-2", "georgia-2"),
        ("UN", "united-nations"),
        ("Un", None),
        ("Georgian", None),
        ({"name": "UN", "kind": "person"}, None),
        ("old-georgia", "georgia"),
    ],
)
def test_entities_are_known_by_slug_name_and_alias(name: Any, slug: str | None) -> None:
    place = make_entity("Georgia", slug="georgia", kind="place")
    make_entity("Georgia", slug="georgia-2", kind="person")
    nations = make_entity("United Nations", slug="united-nations", kind="organisation")
    Alias.objects.create(entity=nations, spelling="UN", kind="acronym")
    Alias.objects.create(entity=place, spelling="Georgian", kind="demonym")
    Redirect.objects.create(kind="entity", old_slug="old-georgia", entity=place)
    report = loaded(TALKS | {"entities": [name]})
    if slug is None:
        [fault] = report.faults
        assert fault.field == "entities"
        assert ("ambiguous" in fault.reason) == (name == "Georgia")
    else:
        assert Mention.objects.get().entity.slug == slug


def test_a_tag_is_known_by_its_other_spellings() -> None:
    Tag.objects.get(slug="peace").aliases.create(spelling="Truce talks")
    loaded(TALKS | {"tags": ["Truce talks"]}, create_missing=True)
    assert Tagging.objects.get().tag.slug == "peace"
    assert Tag.objects.count() == 1


def test_names_that_differ_in_capitals_make_one_row() -> None:
    loaded(
        TALKS | {"tags": ["Climate Change", "climate change"], "entities": ["Rhine"]},
        TALKS | {"external_id": "2", "tags": ["Climate change"]},
        TALKS | {"external_id": "3", "entities": [{"name": "Rhine", "kind": "place"}]},
        TALKS | {"external_id": "4", "tags": ["peace"]},
        create_missing=True,
    )
    assert set(Tag.objects.values_list("slug", flat=True)) == {"peace", "climate-change"}
    assert Entity.objects.get().aliases.get().spelling == "Rhine"


# ── many records ─────────────────────────────────────────────────────────────────────────────────


def many(number: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"external_id": str(n), "headline": f"Talks {n}", "tags": ["Peace"]}
        for n in range(first, first + number)
    ]


def test_the_number_of_queries_does_not_grow_with_the_records() -> None:
    taken = []
    for records in (many(3), many(60, first=3), many(3), many(63)):
        with CaptureQueriesContext(connection) as queries:
            loaded(*records)
        taken.append(len(queries))
    assert taken[0] == taken[1] < 45
    assert taken[2] == taken[3] < 45


def test_a_key_is_remembered_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    report = loaded(
        *(record | {"body": f"Body of {record['headline']}."} for record in many(5)),
        many(1)[0],
        TALKS | {"external_id": "x", "body": "Body of Talks 4."},
    )
    assert counts(report) == {"created": 6, "rejected": 1}
    assert [n.detail for n in report.notes] == ["the same text as wire/4"]


@pytest.mark.parametrize("is_plan", [False, True])
def test_headlines_alone_are_no_duplicates(is_plan: bool) -> None:
    loaded(
        {"external_id": "1", "headline": "Weather"},
        {"external_id": "2", "headline": "Today", "body": "Weather"},
    )
    report = loaded(
        {"external_id": "3", "headline": "Weather"},
        {"external_id": "4", "headline": "Weather"},
        {"external_id": "5", "headline": "Other", "body": "Weather"},
        is_plan=is_plan,
    )
    twins = [(n.key, n.detail) for n in report.notes if n.outcome == "likely duplicate"]
    assert twins == [("wire/5", "the same text as wire/2")]


def test_a_plan_remembers_what_it_would_have_created(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 1)
    records = [TALKS | {"tags": ["New"]}, TALKS | {"external_id": "2", "tags": ["new"]}]
    plan = loaded(*records, is_plan=True, create_missing=True, source="Herald")
    assert plan.names == ("source herald", "tag new")
    assert not Article.objects.exists()
    assert plan.counts == loaded(*records, create_missing=True, source="Herald").counts


def test_the_same_text_under_another_key_is_a_likely_duplicate() -> None:
    loaded(TALKS)
    report = loaded(TALKS | {"external_id": "2"})
    assert (counts(report), report.is_complete) == ({"created": 1}, True)
    assert [(n.outcome, n.key, n.detail) for n in report.notes] == [
        ("likely duplicate", "wire/2", "the same text as wire/1")
    ]


def before_writing(monkeypatch: pytest.MonkeyPatch, before: Callable[[], None]) -> None:
    apply = loader.apply_changes

    def applied(changes: Any) -> None:
        before()
        apply(changes)

    monkeypatch.setattr(loader, "apply_changes", applied)


def test_a_row_that_the_database_refuses_is_found_and_the_others_load() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE articles_article ADD CONSTRAINT no_seven CHECK (external_id <> '7')"
        )
    report = loaded(*many(20))
    assert counts(report) == {"created": 19, "rejected": 1}
    [fault] = report.faults
    assert (fault.record, "no_seven" in fault.reason) == (8, True)


@pytest.mark.django_db(transaction=True)
def test_an_edit_in_the_same_moment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(TALKS)
    edits = iter([{"headline": "Edited"}])

    def edit() -> None:
        for values in edits:
            by_admin(**values)
        connection.close()

    def edit_elsewhere() -> None:
        editor = Thread(target=edit)
        editor.start()
        editor.join()

    before_writing(monkeypatch, edit_elsewhere)
    report = loaded(TALKS | {"headline": "Newer", "summary": "Short."})
    assert counts(report) == {"updated": 1, "conflict": 1}
    assert (Article.objects.get().headline, Article.objects.get().summary) == ("Edited", "Short.")


def test_a_lost_connection_is_no_fault_of_a_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose() -> None:
        raise OperationalError("the connection is lost")

    before_writing(monkeypatch, lose)
    with pytest.raises(OperationalError):
        loaded(TALKS)


def test_an_unreadable_file_is_a_fault_and_the_others_load(tmp_path: Any) -> None:
    (tmp_path / "a.txt").write_bytes(b"Talks \xff broken")
    (tmp_path / "b.txt").write_text("Talks go on in Cairo.")
    inputs = [Input(name, tmp_path / name) for name in ("a.txt", "b.txt", "gone.txt")]
    report = load(inputs, Loading(Options(source="wire")), io.BytesIO())
    assert counts(report) == {"created": 1, "rejected": 2}
    assert [fault.file for fault in report.faults] == ["a.txt", "gone.txt"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"source": "nowhere"}, "--source: unknown source 'nowhere'"),
        ({"format": "word"}, "--format: 'word' is none of auto, "),
    ],
)
def test_what_cannot_run_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        loaded(TALKS, **options)
