"""Seeding: all mistakes in one run, nothing half-loaded, twice is once, editors are heard."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.errors import LoadError
from articles.identity import article_uid
from articles.ingestion.seeds import FixtureError, SeedReport, seed
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
from articles.vocabulary import Origin, Way
from tests.factories import make_entity, make_mention, make_tag, make_tagging

pytestmark = pytest.mark.django_db

BODY = "Cairo hosts talks. Officials in Cairo spoke."
KEY = ["wire", "a-1"]


def record(kind: str, /, **fields: Any) -> dict[str, Any]:
    return {"model": f"articles.{kind}", "fields": fields}


def archive() -> dict[str, Any]:
    """A small archive by short names, one record of each kind at least."""
    uid = str(article_uid("wire", "a-1"))
    article = record("article", uid=uid, origin="wire", external_id="a-1", source=["wire"])
    article["fields"] |= {"headline": "Talks in Cairo", "body": BODY, "language": "en"}
    article["fields"] |= {"published_at": "2024-03-31T00:00:00Z", "published_precision": "day"}
    article["fields"] |= {"status": "published"}
    said = {"article": KEY, "origin": "source", "state": "accepted"}
    place = {"entity": ["cairo"], "start": 0, "end": 5, "quote": "Cairo"}
    return {
        "source": record("source", slug="wire", name="Wire", kind="agency", language="en"),
        "peace": record("tag", slug="peace", name="Peace", parent=["politics"]),
        "politics": record("tag", slug="politics", name="Politics", media_topic="medtop:11000000"),
        "cairo": record("entity", slug="cairo", name="Cairo", kind="place", wikidata_id="Q85"),
        "alias": record("alias", entity=["cairo"], spelling="Cairo", standing="accept"),
        "article": article,
        "tagging": record("tagging", tag=["peace"], **said),
        "mention": record("mention", **said, **place),
        "redirect": record("redirect", kind="tag", old_slug="détente", tag=["peace"]),
        "tagalias": record("tagalias", tag=["peace"], spelling="truce"),
    }


def seeded(folder: Path, records: dict[str, Any]) -> SeedReport:
    path = folder / "archive.json"
    path.write_text(json.dumps(list(records.values())), encoding="utf-8")
    return seed([path])


def faults(folder: Path, records: dict[str, Any]) -> list[tuple[int | None, str, str]]:
    with pytest.raises(FixtureError) as error:
        seeded(folder, records)
    assert not Source.objects.exists()
    assert {fault.file for fault in error.value.faults} == {str(folder / "archive.json")}
    return [(fault.record, fault.field, fault.reason) for fault in error.value.faults]


def entries() -> int:
    return LedgerEntry.objects.count()


def test_a_first_seed_creates_and_a_second_does_nothing(tmp_path: Path) -> None:
    first = seeded(tmp_path, archive())
    assert {kind: count["created"] for kind, count in first.counts.items()} == {
        "source": 1, "tag": 2, "entity": 1, "alias": 1,
        "tagalias": 1, "article": 1, "tagging": 1, "mention": 1, "redirect": 1,
    }  # fmt: skip
    article = Article.objects.get()
    assert (article.source.slug, article.body, article.word_count) == ("wire", BODY, 7)
    assert Tag.objects.get(slug="peace").parent == Tag.objects.get(slug="politics")
    assert Mention.objects.get().quote == "Cairo"
    assert {b.way for b in LedgerBatch.objects.all()} == {Way.LOAD}
    assert {b.run for b in LedgerBatch.objects.all()} == {first.run}

    before, stamp = entries(), article.updated_at
    with CaptureQueriesContext(
        connection,
    ) as queries:
        second = seeded(tmp_path, archive())
    assert not second.has_changes
    assert all(count["unchanged"] == sum(count.values()) for count in second.counts.values())
    assert entries() == before
    assert Article.objects.get().updated_at == stamp
    verbs = {query["sql"].split()[0] for query in queries}
    assert verbs <= {"SELECT", "SAVEPOINT", "RELEASE"}
    assert len(queries) < 25


def test_a_changed_fixture_updates_only_what_differs(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    changed = archive()
    changed["cairo"]["fields"]["description"] = "Capital of Egypt."
    changed["article"]["fields"] |= {"headline": "Talks again", "body": "In Cairo talks go on."}
    changed["mention"]["fields"] |= {"start": 3, "end": 8}
    report = seeded(tmp_path, changed)
    assert Entity.objects.get().description == "Capital of Egypt."
    assert {n.key: n.detail for n in report.notes} == {
        "cairo": "description",
        "wire/a-1": "body, headline",
    }
    assert report.counts["mention"]["created"] == report.stale == 1
    assert Mention.objects.get().start == 3
    update = LedgerEntry.objects.get(kind="entity", action="update")
    assert update.after == {"description": "Capital of Egypt."}
    assert Entity.objects.get().edited_fields == []


def test_a_field_that_the_fixture_does_not_name_is_left_alone(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.LOAD):
        Article.objects.update(summary="From elsewhere.")
    assert not seeded(tmp_path, archive()).has_changes


def test_a_link_that_nobody_judged_is_replaced(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    old = Tagging.objects.get().pk
    changed = archive()
    changed["tagging"]["fields"]["state"] = "rejected"
    assert seeded(tmp_path, changed).counts["tagging"]["updated"] == 1
    assert Tagging.objects.get().state == "rejected"
    assert Tagging.objects.get().pk != old


def test_a_machines_suggestion_gives_way_to_what_the_fixture_says(tmp_path: Path) -> None:
    without = archive()
    del without["tagging"]
    seeded(tmp_path, without)
    make_tagging(
        Article.objects.get(), Tag.objects.get(slug="peace"), origin="machine", state="suggested"
    )
    seeded(tmp_path, archive())
    assert (Tagging.objects.get().origin, Tagging.objects.get().state) == ("source", "accepted")


# ── editors ──────────────────────────────────────────────────────────────────────────────────────


def test_an_editors_field_is_kept_and_the_others_are_updated(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.ADMIN, actor="mona"):
        Entity.objects.update(name="Greater Cairo")
    changed = archive()
    changed["cairo"]["fields"] |= {"name": "Al-Qāhira", "description": "Capital."}
    counts = seeded(tmp_path, changed).counts["entity"]
    assert (counts["updated"], counts["kept"], counts["unchanged"]) == (1, 1, 0)
    entity = Entity.objects.get()
    assert (entity.name, entity.description) == ("Greater Cairo", "Capital.")
    assert seeded(tmp_path, changed).counts["entity"]["kept"] == 1


def test_an_editors_date_keeps_its_precision(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(published_at="2024-04-01T00:00:00Z")
    changed = archive()
    changed["article"]["fields"] |= {
        "published_at": "2024-03-31T08:30:00Z",
        "published_precision": "exact",
    }
    report = seeded(tmp_path, changed)
    assert [n.detail for n in report.notes] == ["published_at, published_precision"]
    assert Article.objects.get().published_precision == "day"


def test_an_editors_withdrawal_stays(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.get().withdraw("Wrong city.")
    assert seeded(tmp_path, archive()).counts["article"]["kept"] == 1
    assert Article.objects.get().status == "withdrawn"


@pytest.mark.parametrize(
    ("model", "gone"),
    [
        (Article, ["article", "tagging", "mention"]),
        (Entity, ["entity", "alias", "mention"]),
        (Alias, ["alias"]),
        (Tagging, ["tagging"]),
        (Mention, ["mention"]),
        (Redirect, ["redirect"]),
    ],
)
def test_what_an_editor_deleted_is_reported_and_not_made_again(
    tmp_path: Path, model: Any, gone: list[str]
) -> None:
    seeded(tmp_path, archive())
    with recording(Way.ADMIN, actor="mona"):
        model.objects.all().delete()
    before = entries()
    report = seeded(tmp_path, archive())
    assert {kind for kind, count in report.counts.items() if count["deleted"]} == set(gone)
    assert not model.objects.exists()
    assert entries() == before


def test_what_a_load_deleted_is_made_again(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.LOAD):
        Tagging.objects.all().delete()
    assert seeded(tmp_path, archive()).counts["tagging"]["created"] == 1


def test_a_new_article_of_a_deleted_source_is_left_out(tmp_path: Path) -> None:
    seeded(tmp_path, {"source": archive()["source"]})
    with recording(Way.ADMIN, actor="mona"):
        Source.objects.all().delete()
    report = seeded(tmp_path, archive())
    assert report.counts["article"]["deleted"] == 1
    assert "an editor deleted its source" in {note.detail for note in report.notes}
    assert not Article.objects.exists()


def test_a_renamed_slug_is_followed(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.ADMIN, actor="mona"):
        Entity.objects.update(slug="al-qahira")
        Source.objects.update(slug="newswire")
    changed = archive()
    changed["cairo"]["fields"]["description"] = "Capital."
    report = seeded(tmp_path, changed)
    assert report.counts["entity"]["updated"] == 1
    assert Entity.objects.get().description == "Capital."
    assert Entity.objects.get().slug == "al-qahira"
    assert {n.key: n.detail for n in report.notes if n.outcome == "kept"} == {
        "cairo": "slug (now al-qahira)",
        "wire": "slug (now newswire)",
    }
    assert {report.counts[k]["unchanged"] for k in ("alias", "article", "mention")} == {1}
    assert Source.objects.count() == Entity.objects.count() == Alias.objects.count() == 1


def test_a_survivor_of_a_merger_keeps_its_own_words(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    survivor = make_entity("Cairo, Egypt", slug="cairo-egypt")
    merged = Entity.objects.get(slug="cairo")
    with recording(Way.ADMIN, actor="mona"):
        Alias.objects.filter(entity=merged).update(entity=survivor)
        Mention.objects.filter(entity=merged).update(entity=survivor)
        merged.delete()
        Redirect.objects.create(kind="entity", old_slug="cairo", entity=survivor)
    before = entries()
    report = seeded(tmp_path, archive())
    assert entries() == before
    assert [n.detail for n in report.notes] == ["merged into cairo-egypt"]
    assert report.counts["alias"]["unchanged"] == report.counts["mention"]["unchanged"] == 1


def test_links_that_a_merger_made_equal_are_not_doubled(tmp_path: Path) -> None:
    records = archive()
    records["treaty"] = record("tag", slug="treaty", name="Treaty")
    seeded(tmp_path, records)
    with recording(Way.ADMIN, actor="mona"):
        Tag.objects.get(slug="treaty").delete()
        Redirect.objects.create(kind="tag", old_slug="treaty", tag=Tag.objects.get(slug="peace"))
    records["twin"] = deepcopy(records["tagging"])
    records["twin"]["fields"]["tag"] = ["treaty"]
    report = seeded(tmp_path, records)
    assert (report.counts["tagging"]["unchanged"], report.counts["tagging"]["kept"]) == (1, 1)
    assert Tagging.objects.count() == 1


def test_a_changed_spelling_is_not_brought_back(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    with recording(Way.ADMIN, actor="mona"):
        Alias.objects.update(spelling="Kairo")
    with recording(Way.ADMIN, actor="mona"):
        Alias.objects.update(spelling="Cairo city")
    report = seeded(tmp_path, archive())
    assert report.counts["alias"]["kept"] == 1
    assert Alias.objects.get().spelling == "Cairo city"


def test_a_decided_link_is_kept(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    Tagging.objects.get().reject("mona", "off topic")
    report = seeded(tmp_path, archive())
    assert report.counts["tagging"]["kept"] == 1
    assert Tagging.objects.get().state == "rejected"


def test_mentions_leave_a_text_alone_that_an_editor_wrote(tmp_path: Path) -> None:
    without = archive()
    del without["mention"]
    seeded(tmp_path, without)
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(body="The talks take place in Cairo.")
    report = seeded(tmp_path, archive())
    assert report.counts["mention"]["kept"] == report.counts["article"]["kept"] == 1
    assert not Mention.objects.exists()


def test_a_new_text_takes_along_what_only_stood_on_the_old_one(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    entity, article = Entity.objects.get(), Article.objects.get()
    with recording(Way.COMMAND):
        make_mention(article, make_entity("Officials"), origin=Origin.MACHINE, state="suggested")
    decided = make_mention(article, entity, start=32, end=37, quote="Cairo", origin=Origin.MACHINE)
    decided.reject("mona")
    changed = archive()
    changed["article"]["fields"]["body"] = "Cairo hosts no talks."
    assert seeded(tmp_path, changed).stale == 1
    assert set(Mention.objects.values_list("start", flat=True)) == {0, 32}


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────

MISTAKES = [
    ("article", {"source": ["nowhere"]}, "source", "unknown source 'nowhere'"),
    ("article", {"published_at": "2024-02-30T00:00:00Z"}, "published_at", "invalid"),
    ("article", {"published_at": "31 March"}, "published_at", "invalid format"),
    ("article", {"published_at": "2024-03-31"}, "published_at", "no offset"),
    ("article", {"status": "printed"}, "status", "'printed' is not one of: draft, published"),
    ("article", {"headlin": "x"}, "headlin", "unknown field; the nearest is headline"),
    ("article", {"word_count": 3}, "word_count", "unknown field"),
    ("article", {"headline": None}, "headline", "null is not allowed"),
    ("article", {"headline": 5}, "headline", "5 is not a string"),
    ("article", {"headline": "a\0b"}, "headline", "NUL"),
    ("article", {"headline": "x" * 1001}, "headline", "at most 1000 characters"),
    ("article", {"bylines": "Ann"}, "bylines", "'Ann' is not a list"),
    ("article", {"language": "english"}, "language", "BCP 47"),
    ("article", {"headline_derived": 1}, "headline_derived", "1 is not true or false"),
    ("article", {"uid": "b883a9e2-34da-52c3-ab32-45e604d67968"}, "uid", "it must be"),
    ("article", {"uid": "zzz"}, "uid", "valid UUID"),
    ("article", {"external_id": ""}, "external_id", "missing"),
    ("article", {"published_precision": "exact", "published_at": None}, "published_at", "date"),
    ("article", {"headline": ""}, "headline", "needs a headline"),
    ("article", {"status": "withdrawn"}, "status", "public reason"),
    ("source", {"name": ""}, "name", "missing"),
    ("source", {"country": "Egypt"}, "country", "at most 2 characters"),
    ("source", {"country": "eg"}, "country", "two capital letters"),
    ("source", {"timezone": "Cairo"}, "timezone", "IANA"),
    ("source", {"slug": "Not A Slug"}, "slug", "is not a slug"),
    ("cairo", {"kind": "town"}, "kind", "'town' is not one of: person, organisation"),
    ("cairo", {"wikidata_id": "85"}, "wikidata_id", "Q and a number"),
    ("peace", {"parent": ["war"]}, "parent", "unknown tag 'war'"),
    ("peace", {"parent": "politics"}, "parent", "no reference to tag: write [slug]"),
    ("politics", {"parent": ["peace"]}, "parent", "stands above itself: peace → politics → peace"),
    ("politics", {"media_topic": "11000000"}, "media_topic", "medtop:"),
    ("tagging", {"tag": ["war"]}, "tag", "unknown tag 'war'"),
    ("tagging", {"article": ["wire", "a-2"]}, "article", "unknown article 'wire/a-2'"),
    ("tagging", {"article": ["wire"]}, "article", "write [origin, external_id]"),
    ("tagging", {"state": "suggested"}, "state", "violated"),
    ("mention", {"entity": ["giza"]}, "entity", "unknown entity 'giza'"),
    ("mention", {"quote": "Caïro"}, "quote", "'Caïro' is not at 0–5: there is 'Cairo'"),
    ("mention", {"end": None}, "start", "A place in the text has"),
    ("mention", {"start": -1}, "start", "greater than or equal to 0"),
    ("mention", {"start": "0"}, "start", "'0' is not a whole number"),
    ("alias", {"standing": "always"}, "standing", "not one of: review, accept, never"),
    ("redirect", {"old_slug": "peace"}, "old_slug", "is the slug of a tag"),
    ("redirect", {"tag": None}, "tag", "leads to one tag"),
]


@pytest.mark.parametrize(("name", "fields", "field", "reason"), MISTAKES)
def test_a_mistake_is_named_with_its_record_and_field(
    tmp_path: Path, name: str, fields: dict[str, Any], field: str, reason: str
) -> None:
    records = archive()
    records[name]["fields"] |= fields
    found = faults(tmp_path, records)
    number = list(records).index("peace" if "itself" in reason else name) + 1
    others = [fault for fault in found[1:] if not fault[2].startswith("unknown")]  # referring to it
    assert others == []
    assert found[0][0] == number
    assert field in found[0][1].split(", ")
    assert reason in found[0][2]


@pytest.mark.parametrize("name", ["slug", "external_id", "source", "spelling", "tag", "old_slug"])
def test_a_missing_field_is_named(tmp_path: Path, name: str) -> None:
    records = archive()
    owners = [r for r in records.values() if name in r["fields"] and r["model"][9:] != name]
    del owners[0]["fields"][name]
    found = faults(tmp_path, records)
    assert (list(records.values()).index(owners[0]) + 1, name, "missing") in found


@pytest.mark.parametrize(
    ("twin", "fields", "field"),
    [
        ("cairo", {}, "slug"),
        ("cairo", {"slug": "kairo"}, "wikidata_id"),
        ("politics", {"slug": "policy"}, "media_topic"),
        ("alias", {}, "entity, spelling"),
        ("article", {"headline": "Other"}, "origin, external_id"),
        ("tagging", {}, "article, tag"),
        ("mention", {}, "article, entity, start, end"),
        ("redirect", {}, "kind, old_slug"),
    ],
)
def test_the_later_of_two_records_with_one_key_is_named(
    tmp_path: Path, twin: str, fields: dict[str, Any], field: str
) -> None:
    records = archive()
    records["twin"] = deepcopy(records[twin])
    records["twin"]["fields"] |= fields
    place = f"{tmp_path / 'archive.json'}, record {list(records).index(twin) + 1}"
    assert faults(tmp_path, records) == [(len(records), field, f"stands already in {place}")]


@pytest.mark.parametrize(
    ("item", "field", "reason"),
    [
        ("word", "", "not an object"),
        ({"model": "articles.tag"}, "", "not an object with the members"),
        ({"model": "articles.photo", "fields": {}}, "model", "'articles.photo' is not one of"),
        ({"model": ["x"], "fields": {}}, "model", "is not one of"),
        (record("tag", slug="x", name="X") | {"pk": 7}, "pk", "leave it out"),
        (record("tag", slug="x", name="X") | {"extra": 7}, "extra", "unknown"),
    ],
)
def test_a_record_of_another_shape_is_named(
    tmp_path: Path, item: object, field: str, reason: str
) -> None:
    [(number, named, said)] = faults(tmp_path, {**archive(), "odd": item})
    assert (number, named) == (11, field)
    assert reason in said


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'[{"model": ', "broken JSON in line 1, column 12"),
        (b"[1}", "broken JSON"),
        (b'{"model": "articles.tag"}', "a list of objects"),
        (b'["\xff"]', "not UTF-8: byte 3 is 0xff"),
        (b"[" * 100_000, "nested"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "archive.json").write_bytes(data)
    with pytest.raises(FixtureError) as error:
        seed([tmp_path])
    [fault] = error.value.faults
    assert (fault.file, fault.record) == (str(tmp_path / "archive.json"), None)
    assert reason in fault.reason


def test_a_member_given_twice_is_named(tmp_path: Path) -> None:
    text = '[{"model": "articles.tag", "fields": {"slug": "a", "name": "A", "name": "B"}}]'
    (tmp_path / "archive.json").write_text(text)
    with pytest.raises(FixtureError, match=r"record 1: name: stands here twice"):
        seed([tmp_path])


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    records = archive()
    records["source"]["fields"]["country"] = "eg"  # what only the database knows
    records["cairo"]["fields"]["kind"] = "town"
    records["tagging"]["fields"]["tag"] = ["war"]
    (tmp_path / "1.json").write_text("[")
    (tmp_path / "2.json").write_text(json.dumps(list(records.values())))
    (tmp_path / "3.json").write_text(json.dumps([record("tag", slug="x", name="X", kind="y")]))
    with pytest.raises(FixtureError) as error:
        seed([tmp_path])
    places = [(Path(f.file).name, f.record, f.field) for f in error.value.faults]
    assert places == [
        ("1.json", None, ""),
        ("2.json", 1, "country"),
        ("2.json", 4, "kind"),
        ("2.json", 7, "tag"),
        ("3.json", 1, "kind"),
    ]
    assert "it may stand in" in error.value.faults[3].reason
    assert str(error.value).startswith("5 mistakes in the fixtures, nothing was loaded:")
    assert not LedgerEntry.objects.exists()


def test_a_wikidata_id_that_another_row_has_is_named(tmp_path: Path) -> None:
    make_entity("Kairo", wikidata_id="Q85")
    with pytest.raises(FixtureError, match="'Q85' belongs to kairo already"):
        seeded(tmp_path, archive())


def test_a_wikidata_id_may_move_from_one_entity_to_another(tmp_path: Path) -> None:
    seeded(tmp_path, archive())
    moved = archive()
    moved["cairo"]["fields"]["wikidata_id"] = None
    moved["new"] = record("entity", slug="kairo", name="Kairo", wikidata_id="Q85")
    seeded(tmp_path, moved)
    assert Entity.objects.get(wikidata_id="Q85").slug == "kairo"


def test_what_the_archive_holds_already_may_be_referred_to(tmp_path: Path) -> None:
    make_tag("War", slug="war")
    records = archive()
    records["tagging"]["fields"]["tag"] = ["war"]
    seeded(tmp_path, records)
    assert Tagging.objects.get().tag.slug == "war"


@pytest.mark.parametrize("name", ["missing.json", "empty"])
def test_a_path_without_fixtures_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LoadError, match=name):
        seed([tmp_path / name])
