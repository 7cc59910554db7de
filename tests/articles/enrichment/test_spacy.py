"""The optional engine: a model on the disk reads along, and nothing rests on it unseen.

With spaCy (`make test-spacy`) small models of our own are made and read with; without it, the
command says what to do.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

from articles.enrichment.spacy_model import digest
from articles.models import EnrichmentRun, Mention, ModelReading, UnknownName
from articles.vocabulary import AliasKind, EntityKind, LinkState, Standing
from tests.articles.enrichment.archives import alias, found, mention, rows, seal
from tests.factories import make_article, make_entity

pytestmark = pytest.mark.django_db
with_spacy = pytest.mark.skipif(
    find_spec("spacy") is None, reason="spaCy is not installed: make test-spacy runs this"
)
without_spacy = pytest.mark.skipif(find_spec("spacy") is not None, reason="spaCy is installed")

BODY = "The envoy spoke to Netanyahu at noon. Rosa Almeida of Harbour Trust had come to cairo too."
SAID = [
    ("PERSON", "Netanyahu"),
    ("PERSON", "Rosa Almeida"),
    ("ORG", "Harbour Trust"),
    ("GPE", "cairo"),
]


def enrich(*options: str) -> str:
    import io

    seal()
    out = io.StringIO()
    call_command("enrich_articles", *options, stdout=out)
    seal()
    return out.getvalue()


def make_model(folder: Path, said: list[tuple[str, str]], language: str = "en") -> str:
    """A pipeline of rules, saved as any model is."""
    import spacy

    model = spacy.blank(language)
    rules: Any = model.add_pipe("entity_ruler")
    rules.add_patterns([{"label": label, "pattern": words} for label, words in said])
    model.meta["name"] = "small"
    model.to_disk(folder)
    return str(folder)


def messages() -> list[str]:
    return [it.msg for it in run_checks() if it.id == "articles.E003"]


class TestWhatIsMissing:
    @pytest.fixture(autouse=True)
    def something_to_read(self, db) -> None:
        make_article()

    def refusal(self, settings: Any, path: str) -> str:
        """What the command says; with a variable that is set, the check says it too."""
        settings.SPACY_MODEL = path
        with pytest.raises(CommandError) as refused:
            enrich("--engine", "spacy")
        assert refused.value.returncode == 2
        assert not EnrichmentRun.objects.exists()
        assert messages() == ([str(refused.value)] if path else [])
        return str(refused.value)

    def test_the_variable(self, settings):
        assert "SPACY_MODEL is not set" in self.refusal(settings, "")

    def test_the_folder(self, settings, tmp_path):
        assert "there is no such folder" in self.refusal(settings, str(tmp_path / "none"))

    def test_the_model_in_it(self, settings, tmp_path):
        assert "this is no spaCy model" in self.refusal(settings, str(tmp_path))
        (tmp_path / "meta.json").write_text("[]")
        assert "this is no spaCy model" in self.refusal(settings, str(tmp_path))
        (tmp_path / "meta.json").write_text('{"lang": "en", "name": "a", "version": "1"}')
        assert "config.cfg is missing" in self.refusal(settings, str(tmp_path))

    @without_spacy
    def test_spacy_itself(self, settings, tmp_path):
        (tmp_path / "meta.json").write_text('{"lang": "en", "name": "a", "version": "1"}')
        (tmp_path / "config.cfg").touch()
        assert "pip install --require-hashes -r requirements-spacy.txt" in self.refusal(
            settings, str(tmp_path)
        )

    @with_spacy
    def test_parts_of_the_model(self, settings, tmp_path):
        settings.SPACY_MODEL = make_model(tmp_path, SAID)
        (tmp_path / "config.cfg").write_text("[nlp]\nlang = 7\n")
        with pytest.raises(CommandError, match="cannot load this model"):
            enrich("--engine", "spacy")

    def test_without_the_engine_nothing_is_asked_of_it(self, settings):
        settings.SPACY_MODEL = ""
        assert messages() == []
        assert enrich().startswith("Done: 1 articles read; mentions: ")

    def test_an_engine_that_nobody_knows(self):
        with pytest.raises(CommandError, match="invalid choice: 'spicy'"):
            enrich("--engine", "spicy")
        with pytest.raises(CommandError, match="cannot stand with"):
            enrich("--engine", "spacy", "--forget-model")


def test_the_digest_is_of_paths_and_contents(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one").write_text("1")
    (tmp_path / "two").write_text("2")
    first = digest(tmp_path)
    assert len(first) == 64
    assert digest(tmp_path) == first
    (tmp_path / "two").write_text("3")
    changed = digest(tmp_path)
    (tmp_path / "two").rename(tmp_path / "three")
    moved = digest(tmp_path)
    (tmp_path / "three").rename(tmp_path / "two")
    (tmp_path / "two").write_text("2")
    assert len({first, changed, moved}) == 3
    assert digest(tmp_path) == first


@pytest.fixture
def model(settings, tmp_path) -> Path:
    settings.SPACY_MODEL = make_model(tmp_path / "model", SAID)
    return tmp_path / "model"


@pytest.fixture
def archive(db) -> Any:
    """An article that names one curated person by a bare surname, and a place in small letters."""
    person = make_entity("Benjamin Netanyahu", kind=EntityKind.PERSON)
    alias(person, "Netanyahu", AliasKind.SURNAME)
    make_entity("Cairo")
    return make_article(body=BODY)


@with_spacy
class TestReading:
    def test_known_names_are_suggested_where_the_rules_say_nothing(self, archive, model):
        assert "1 read by the model" in enrich("--engine", "spacy")
        assert found(archive) == [
            ("Netanyahu", "benjamin-netanyahu", LinkState.SUGGESTED),
            ("cairo", "cairo", LinkState.SUGGESTED),
        ]
        told = mention(archive, "Netanyahu").suggestion
        assert told.engine == "spacy"
        assert told.confidence <= 0.5
        assert told.reasons[0] == ["model-says", "PERSON"]
        assert told.reasons[1] == ["model", f"en_small 0.0.0 {digest(model)[:12]}"]
        assert told.run.engines["spacy"].endswith(f"sha256 {digest(model)}")

    def test_a_second_run_writes_nothing(self, archive, model):
        enrich("--engine", "spacy")
        before = rows()
        assert enrich("--engine", "spacy") == "Nothing is new or stale.\n"
        assert enrich() == "Nothing is new or stale.\n"
        assert rows() == before

    def test_other_files_are_another_configuration(self, archive, model):
        enrich("--engine", "spacy")
        first = EnrichmentRun.objects.get().configuration
        make_model(model, [*SAID, ("PERSON", "envoy")])
        assert "1 read by the model" in enrich("--engine", "spacy")
        last = EnrichmentRun.objects.latest("pk")
        assert last.configuration != first
        assert mention(archive, "cairo").suggestion.run == last
        assert mention(archive, "cairo").suggestion.reasons[1][1].endswith(digest(model)[:12])

    def test_whoever_reads_without_the_model_keeps_what_it_said(self, archive, model):
        enrich("--engine", "spacy")
        before = found(archive)
        enrich("--all")
        assert found(archive) == before

    def test_what_it_said_holds_for_that_text_only(self, archive, model):
        enrich("--engine", "spacy")
        archive.body = f"Later. {BODY}"
        archive.save()
        enrich()
        assert found(archive) == []
        enrich("--engine", "spacy")
        assert [quote for quote, *_ in found(archive)] == ["Netanyahu", "cairo"]

    def test_it_can_be_forgotten_but_no_verdict(self, archive, model):
        enrich("--engine", "spacy")
        mention(archive, "Netanyahu").accept("mona")
        seal()
        enrich("--forget-model")
        assert found(archive) == [("Netanyahu", "benjamin-netanyahu", LinkState.ACCEPTED)]
        assert not ModelReading.objects.exists()

    def test_a_rejection_holds_for_every_model(self, archive, model):
        enrich("--engine", "spacy")
        mention(archive, "Netanyahu").reject("mona")
        make_model(model, [*SAID, ("PERSON", "envoy")])
        enrich("--engine", "spacy")
        assert found(archive)[0] == ("Netanyahu", "benjamin-netanyahu", LinkState.REJECTED)
        assert len(found(archive)) == 2

    def test_the_gazetteer_goes_first(self, archive, model):
        archive.body = "Benjamin Netanyahu came. Netanyahu left Cairo."
        archive.save()
        enrich("--engine", "spacy")
        engines = Mention.objects.values_list("suggestion__engine", flat=True)
        assert [*engines] == ["gazetteer"] * 3

    def test_what_is_of_another_kind_is_not_meant(self, db, settings, tmp_path):
        settings.SPACY_MODEL = make_model(tmp_path, [("PERSON", "jordan")])
        make_entity("Jordan")
        article = make_article(body="It was said that jordan had won again.")
        enrich("--engine", "spacy")
        assert found(article) == []

    def test_rules_of_aliases_hold(self, archive, model):
        from articles.models import Alias

        Alias.objects.filter(spelling="Netanyahu").update(standing=Standing.NEVER)
        Alias.objects.filter(spelling="Cairo").update(standing=Standing.ACCEPT)
        enrich("--engine", "spacy")
        assert found(archive) == [("cairo", "cairo", LinkState.SUGGESTED)]

    def test_texts_of_other_languages_are_not_read(self, archive, model):
        archive.language = "de"
        archive.save()
        enrich("--engine", "spacy")
        assert found(archive) == []
        assert ModelReading.objects.get().spans == []

    def test_long_texts_are_read_in_pieces(self, archive, model):
        body = f"{'Nothing was said of that. ' * 3000}\n\n{BODY}"
        long = make_article(body=body)
        enrich("--engine", "spacy")
        assert [(quote, body.count(quote)) for quote, *_ in found(long)] == [
            ("Netanyahu", 1),
            ("cairo", 1),
        ]
        assert body[mention(long, "cairo").start :].startswith("cairo")


@with_spacy
class TestUnknownNames:
    def test_they_are_suggested_with_their_kinds(self, archive, model):
        make_article(body="harbour. Nobody knew Rosa Almeida, or what Harbour Trust had done.")
        enrich("--engine", "spacy")
        call_command("suggest_entities", "--quiet")
        names = {it.quote: (it.kind, it.articles) for it in UnknownName.objects.all()}
        assert names == {"Rosa Almeida": ("person", 2), "Harbour Trust": ("organisation", 2)}
        trust = UnknownName.objects.get(quote="Harbour Trust")
        assert trust.create_entity("mona").kind == EntityKind.ORGANISATION
        before = rows(but={"summary"})  # the desk's figures are counted anew and say when
        call_command("suggest_entities", "--quiet")
        assert rows(but={"summary"}) == before

    def test_scripts_without_capitals_have_them_too(self, db, settings, tmp_path):
        settings.SPACY_MODEL = make_model(tmp_path, [("PER", "روزا ألميدا")], "ar")
        for number in range(2):
            make_article(body=f"قالت روزا ألميدا إن المحادثات {number} مستمرة.", language="ar")
        enrich("--engine", "spacy")
        call_command("suggest_entities", "--quiet")
        name = UnknownName.objects.get()
        assert (name.quote, name.kind, name.articles) == ("روزا ألميدا", "person", 2)
