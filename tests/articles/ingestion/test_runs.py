"""Loads as rows: what they read, how far they are, what they refused, and going on after a kill."""

import io
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from articles.errors import LoadError
from articles.ingestion import batches
from articles.ingestion.document import Options, Reject
from articles.ingestion.inputs import Input
from articles.ingestion.loader import Loading, load
from articles.ingestion.plan import BatchPlan
from articles.ingestion.report import MOST_TOLD, LoadReport, Progress
from articles.models import (
    Article,
    LedgerBatch,
    LoadConflict,
    LoadFault,
    LoadKey,
    LoadRun,
    recording,
)
from articles.vocabulary import Way
from tests.articles.ingestion.loads import mixed_records, state, write_lines
from tests.factories import make_source

pytestmark = pytest.mark.django_db

TALKS = {"source": "wire", "external_id": "1", "headline": "Talks", "body": "Talks in Cairo."}


class KilledError(BaseException):
    """As sudden as a signal: no code of the loader answers it."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 4)
    make_source("Wire")


def loaded(*records: dict[str, Any] | str, **options: Any) -> LoadReport:
    texts = (r if isinstance(r, str) else json.dumps(r) for r in records)
    functions = {name: options.pop(name) for name in ("on_reject", "on_batch") if name in options}
    loading = Loading(Options(**options.pop("options", {})), **options)
    return load([Input("in", None)], loading, io.BytesIO("\n".join(texts).encode()), **functions)


def kill_after(count: int) -> Callable[[Progress], None]:
    def kill(progress: Progress) -> None:
        if progress.records >= count:
            raise KilledError

    return kill


def killed(*records: Any, after: int, **options: Any) -> LoadRun:
    with pytest.raises(KilledError):
        loaded(*records, on_batch=kill_after(after), **options)
    return LoadRun.objects.get()


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_load_is_a_row_with_its_inputs_options_and_counts(tmp_path: Path) -> None:
    data = write_lines(tmp_path / "in.jsonl", [TALKS, TALKS | {"language": "xx-no"}]).read_bytes()
    inputs = [Input("a", tmp_path / "in.jsonl"), Input("gone", tmp_path / "gone")]
    loading = Loading(Options(source="wire"), create_missing=True, actor="mona")
    report = load(inputs, loading, io.BytesIO())
    run = LoadRun.objects.get()
    assert (run.run, run.actor, run.state) == (report.run, "mona", "finished")
    assert (run.records, run.finished_at is not None) == (3, True)
    assert run.counts == {"created": 1, "rejected": 2}
    assert run.inputs == [
        {"name": "a", "size": len(data), "sha256": sha256(data).hexdigest()},
        {"name": "gone", "size": 0, "sha256": ""},
    ]
    assert (run.options["source"], run.options["create_missing"]) == ("wire", True)
    assert LedgerBatch.objects.filter(run=run.run, way=Way.LOAD).exists()
    assert not LoadKey.objects.exists()


def test_every_fault_is_a_row_in_the_order_of_the_records() -> None:
    report = loaded(
        TALKS | {"language": "xx-no", "status": "lost"},
        TALKS,
        TALKS | {"summary": "Again."},
        '{"a\\u0000b\\ud800": 1}',
        TALKS | {"external_id": "2", "tags": ["Unknown"]},
    )
    assert [(f.record, f.line, f.field) for f in LoadFault.objects.order_by("id")] == [
        (f.record, f.line, f.field) for f in report.faults
    ]
    assert [f.record for f in report.faults[:3]] == [1, 1, 3]
    assert report.faults[-1].record == 5
    assert LoadFault.objects.filter(load__run=report.run).count() == len(report.faults)


def test_every_conflict_is_a_row_with_what_the_record_says() -> None:
    loaded(TALKS)
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(
            headline="Edited", bylines=["Mona"], published_at=timezone.now(),
            published_precision="exact",
        )  # fmt: skip
    report = loaded(TALKS | {"headline": "Newer", "bylines": ["Ann"], "published_at": "2024-03-31"})
    rows = LoadConflict.objects.filter(load__run=report.run, article=Article.objects.get())
    assert dict(rows.values_list("field", "theirs")) == {
        "headline": "Newer",
        "bylines": ["Ann"],
        "published_at": "2024-03-31T00:00:00+00:00",
    }


def test_a_plan_is_no_row() -> None:
    before = state()
    data = [TALKS | {"external_id": str(number)} for number in range(6)]
    report = loaded(*data, data[0], is_plan=True)
    assert (report.counts["created"], report.counts["rejected"]) == (6, 1)
    assert [n.detail for n in report.notes if n.outcome == "likely duplicate"] == [
        "the same text as wire/0"
    ] * 5
    assert state() == before


def test_a_report_tells_the_first_of_many_and_all_are_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "BATCH", 700)
    refused: list[Reject] = []
    count = MOST_TOLD + 5
    report = loaded(*["not JSON"] * count, on_reject=refused.append, format="jsonl")
    assert (len(report.faults), report.untold, len(refused)) == (MOST_TOLD, 5, count)
    assert LoadFault.objects.count() == report.counts["rejected"] == count


def test_progress_tells_records_counts_and_bytes() -> None:
    told: list[Progress] = []
    data = [TALKS | {"external_id": str(number)} for number in range(6)]
    loaded(*data, on_batch=told.append)
    assert [(p.records, p.counts["created"], len(p.plan.changes)) for p in told] == [
        (4, 4, 4),
        (6, 6, 2),
    ]
    size = len("\n".join(map(json.dumps, data)))
    assert (told[-1].bytes_read, told[-1].bytes_total) == (size, size)


# ── going on ─────────────────────────────────────────────────────────────────────────────────────


def test_a_load_that_was_killed_goes_on_as_if_it_had_not_been() -> None:
    records = mixed_records(30)
    loaded(*records, create_missing=True)
    undisturbed = state()
    Article.objects.all().delete()
    for after in (4, 12, 28):
        LoadRun.objects.all().delete()
        again = [r | {"external_id": f"{after}-{r['external_id']}"} for r in records]
        run = killed(*again, after=after, create_missing=True)
        assert (run.state, run.records) == ("running", after)
        rejects: list[Reject] = []
        report = loaded(*again, create_missing=True, on_reject=rejects.append)
        assert report.run == run.run
        assert LoadRun.objects.count() == 1
        now = state()
        for part in ("runs", "faults", "keys"):
            assert now[part] == undisturbed[part]
        assert [r.faults[0].record for r in rejects] == [f.record for f in report.faults]
        assert len(rejects) == 6
        assert all(r.received in again for r in rejects)


@pytest.mark.parametrize(
    "other",
    [
        {"options": {"source": "wire"}},
        {"options": {"timezone": "UTC"}},
        {"create_missing": True},
        {"format": "jsonl"},
    ],
)
def test_a_load_with_other_options_is_another(other: dict[str, Any]) -> None:
    data = [TALKS | {"external_id": str(number)} for number in range(6)]
    run = killed(*data, after=4)
    assert loaded(*data, **other).run != run.run
    assert loaded(*data[1:]).run != run.run
    assert loaded(*data).run == run.run
    assert set(LoadRun.objects.values_list("state", flat=True)) == {"finished"}


def test_the_first_of_two_records_with_one_key_wins_across_a_kill() -> None:
    first = [TALKS | {"external_id": str(number)} for number in range(4)]
    loaded(*first[:2])
    LoadRun.objects.all().delete()
    again = [record | {"body": "Another."} for record in first]
    killed(*first, *again, after=4)
    report = loaded(*first, *again)
    assert (report.counts["created"], report.counts["rejected"]) == (2, 4)
    assert not Article.objects.filter(body="Another.").exists()


def test_a_load_that_another_process_goes_on_with_ends() -> None:
    data = [TALKS | {"external_id": str(number)} for number in range(12)]

    def go_on_elsewhere(progress: Progress) -> None:
        if progress.records == 4:
            loaded(*data)

    with pytest.raises(LoadError, match="another process goes on with this very load"):
        loaded(*data, on_batch=go_on_elsewhere)
    run = LoadRun.objects.get()
    assert (run.state, run.records, Article.objects.count()) == ("finished", 12, 12)


def test_a_load_that_must_hear_of_every_record_starts_again() -> None:
    data = [TALKS | {"external_id": str(number)} for number in range(6)]
    bad = TALKS | {"language": "xx-no"}
    run = killed(bad, *data, after=4)
    heard: list[int] = []

    def accept(plan: BatchPlan) -> None:
        heard.append(plan.records)

    report = loaded(bad, *data, accept_batch=accept)
    assert (report.run, sum(heard)) == (run.run, 7)
    assert {k: v for k, v in report.counts.items() if v} == {
        "created": 3, "unchanged": 3, "rejected": 1,
    }  # fmt: skip
    assert LoadFault.objects.count() == 1


def test_what_does_not_accept_a_batch_ends_the_load_before_it() -> None:
    data = [TALKS | {"external_id": str(number)} for number in range(6)]

    def refuse(plan: BatchPlan) -> None:
        if plan.records < 4:
            raise LoadError("not as planned")

    with pytest.raises(LoadError, match="not as planned"):
        loaded(*data, accept_batch=refuse)
    assert Article.objects.count() == LoadRun.objects.get().records == 4
