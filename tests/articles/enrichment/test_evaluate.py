"""The figures of the gold set, which may rise and never fall, and the command that prints them."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.enrichment.evaluate import GoldText, Measured, measure_names, read_texts
from articles.enrichment.evaluation import GoldArticle, GoldSpan, Scope, read_articles
from articles.models import Article, Source
from tests.articles.enrichment.archives import cairo, report
from tests.factories import make_article

GOLD = Path(__file__).resolve().parents[2] / "gold"
WIKINEWS = GOLD.parents[2] / "shared" / "samples" / "wikinews.jsonl"


def gold(name: str) -> list[GoldArticle]:
    with (GOLD / name).open(encoding="utf-8") as lines:
        return list(read_articles(lines))


def figures(measured: Measured, scope: Scope = Scope.KNOWN) -> tuple[float, float]:
    strict = measured.report.measure(scope).strict
    return strict.precision, strict.recall


@pytest.fixture(scope="class")
def seeded(django_db_setup, django_db_blocker):
    """The seeded archive, once for all figures."""
    with django_db_blocker.unblock():
        from django.db import transaction

        with transaction.atomic():
            call_command("seed_archive", stdout=io.StringIO())
            yield
            transaction.set_rollback(True)


class TestFigures:
    """Of finding known names, strictly: place and entity."""

    @pytest.fixture(autouse=True)
    def archive(self, seeded, django_db_blocker):
        with django_db_blocker.unblock():
            yield

    def test_of_the_fixtures(self):
        measured = measure_names(gold("entities.jsonl"))
        assert (measured.report.articles, len(measured.missing)) == (30, 32)
        precision, recall = figures(measured)
        assert precision >= 0.979
        assert recall >= 0.979

    def test_each_engine_by_itself_and_both_as_an_editor_sees_them(self):
        known, unknown, both = measure_names(gold("entities.jsonl")).reports
        assert (known.engine, unknown.engine, both.engine) == ("gazetteer", "capitals", "together")
        new = unknown.measure(Scope.NEW).by_span  # capitals tell where a name is, not its kind
        # Most names of the fixtures are curated: what is left there is hard.
        assert new.precision >= 0.46
        assert new.recall >= 0.93
        assert known.measure(Scope.NEW).by_span.recall == 0
        assert both.measure(Scope.KNOWN) == known.measure(Scope.KNOWN)
        assert both.measure(Scope.NEW) == unknown.measure(Scope.NEW)
        assert both.measure(Scope.ALL).by_span.recall > known.measure(Scope.ALL).by_span.recall

    def test_of_homographs_made_to_mislead(self):
        measured = measure_names(gold("homographs.jsonl"))
        assert measured.missing == ()
        precision, recall = figures(measured)
        assert precision >= 0.738
        assert recall >= 0.889
        assert measured.report.measure(Scope.KNOWN).listed.recall >= 0.995

    def test_of_both_halves(self):
        if not WIKINEWS.exists():
            pytest.skip("The sample wikinews.jsonl is absent: its half of the gold set is unread.")
        with WIKINEWS.open(encoding="utf-8") as lines:
            measured = measure_names(gold("entities.jsonl"), dict(read_texts(lines)))
        assert measured.missing == ()
        precision, recall = figures(measured)
        assert precision >= 0.954
        assert recall >= 0.965


def one_article(body: str = "To Cairo.", **fields: str) -> GoldArticle:
    identity = {"origin": "wire", "external_id": "one", **fields}
    spans = (GoldSpan(3, 8, "Cairo", "cairo", "place"),)
    return GoldArticle(sha256=sha(body), spans=spans, **identity)


def sha(body: str) -> str:
    return next(read_texts([json.dumps({"body": body})]))[0]


@pytest.mark.django_db
class TestTexts:
    def test_they_are_the_archives_own(self):
        cairo()
        source = Source.objects.create(slug="wire", name="Wire", language="en")
        article = make_article(external_id="one", body="To Cairo.", source=source)
        assert figures(measure_names([one_article()])) == (1, 1)
        Article.objects.filter(pk=article.pk).update(body="To  Cairo.")
        assert measure_names([one_article()]).missing == (str(article.uid),)

    def test_or_given_by_their_hash(self):
        cairo()
        texts = {sha("To Cairo."): GoldText("", "To Cairo.", "en")}
        assert figures(measure_names([one_article()], texts)) == (1, 1)

    def test_what_is_found_is_what_is_suggested(self):
        """Not what is rather a part of another name."""
        cairo()
        body = "to Cairo University Press"
        measured = measure_names([one_article(body)], {sha(body): GoldText("", body, "en")})
        assert measured.report.measure(Scope.KNOWN).strict.found == 0


@pytest.mark.django_db
class TestCommand:
    def write(self, path: Path, *lines: object) -> str:
        path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
        return str(path)

    def test_it_prints_a_table_and_what_was_not_measured(self, tmp_path: Path):
        cairo()
        span = {"start": 3, "end": 8, "quote": "Cairo", "entity": "cairo", "kind": "place"}
        row = {"origin": "wire", "external_id": "one", "sha256": sha("To Cairo."), "spans": [span]}
        file = self.write(tmp_path / "gold.jsonl", row, {**row, "external_id": "two", "sha256": ""})
        texts = self.write(tmp_path / "texts.jsonl", {"title": "Off", "body": "To Cairo."})
        output = io.StringIO()
        call_command("evaluate_suggestions", file, "--texts", texts, stdout=output)
        lines = output.getvalue().splitlines()
        assert lines[0].split()[:4] == ["engine", "names", "kind", "P"]
        known = next(line.split() for line in lines if line.startswith("gazetteer  known"))
        assert known[:6] == ["gazetteer", "known", "every", "1.000", "1.000", "1.000"]
        assert lines[-1].startswith("1 articles were not measured")

    def test_pairs(self, tmp_path: Path):
        body = " ".join(f"word{number}" for number in range(60))
        one, other = report(1, body=body), report(2, body=body)
        call_command("enrich_articles", "--quiet")
        uids = {"a": str(one.uid), "b": str(other.uid), "duplicate": True}
        file = self.write(tmp_path / "pairs.jsonl", uids)
        output = io.StringIO()
        call_command("evaluate_suggestions", "--pairs", file, stdout=output)
        assert output.getvalue().splitlines()[1].split()[:3] == ["minhash", "1.000", "1.000"]

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            ([], "Name a gold set"),
            (["nowhere.jsonl"], "nowhere.jsonl: .*No such file"),
            (["FILE"], "line 1: the member 'origin' is missing"),
            (["FILE", "--texts", "FILE"], "line 1: no text with a body"),
            (["LIST"], "line 1: is no JSON object"),
            (["BROKEN"], "line 1: is no JSON: "),
            (["LATIN"], "is not UTF-8: it holds the byte 0xe9"),
            (["EMPTY"], "holds nothing to measure by"),
            (["--pairs", "EMPTY"], "holds nothing to measure by"),
            (["--storylines", "FILE"], "line 1: the member 'storyline' is missing"),
            (["--storylines", "WORDS"], "line 1: articles is no list of uids"),
        ],
    )
    def test_what_it_cannot_do(self, tmp_path: Path, arguments: list[str], why: str):
        files = {
            "FILE": b'{"origins": 1}',
            "LIST": b"[1]",
            "BROKEN": b"{",
            "LATIN": b"h\xe9",
            "EMPTY": b"\n",
            "WORDS": b'{"storyline": "a", "articles": "abc"}',
        }
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        given = [str(tmp_path / it) if it in files else it for it in arguments]
        with pytest.raises(CommandError, match=why) as raised:
            call_command("evaluate_suggestions", *given)
        assert raised.value.returncode == 2
