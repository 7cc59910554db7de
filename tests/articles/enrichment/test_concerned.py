"""Which articles a change concerns: these are read again, and no others."""

from typing import Any

import pytest

from articles.enrichment import work as working
from articles.enrichment.concerned import Since, _holders, concerned
from articles.enrichment.enrich import begin, enrich
from articles.models import (
    Alias,
    Article,
    Entity,
    LedgerBatch,
    Tag,
    TagAlias,
)
from articles.models.enrichment_queue import claim
from articles.vocabulary import AliasKind
from tests.articles.enrichment.archives import alias, cairo, found, mention, report, run, seal
from tests.factories import make_entity, make_tag


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The articles that were read, in order."""
    keys: list[int] = []
    original = working.annotate

    def annotate(articles: Any, *more: Any) -> Any:
        keys.extend(it.pk for it in articles)
        return original(articles, *more)

    monkeypatch.setattr(working, "annotate", annotate)
    return keys


@pytest.mark.django_db
class TestWhatIsRead:
    @pytest.fixture(autouse=True)
    def archive(self, read: list[int]) -> dict[str, Article]:
        cairo()
        texts = {
            "cairo": "Envoys met in Cairo on Sunday.",
            "nile": "The Nile Basin states disagree about a dam.",
            "hyphen": "A Nile Basin-based agency, and the W.H.O., said nothing.",
            "who": "Who knows? The WHO does, said somebody who was there.",
            "han": "两国代表在开罗会晤。",
            "vote": "Two elections are held on Sunday.",
        }
        articles = {name: report(body=body, headline=name) for name, body in texts.items()}
        run()
        read.clear()
        return articles

    def test_only_what_holds_a_new_alias(self, archive: dict[str, Article], read: list[int]):
        alias(make_entity("Upper Nile Basin Authority"), "Nile Basin")
        run()
        assert read == [archive["nile"].pk, archive["hyphen"].pk]
        assert found(archive["hyphen"])[0][0] == "Nile Basin"

    @pytest.mark.parametrize(
        ("spelling", "kind", "names"),
        [
            ("WHO", AliasKind.ACRONYM, ["hyphen", "who"]),
            ("开罗", AliasKind.NAME, ["han"]),
            ("Nowhere Land", AliasKind.NAME, []),
            ("Basin states", AliasKind.NAME, ["nile"]),
            ("Which", AliasKind.NAME, []),
        ],
    )
    def test_of_every_script_and_length(
        self,
        archive: dict[str, Article],
        read: list[int],
        spelling: str,
        kind: AliasKind,
        names: list[str],
    ):
        Alias.objects.create(entity=Entity.objects.get(), spelling=spelling, kind=kind)
        run()
        assert read == [archive[name].pk for name in names]

    def test_many_at_once(self, archive: dict[str, Article], read: list[int]):
        for number in range(60):
            alias(Entity.objects.get(), f"Nobody {number}")
        alias(Entity.objects.get(), "Nile Basin")
        run()
        assert read == [archive["nile"].pk, archive["hyphen"].pk]

    def test_what_held_an_alias_that_changed_or_went(
        self, archive: dict[str, Article], read: list[int]
    ):
        name = Alias.objects.get()
        name.spelling = "Kairo"
        name.save()
        run()
        assert read == [archive["cairo"].pk]
        assert found(archive["cairo"]) == []
        name.spelling = "Cairo"
        name.save()
        run()
        name.delete()
        run()
        assert read == [archive["cairo"].pk] * 3
        assert found(archive["cairo"]) == []

    def test_what_holds_another_word_for_a_tag_as_long_as_it_is_one(
        self, archive: dict[str, Article], read: list[int]
    ):
        tag = make_tag("Democracy")
        run()
        read.clear()
        word = TagAlias.objects.create(tag=tag, spelling="election")
        run()
        assert read == [archive["vote"].pk]
        link = archive["vote"].taggings.get()
        assert link.tag == tag
        assert link.suggestion.reasons[0][:2] == ["lead", "elections"]
        read.clear()
        word.spelling = "dam"
        word.save()
        run()
        assert read == [archive["nile"].pk, archive["vote"].pk]
        assert not archive["vote"].taggings.exists()
        assert archive["nile"].taggings.get().tag == tag
        read.clear()
        word.delete()
        run()
        assert read == [archive["nile"].pk]
        assert not archive["nile"].taggings.exists()

    def test_what_holds_the_words_of_a_new_tag(self, archive: dict[str, Article], read: list[int]):
        tag = make_tag("Election")
        run()
        assert read == [archive["vote"].pk]
        assert archive["vote"].taggings.get().tag == tag
        Tag.objects.update(name="Ballot")
        run()
        assert read == [archive["vote"].pk] * 2
        assert not archive["vote"].taggings.exists()

    def test_what_an_editor_has_judged(self, archive: dict[str, Article], read: list[int]):
        mention(archive["cairo"], "Cairo").accept("anna")
        assert run() == {"articles": 1}
        assert read == [archive["cairo"].pk]

    def test_what_changed_and_what_is_new(self, archive: dict[str, Article], read: list[int]):
        archive["nile"].headline = "Another headline"
        archive["nile"].save()
        new = report(body="Cairo again.")
        archive["who"].summary = "Not read by the machine."
        archive["who"].save()
        assert run()["created"] == 1
        assert read == [archive["nile"].pk, new.pk]

    def test_by_the_ledger_alone_where_a_position_is_known(
        self, archive: dict[str, Article], read: list[int]
    ):
        begun = begin()
        assert begun.run is None
        archive["nile"].body = "Cairo has no dam."
        archive["nile"].save()
        new = report(body="Cairo again.")
        seal()
        begun = begin(since=begun.position)
        assert (begun.articles, begun.position) == (2, LedgerBatch.objects.latest("id").position)
        assert begun.run
        enrich(begun.run)
        assert read == [archive["nile"].pk, new.pk]

    def test_with_names_of_before_no_worker_reads_what_later_ones_concern(
        self, archive: dict[str, Article]
    ):
        archive["nile"].body += " "
        archive["nile"].save()
        earlier = begin()
        alias(Entity.objects.get(), "Nile Basin")
        seal()
        later = begin()
        assert earlier.run
        assert later.run
        assert earlier.position < later.position
        assert claim(earlier.position, 0, 10) == []
        assert claim(later.position, 0, 10) == [archive["nile"].pk, archive["hyphen"].pk]

    def test_everything_where_more_changed_than_can_be_looked_for(
        self, archive: dict[str, Article], read: list[int], monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("articles.enrichment.concerned.MOST_CHANGED", 2)
        entity = make_entity("Oslo")
        alias(entity, "Kristiania")
        run()
        assert read == []
        for spelling in ("Christiania", "Ánslo", "Osloo"):
            alias(entity, spelling)
        run()
        assert read == [it.pk for it in archive.values()]


@pytest.mark.django_db
def test_the_search_for_concerned_articles_leaves_none_out():
    """What the engine would find in a text is found by the index, or by reading."""
    bodies = {
        "Jean-Claude Juncker": "Jean-Claude Juncker’s men, and Jean‑Claude Juncker-like ones.",
        "Abu Dhabi": "The Abu Dhabi-based fund.",
        "O'Connor": "Mr O’Connor spoke.",
        "São Paulo": "In SÃO PAULO they sing.",
        "القاهرة": "وصل الوفد إلى والقاهرة اليوم",
        "About": "ABOUT, a magazine, and About Town.",
        "Reuters": "(Reuters)—said reuters.",
    }
    names = {}
    for spelling, body in bodies.items():
        names[spelling] = report(body=body, headline=f"{len(names)}", language="en").pk
    entity = make_entity("Somebody")
    for spelling, key in names.items():
        one = alias(entity, spelling)
        assert key in concerned(Since(aliases={one.pk})), spelling
    assert set(_holders([], [])) == set()
