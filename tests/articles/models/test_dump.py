"""The ledger's positions survive pg_dump and restore, and go on from where they were."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import connection

from articles.models import Article, LedgerBatch, LedgerEntry
from newsroom import embedded_postgres
from tests.factories import make_article, make_source


def program(name: str) -> str:
    """The tool that belongs to the server under test."""
    if connection.settings_dict["ENGINE"] == "newsroom.embedded_postgres.backend":
        return str(embedded_postgres.server().programs / name)
    ours = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    version = connection.pg_version // 10000
    matching = [path for path in ours if path.parts[-3] == str(version)]
    return str(matching[0]) if matching else shutil.which(name) or pytest.skip(f"no {name} here")


@pytest.mark.django_db(transaction=True)
def test_positions_survive_dump_and_restore(tmp_path):
    source = make_source("Wire")
    article = make_article("Before the dump", source=source)
    article.summary = "Changed"
    article.save()
    batches = list(LedgerBatch.objects.order_by("id").values())
    entries = list(LedgerEntry.objects.order_by("id").values())
    here = connection.settings_dict["NAME"]
    there = f"{here}_restored"
    settings = connection.get_connection_params()
    environment = os.environ | {
        "PGHOST": str(settings.get("host", "")),
        "PGPORT": str(settings.get("port", "")),
        "PGUSER": str(settings.get("user", "")),
        "PGPASSWORD": str(settings.get("password", "")),
    }

    def run(name: str, *arguments: str) -> None:
        done = subprocess.run(
            [program(name), *arguments], env=environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    run("pg_dump", "--format=custom", f"--file={tmp_path / 'archive.dump'}", here)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {there}")
        cursor.execute(f"CREATE DATABASE {there} TEMPLATE template0 ENCODING 'UTF8'")
    run("pg_restore", "--exit-on-error", f"--dbname={there}", str(tmp_path / "archive.dump"))
    connection.close()
    connection.settings_dict["NAME"] = there
    try:
        assert list(LedgerBatch.objects.order_by("id").values()) == batches
        assert list(LedgerEntry.objects.order_by("id").values()) == entries
        assert list(Article.objects.search("dump")) == [article]
        make_article("After the restore", source=source)
        assert LedgerBatch.objects.latest("id").position > batches[-1]["position"]
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {there}")
