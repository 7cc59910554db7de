"""Read a dump into an empty archive: rows, keys and ledger as they were."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.management.color import no_style
from django.db import connection, transaction

from articles.errors import ArchiveError
from articles.export.dump.manifest import (
    DumpError,
    Manifest,
    dumped_fields,
    dumped_models,
    file_name,
    from_line,
    numbered_lines,
)
from articles.export.dump.verify import verify
from articles.models import LedgerRestore

if TYPE_CHECKING:
    from pathlib import Path

    from django.db import models

AT_ONCE = 1_000


def read(folder: Path) -> Manifest:
    """Restore in one transaction, all or nothing.

    DumpError: the dump is damaged or of another schema. ArchiveError: this archive is not empty.
    """
    if damage := list(islice(verify(folder), 20)):
        raise DumpError(f"{folder} is damaged, nothing was restored:\n" + "\n".join(damage))
    manifest = Manifest.read(folder)
    _check_schema(manifest)
    with transaction.atomic():
        for model in dumped_models():
            if model._base_manager.exists():
                raise ArchiveError(
                    f"This archive holds {model._meta.verbose_name_plural} already: a dump is "
                    "restored into an empty one only (a new database after manage.py migrate)."
                )
        LedgerRestore.objects.create(transaction=0)
        for model in dumped_models():
            _read_file(folder / file_name(model), model)
        _continue_numbers()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return manifest


def _check_schema(manifest: Manifest) -> None:
    ours, theirs = {file_name(m) for m in dumped_models()}, {file.name for file in manifest.files}
    if ours != theirs:
        differing = ", ".join(sorted(ours ^ theirs))
        raise DumpError(f"The dump is of another version of newsroom: they differ in {differing}")


def _read_file(path: Path, model: type[models.Model]) -> None:
    fields = {field.attname: field for field in dumped_fields(model)}
    lines = numbered_lines(path)
    while batch := list(islice(lines, AT_ONCE)):
        rows = []
        for number, line in batch:
            row = from_line(line)
            if row is None or row.keys() != fields.keys():
                differing = ", ".join(sorted((row or {}).keys() ^ fields.keys()))
                raise DumpError(f"{path.name}: record {number}: columns differ: {differing}")
            rows.append(model(**{name: _python(fields[name], row[name]) for name in row}))
        model._base_manager.bulk_create(rows)


def _python(field: models.Field[Any, Any], value: Any) -> Any:
    return value if field.is_relation else field.to_python(value)


def _continue_numbers() -> None:
    """Let keys and positions go on from where they were."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), dumped_models()):
            cursor.execute(sql)
        cursor.execute(
            "SELECT setval('articles_ledger_position', max(position))"
            " FROM articles_ledgerbatch HAVING max(position) IS NOT NULL"
        )
