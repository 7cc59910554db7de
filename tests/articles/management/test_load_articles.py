"""The command that loads articles: its options, its words, its exit codes."""

import io
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import InterfaceError, OperationalError, ProgrammingError

from articles.ingestion.apply import apply_changes
from articles.ingestion.cleaning import RULES
from articles.management.commands.load_articles import Command
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
    path.parent.mkdir(exist_ok=True)
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
    assert "new source: sample-wire" in first.out
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
    assert named[2].startswith("record 3: source: unknown source 'nowhere'")
    assert named[3].startswith("record 3: tags: unknown tag 'Peace'")
    assert named[4].startswith("record 4: not JSON")
    assert named[5].startswith("record 5: external_id: an earlier record")
    assert named[6].startswith("Not every record was loaded: correct those in ")
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
    still = tmp_path / "still.jsonl"
    assert Answer(rejects, rejects=still).code == 0
    assert (Article.objects.get().headline, Article.objects.get().status) == ("Ünïcode", "draft")
    assert still.read_text("utf-8") == ""


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
        "new source: the-wire", "new tag: peace-talks", "new entity: treaty, cairo",
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
    assert answer.out.splitlines() == [
        "1 created",
        "    wire/2: New",
        "1 updated (summary 1)",
        "    wire/1: summary",
        "1 in conflict, besides updated or unchanged: an editor keeps the field (headline 1)",
        "    wire/1: headline",
        "new tag: peace",
        "Would be: 1 created, 1 updated, 0 unchanged, 1 conflict, 0 deleted, 0 rejected",
    ]
    assert answer.err == "Not every record would be loaded."
    assert LedgerEntry.objects.count() == entries
    assert Article.objects.get().summary == ""


def test_a_date_to_come_is_told(tmp_path: Path) -> None:
    make_source("Wire")
    record = {"source": "wire", "headline": "Talks", "published_at": "2999-12-31"}
    path = lines(
        tmp_path / "in.jsonl",
        record | {"external_id": "1"},
        record | {"external_id": "2", "status": "draft"},
        record | {"external_id": "3", "published_at": "2024-03-31"},
    )
    for plan in (True, False):
        answer = Answer(path, plan=plan)
        assert answer.code == 0
        told = "1 published with a date that is still to come\n    wire/1: 2999-12-31\n"
        assert told in answer.out
    assert "still to come" not in Answer(path).out


def test_a_day_that_nobody_means_is_loaded_and_named(tmp_path: Path) -> None:
    """The desk refuses such days; a record says what it says."""
    make_source("Wire")
    days = ("0203-05-01", "1399-12-31", "1400-01-01", "2030-01-01", "2999-12-31", None)
    path = lines(
        tmp_path / "in.jsonl",
        *(
            {"source": "wire", "headline": "Talks", "external_id": str(number),
             "published_at": day, "status": "draft"}
            for number, day in enumerate(days)
        ),
    )  # fmt: skip
    told = "3 with a day before 1400 or more than 10 years ahead: is it a slip?\n"
    for plan in (True, False):
        answer = Answer(path, plan=plan)
        assert answer.code == 0
        named = "".join(f"    wire/{it}: {days[it]}\n" for it in (0, 1, 4))
        assert told + named in answer.out
    assert Article.objects.count() == len(days)
    assert "slip" not in Answer(path).out  # of what is there already it is no news


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
    ("arguments", "reason"),
    [
        (["missing.txt"], "missing.txt: no such file"),
        (["x" * 300], "File name too long"),
        (["RAW", "--source=nowhere"], "--source: unknown source 'nowhere'"),
        (["RAW", "--source=half\ud800"], "half of a surrogate pair"),
        (["RAW", "--timezone=Cairo"], "--timezone: 'Cairo' is no IANA zone"),
        (["RAW", "--rejects=no/such/folder/file"], "--rejects no/such/folder/file: No such file"),
        (["RAW", "--rejects=."], "--rejects .: Is a directory"),
        (["RAW", "--plan-file=."], "--plan-file .: Is a directory"),
        (["RAW", "--plan-file=RAW"], "is one of the inputs; choose another file"),
        (["RAW", "--rejects=RAW"], "is one of the inputs; choose another file"),
        (["RAW", "--plan", "--rejects=RAW"], "is one of the inputs; choose another file"),
        (
            ["RAW", "--plan-file=out", "--rejects=./out"],
            "--rejects out: is the file of --plan-file; choose another file",
        ),
        (["RAW", "--apply=RAW"], "damaged, or no plan"),
        (["RAW", "--apply=missing"], "--apply missing: No such file"),
        (["RAW", "--plan", "--apply=x"], "--apply does what a plan says; it cannot stand with"),
        (["RAW", "--format=word"], "--format: 'word' is none of auto, text, jsonl"),
        (["RAW", "--status=new"], "--status: 'new' is none of draft, published, withdrawn"),
        (["RAW", "--map=title"], "--map title: write theirs=ours"),
        (["RAW", "--map=title=heading"], "'heading' is none of source, external_id"),
        (["RAW", "--encoding=klingon"], "--encoding: 'klingon' is no encoding"),
        ([], "PATH is missing: name files, folders, or - for standard input"),
    ],
)
def test_what_cannot_run_says_why(raw: Path, arguments: list[str], reason: str) -> None:
    answer = Answer(*(argument.replace("RAW", str(raw)) for argument in arguments))
    assert answer.code == 2
    assert reason in answer.err
    assert raw.read_text("utf-8") == RAW
    assert not Article.objects.exists()


def test_the_rules_of_cleaning_are_listed() -> None:
    answer = Answer(list_rules=True)
    assert [line.split()[0] for line in answer.out.splitlines()] == list(RULES)
    assert "trailing-furniture   page furniture after the text" in answer.out


def test_a_dump_of_others_is_mapped(tmp_path: Path) -> None:
    theirs = {"id": 7, "title": "Talks", "text": "They talk.", "places": ["Cairo"], "hits": 3}
    pairs = ["id=external_id", "title=headline", "text=body", "places=entities:place", "hits="]
    options = [f"--map={pair}" for pair in pairs]
    path = lines(tmp_path / "in.jsonl", theirs)
    assert Answer(path, *options, source="wire", create_missing=True).code == 0
    article = Article.objects.get()
    assert (article.external_id, article.headline, article.body) == ("7", "Talks", "They talk.")
    assert Entity.objects.get().kind == "place"


def test_an_encoding_is_that_of_text_that_is_not_utf_8(tmp_path: Path) -> None:
    make_source("Wire")
    path = tmp_path / "in.txt"
    path.write_bytes("Des élèves à Orléans\n\nIls parlent de la paix.".encode("cp1252"))
    refused = Answer(path, source="wire")
    assert refused.code == 1
    assert "--encoding windows-1252" in refused.err
    assert Answer(path, source="wire", encoding="windows-1252").code == 0
    assert "élèves" in Article.objects.get().headline


# ── plan and apply ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return lines(
        tmp_path / "news" / "in.jsonl",
        {"id": "1", "headline": "Good", "body": "Text.", "tags": ["Peace"]},
        {"id": "2", "headline": "Bad", "status": "new"},
    )


def test_a_plan_file_is_applied_with_its_own_options(news: Path, tmp_path: Path) -> None:
    plan, rejects = tmp_path / "plan.jsonl", tmp_path / "rejects.jsonl"
    options = ["--map=id=external_id", "--source=wire", "--create-missing", "--status=draft"]
    planned = Answer(news.parent, *options, plan_file=plan)
    assert (planned.code, Article.objects.count()) == (1, 0)
    assert "record 2: status: 'new' is none of" in planned.err
    assert "Would be: 1 created" in planned.out
    answer = Answer(news, apply=plan, rejects=rejects)
    assert answer.code == 1
    assert (
        "Done: 1 created, 0 updated, 0 unchanged, 0 conflict, 0 deleted, 1 rejected" in answer.out
    )
    assert answer.err.count("record 2: status") == 1
    assert (Article.objects.get().status, Tag.objects.get().name) == ("draft", "Peace")
    assert len(rejects.read_text("utf-8").splitlines()) == 1
    again = Answer(news, apply=plan)
    assert again.code == 2
    assert "wire/1 exists now, and was to be created" in again.err


def test_a_plan_is_not_applied_with_other_options(news: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.jsonl"
    Answer(news, "--map=id=external_id", source="wire", create_missing=True, plan_file=plan)
    answer = Answer(news, apply=plan, source="other")
    assert answer.code == 2
    assert "--source: the plan was made with 'wire'" in answer.err
    news.write_text(news.read_text("utf-8") + "\n", "utf-8")
    answer = Answer(news, apply=plan)
    assert answer.code == 2
    assert "in.jsonl has changed since it was planned" in answer.err
    assert not Article.objects.exists()


def test_a_plan_may_lie_in_the_folder_that_it_is_of(news: Path) -> None:
    plan, rejects = news.parent / "plan.jsonl", news.parent / "rejects.jsonl"
    options: dict[str, Any] = {"source": "wire", "create_missing": True, "rejects": rejects}
    for _ in range(2):  # the second time both files are there
        answer = Answer(news.parent, "--map=id=external_id", plan_file=plan, **options)
        assert "1 created, 0 updated, 0 unchanged, 0 conflict, 0 deleted, 1 rejected" in answer.out
    assert Answer(news.parent, apply=plan, rejects=rejects).code == 1
    assert Article.objects.count() == 1


def piped(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_standard_input_is_planned_and_applied(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data, plan = b'{"headline": "Piped", "body": "Text."}\n', tmp_path / "plan.jsonl"
    piped(monkeypatch, data)
    options: dict[str, Any] = {"source": "wire", "create_missing": True, "plan_file": plan}
    assert Answer("-", **options).code == 0
    piped(monkeypatch, data)
    assert Answer("-", apply=plan).code == 0
    assert Article.objects.get().headline == "Piped"
    piped(monkeypatch, data + b"\n")
    assert "standard input has changed since it was planned" in Answer("-", apply=plan).err


def test_many_changes_are_counted_and_some_are_named(tmp_path: Path) -> None:
    make_source("Wire")
    old = [{"source": "wire", "external_id": str(n), "headline": f"News {n}"} for n in range(30)]
    Answer(lines(tmp_path / "in.jsonl", *old))
    new = [record | {"summary": "S", "url": "https://wire.example/"} for record in old[:12]]
    answer = Answer(lines(tmp_path / "in.jsonl", *new, *old[12:]), plan=True)
    assert answer.out.splitlines() == [
        "12 updated (original_url 12, summary 12)",
        *(f"    wire/{n}: original_url, summary" for n in range(10)),
        "    … and 2 more",
        "Would be: 0 created, 12 updated, 18 unchanged, 0 conflict, 0 deleted, 0 rejected",
    ]


# ── what goes wrong on the way ───────────────────────────────────────────────────────────────────


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Answer]:
    """Loads a file, and after its first batch an error is raised."""
    make_source("Wire")
    monkeypatch.setattr("articles.ingestion.batches.BATCH", 2)
    records = [{"source": "wire", "external_id": str(n), "headline": "News"} for n in range(6)]
    path = lines(tmp_path / "in.jsonl", *records)

    def run(error: BaseException, **options: Any) -> Answer:
        calls = []

        def fail(changes: object) -> None:
            calls.append(changes)
            if len(calls) > 1:
                raise error
            apply_changes(changes)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr("articles.ingestion.loader.apply_changes", fail)
            return Answer(path, **options)

    return run


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            KeyboardInterrupt(),
            130,
            "Stopped after 2 records; what was loaded stays; run it again to go on.",
        ),
        (
            OperationalError("the connection is closed"),
            2,
            "The database was lost after 2 records; what was loaded stays; run it again to go on.\n"
            "the connection is closed",
        ),
        (
            InterfaceError("connection already closed"),
            2,
            "The database was lost after 2 records",
        ),
        (ProgrammingError('no column "x"'), 2, "Run manage.py migrate."),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
        (
            RecursionError("too deep"),
            2,
            "Unforeseen RecursionError: too deep after 2 records; what was loaded stays; "
            "run it again to go on, with --traceback to see where.",
        ),
    ],
)
def test_a_load_that_ends_early_says_how_to_go_on(
    broken: Callable[..., Answer], tmp_path: Path, error: BaseException, code: int, words: str
) -> None:
    answer = broken(error)
    assert answer.code == code
    assert words in answer.err
    assert Article.objects.count() == 2
    again = Answer(tmp_path / "in.jsonl")
    assert again.code == 0
    assert Article.objects.count() == 6


def test_a_stopped_application_of_a_plan_is_planned_again(
    broken: Callable[..., Answer], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.jsonl"
    Answer(tmp_path / "in.jsonl", plan_file=plan)
    answer = broken(KeyboardInterrupt(), apply=plan)
    assert answer.code == 130
    assert "plan again and apply that to go on" in answer.err
    refused = Answer(tmp_path / "in.jsonl", apply=plan)
    assert "exists now, and was to be created" in refused.err
    assert (
        "A load of these inputs was interrupted after 2 records, which stay and will be unchanged "
        "in a new plan. Nothing was changed now; make a new plan."
    ) in refused.err
    Answer(tmp_path / "in.jsonl", plan_file=plan)
    assert Answer(tmp_path / "in.jsonl", apply=plan).code == 0
    assert Article.objects.count() == 6


def test_a_stopped_load_leaves_no_half_rejects(
    broken: Callable[..., Answer], tmp_path: Path
) -> None:
    broken(KeyboardInterrupt(), rejects=tmp_path / "rejects.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_without_a_database_it_says_so(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("connection refused\n")

    monkeypatch.setattr("articles.management.commands.load_articles.load", fail)
    answer = Answer(raw)
    assert (answer.code, answer.err) == (
        2,
        "The database does not answer: connection refused\n"
        "When it does, what was loaded stays; run it again to go on.",
    )


class Gone(StringIO):
    """A stream whose reader has gone, as after `… | head`."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_load_does_not_end_when_nobody_reads_its_words(news: Path) -> None:
    make_source("Wire")
    options: dict[str, Any] = {"source": "wire", "map": ["id=external_id"], "create_missing": True}
    with pytest.raises(CommandError) as error:
        call_command("load_articles", str(news), stdout=Gone(), stderr=Gone(), **options)
    assert error.value.returncode == 1
    assert Article.objects.count() == 1


def test_its_exit_code_stands_when_nobody_reads_its_words(
    news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    monkeypatch.setattr("sys.stderr", Gone())
    for arguments, code in ((["missing"], 2), ([str(news), "--source=wire"], 2)):
        with pytest.raises(SystemExit) as error:
            Command().run_from_argv(["manage.py", "load_articles", *arguments])
        assert error.value.code == code


def test_quiet_keeps_faults_and_summary(news: Path) -> None:
    answer = Answer(news, "--map=id=external_id", "--quiet", source="wire", create_missing=True)
    assert "record 2: status" in answer.err
    assert "Done: 1 created" in answer.out


def test_a_fault_cannot_command_a_terminal(tmp_path: Path) -> None:
    path = lines(tmp_path / "in\x1b[2J.jsonl", {"headline": "x", "\x1b[2J": "y", "source": "wire"})
    answer = Answer(path)
    assert answer.code == 1
    assert "\x1b" not in answer.err
    assert r"in\x1b[2J.jsonl: record 1: \x1b[2J: unknown member" in answer.err
