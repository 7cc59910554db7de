"""Write a dump: every row of one moment of the archive."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import connection, transaction

from articles.export.dump.manifest import (
    NAME,
    DumpError,
    File,
    Manifest,
    dumped_fields,
    dumped_models,
    file_name,
    to_line,
)

if TYPE_CHECKING:
    from pathlib import Path

    from django.db import models

AT_ONCE = 1_000


def write(folder: Path) -> Manifest:
    """Write the archive into an empty or new folder. DumpError: the folder holds something.

    The manifest comes last: a folder without one is an unfinished dump.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise DumpError(f"{folder}: not empty; name a new folder")
        with transaction.atomic(), connection.cursor() as cursor:
            if not connection.savepoint_ids:  # not inside somebody's transaction
                # Every file of the same moment, whoever writes meanwhile.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            manifest = Manifest(tuple(_write_file(folder, model) for model in dumped_models()))
        (folder / NAME).write_bytes(manifest.to_bytes())
    except OSError as error:
        raise DumpError(f"{folder}: cannot be written ({error.strerror})") from error
    return manifest


def _write_file(folder: Path, model: type[models.Model]) -> File:
    names = [field.attname for field in dumped_fields(model)]
    digest, rows = hashlib.sha256(), 0
    with (folder / file_name(model)).open("wb") as file:
        query = model._base_manager.order_by("pk").values(*names)
        for row in query.iterator(chunk_size=AT_ONCE):
            line = to_line(row)
            digest.update(line)
            file.write(line)
            rows += 1
    return File(file_name(model), rows, digest.hexdigest())
