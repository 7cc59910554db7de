"""What tests of loads share: records of every fate, and all that an archive holds after them."""

import json
from pathlib import Path
from typing import Any

from django.db import connection

from articles.ingestion.synthetic import records
from articles.models import (
    Article,
    CleaningStep,
    LedgerEntry,
    LoadFault,
    LoadKey,
    LoadRun,
    Mention,
    RawText,
    Tagging,
)


def mixed_records(count: int) -> list[dict[str, Any]]:
    """Good records; of every ten one has to be cleaned, one a fault, one the key of an earlier."""
    mixed: list[dict[str, Any]] = []
    for number, record in enumerate(records(count)):
        body = record["body"][:200]
        mixed.append(
            {
                3: {**record, "body": f"  {body} \n\n\n\n&amp; so on."},
                5: {**record, "body": body, "language": "xx-unknown"},
                8: {**record, "body": "Another text.", "external_id": "synthetic-1-0"},
            }.get(number % 10, {**record, "body": body})
        )
    return mixed


def write_lines(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def state() -> dict[str, Any]:
    """Everything that a load leaves, by what it says and not by when or under which number."""
    runs = LoadRun.objects.order_by("id").values_list("state", "records", "counts", "finished_at")
    return {
        "articles": _rows(Article, "uid", "headline", "body", "status", "source__slug"),
        "taggings": _rows(Tagging, "article__uid", "tag__slug", "origin", "state"),
        "mentions": _rows(Mention, "article__uid", "entity__slug", "origin", "state"),
        "raw": _rows(RawText, "article__uid", "text", "clean_fingerprint"),
        "steps": _rows(CleaningStep, "article__uid", "field", "position", "rule", "edits"),
        "faults": _rows(LoadFault, "file", "record", "line", "field", "reason"),
        "ledger": _rows(LedgerEntry, "kind", "key", "action"),
        "runs": [[*run[:3], run[3] is not None] for run in runs],
        "keys": LoadKey.objects.count(),
        "indexed": _has_search_index(),
    }


def _rows(model: Any, *names: str) -> list[list[str]]:
    return sorted([str(value) for value in row] for row in model.objects.values_list(*names))


def _has_search_index() -> bool:
    with connection.cursor() as cursor:
        return "article_search" in connection.introspection.get_constraints(
            cursor, Article._meta.db_table
        )
