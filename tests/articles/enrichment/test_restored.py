"""What the machine wrote comes back with a restored archive, and is not written again."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from articles.models import Enrichment, Salience, Suggestion
from articles.vocabulary import Standing
from tests.articles.enrichment.archives import cairo, mention, report, rows, run
from tests.factories import make_entity, make_tag


@pytest.mark.django_db(transaction=True)
def test_a_restored_archive_is_as_it_was_enriched(tmp_path: Path):
    cairo(Standing.ACCEPT)
    make_entity("Doha")
    make_tag("Talks")
    for number in range(3):
        report(number, body=f"From Cairo to Doha, and on to Rome, part {number}.")
    run()
    article = report(4, body="Doha, and Doha.")
    run()
    mention(article, "Doha", 1).reject("anna")
    run(everything=True)
    saliences = sorted(Salience.objects.values_list("article", "entity", "score"))
    assert Suggestion.objects.count() == 12
    call_command("export_archive", str(tmp_path / "dump"), stdout=io.StringIO())
    with connection.cursor() as cursor:
        tables = [
            name
            for name in connection.introspection.django_table_names(only_existing=True)
            if name.startswith("articles_")
        ]
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
    call_command("import_archive", str(tmp_path / "dump"), stdout=io.StringIO())
    apart = {"enrichment", "enrichmentrun", "salience", "signature"}
    before = rows(but=apart)
    assert not Enrichment.objects.exists()
    assert run() == {"articles": 4, "compared": 4}
    assert rows(but=apart) == before
    assert sorted(Salience.objects.values_list("article", "entity", "score")) == saliences
    assert run() == {}
