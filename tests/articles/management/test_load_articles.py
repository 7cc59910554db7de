"""The command that loads articles: its options, its words, its exit codes."""

import io
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from articles.models import Article, Entity, LedgerEntry, Source, Tag, recording
from articles.text import sections
from articles.vocabulary import Way
from tests.factories import make_source

pytestmark = pytest.mark.django_db

SEEDS = Path(settings.BASE_DIR).parent / "shared" / "seeds"
RAW = """ date 2024-03-31 Talks on the river treaty resume in Cairo on Sunday. Delegates agreed.

Delegates Take Their Seats

The first session of the talks opened with a long statement by the hosts of the conference.

Exit mobile version
"""


class Answer:
    """What a run of the command said, and its exit code."""

    def __init__(self, *arguments: object, **options: Any) -> None:
        out, err = StringIO(), StringIO()
        self.code = 0
        try:
            call_command("load_articles", *map(str, arguments), stdout=out, stderr=err, **options)
        except CommandError as error:
            self.code = error.returncode
            err.write(str(error))
        self.out, self.err = out.getvalue(), err.getvalue()


def lines(path: Path, *records: dict[str, Any] | str) -> Path:
    texts = (r if isinstance(r, str) else json.dumps(r) for r in records)
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    path = tmp_path / "raw.txt"
    path.write_text(RAW, encoding="utf-8")
    return path


def test_a_raw_text_loads_and_twice_changes_nothing(raw: Path) -> None:
    first = Answer(raw, source="sample-wire", create_missing=True)
    article = Article.objects.get()
    assert (first.code, first.err) == (0, "")
    assert (article.published_precision, str(article.published_at)[:10]) == ("day", "2024-03-31")
    assert article.headline == "Talks on the river treaty resume in Cairo on Sunday"
    assert article.headline_derived
    assert "Exit mobile version" not in article.body
    assert [part.heading for part in sections(article.body)] == [None, "Delegates Take Their Seats"]
    assert (article.status, article.source.slug) == ("published", "sample-wire")
    assert "new source sample-wire" in first.out
    assert "1 ids were derived from the text" in first.out
    entries, stamp = LedgerEntry.objects.count(), article.updated_at
    second = Answer(raw, source="sample-wire")
    assert (second.code, second.err) == (0, "")
    assert "0 created, 0 updated, 1 unchanged" in second.out
    assert LedgerEntry.objects.count() == entries
    assert Article.objects.get().updated_at == stamp


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the two given texts lie beside the checkout")
def test_the_given_texts_load_as_they_are() -> None:
    answer = Answer(*sorted(SEEDS.glob("*.txt")), source="sample-wire", create_missing=True)
    assert answer.code == 0
    dated, undated = Article.objects.order_by("published_at")
    assert (dated.published_precision, str(dated.published_at)[:10]) == ("day", "2024-03-31")
    assert (undated.published_precision, undated.published_at) == ("unknown", None)
    assert "Exit mobile version" not in undated.body
    assert [part.heading for part in sections(dated.body)][1:] == [
        "Egypt Takes the Lead",
        "Humanitarian Crisis and the Urgency for Peace",
    ]
    assert dated.headline_derived
    assert undated.headline_derived
    assert set(Article.objects.search("ceasefire talks")) == {dated, undated}
    again = Answer(SEEDS, source="sample-wire")
    assert "0 created, 0 updated, 2 unchanged" in again.out


def test_good_records_load_and_bad_ones_are_named(tmp_path: Path) -> None:
    make_source("Wire")
    path = lines(
        tmp_path / "in.jsonl",
        {"source": "wire", "external_id": "1", "headline": "Good", "body": "Text."},
        {"source": "wire", "headline": "Bad", "published_at": "yesterday", "status": "printed"},
        {"source": "nowhere", "headline": "Bad", "tags": ["Peace"]},
        "{broken",
        {"source": "wire", "external_id": "1", "headline": "Again"},
    )
    rejects = tmp_path / "rejects.jsonl"
    answer = Answer(path, rejects=rejects)
    assert answer.code == 1
    assert Article.objects.get().headline == "Good"
    named = [line.removeprefix(f"{path}: ") for line in answer.err.splitlines()]
    assert named[0].startswith("record 2: published_at: ")
    assert named[1].startswith("record 2: status: ")
    assert named[2].startswith("record 4: not JSON")
    assert named[3].startswith("record 3: source: unknown source 'nowhere'")
    assert named[4].startswith("record 3: tags: unknown tag 'Peace'")
    assert named[5].startswith("record 5: external_id: an earlier record")
    assert "1 created, 0 updated, 0 unchanged, 0 conflict, 0 deleted, 4 rejected" in answer.out
    written = [json.loads(line) for line in rejects.read_text("utf-8").splitlines()]
    assert {tuple(f["field"] for f in record["_faults"]) for record in written} == {
        ("published_at", "status"), ("",), ("source", "tags"), ("external_id",),
    }  # fmt: skip


def test_rejects_can_be_corrected_and_loaded_again(tmp_path: Path) -> None:
    make_source("Wire")
    path = lines(tmp_path / "in.jsonl", {"source": "wire", "headline": "Ünïcode", "status": "new"})
    rejects = tmp_path / "rejects.jsonl"
    assert Answer(path, rejects=rejects).code == 1
    text = rejects.read_text("utf-8")
    rejects.write_text(text.replace('"new"', '"draft"', 1), "utf-8")
    assert Answer(rejects, rejects=rejects).code == 0
    assert (Article.objects.get().headline, Article.objects.get().status) == ("Ünïcode", "draft")
    assert rejects.read_text("utf-8") == ""


def test_create_missing_creates_what_records_name(tmp_path: Path) -> None:
    record = {
        "source": "The Wire",
        "headline": "Talks",
        "tags": ["Peace talks"],
        "entities": ["Treaty", {"name": "Cairo", "kind": "place"}],
    }
    answer = Answer(lines(tmp_path / "in.jsonl", record), create_missing=True)
    assert answer.code == 0
    assert Source.objects.get().slug == "the-wire"
    assert Tag.objects.get().name == "Peace talks"
    assert set(Entity.objects.values_list("name", "kind", "is_reviewed")) == {
        ("Treaty", "other", False),
        ("Cairo", "place", False),
    }
    assert [line for line in answer.out.splitlines() if line.startswith("new ")] == [
        "new source the-wire", "new tag peace-talks", "new entity treaty", "new entity cairo",
    ]  # fmt: skip


def test_a_plan_shows_what_would_change_and_writes_nothing(tmp_path: Path) -> None:
    make_source("Wire")
    old = {"source": "wire", "external_id": "1", "headline": "Old", "body": "Text."}
    Answer(lines(tmp_path / "in.jsonl", old))
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(headline="Edited")
    entries = LedgerEntry.objects.count()
    new = {"source": "wire", "external_id": "2", "headline": "New", "tags": ["Peace"]}
    path = lines(tmp_path / "in.jsonl", old | {"summary": "Short."}, new)
    answer = Answer(path, plan=True, create_missing=True)
    assert answer.code == 1
    assert "updated: wire/1: summary" in answer.out
    assert "conflict: wire/1: headline" in answer.out
    assert "created: wire/2: New" in answer.out
    assert "new tag peace" in answer.out
    assert "Would be: 1 created, 1 updated, 0 unchanged, 1 conflict" in answer.out
    assert LedgerEntry.objects.count() == entries
    assert Article.objects.get().summary == ""


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(b'{"headline": "Piped", "body": "Text."}\n')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(data))
    assert Answer("-", source="wire", create_missing=True, status="draft").code == 0
    assert (Article.objects.get().headline, Article.objects.get().status) == ("Piped", "draft")


def test_a_zone_is_that_of_times_without_offset(tmp_path: Path) -> None:
    make_source("Wire")
    record = {"source": "wire", "headline": "Talks", "published_at": "2024-03-31 18:30"}
    path = lines(tmp_path / "in.jsonl", record)
    assert Answer(path).code == 1
    assert Answer(path, timezone="Africa/Cairo").code == 0
    assert str(Article.objects.get().published_at) == "2024-03-31 16:30:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "options", "reason"),
    [
        (["missing.txt"], {}, "missing.txt: no such file"),
        ([], {"source": "nowhere"}, "--source: unknown source 'nowhere'"),
        ([], {"timezone": "Cairo"}, "--timezone: 'Cairo' is no IANA zone"),
        ([], {"rejects": Path("no/such/folder/file")}, "--rejects no/such/folder/file"),
        ([], {"format": "word"}, "--format"),
    ],
)
def test_what_cannot_run_says_why(
    raw: Path, arguments: list[str], options: dict[str, Any], reason: str
) -> None:
    answer = Answer(*(arguments or [raw]), **options)
    assert answer.code == 2
    assert reason in answer.err
    assert not Article.objects.exists()
