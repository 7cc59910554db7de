"""The review queue: what waits, one decision for many, and what the machine then leaves alone."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.admin.queue import KINDS
from articles.enrichment.discover import discover
from articles.models import (
    Alias,
    Article,
    CleaningStep,
    Correction,
    Decision,
    DuplicatePair,
    Entity,
    LedgerBatch,
    LoadConflict,
    LoadRun,
    Mention,
    NameDecision,
    RawText,
    Settlement,
    Storyline,
    StorylineArticle,
    Suggestion,
    Tagging,
    UnknownName,
)
from articles.vocabulary import LinkState, Origin, Standing
from tests.articles.admin.browser import address, query_names
from tests.articles.enrichment.archives import cairo, report, run
from tests.factories import make_article, make_entity, make_source, make_tag

CORRECTED = {"is_correction": "correction"}
QUEUE = reverse("admin:articles_queue")
UNDO = reverse("admin:articles_queue_undo")


def page(client: Client, show: str = "mentions", **data: Any) -> Any:
    return client.get(QUEUE, {"show": show, **data})


def groups(client: Client, show: str = "mentions", **data: Any) -> list[Any]:
    return page(client, show, **data).context["groups"]


def say(client: Client, group: Any, verb: str, show: str = "mentions", **data: Any) -> Any:
    """Press a button of a group, as a browser without scripts."""
    values = {**group.key, "until": group.until, "verb": verb, **data}
    response = client.post(f"{QUEUE}?show={show}", values, follow=True)
    assert response.status_code == 200
    return response


def last(response: Any) -> Any:
    return response.context["decided"][0]


def undo(client: Client, response: Any) -> Any:
    return client.post(UNDO, {"run": last(response).run}, follow=True)


def states(**filters: Any) -> list[str]:
    return list(Mention.objects.filter(**filters).order_by("pk").values_list("state", flat=True))


@pytest.fixture
def cairos(db: None) -> Entity:
    """Three articles that name Cairo, and one suggestion in each."""
    entity = cairo()
    for number in range(3):
        report(number)
    run()
    return entity


def again() -> None:
    """The machine reads everything once more, and finds nothing to say."""
    before = sorted(Mention.objects.values_list("article", "entity", "start", "state", "origin"))
    decisions = Decision.objects.count()
    run(everything=True)
    after = sorted(Mention.objects.values_list("article", "entity", "start", "state", "origin"))
    assert (after, Decision.objects.count()) == (before, decisions)


# ── one decision for many ────────────────────────────────────────────────────────────────────────


def test_mentions_wait_in_their_sentences_with_the_reasons(desk: Client, cairos: Entity):
    response = page(desk)
    (group,) = response.context["groups"]
    assert (group.words, group.size, len(group.items)) == ("Cairo", 3, 3)
    passage = group.items[0].passage
    assert passage == ("Envoys met in ", "Cairo", " on Sunday, for the 2th time this year.")
    assert "<mark>Cairo</mark>" in response.text
    assert "95% sure; its name “Cairo”" in response.text


@pytest.mark.parametrize(("verb", "state"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_group_is_judged_at_once_and_taken_back_with_one_click(
    desk: Client, cairos: Entity, verb: str, state: str
):
    response = say(desk, groups(desk)[0], verb, reason="by the map")
    assert last(response).message == f"{verb.capitalize()}ed 3 mentions of Cairo."
    assert states() == [state] * 3
    told = Decision.objects.values_list("editor", "verdict", "reason").distinct()
    assert list(told) == [("mona", state, "by the map")]
    assert LedgerBatch.objects.filter(run=last(response).run, actor="mona", way="admin").exists()
    assert not groups(desk)
    again()
    response = undo(desk, response)
    assert last(response).message == f"Undone: {verb.capitalize()}ed 3 mentions of Cairo."
    assert states() == ["suggested"] * 3
    assert len(groups(desk)) == 1
    assert Decision.objects.count() == 6, "an undo adds its word, and takes none out"
    response = undo(desk, response)
    assert last(response).message == f"Done again: {verb.capitalize()}ed 3 mentions of Cairo."
    assert states() == [state] * 3


def test_of_a_group_the_ticked_or_one_alone(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    first, second, third = (item.key for item in group.items)
    say(desk, group, "reject", item=[first, second])
    say(desk, group, "", one=f"accept:{third}")
    assert {it.pk: it.state for it in Mention.objects.all()} == {
        first: "rejected", second: "rejected", third: "accepted",
    }  # fmt: skip
    again()


def test_what_comes_after_the_page_was_made_waits(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    report(9)
    run()
    say(desk, group, "accept")
    assert states() == ["accepted"] * 3 + ["suggested"]


def test_relinking_rejects_theirs_and_puts_an_editors_link_in_its_place(
    desk: Client, cairos: Entity
):
    other = make_entity("Cairo", slug="cairo-illinois")
    Alias.objects.filter(entity=other).update(standing=Standing.NEVER)
    response = say(desk, groups(desk)[0], "relink", entity_words="cairo-illinois")
    assert last(response).message == "Relinked 3 mentions “Cairo” to Cairo."
    assert states(entity=cairos) == ["rejected"] * 3
    made = Mention.objects.filter(entity=other).values_list("origin", "state", "quote")
    assert list(made) == [("editor", "accepted", "Cairo")] * 3
    again()
    undo(desk, response)
    assert states(entity=cairos) == ["suggested"] * 3
    assert not Mention.objects.filter(entity=other).exists()


def test_a_name_that_several_have_is_asked_back(desk: Client, cairos: Entity):
    make_entity("Cairo", slug="cairo-illinois")
    group = groups(desk)[0]
    response = say(desk, group, "relink", entity_words="Cairo")
    assert "More than one is called “Cairo”: write one of cairo, cairo-illinois" in response.text
    response = say(desk, group, "relink", entity_words="Kairo")
    assert "There is no entity “Kairo”" in response.text
    assert states(entity=cairos) == ["suggested"] * 3
    assert not last(response).run


def test_candidates_are_offered_first(desk: Client, db: None):
    make_entity("Georgia", slug="georgia-country")
    make_entity("Georgia", slug="georgia-state")
    make_article(body="He went to Georgia in May.")
    run()
    group = groups(desk)[0]
    shown = str(Mention.objects.get().entity.slug)
    (other,) = {"georgia-country", "georgia-state"} - {shown}
    assert [it.slug for it in group.choices] == [other]
    say(desk, group, "relink", choice=other)
    assert states(entity__slug=other) == ["accepted"]
    again()


def test_never_suggest_this_name(desk: Client, cairos: Entity):
    response = say(desk, groups(desk)[0], "never")
    assert Alias.objects.get().standing == Standing.NEVER
    assert states() == ["rejected"] * 3
    assert set(Decision.objects.values_list("reason", flat=True)) == {
        "this name is never suggested"
    }
    report(9)
    run()
    again()
    assert Mention.objects.count() == 3
    undo(desk, response)
    assert Alias.objects.get().standing == Standing.REVIEW
    run()
    assert states() == ["suggested"] * 4


def test_the_entity_is_made_on_the_spot(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    response = say(desk, group, "create", new_name="Cairo, Illinois", new_kind="place")
    entity = Entity.objects.get(name="Cairo, Illinois")
    assert sorted(it.spelling for it in entity.aliases.all()) == ["Cairo", "Cairo, Illinois"]
    assert states(entity=entity) == ["accepted"] * 3
    again()
    undo(desk, response)
    assert not Entity.objects.filter(name="Cairo, Illinois").exists()
    assert states(entity=cairos) == ["suggested"] * 3
    response = say(desk, group, "create", new_name="x" * 201, new_kind="place")
    assert "at most 200 characters" in response.text
    response = say(desk, group, "create", new_kind="planet")
    assert "of which kind" in response.text


def test_taggings_wait_by_tag(desk: Client, db: None):
    make_tag("Trade")
    for _ in range(2):
        make_article("Trade talks", body="Trade is the subject of these trade talks on trade.")
    run()
    (group,) = groups(desk, "taggings")
    assert (group.size, group.noun) == (2, "tagging")
    response = say(desk, group, "reject", "taggings")
    assert last(response).message == "Rejected 2 taggings of Trade."
    assert set(Tagging.objects.values_list("state", flat=True)) == {"rejected"}
    run(everything=True)
    assert set(Tagging.objects.values_list("state", flat=True)) == {"rejected"}
    undo(desk, response)
    assert set(Tagging.objects.values_list("state", flat=True)) == {"suggested"}


# ── two editors, lost sessions, rights ───────────────────────────────────────────────────────────


def test_who_comes_second_is_told_and_judges_nothing(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    lea = Client()
    lea.force_login(User.objects.create_superuser("lea", "lea@example.org", "a-password-9"))
    keys = [item.key for item in group.items]
    say(lea, group, "reject", item=keys[:2])
    response = say(desk, group, "accept", item=keys)
    assert last(response).message == "Accepted 1 mention of Cairo."
    assert last(response).warning == "Settled meanwhile, and not judged again: 2 rejected by lea."
    assert sorted(states()) == ["accepted", "rejected", "rejected"]
    assert "Only what you have done yourself" in lea.post(UNDO, {"run": last(response).run},
                                                          follow=True).text  # fmt: skip
    assert sorted(states()) == ["accepted", "rejected", "rejected"]


def test_a_whole_group_that_was_settled_meanwhile(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    lea = Client()
    lea.force_login(User.objects.create_superuser("lea", "lea@example.org", "a-password-9"))
    say(lea, group, "reject")
    for verb in ("accept", "relink", "create"):
        response = say(desk, group, verb, entity_words="cairo", new_kind="place")
        assert last(response).message == "Nothing was left to judge."
        assert last(response).warning == "The group was settled meanwhile: rejected by lea."
        assert not last(response).run
    assert states() == ["rejected"] * 3
    assert Entity.objects.count() == 1


def test_what_an_editor_settled_a_second_ago_is_told_as_their_own(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    keys = [item.key for item in group.items]
    say(desk, group, "reject", item=keys[:1])
    response = say(desk, group, "reject", item=keys)
    assert last(response).warning == "Settled meanwhile, and not judged again: 1 rejected by you."
    response = say(desk, group, "accept")
    assert last(response).warning == "The group was settled meanwhile: rejected by you."


def test_what_an_editor_relinked_is_no_rejection(desk: Client, cairos: Entity):
    make_entity("Cairo (Illinois)")
    group = groups(desk)[0]
    keys = [item.key for item in group.items]
    say(desk, group, "relink", item=keys[:1], entity_words="cairo-illinois", reason="the town")
    response = say(desk, group, "accept", item=keys[:2])
    assert last(response).warning == (
        "Settled meanwhile, and not judged again: 1 relinked to Cairo (Illinois) by you."
    )
    say(desk, group, "relink", entity_words="cairo-illinois")
    response = say(desk, group, "accept")
    assert last(response).warning == (
        "The group was settled meanwhile: relinked to Cairo (Illinois) by you."
    )


def test_what_is_done_again_is_undone_by_one_name(desk: Client, cairos: Entity):
    response = say(desk, groups(desk)[0], "accept")
    told = []
    for _ in range(4):
        response = undo(desk, response)
        told.append(last(response).message)
    said = "Accepted 3 mentions of Cairo."
    assert told == [f"{word}: {said}" for word in ("Undone", "Done again") * 2]


def test_a_page_beyond_the_end_says_so(desk: Client, cairos: Entity, monkeypatch):
    for number in ("2", "100", "101", "9999999999999999"):
        beyond = page(desk, p=number).text
        assert f"There is no page {number}" in beyond and "Nothing waits here" not in beyond
        assert '<a href="?show=mentions">The first page</a>' in beyond
        assert "Previous" not in beyond
    first = page(desk).text
    assert "There is no page" not in first and "pages are shown" not in first
    monkeypatch.setattr("articles.admin.queue.PAGES", 1)
    monkeypatch.setattr("articles.admin.queue.GROUPS", 1)
    assert "Only the first 1 pages are shown" in page(desk).text


def test_an_undo_says_what_it_left(desk: Client, cairos: Entity):
    response = say(desk, groups(desk)[0], "accept")
    Mention.objects.first().reject("lea")
    response = undo(desk, response)
    assert states() == ["rejected", "suggested", "suggested"]
    assert "Not undone: mention" in last(response).warning


def test_a_script_gets_what_was_done_and_the_group_as_it_is(desk: Client, cairos: Entity):
    group = groups(desk)[0]
    values = {**group.key, "until": group.until}
    first = group.items[0].key
    answer = desk.post(
        f"{QUEUE}?show=mentions", {**values, "one": f"accept:{first}"},
        headers={"accept": "application/json"},
    ).json()  # fmt: skip
    assert answer["message"] == "Accepted 1 mention of Cairo."
    assert answer["run"] and "2 mentions" in answer["html"]
    assert answer["counts"]["mentions"] == "2"
    answer = desk.post(
        f"{QUEUE}?show=mentions", {**values, "verb": "accept"},
        headers={"accept": "application/json"},
    ).json()  # fmt: skip
    assert (answer["html"], answer["counts"]["mentions"]) == ("", "0")
    answer = desk.post(UNDO, {"run": answer["run"]}, headers={"accept": "application/json"}).json()
    assert answer["message"] == "Undone: Accepted 2 mentions of Cairo."
    html = desk.get(QUEUE, {"show": "mentions", **group.key, "fragment": "1"}).json()["html"]
    assert "2 mentions" in html


def test_who_is_logged_out_decides_nothing(cairos: Entity):
    values = {"entity": cairos.pk, "quote": "Cairo", "until": 2**40, "verb": "accept"}
    response = Client().post(QUEUE, values, headers={"accept": "application/json"})
    assert response.status_code == 302
    assert states() == ["suggested"] * 3


def test_who_may_only_look_sees_no_button_and_judges_nothing(desk: Client, cairos: Entity):
    looker = User.objects.create_user("lea", password="a-password-9", is_staff=True)
    client = Client()
    client.force_login(looker)
    assert page(client).status_code == 403
    looker.user_permissions.add(Permission.objects.get(codename="view_mention"))
    response = page(client)
    assert "<mark>Cairo</mark>" in response.text
    assert 'name="verb"' not in response.text
    group = groups(desk)[0]
    values = {**group.key, "until": group.until, "verb": "accept"}
    assert client.post(QUEUE, values).status_code == 403
    assert client.post(UNDO, {"run": "x"}).status_code == 403
    assert states() == ["suggested"] * 3


@pytest.mark.parametrize(
    "values",
    [
        {"entity": "x", "quote": "Cairo", "verb": "accept"},
        {"entity": "9" * 30, "quote": "Cairo", "verb": "accept"},
        {"entity": "1", "quote": "Cai\0ro", "verb": "accept", "until": "-3"},
        {"entity": "1", "quote": "Cairo", "verb": "dance", "until": "9"},
        {"verb": "accept"},
    ],
)
def test_nonsense_changes_nothing(desk: Client, cairos: Entity, values: dict[str, str]):
    response = desk.post(f"{QUEUE}?show=mentions", values, follow=True)
    assert response.status_code == 200
    assert states() == ["suggested"] * 3
    assert desk.get(QUEUE, {"show": "nothing"}).status_code == 404
    assert desk.get(QUEUE, {"p": "99999999999"}).status_code == 200


# ── names, storylines, pairs ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def names(db: None) -> dict[str, UnknownName]:
    for _ in range(2):
        make_article(body="It was said that Rosa Almeida and later Otto Kranz <b>had</b> spoken.")
    discover()
    return {it.quote: it for it in UnknownName.objects.all()}


def test_a_damaged_example_is_refused_and_never_the_whole_group(desk: Client, cairos: Entity):
    (group,) = groups(desk)
    for given in ({"one": "accept:abc"}, {"one": "accept:" + "9" * 25}, {"item": ["x", "٣"]}):
        response = say(desk, group, "accept", **given)
        assert "no example of this group" in last(response).warning
    assert not states(state="accepted")


def test_a_group_beyond_all_numbers_is_answered(desk: Client, cairos: Entity):
    shown = json.dumps([1, "a", 10**26])
    response = desk.post(f"{QUEUE}?show=sure", {"accept_all": "1", "shown": shown}, follow=True)
    assert response.status_code == 200
    assert not states(state="accepted")


def test_readers_are_told_what_a_decision_corrects(desk: Client, db: None):
    public = make_article("Derived words", headline_derived=True)
    draft = make_article("Other words", headline_derived=True, status="draft", source=public.source)
    for article in (public, draft):
        (group,) = groups(desk, "headlines", source=public.source_id, what="")
        values = {f"field-{article.pk}": "Talks", "one": f"write:{article.pk}"}
        assert "Does the change correct a mistake?" in page(desk, "headlines").text
        if article == public:
            refused = last(say(desk, group, "", "headlines", **values))
            assert "say whether your change corrects a mistake" in refused.warning
            answer = {"is_correction": "minor", "correction_note": "For whom?"}
            refused = last(say(desk, group, "", "headlines", **values, **answer))
            assert refused.warning == "A minor change has no note: empty it, or correct."
            assert Article.objects.get(pk=public.pk).headline == "Derived words"
            values |= CORRECTED | {"correction_note": "The headline was a fragment."}
        say(desk, group, "", "headlines", **values)
        assert Article.objects.get(pk=article.pk).headline == "Talks"
    told = Correction.objects.values_list("article", "note", "editor")
    assert list(told) == [(public.pk, "The headline was a fragment.", "mona")]
    load = LoadRun.objects.create(run=uuid4(), actor="lo", digest="d")
    Article.objects.filter(pk=public.pk).update(edited_fields=["body"])
    LoadConflict.objects.create(load=load, article=public, field="body", theirs="Their text.")
    (group,) = groups(desk, "conflicts")
    refused = last(say(desk, group, "accept", "conflicts"))
    assert "say whether your change corrects a mistake" in refused.warning
    assert LoadConflict.objects.get().article.body != "Their text."
    answer = CORRECTED | {"correction_note": "We had an old text."}
    say(desk, group, "accept", "conflicts", **answer)
    assert LoadConflict.objects.get().article.body == "Their text."
    notes = Correction.objects.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["The headline was a fragment.", "We had an old text."]


def test_a_new_name_becomes_an_entity_with_the_places_that_were_seen(desk: Client, names: Any):
    group = next(it for it in groups(desk, "names") if it.words == "Rosa Almeida")
    response = say(desk, group, "create", "names", new_name="Rosa Almeida", new_kind="person")
    assert last(response).message == "Created Rosa Almeida; linked 2 places that you saw."
    links = Mention.objects.values_list("quote", "state", "origin", "entity__kind")
    assert list(links) == [("Rosa Almeida", "accepted", "editor", "person")] * 2
    again()
    discover()
    assert UnknownName.objects.get(quote="Rosa Almeida").state == LinkState.ACCEPTED
    undo(desk, response)
    assert not Entity.objects.exists()
    assert UnknownName.objects.get(quote="Rosa Almeida").state == LinkState.SUGGESTED


def test_a_new_name_is_a_spelling_of_somebody_or_never_suggested(desk: Client, names: Any):
    entity = make_entity("Rosa Almeida Santos", kind="person")
    by_name = {it.words: it for it in groups(desk, "names")}
    say(desk, by_name["Rosa Almeida"], "relink", "names", entity_words="rosa almeida santos")
    assert entity.aliases.filter(spelling="Rosa Almeida").exists()
    assert states(entity=entity) == ["accepted"] * 2
    response = say(desk, by_name["Otto Kranz"], "reject", "names")
    assert last(response).message == "“Otto Kranz” is never suggested again."
    response = say(desk, by_name["Otto Kranz"], "reject", "names")
    assert last(response).warning == "“Otto Kranz” was rejected by you meanwhile."
    discover()
    assert not groups(desk, "names")


def test_that_a_name_is_never_suggested_has_its_reason_and_is_undone(desk: Client, names: Any):
    group = next(it for it in groups(desk, "names") if it.words == "Otto Kranz")
    response = say(desk, group, "reject", "names", reason="a made up name")
    otto = UnknownName.objects.get(quote="Otto Kranz")
    told = NameDecision.objects.get()
    assert (told.editor, told.verdict, told.reason) == ("mona", "rejected", "a made up name")
    assert "a made up name" in desk.get(address("unknownname_change", otto.pk)).text
    run = last(response).run
    page = desk.get(reverse("admin:articles_run", args=[run])).text
    assert "Otto Kranz" in page
    undone = undo(desk, response)
    assert last(undone).message == "Undone: “Otto Kranz” is never suggested again."
    assert "Otto Kranz" in {it.words for it in groups(desk, "names")}
    discover()
    assert UnknownName.objects.get(quote="Otto Kranz").state == LinkState.SUGGESTED
    undo(desk, undone)
    otto.refresh_from_db()
    assert otto.state == LinkState.REJECTED
    verdicts = NameDecision.objects.order_by("pk").values_list("verdict", flat=True)
    assert list(verdicts) == ["rejected", "suggested", "rejected"]


def test_a_storyline_is_accepted_with_its_articles(desk: Client, db: None):
    old = make_entity("Old Cairo")
    storyline = Storyline.objects.create(
        name="Talks", slug="talks", origin=Origin.MACHINE, state=LinkState.SUGGESTED
    )
    members = [
        StorylineArticle.objects.create(
            storyline=storyline, article=make_article(), origin=Origin.MACHINE,
            state=LinkState.SUGGESTED, reasons=[["entity", old.slug]],
        )
        for _ in range(3)
    ]  # fmt: skip
    (group,) = groups(desk, "storylines")
    assert group.items[0].why == "both name: Old Cairo"
    say(desk, group, "reject", "storylines", item=members[0].pk)
    response = say(desk, group, "accept", "storylines")
    assert last(response).message == "Accepted Talks with 2 articles."
    states_now = StorylineArticle.objects.order_by("pk").values_list("state", flat=True)
    assert list(states_now) == ["rejected", "accepted", "accepted"]
    undo(desk, response)
    storyline.refresh_from_db()
    assert storyline.state == LinkState.SUGGESTED
    assert list(states_now.all()) == ["rejected", "suggested", "suggested"]
    rest = {"item": [it.pk for it in members[1:]]}
    response = say(desk, groups(desk, "storylines")[0], "reject", "storylines", **rest)
    assert last(response).message == (
        "Took 2 articles from Talks. None is left: the storyline is rejected."
    )
    assert groups(desk, "storylines") == []
    undo(desk, response)
    storyline.refresh_from_db()
    assert storyline.state == LinkState.SUGGESTED
    assert list(states_now.all()) == ["rejected", "suggested", "suggested"]


def test_pairs_wait_by_their_sources(desk: Client, db: None):
    one, other = make_source(), make_source()
    for number in range(4):
        first = make_article(source=one, body=f"Text <{number}>")
        second = make_article(source=other, body=f"Text <{number}>, and more.")
        DuplicatePair.objects.create(
            first=first, second=second, first_share=0.9, second_share=0.8,
            first_fingerprint=first.fingerprint, second_fingerprint=second.fingerprint,
            passages=[[0, 8, 0, 8]],
        )  # fmt: skip
    (group,) = groups(desk, "duplicates")
    assert group.items[0].sides[0][1] == "Text &lt;3&gt;"
    assert group.items[0].sides[1][1] == "Text &lt;3&gt;<mark>, and more.</mark>"
    assert (group.size, len(group.items)) == (4, 3)
    response = say(desk, group, "accept", "duplicates")
    assert last(response).message == "4 pairs judged: duplicates."
    undo(desk, response)
    (group,) = groups(desk, "duplicates")
    one = say(desk, group, "reject", "duplicates", item=[group.items[0].key])
    assert last(one).message == "1 pair judged: no duplicates."
    undo(desk, one)
    response = say(desk, group, "accept", "duplicates")
    assert DuplicatePair.objects.accepted().count() == 4
    undo(desk, response)
    assert DuplicatePair.objects.waiting().count() == 4


# ── articles that wait as they are ───────────────────────────────────────────────────────────────


def test_derived_headlines_are_kept_or_written(desk: Client, db: None):
    keys = [make_article(f"Derived {n}", headline_derived=True).pk for n in range(3)]
    (group,) = groups(desk, "headlines")
    written = {"one": f"write:{keys[0]}", f"field-{keys[0]}": " A  better "}
    say(desk, group, "", "headlines", is_correction="minor", **written)
    response = say(desk, group, "accept", "headlines")
    assert last(response).message == "Kept 2 headlines."
    shown = Article.objects.order_by("pk").values_list("headline", "headline_derived")
    assert list(shown) == [("A better", False), ("Derived 1", False), ("Derived 2", False)]
    assert Settlement.objects.filter(matter="headline", editor="mona").count() == 3
    undo(desk, response)
    assert Article.objects.filter(headline_derived=True).count() == 2
    assert Settlement.objects.count() == 1
    assert "headline_derived" not in Article.objects.get(pk=keys[1]).edited_fields


def test_undated_articles_get_a_day_or_stay_so(desk: Client, db: None):
    keys = [make_article().pk for _ in range(2)]
    (group,) = groups(desk, "undated")
    field = f"field-{keys[0]}"
    response = say(desk, group, "", "undated", one=f"write:{keys[0]}", **{field: "31/3/2024"})
    assert "year-month-day" in response.text
    for slip, words in (("0001-01-01", "too early"), ("9999-12-31", "more than ten years ahead")):
        response = say(desk, group, "", "undated", one=f"write:{keys[0]}", **{field: slip})
        assert words in response.text
        assert Article.objects.get(pk=keys[0]).published_at is None
    say(desk, group, "", "undated", one=f"write:{keys[0]}", **{field: "2024-03-31"})
    dated = Article.objects.get(pk=keys[0])
    assert (dated.published_at, dated.published_precision) == (
        datetime(2024, 3, 31, tzinfo=UTC), "day",
    )  # fmt: skip
    response = say(desk, group, "accept", "undated", reason="lost for ever")
    assert Settlement.objects.get().reason == "lost for ever"
    assert not groups(desk, "undated")
    undo(desk, response)
    assert len(groups(desk, "undated")) == 1


def conflict(article: Article, field: str, theirs: Any) -> LoadConflict:
    load = LoadRun.objects.create(
        run=f"00000000-0000-0000-0000-{LoadRun.objects.count():012}", actor="loader",
        digest=str(LoadRun.objects.count()), state="finished", finished_at=datetime.now(UTC),
    )  # fmt: skip
    return LoadConflict.objects.create(load=load, article=article, field=field, theirs=theirs)


def test_of_a_conflict_ours_is_kept_until_the_source_says_something_else(desk: Client, db: None):
    article = make_article("Ours")
    Article.objects.filter(pk=article.pk).update(headline="Ours, edited")
    conflict(article, "headline", "Theirs")
    (group,) = groups(desk, "conflicts")
    assert group.items[0].sides == [("Ours", "Ours, edited"), ("Theirs", "Theirs")]
    response = say(desk, group, "reject", "conflicts")
    assert last(response).message == "Kept ours in 1 conflict."
    conflict(article, "headline", "Theirs")
    assert not groups(desk, "conflicts"), "the same from a later load is settled"
    undo(desk, response)
    assert len(groups(desk, "conflicts")) == 1
    conflict(article, "headline", "Theirs, anew")
    assert groups(desk, "conflicts")[0].items[0].sides[1] == ("Theirs", "Theirs, anew")


def test_what_is_taken_over_is_the_sources_again(desk: Client, db: None):
    article = make_article("Ours", body="Old text about Cairo.")
    mention = Mention.objects.create(
        article=article, entity=make_entity("Cairo"), start=15, end=20, quote="Cairo"
    )
    Article.objects.filter(pk=article.pk).update(
        body="Our text about Cairo.", published_at="2024-01-01T00:00Z", published_precision="day"
    )
    conflict(article, "body", "Their much longer text about Cairo.")
    conflict(article, "published_at", "2024-03-31T10:30:00+00:00")
    for group in groups(desk, "conflicts"):
        say(desk, group, "accept", "conflicts", is_correction="minor")
    article.refresh_from_db()
    mention.refresh_from_db()
    assert article.edited_fields == []
    assert article.published_at == datetime(2024, 3, 31, 10, 30, tzinfo=UTC)
    assert article.published_precision == "exact"
    assert article.body[mention.start : mention.end] == "Cairo"
    assert not groups(desk, "conflicts")


def test_texts_from_which_cleaning_took_much(desk: Client, db: None):
    article = make_article(body="The text itself.")
    raw = RawText.objects.create(
        article=article, text="The text itself.\n\nExit mobile version, and much more furniture.",
        clean_fingerprint=article.fingerprint,
    )  # fmt: skip
    CleaningStep.objects.create(
        article=article, field="body", position=0, rule="furniture", reason="",
        edits=[[16, "\n\nExit mobile version, and much more furniture.", ""]],
    )  # fmt: skip
    (group,) = groups(desk, "cleaning")
    assert group.items[0].sides == [("furniture", "Exit mobile version, and much more furniture.")]
    response = say(desk, group, "accept", "cleaning")
    assert not groups(desk, "cleaning")
    undo(desk, response)
    assert len(groups(desk, "cleaning")) == 1
    say(desk, group, "accept", "cleaning")
    RawText.objects.filter(pk=raw.pk).update(text=f"{raw.text} And once more: something new.")
    assert len(groups(desk, "cleaning")) == 1, "another raw text is looked at anew"


# ── nearly always accepted ───────────────────────────────────────────────────────────────────────


def judged(entity: Entity, number: int, rejected: int = 0) -> None:
    """So many articles whose suggestions an editor judged, and two that wait."""
    for each in range(number + 2):
        make_article(body=f"In {entity.name} on day {each}.")
    run()
    mentions = Mention.objects.filter(entity=entity).order_by("pk")
    for place, mention in enumerate(mentions[:number]):
        mention.decide(LinkState.REJECTED if place < rejected else LinkState.ACCEPTED, "lea")


def test_what_is_nearly_always_accepted_is_accepted_at_once_and_never_silently(
    desk: Client, db: None
):
    sure, unsure, fresh = (make_entity(name) for name in ("Qatar", "Georgia", "Oman"))
    judged(sure, 10)
    judged(unsure, 10, rejected=1)
    judged(fresh, 9)
    response = page(desk, "sure")
    (group,) = response.context["groups"]
    assert (group.words, group.size) == ("Qatar", 2)
    assert group.note == "10 of the last 10 accepted"
    assert states(entity=sure, state="suggested") == ["suggested"] * 2
    response = say(desk, group, "accept", "sure")
    assert last(response).message == "Accepted 2 mentions “Qatar”."
    assert not states(entity=sure, state="suggested")
    again()
    undo(desk, response)
    assert states(entity=sure, state="suggested") == ["suggested"] * 2
    response = say(desk, next(it for it in groups(desk) if it.words == "Georgia"), "accept", "sure")
    assert last(response).warning == "1 group had been judged meanwhile, or are less sure."
    assert states(entity=unsure, state="suggested") == ["suggested"] * 2


def test_all_groups_that_are_shown_are_one_thing_to_undo(desk: Client, db: None):
    for name in ("Qatar", "Oman"):
        judged(make_entity(name), 10)
    response = page(desk, "sure")
    assert "Accept all 4 mentions in these 2 groups" in response.text
    shown = [it.as_json for it in response.context["groups"]]
    response = desk.post(f"{QUEUE}?show=sure", {"accept_all": "1", "shown": shown}, follow=True)
    assert last(response).message == "Accepted 4 mentions in 2 groups."
    assert not states(state="suggested")
    assert Decision.objects.filter(reason="nearly always accepted", editor="mona").count() == 4
    undo(desk, response)
    assert states(state="suggested") == ["suggested"] * 4


def test_what_was_accepted_by_the_rule_speaks_for_nothing(desk: Client, db: None):
    entity = make_entity("Qatar")
    judged(entity, 10)
    (group,) = groups(desk, "sure")
    say(desk, group, "accept", "sure")
    mentions = Mention.objects.filter(entity=entity, state="accepted").order_by("pk")
    for mention in mentions[:5]:
        mention.reject("lea")
    make_article(body="In Qatar at last.")
    run()
    assert not groups(desk, "sure")


def test_what_editors_reject_sinks_at_once_and_is_less_sure(desk: Client, db: None):
    """Twelve of Jordan wait, one of Oman; ten of Jordan are rejected, and nothing is read anew."""
    make_entity("Oman")
    jordan = make_entity("Jordan")
    for each in range(12):
        make_article(body=f"In Jordan on day {each}.")
    make_article(body="In Oman on one day.")
    run()
    assert [it.words for it in groups(desk)] == ["Jordan", "Oman"]
    assert "95% sure" in groups(desk)[0].items[0].why
    told = Suggestion.objects.order_by("pk").values_list("pk", "confidence")
    before = list(told)
    shown = desk.get(f"{QUEUE}?entity={jordan.pk}&quote=Jordan").context["groups"][0]
    data = {"verb": "reject", "until": shown.until, "item": [it.key for it in shown.items[:10]]}
    desk.post(f"{QUEUE}?show=mentions", {**shown.key, **data})
    assert Decision.objects.filter(verdict="rejected").count() == 10
    oman, sunk = groups(desk)
    assert (oman.words, sunk.words, sunk.size) == ("Oman", "Jordan", 2)
    assert "32% sure" in sunk.items[0].why
    assert "95% sure" in oman.items[0].why
    assert list(told) == before, "nothing is written for it"
    article = Mention.objects.waiting().get(entity__name="Oman").article
    assert "95%" in desk.get(address("article_change", article.pk)).text
    again()


# ── sanity at scale ──────────────────────────────────────────────────────────────────────────────


def suggest(entity: Entity, number: int) -> None:
    """Many suggestions, written as the machine would."""
    articles = [make_article(body=f"{entity.name} and more {n}.") for n in range(number)]
    Mention.objects.bulk_create(
        Mention(
            article=it, entity=entity, start=0, end=len(entity.name), quote=entity.name,
            origin=Origin.MACHINE, state=LinkState.SUGGESTED,
        )
        for it in articles
    )  # fmt: skip


def queries(client: Client, show: str, **data: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert page(client, show, **data).status_code == 200
    return query_names(captured)


def test_the_page_asks_as_often_however_much_waits(desk: Client, db: None):
    suggest(make_entity(), 1)
    few = queries(desk, "mentions")
    for _ in range(6):
        suggest(make_entity(), 5)
    assert queries(desk, "mentions") == few
    assert len(few) <= 12
    entity = Entity.objects.first()
    one = queries(desk, "mentions", entity=entity.pk, quote=entity.name)
    assert len(one) <= 11


def test_large_groups_are_cut_and_paged(desk: Client, db: None):
    entity = make_entity("Cairo")
    suggest(entity, 45)
    (group,) = groups(desk)
    assert (group.size, len(group.items), group.rest) == (45, 3, 42)
    (opened,) = groups(desk, **group.key)
    assert len(opened.items) == 40
    (of_entity,) = groups(desk, entity=entity.pk)
    assert (of_entity.size, len(of_entity.items)) == (45, 3)
    (older,) = groups(desk, **group.key, before=opened.oldest - 1)
    assert len(older.items) == 5
    assert not {it.key for it in older.items} & {it.key for it in opened.items}


def test_decisions_on_many_are_few_statements(desk: Client, db: None):
    suggest(make_entity("Cairo"), 30)
    group = groups(desk)[0]
    values = {**group.key, "until": group.until, "verb": "accept"}
    with CaptureQueriesContext(connection) as captured:
        desk.post(f"{QUEUE}?show=mentions", values)
    assert sum("INSERT INTO articles_decision" in it["sql"] for it in captured) == 1
    assert len(captured) <= 22
    assert states() == ["accepted"] * 30


def test_other_kinds_ask_as_often_however_much_waits(desk: Client, db: None):
    def more(number: int) -> None:
        for _ in range(number):
            source = make_source()
            article = make_article(source=source, headline_derived=True)
            Article.objects.filter(pk=article.pk).update(summary="An editor's.")
            conflict(article, "summary", f"Theirs, {number}")

    more(1)
    few = {show: queries(desk, show) for show in ("headlines", "undated", "conflicts")}
    more(5)
    for show, names_before in few.items():
        assert queries(desk, show) == names_before
        assert len(names_before) <= 8


@pytest.mark.parametrize("show", KINDS)
def test_an_empty_queue_helps(desk: Client, db: None, show: str):
    response = page(desk, show)
    assert not re.search(r'id="queue-empty" hidden', response.text)
    assert "enrich_articles" in response.text
    assert not re.search(r"<script(?![^>]* src=)|<style| style=", response.text)


def test_the_desk_leads_to_the_queue(desk: Client, db: None):
    assert f'href="{QUEUE}"' in desk.get(reverse("admin:index")).text
    client = Client()
    client.force_login(User.objects.create_user("lea", password="a-password-9", is_staff=True))
    assert QUEUE not in client.get(reverse("admin:index")).text


def test_groups_name_themselves_as_json(desk: Client, db: None):
    entity = make_entity('The "Gazette"')
    suggest(entity, 1)
    (group,) = groups(desk)
    assert json.loads(group.as_json) == [str(entity.pk), 'The "Gazette"', group.until]
