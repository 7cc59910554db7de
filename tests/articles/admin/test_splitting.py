"""Splitting through its page: what would move is shown, then exactly that moves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.admin import lists
from articles.models import Alias, Article, Entity, LedgerBatch, Mention
from articles.models.judging import judge
from articles.vocabulary import LinkState
from tests.articles.admin.browser import FormReader, address
from tests.factories import make_article, make_entity, make_mention, make_tag

BODY = "Cairo, that is Kairo, and again Cairo."


@pytest.fixture
def two(db):
    cairo, kairo = make_entity("Cairo"), make_entity("Kairo", wikidata_id="Q85")
    make_mention(make_article("One", body=BODY), kairo, "Kairo")
    return cairo, kairo


@pytest.fixture
def novel(two):
    """A city with a spelling and three mentions, two of which mean a novel."""
    cairo, _ = two
    for headline in ("Two", "Three"):
        make_mention(make_article(headline, body=BODY), cairo, "Kairo")
    make_mention(Article.objects.get(headline="Three"), cairo, "Cairo")
    Alias.objects.create(entity=cairo, spelling="Kairo")
    return {"quote": "Kairo", "spelling": "Kairo", "name": "Kairo (novel)", "kind": "work"}


def last_run():
    return LedgerBatch.objects.filter(way="admin").order_by("-pk").first().run


def reject(headline):
    keys = Mention.objects.filter(article__headline=headline).values_list("pk", flat=True)
    judge(Mention, list(keys), LinkState.REJECTED, "anna")


def look(desk, entity, given, query=""):
    return desk.post(address("entity_split", entity.pk) + query, {**given, "step": "preview"})


def split(desk, entity, given, **more):
    """Look, then press the button below what was shown."""
    seal = look(desk, entity, given).context["plan"].seal
    return apply(desk, entity, {**given, "shown": seal, **more})


def apply(desk, entity, given):
    given = {**given, "step": "apply"}
    return desk.post(address("entity_split", entity.pk), given, follow=True)


def places(entity):
    return sorted(Mention.objects.filter(entity=entity).values_list("quote", flat=True))


class TestShown:
    def test_what_would_move_and_nothing_is_written(self, desk, two, novel):
        cairo, _ = two
        reject("Two")
        batches = LedgerBatch.objects.count()
        page = look(desk, cairo, novel)
        assert "<strong>2</strong> mentions in <strong>2</strong> articles" in page.text
        assert page.context["plan"].by_words == [
            ("Kairo", "accepted", 1), ("Kairo", "rejected", 1),
        ]  # fmt: skip
        assert "<strong>1</strong> spelling: <bdi>Kairo</bdi>" in page.text
        assert "Split off 2 mentions</button>" in page.text
        assert not Entity.objects.filter(name="Kairo (novel)").exists()
        assert LedgerBatch.objects.count() == batches
        assert places(cairo) == ["Cairo", "Kairo", "Kairo"]

    def test_without_a_step_it_is_shown_too(self, desk, two, novel):
        page = desk.post(address("entity_split", two[0].pk), novel)
        assert page.context["plan"].mentions == 2
        assert places(two[0]) == ["Cairo", "Kairo", "Kairo"]

    def test_where_the_other_is_mentioned_already(self, desk, two, novel):
        cairo, kairo = two
        make_mention(Article.objects.get(headline="Two"), kairo, "Kairo", state="rejected")
        Alias.objects.filter(entity=kairo).update(spelling="Kairo")
        given = {"quote": "Kairo", "spelling": "Kairo", "existing": kairo.pk}
        page = look(desk, cairo, given)
        assert "<strong>1</strong> of the mentions are at places" in page.text
        assert "<strong>1</strong> of these are accepted of one and rejected" in page.text
        assert "<strong>1</strong> spelling that it has already" in page.text
        assert [(it.article.headline, pair.our_state) for it, pair in page.context["same"]] == [
            ("Two", "rejected")
        ]
        done = split(desk, cairo, given)
        assert "2 mentions of “Cairo” are now of “Kairo”" in done.text
        kept = Mention.objects.get(article__headline="Two")
        assert (kept.entity, kept.state) == (kairo, "accepted")

    def test_queries(self, desk, two, novel):
        cairo, kairo = two
        make_mention(Article.objects.get(headline="Two"), kairo, "Kairo")
        given = {"quote": "Kairo", "spelling": "Kairo", "existing": kairo.pk}
        look(desk, cairo, given)
        with CaptureQueriesContext(connection) as few:
            look(desk, cairo, given)
        for number in range(5):
            make_mention(make_article(f"More {number}", body=BODY), cairo, "Kairo")
            make_mention(Article.objects.get(headline=f"More {number}"), kairo, "Kairo")
        with CaptureQueriesContext(connection) as many:
            look(desk, cairo, given)
        assert len(many) == len(few) <= 36


class TestDone:
    @pytest.mark.parametrize(
        ("without", "told"),
        [
            ("spelling", "No mention of “Cairo” has these words any more"),
            ("quote", "“Cairo” has no spelling Kairo (or no more)."),
        ],
    )
    def test_sent_twice(self, desk, two, novel, without, told):
        cairo, _ = two
        del novel[without]
        shown = look(desk, cairo, novel).context["plan"].seal
        for _ in range(2):
            done = apply(desk, cairo, {**novel, "shown": shown})
        assert told in done.text
        assert Entity.objects.filter(name="Kairo (novel)").count() == 1

    def test_all_mentions_by_some_words_go_to_a_new_entity(self, desk, two, novel):
        cairo, _ = two
        done = split(desk, cairo, novel, history_note="a book")
        assert "2 mentions of “Cairo” are now of “Kairo (novel)”" in done.text
        new = Entity.objects.get(name="Kairo (novel)")
        assert (places(new), places(cairo)) == (["Kairo", "Kairo"], ["Cairo"])
        assert {it.spelling for it in new.aliases.all()} == {"Kairo (novel)", "Kairo"}
        assert LedgerBatch.objects.get(run=last_run()).note == "a book"
        desk.post(address("run_undo", last_run()))
        assert places(cairo) == ["Cairo", "Kairo", "Kairo"]
        assert not Entity.objects.filter(name="Kairo (novel)").exists()

    def test_one_place_goes_to_an_entity_that_is_there(self, desk, two):
        cairo, kairo = two
        mention = make_mention(make_article("Two", body=BODY), cairo, "Cairo")
        page = desk.get(address("entity_split", cairo.pk) + "?quote=Cairo")
        assert "<mark>Cairo</mark>" in page.text
        done = split(desk, cairo, {"mention": mention.pk, "existing": kairo.pk})
        assert "1 mention of “Cairo” is now of “Kairo”" in done.text
        mention.refresh_from_db()
        assert mention.entity == kairo

    def test_only_a_spelling(self, desk, two, novel):
        given = {"spelling": "Kairo", "name": "Kairo (novel)", "kind": "work"}
        assert "Split off 1 spelling</button>" in look(desk, two[0], given).text
        assert "1 spelling of “Cairo” is now" in split(desk, two[0], given).text
        assert places(two[0]) == ["Cairo", "Kairo", "Kairo"]


class TestMeanwhile:
    def test_what_came_meanwhile_is_shown_and_nothing_is_done(self, desk, two, novel):
        cairo, _ = two
        seal = look(desk, cairo, novel).context["plan"].seal
        make_mention(make_article("Four", body=BODY), cairo, "Kairo")
        page = apply(desk, cairo, {**novel, "shown": seal, "history_note": "a book"})
        assert "nothing is done yet" in page.text
        assert "Split off 3 mentions</button>" in page.text and 'value="a book"' in page.text
        assert not Entity.objects.filter(name="Kairo (novel)").exists()
        given = {**novel, "shown": page.context["plan"].seal}
        assert "3 mentions of" in apply(desk, cairo, given).text

    def test_a_verdict_and_another_choice_are_shown_again(self, desk, two, novel):
        cairo, kairo = two
        seal = look(desk, cairo, novel).context["plan"].seal
        for other in ({"quote": "Cairo"}, {"name": "Film"}, {"name": "", "existing": kairo.pk}):
            page = apply(desk, cairo, {**novel, "shown": seal, **other})
            assert "nothing is done yet" in page.text
        reject("Two")
        assert "nothing is done yet" in apply(desk, cairo, {**novel, "shown": seal}).text
        assert places(cairo) == ["Cairo", "Kairo", "Kairo"]

    def test_nothing_is_done_unseen(self, desk, two, novel):
        assert "nothing is done yet" in apply(desk, two[0], novel).text
        assert places(two[0]) == ["Cairo", "Kairo", "Kairo"]


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"quote": "Cairo"}, "Choose an entity"),
            ({"name": "New", "kind": "work"}, "Choose the mentions"),
            ({"name": "New", "kind": "work", "mention": "987654"}, "not (or no more)"),
            ({"name": "New", "kind": "work", "mention": "9" * 30}, "Choose the mentions"),
            ({"name": "New", "kind": "work", "spelling": "x\0"}, "has no spelling x"),
        ],
    )
    @pytest.mark.parametrize("step", ["preview", "apply"])
    def test_what_is_missing_is_told_and_nothing_is_done(self, desk, two, given, words, step):
        page = desk.post(address("entity_split", two[0].pk), {**given, "step": step})
        assert words in page.text
        assert "Split off" not in page.text
        assert Entity.objects.count() == 2

    @pytest.mark.parametrize("step", ["preview", "apply"])
    def test_into_itself(self, desk, two, novel, step):
        given = {"quote": "Kairo", "existing": two[0].pk, "step": step}
        page = desk.post(address("entity_split", two[0].pk), given)
        assert "“Cairo” cannot be split into itself" in page.text
        assert "merge takes" not in page.text
        assert places(two[0]) == ["Cairo", "Kairo", "Kairo"]

    @pytest.mark.parametrize("existing", ["Kairo", "-1", "1.5", "²", "9" * 30, "x\0", "987654"])
    @pytest.mark.parametrize("step", ["preview", "apply", "choose"])
    def test_who_is_no_entity(self, desk, two, novel, existing, step):
        given = {"quote": "Kairo", "existing": existing, "step": step}
        page = desk.post(address("entity_split", two[0].pk), given)
        assert page.status_code == 200 and "Split off" not in page.text
        assert ("There is no such entity: choose one" in page.text) is (step != "choose")
        assert "Choose an entity that is there" not in page.text
        assert places(two[0]) == ["Cairo", "Kairo", "Kairo"]

    def test_the_key_of_something_else(self, desk, two, novel):
        """A tag has this key, and no entity."""
        tag = make_tag(id=987_654)
        given = {"quote": "Kairo", "existing": tag.pk, "step": "apply"}
        page = desk.post(address("entity_split", two[0].pk), given)
        assert "There is no such entity" in page.text
        assert places(two[0]) == ["Cairo", "Kairo", "Kairo"]


class TestManyPlaces:
    @pytest.fixture
    def many(self, two):
        """230 places of one wording, in two articles."""
        cairo, _ = two
        for headline, places in (("Novels of Cairo", 30), ("Old talks", 200)):
            article = make_article(headline, body="Cairo " * 200)
            Mention.objects.bulk_create(
                Mention(article=article, entity=cairo, start=6 * n, end=6 * n + 5, quote="Cairo")
                for n in range(places)
            )
        return cairo

    def test_every_place_is_reached_with_the_marks_kept(self, desk, many):
        at = address("entity_split", many.pk) + "?quote=Cairo"
        page, marked, seen = desk.get(at), [], set()
        assert "1 to 100 of 230 places" in page.text
        assert "quote" not in values(page) and "mention" not in values(page)
        for number in ("2", "3"):
            shown = [it.pk for it, *_ in page.context["places"]]
            seen |= set(shown)
            marked.append(shown[-1])
            page = desk.post(at, {"mention": marked, "name": "New", "places": number})
            assert {it.pk for it in page.context["other_places"]} == set(marked)
        last = [it.pk for it, *_ in page.context["places"]]
        assert len(seen | set(last)) == 230 and len(last) == 30
        assert "201 to 230 of 230 places" in page.text and "Further places" not in page.text
        given = {"mention": [*marked, last[0]], "name": "New", "kind": "work", "places_now": "3"}
        shown = desk.post(at, {**given, "step": "preview"})
        assert "<strong>3</strong> mentions" in shown.text
        assert [it.pk for it, *_ in shown.context["places"]] == last
        assert "3 mentions of “Cairo” are now of “New”" in split(desk, many, given).text

    def test_a_page_that_is_not_there(self, desk, many):
        at = address("entity_split", many.pk)
        page = desk.get(at + "?quote=Cairo&places=7").text
        assert "There is no page 7: this is the last one." in page and "201 to 230 of" in page
        assert "There is no page 9: this is the last one." in desk.get(at + "?page=9").text

    def test_more_pages_than_are_shown(self, desk, many, monkeypatch):
        monkeypatch.setattr(lists, "PAGES", 2)
        page = desk.get(address("entity_split", many.pk) + "?quote=Cairo&places=3").text
        assert "There is no page 3" in page
        assert "Only the first 2 pages are shown: narrow them above." in page
        assert 'name="headline"' in page

    def test_they_are_narrowed_by_headline(self, desk, many):
        at = address("entity_split", many.pk) + "?quote=Cairo"
        given = {"headline": "novels", "headline_now": "", "places_now": "3", "quote_now": "Cairo"}
        for step in ("find", "enter"):
            page = desk.post(at, {**given, "step": step, "mention": ["1"]})
            assert len(page.context["places"]) == 30 and "plan" not in page.context
            assert values(page)["headline_now"] == "novels"
        none = desk.post(at, {**given, "headline": "x-y", "step": "find"})
        assert "No headline with “<bdi>x-y</bdi>”" in none.text

    def test_other_words_begin_at_their_first_page(self, desk, many):
        make_mention(Article.objects.first(), many, "Kairo")
        given = {"places_now": "3", "quote_now": "Cairo", "step": "choose"}
        page = desk.post(address("entity_split", many.pk) + "?quote=Kairo", given)
        assert len(page.context["places"]) == 1 and "There is no page" not in page.text

    def test_what_has_no_place_in_the_text(self, desk, two):
        cairo, kairo = two
        bare = Mention.objects.create(article=make_article("Bare"), entity=cairo)
        page = desk.get(address("entity_split", cairo.pk) + "?quote=")
        assert [it.pk for it, *_ in page.context["places"]] == [bare.pk]
        done = split(desk, cairo, {"mention": bare.pk, "existing": kairo.pk})
        assert "1 mention of “Cairo” is now of “Kairo”" in done.text

    def test_queries(self, desk, many):
        at = address("entity_split", many.pk) + "?quote=Cairo"
        desk.get(at)
        with CaptureQueriesContext(connection) as first:
            desk.get(at)
        with CaptureQueriesContext(connection) as last:
            desk.get(at + "&places=3")
        assert len(first) == len(last) <= 20


class TestManyWords:
    @pytest.fixture
    def many(self, two):
        """203 wordings: one thrice, the others once each."""
        cairo, _ = two
        article = make_article("Many", body=BODY)
        quotes = ["Cairo"] * 3 + [f"word {number:03}" for number in range(202)]
        Mention.objects.bulk_create(
            Mention(article=article, entity=cairo, start=at, end=at + len(quote), quote=quote)
            for at, quote in enumerate(quotes)
        )
        return cairo

    def test_what_is_beyond_the_page_is_told_and_reached(self, desk, many):
        at = address("entity_split", many.pk)
        page = desk.get(at)
        assert "And 3 more" in page.text and "word 201" not in page.text
        given = {"quote": "Cairo", "name": "New", "spelling": "x", "history_note": "so"}
        further = desk.post(at, {**given, "page": "2"})
        assert [it["quote"] for it in further.context["by_words"]] == [
            "word 199", "word 200", "word 201",
        ]  # fmt: skip
        assert [it["quote"] for it in further.context["elsewhere"]] == ["Cairo"]
        sent = values(further)
        assert sent["quote"] == "Cairo" and sent["name"] == "New" and sent["page_now"] == "2"
        assert sent["history_note"] == "so"
        assert (
            "more:" not in further.text and 'value="1" class="button">Those before' in further.text
        )

    def test_words_are_found_and_marks_are_kept(self, desk, many):
        at = address("entity_split", many.pk)
        given = {"quote": "Cairo", "words": "D 20", "words_now": "", "page_now": "2"}
        page = desk.post(at, {**given, "step": "find"})
        assert [it["quote"] for it in page.context["by_words"]] == ["word 200", "word 201"]
        assert "plan" not in page.context and values(page)["quote"] == "Cairo"
        assert values(page)["words_now"] == "D 20"
        entered = desk.post(at, {**given, "step": "enter"})
        assert entered.context["by_words"] == page.context["by_words"]
        both = {"quote": ["Cairo", "word 201"], "words": "D 20", "words_now": "D 20"}
        shown = desk.post(at, {**both, "step": "enter", "name": "New", "kind": "work"})
        assert shown.context["plan"].by_words == [
            ("Cairo", "accepted", 3), ("word 201", "accepted", 1),
        ]  # fmt: skip

    def test_each_place_is_shown_with_the_marks_kept(self, desk, many):
        at = address("entity_split", many.pk)
        other = Mention.objects.get(quote="word 007")
        given = {"mention": other.pk, "quote": "word 001", "step": "choose", "name": "New"}
        page = desk.post(at + "?quote=Cairo", given)
        assert page.text.count("<mark>Cairo</mark>") == 3
        assert list(page.context["other_places"]) == [other]
        sent = values(page)
        assert (sent["mention"], sent["quote"]) == (str(other.pk), "word 001")
        assert "errorlist" not in page.text


def values(page):
    reader = FormReader("split_form")
    reader.feed(page.text)
    return reader.values
