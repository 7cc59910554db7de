"""Plans as files, and the loads that do exactly what one says."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from articles.errors import LoadError
from articles.ingestion import plan as planning
from articles.ingestion.apply import apply_changes
from articles.ingestion.document import Document
from articles.ingestion.drafts import facts, status_facts
from articles.ingestion.inputs import find_inputs
from articles.ingestion.loader import Loading, load
from articles.ingestion.outputs import opened_output
from articles.ingestion.plan_file import COMPARED, PlanFile, PlanWriter, open_plan
from articles.ingestion.planned import apply_plan, check_inputs, check_plan, describe_inputs, reread
from articles.ingestion.report import Progress
from articles.models import Article, Entity, LedgerEntry, Tag, recording
from articles.vocabulary import Way
from tests.factories import make_source, make_tag

pytestmark = pytest.mark.django_db

Records = list[dict[str, Any]]


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[..., PlanFile]:
    """Writes records to in.jsonl, plans to load them, and gives the plan."""
    make_source("Wire")

    def plan(records: Records, *, create_missing: bool = False) -> PlanFile:
        (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
        path = tmp_path / "plan.jsonl"
        inputs = find_inputs([str(tmp_path / "in.jsonl")])
        with opened_output(path, "--plan-file") as write:
            writer = PlanWriter(write, {"options": {}, "inputs": describe_inputs(inputs)})

            def keep(progress: Progress) -> None:
                writer.add(progress.plan)

            loading = Loading(is_plan=True, create_missing=create_missing)
            report = load(inputs, loading, BytesIO(), on_batch=keep)
            writer.finish(report.counts)
        return open_plan(path)

    return plan


def applied(plan: PlanFile, *, create_missing: bool = False) -> None:
    inputs = find_inputs([str(plan.path.with_name("in.jsonl"))])
    check_inputs(plan, describe_inputs(inputs))
    loading = Loading(create_missing=create_missing)
    check_plan(plan, inputs, loading, lambda _: None)
    apply_plan(plan, inputs, loading, lambda _: None, lambda _: None)


def record(number: int, **members: Any) -> dict[str, Any]:
    return {"source": "wire", "external_id": str(number), "headline": f"News {number}", **members}


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., None]:
    """Loads records without a plan."""

    def load_now(*records: dict[str, Any]) -> None:
        path = tmp_path / "other.jsonl"
        path.write_text("\n".join(map(json.dumps, records)), "utf-8")
        load(find_inputs([str(path)]), Loading(), BytesIO())

    return load_now


# ── what stands in a plan ────────────────────────────────────────────────────────────────────────


def test_a_plan_has_a_line_for_all_that_would_be_and_an_end_that_seals_it(
    plan_of: Any, loaded: Any
) -> None:
    loaded(record(1), record(2))
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.filter(external_id="2").update(headline="Edited")
    entries = LedgerEntry.objects.count()
    plan = plan_of(
        [record(1), record(2, summary="S"), record(3, tags=["Peace"]), record(4, status="new")],
        create_missing=True,
    )
    lines = [json.loads(line) for line in plan.path.read_text("utf-8").splitlines()]
    assert [line["type"] for line in lines] == [
        "header", "name", "row", "row", "row", "fault", "end",
    ]  # fmt: skip
    header, name, unchanged, updated, created, fault, end = lines
    assert (header["format"], header["version"]) == ("newsroom-plan", 1)
    [given] = header["inputs"]
    assert given["name"].endswith("in.jsonl")
    assert (len(given["sha256"]), given["size"]) == (
        64,
        plan.path.with_name("in.jsonl").stat().st_size,
    )
    assert name["key"] == "tag peace"
    assert (unchanged["outcome"], unchanged["key"], unchanged["after"]) == (
        "unchanged", "wire/1", None,
    )  # fmt: skip
    assert len(unchanged["before"]) == 64
    assert (updated["fields"], updated["conflicts"]) == (["summary"], ["headline"])
    assert len(updated["before"]) == len(updated["after"]) == 64
    assert (created["outcome"], created["before"], len(created["after"])) == ("created", None, 64)
    assert (fault["record"], fault["field"]) == (4, "status")
    assert end["counts"]["rejected"] == end["counts"]["updated"] == 1
    assert LedgerEntry.objects.count() == entries


def test_the_digests_cover_every_field_that_a_load_writes() -> None:
    document = Document("wire", "1", "News", "Text.")
    written = {*facts(document), *status_facts(document.status, None)}
    assert {*written, "language"} == set(COMPARED)


def test_a_plan_of_nothing_is_a_plan(plan_of: Any) -> None:
    plan = plan_of([])
    applied(plan)
    assert [*plan.lines("row")] == []


# ── applying it ──────────────────────────────────────────────────────────────────────────────────


def test_a_plan_is_done_as_it_says(plan_of: Any, loaded: Any) -> None:
    loaded(record(1), record(2, tags=[]))
    records = [
        record(1, summary="New", status="withdrawn"),
        record(2),
        record(3, tags=["Peace"], entities=[{"name": "Cairo", "kind": "place"}]),
        record(4, status="new"),
    ]
    applied(plan_of(records, create_missing=True), create_missing=True)
    assert list(Article.objects.order_by("external_id").values_list("summary", "status")) == [
        ("New", "withdrawn"), ("", "published"), ("", "published"),
    ]  # fmt: skip
    assert (Tag.objects.get().slug, Entity.objects.get().name) == ("peace", "Cairo")


def test_over_many_batches_it_is_the_same(plan_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    records = [record(n, tags=[f"Tag {n % 3}"]) for n in range(10)] + [record(3)]
    plan = plan_of(records, create_missing=True)
    assert [line["key"] for line in plan.lines("name")] == ["tag tag-0", "tag tag-1", "tag tag-2"]
    monkeypatch.setattr("articles.ingestion.batches.BATCH", 3)
    applied(plan, create_missing=True)
    assert Article.objects.count() == 10
    assert Tag.objects.count() == 3


def refused(plan: PlanFile, reason: str, **options: Any) -> None:
    articles = list(Article.objects.order_by("pk").values())
    entries = LedgerEntry.objects.count()
    with pytest.raises(LoadError, match=f"(?s)no longer fits:.*{reason}.*Nothing was changed"):
        applied(plan, **options)
    assert list(Article.objects.order_by("pk").values()) == articles
    assert LedgerEntry.objects.count() == entries


def test_a_row_that_exists_now_is_named(plan_of: Any, loaded: Any) -> None:
    plan = plan_of([record(1), record(2)])
    loaded(record(2))
    refused(plan, "wire/2 exists now, and was to be created")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"headline": "Edited"}, "has changed since it was planned"),
        ({"body": "Edited."}, "has changed since"),
        ({"status": "draft"}, "has changed since"),
        ({"language": "fr"}, "has changed since"),
    ],
)
def test_a_row_that_has_changed_is_named(
    plan_of: Any, loaded: Any, change: dict[str, str], reason: str
) -> None:
    loaded(record(1), record(2))
    plan = plan_of([record(1), record(2, summary="S")])
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.filter(external_id="2").update(**change)
    refused(plan, f"wire/2 {reason}")


def test_a_row_that_would_be_unchanged_counts_as_well(plan_of: Any, loaded: Any) -> None:
    loaded(record(1))
    plan = plan_of([record(1)])
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(summary="Edited")
    refused(plan, "wire/1 has changed since")


@pytest.mark.parametrize("way", [Way.ADMIN, Way.COMMAND])
def test_a_row_that_is_gone_is_named(plan_of: Any, loaded: Any, way: Way) -> None:
    loaded(record(1))
    plan = plan_of([record(1, summary="S")])
    with recording(way, actor="mona"):
        Article.objects.all().delete()
    refused(plan, "wire/1 was deleted since it was planned")


def test_a_record_that_is_refused_now_is_named(plan_of: Any) -> None:
    with recording(Way.COMMAND, actor="mona"):
        make_tag("Peace")
    plan = plan_of([record(1), record(2, tags=["Peace"]), record(3)])
    with recording(Way.COMMAND, actor="mona"):
        Tag.objects.all().delete()
    refused(plan, "wire/2 is in the plan, but its record is rejected now")


def test_a_last_record_that_is_refused_now_is_named(plan_of: Any) -> None:
    with recording(Way.COMMAND, actor="mona"):
        make_tag("Peace")
    plan = plan_of([record(1), record(2, tags=["Peace"])])
    with recording(Way.COMMAND, actor="mona"):
        Tag.objects.all().delete()
    refused(plan, "wire/2 is in the plan, but its record is rejected now")


def test_a_record_that_was_refused_and_is_not_now_is_named(plan_of: Any) -> None:
    plan = plan_of([record(1), record(2, tags=["Peace"]), record(3)])
    make_tag("Peace")
    refused(plan, "wire/2 is not in the plan: its record was rejected then")


def test_a_name_that_exists_now_is_named(plan_of: Any) -> None:
    plan = plan_of([record(1, tags=["Peace"])], create_missing=True)
    make_tag("Peace")
    refused(plan, "tag peace exists now", create_missing=True)


def test_a_link_that_an_editor_took_away_is_named(plan_of: Any, loaded: Any) -> None:
    make_tag("Peace")
    loaded(record(1, entities=[]))
    plan = plan_of([record(1, tags=["Peace"])])
    loaded(record(1, tags=["Peace"]))
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.get().taggings.all().delete()
    refused(plan, "wire/1 ")


def test_of_many_differences_some_are_named(plan_of: Any, loaded: Any) -> None:
    records = [record(n) for n in range(30)]
    plan = plan_of(records)
    loaded(*records)
    with pytest.raises(LoadError) as error:
        applied(plan)
    assert str(error.value).count("exists now") == 10
    assert "  …\n" in str(error.value)


def test_a_change_between_check_and_load_ends_the_load(plan_of: Any, loaded: Any) -> None:
    loaded(record(1))
    plan = plan_of([record(1, summary="S"), record(2)])
    inputs = find_inputs([str(plan.path.with_name("in.jsonl"))])
    check_plan(plan, inputs, Loading(), lambda _: None)
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(headline="Edited")
    with pytest.raises(LoadError, match=r"wire/1 has changed .*\n?What came before was loaded"):
        apply_plan(plan, inputs, Loading(), lambda _: None, lambda _: None)
    assert Article.objects.get().summary == ""


def test_what_the_database_refuses_is_not_passed_over(
    plan_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apply_some(changes: Sequence[planning.Change]) -> None:
        if any(change.row.external_id == "3" for change in changes):
            raise IntegrityError("no such thing")
        apply_changes(changes)

    monkeypatch.setattr("articles.ingestion.loader.apply_changes", apply_some)
    plan = plan_of([record(n) for n in range(6)])
    with pytest.raises(LoadError, match=r"(?s)wire/3 is in the plan, but.*came before was loaded"):
        applied(plan)
    assert set(Article.objects.values_list("external_id", flat=True)) == set("012")


# ── inputs and damage ────────────────────────────────────────────────────────────────────────────


def test_an_input_that_has_changed_is_named(plan_of: Any) -> None:
    plan = plan_of([record(1)])
    with plan.path.with_name("in.jsonl").open("a") as stream:
        stream.write(" ")
    with pytest.raises(LoadError, match=r"in\.jsonl has changed since it was planned"):
        applied(plan)
    assert not Article.objects.exists()


def test_another_number_of_inputs_is_refused(plan_of: Any) -> None:
    plan = plan_of([record(1)])
    with pytest.raises(LoadError, match=r"of 1 inputs \(.*in\.jsonl\), here are 0"):
        check_inputs(plan, [])


def test_an_input_may_have_moved(plan_of: Any, tmp_path: Path) -> None:
    plan = plan_of([record(1)])
    moved = plan.path.with_name("in.jsonl").rename(tmp_path / "moved.jsonl")
    check_inputs(plan, describe_inputs(find_inputs([str(moved)])))


def test_standard_input_is_kept_to_be_read_again() -> None:
    with reread(find_inputs(["-"]), BytesIO(b"News.")) as files:
        assert describe_inputs(files) == describe_inputs(files)
        assert [(item.name, item.path and item.path.read_bytes()) for item in files] == [
            ("standard input", b"News.")
        ]


DAMAGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a line is missing": lambda lines: [*lines[:1], *lines[2:]],
    "a line was added": lambda lines: [*lines[:2], *lines[1:]],
    "a byte has changed": lambda lines: [lines[0], lines[1].upper(), *lines[2:]],
    "it breaks off": lambda lines: lines[:-1],
    "it breaks off in a line": lambda lines: [*lines[:-1], lines[-1][:-10]],
    "the end is another": lambda lines: [*lines[:-1], lines[-1].replace(b'6":"', b'6":"0')],
    "the header is missing": lambda lines: lines[1:],
    "it is empty": lambda _: [],
    "it is no JSON": lambda _: [b"News of today.\n"],
    "it is other JSON": lambda _: [b"[1]\n"],
    "it is bytes": lambda _: [bytes(range(256)), b"\n"],
    "it is endless": lambda _: [b"x" * 2_000_000],
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_plan_is_refused(
    plan_of: Any, damage: Callable[[list[bytes]], list[bytes]]
) -> None:
    path = plan_of([record(1)]).path
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(LoadError, match=r"plan\.jsonl: damaged, or no plan \(.*\); plan again"):
        open_plan(path)


def test_a_plan_of_another_version_is_refused(
    plan_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.ingestion.plan_file.VERSION", 2)
    path = plan_of([]).path
    monkeypatch.undo()
    with pytest.raises(LoadError, match="of version 2, not 1"):
        open_plan(path)


def test_a_plan_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="No such file"):
        open_plan(tmp_path / "plan.jsonl")
    with pytest.raises(LoadError, match="Is a directory"):
        open_plan(tmp_path)
