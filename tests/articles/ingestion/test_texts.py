"""Texts as received: kept where they differ, rebuilt from both ends, replaced by a reload."""

import io
import json
from typing import Any

import pytest

from articles.errors import LoadError
from articles.ingestion.cleaning import replay, restore
from articles.ingestion.document import Options
from articles.ingestion.inputs import Input
from articles.ingestion.loader import Loading, load
from articles.ingestion.report import LoadReport
from articles.ingestion.texts import clean_of, raw_of, steps_of
from articles.models import (
    Article,
    CleaningStep,
    LedgerEntry,
    RawText,
    Redirect,
    Source,
    recording,
)
from articles.vocabulary import Way
from tests.factories import make_source

pytestmark = pytest.mark.django_db

RAW = "  Talks in Cairo &amp; Giza.\r\n\r\n\r\n\r\nMore cafÃ© news.\n\nShare this\n"
CLEAN = "Talks in Cairo & Giza.\n\nMore café news."
RECORD = {"external_id": "1", "headline": " Talks\tin Cairo ", "body": RAW}


@pytest.fixture(autouse=True)
def known() -> None:
    make_source("Wire")


def loaded(*records: dict[str, Any], source: str = "wire") -> LoadReport:
    data = "\n".join(json.dumps(record) for record in records).encode()
    return load([Input("in", None)], Loading(Options(source=source)), io.BytesIO(data))


def outcome(report: LoadReport) -> dict[str, int]:
    return {name: count for name, count in report.counts.items() if count}


def test_the_cleaning_of_bylines_is_kept_and_replaced() -> None:
    named = RECORD | {"bylines": ["Ann", "By Jo\u200bhn"]}
    loaded(named)
    article = Article.objects.get()
    assert article.bylines == ["Ann", "John"]
    assert restore("John", steps_of(article, "bylines[2]")) == "By Jo\u200bhn"
    assert outcome(loaded(named)) == {"unchanged": 1}
    assert outcome(loaded(named | {"bylines": ["Ann", "By John"]})) == {"updated": 1}
    assert restore("John", steps_of(article, "bylines[2]")) == "By John"
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(bylines=["John Q."])
    assert outcome(loaded(named | {"bylines": ["John"]})) == {"unchanged": 1, "conflict": 1}
    assert steps_of(article, "bylines[2]")  # of what an editor keeps
    assert outcome(loaded(RECORD | {"bylines": []})) == {"unchanged": 1}


def test_the_received_and_the_clean_text_lead_to_each_other() -> None:
    loaded(RECORD)
    article = Article.objects.get()
    raw, steps = raw_of(article), steps_of(article)
    assert (article.body, raw) == (CLEAN, RAW)
    assert restore(article.body, steps) == raw
    assert replay(raw, steps) == article.body == clean_of(article)
    assert restore(article.headline, steps_of(article, "headline")) == RECORD["headline"]
    row = RawText.objects.get()
    assert row.clean_fingerprint == article.fingerprint
    assert all(step.reason for step in steps)
    assert [s.position for s in CleaningStep.objects.filter(field="body").order_by("pk")] == [
        *range(len(steps))
    ]


def test_a_clean_text_is_kept_once() -> None:
    loaded(RECORD | {"headline": "Talks", "body": CLEAN})
    assert not RawText.objects.exists()
    assert not CleaningStep.objects.exists()
    assert raw_of(Article.objects.get()) == clean_of(Article.objects.get()) == CLEAN


def test_an_unchanged_record_writes_nothing() -> None:
    loaded(RECORD)
    before = LedgerEntry.objects.count()
    assert outcome(loaded(RECORD)) == {"unchanged": 1}
    assert LedgerEntry.objects.count() == before


def test_another_received_text_replaces_the_old_one_which_the_ledger_keeps() -> None:
    loaded(RECORD)
    steps = CleaningStep.objects.filter(field="body").count()
    report = loaded(RECORD | {"body": CLEAN.replace("&", "&amp;")})
    assert [(n.outcome, n.detail) for n in report.notes] == [("updated", "text as received")]
    article = Article.objects.get()
    assert raw_of(article) == CLEAN.replace("&", "&amp;")
    assert [step.rule for step in steps_of(article)] == ["html"]
    old = LedgerEntry.objects.get(kind="rawtext", action="delete")
    assert old.before is not None
    assert old.before["text"] == RAW
    assert LedgerEntry.objects.filter(kind="cleaningstep", action="delete").count() == steps
    assert steps_of(article, "headline")


def test_a_text_that_comes_clean_leaves_no_old_one() -> None:
    loaded(RECORD)
    loaded(RECORD | {"headline": "Talks in Cairo", "body": CLEAN})
    assert not RawText.objects.exists()
    assert not CleaningStep.objects.exists()


def test_the_received_text_stays_with_the_text_that_an_editor_keeps() -> None:
    loaded(RECORD)
    with recording(Way.ADMIN, actor="mona"):
        Article.objects.update(body="Edited.")
    report = loaded(RECORD | {"body": "Newer &amp; newer."})
    assert outcome(report) == {"unchanged": 1, "conflict": 1}
    article = Article.objects.get()
    assert (article.body, raw_of(article), clean_of(article)) == ("Edited.", RAW, CLEAN)
    assert RawText.objects.get().clean_fingerprint != article.fingerprint


@pytest.mark.parametrize("name", ["wire", "Wire", "old-wire"])
def test_a_source_switches_rules_off(name: str) -> None:
    source = Source.objects.get()
    Source.objects.update(cleaning_off=["html", "mojibake"])
    Redirect.objects.create(kind="source", old_slug="old-wire", source=source)
    loaded(RECORD, source=name)
    body = Article.objects.get().body
    assert "&amp;" in body
    assert "cafÃ©" in body
    assert "\r" not in body


def test_a_rule_that_there_is_not_cannot_be_switched_off() -> None:
    Source.objects.update(cleaning_off=["html", "htlm"])
    with pytest.raises(LoadError, match=r"source wire: there is no cleaning rule 'htlm'"):
        loaded(RECORD)
