"""Whatever an address or a form gives for a number, a key or a page is answered in plain words."""

import json

import pytest
from django.test import Client, SimpleTestCase
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from articles.admin.numbers import LARGEST, whole
from articles.models import DuplicatePair, LedgerBatch, LedgerEntry, Mention, declare_duplicates
from tests.articles.admin.browser import address
from tests.factories import make_article, make_entity, make_mention, make_tag

DIGITS = "9" * 5_000
ODD = st.one_of(
    st.sampled_from([
        "", "0", "-1", "+1", " 1", "1 ", "1.5", "1e999", "1_0", "x", "\0", "1\0", "²", "٣", "0x1",
        "9" * 18, "9" * 19, str(2**63 - 1), str(2**63), str(2**64), DIGITS, "null", "[]", "é" * 300,
    ]),
    st.text(max_size=30),
    st.integers().map(str),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)
ANSWERS = {200, 302, 400, 404, 409}
QUEUE = "/admin/articles/queue/"
PARTS = (
    "mentions", "sure", "taggings", "names", "duplicates", "storylines", "headlines", "undated",
    "conflicts", "cleaning",
)  # fmt: skip
again_and_again = settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class WholeTests(SimpleTestCase):
    @given(st.integers(min_value=1, max_value=LARGEST))
    def test_reads_keys(self, number: int) -> None:
        self.assertEqual(whole(str(number)), number)
        self.assertEqual(whole(str(number), number - 1), 0)

    @given(ODD | st.none() | st.floats() | st.integers())
    def test_reads_nothing_else(self, given: object) -> None:
        number = whole(given)
        self.assertTrue(0 <= number <= LARGEST)
        self.assertTrue(not number or str(number) == str(given).lstrip("0"))


@pytest.fixture
def world(desk: Client) -> dict[str, int]:
    """One of everything that has a page, and its keys."""
    article = make_article("Talks", body="Talks in Cairo resume.", status="draft")
    twin = make_article("Talks", body="Talks in Cairo resume!")
    entity, tag = make_entity("Cairo"), make_tag("Peace")
    mention = make_mention(article, entity, origin="machine", state="suggested")
    declare_duplicates(article, twin, "mona")
    return {
        "article": article.pk, "entity": entity.pk, "tag": tag.pk, "mention": mention.pk,
        "pair": DuplicatePair.objects.get().pk,
        "entry": LedgerEntry.objects.order_by("pk").last().pk,
    }  # fmt: skip


def answered(response) -> None:
    assert response.status_code in ANSWERS, response.request["PATH_INFO"]


@again_and_again
@example(DIGITS)
@example("\0")
@given(odd=ODD)
def test_in_an_address(desk: Client, world: dict[str, int], odd: str):
    article, entity, tag = world["article"], world["entity"], world["tag"]
    change = address("article_change", article)
    split = address("entity_split", entity)
    for url, names in [
        (address("article_changelist"), ["p", "o", "source", "tag", "entity", "run"]),
        (address("entity_changelist"), ["p"]),
        (address("ledgerentry_changelist"), ["p", "batch", "run"]),
        (address("ledgerentry_changelist") + "?kind=article", ["row"]),
        (address("ledgerbatch_changelist"), ["p"]),
        (address("duplicatepair_changelist"), ["p", "state"]),
        (address("unknownname_changelist"), ["p", "state"]),
        ("/admin/autocomplete/?app_label=articles&model_name=mention&field_name=entity",
            ["page", "term"]),
        (address("article_deleted"), ["p"]),
        (address("article_history", article), ["p"]),
        (address("article_compare", article), ["from", "to"]),
        (change, ["part", "mention", "entity", "names", "places", "taggings"]),
        (split, ["page", "places", "mention", "quote", "words", "existing"]),
        (split + "?quote=Cairo", ["places", "headline"]),
        *((address(f"{noun}_merge"), ["row", "survivor", "another"])
            for noun in ("source", "entity", "tag")),
        (address("entity_merge") + f"?row={entity}&row=7", ["survivor", "exactly"]),
        (address("tag_merge") + f"?row={tag}", ["another"]),
        *((f"{QUEUE}?show={part}", ["p", "before", "entity", "tag", "unknown", "storyline",
            "source", "what", "quote"]) for part in PARTS),
        (f"{QUEUE}?show=mentions&entity={entity}&quote=Cairo", ["before"]),
    ]:  # fmt: skip
        for name in names:
            url_asked, _, asked = url.partition("?")
            answered(desk.get(url_asked, {**_pairs(asked), name: odd}))


def _pairs(asked: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in asked.split("&") if pair)


@again_and_again
@example(DIGITS)
@example("\0")
@given(odd=ODD)
def test_in_a_form(desk: Client, world: dict[str, int], odd: str):
    article, entity, mention = (world[name] for name in ("article", "entity", "mention"))
    split, merge = address("entity_split", entity), address("entity_merge")
    pair, tags = address("duplicatepair_change", world["pair"]), address("article_changelist")
    chosen = {"_selected_action": [article]}
    steps = ("choose", "find", "enter", "preview", "apply", odd)
    posts = [
        *((split, {"existing": odd, "step": step, "mention": mention}) for step in steps),
        *((split, {"name": "New", "kind": odd, "mention": odd, "step": step}) for step in steps),
        (split, {"existing": entity, "spelling": odd, "quote": odd, "step": "apply", "shown": odd}),
        (split, {"page": odd, "places": odd, "step": "choose"}),
        (merge, {"row": [entity, odd], "survivor": entity, "shown": odd}),
        (merge, {"row": [entity], "survivor": odd, "another": odd}),
        (pair, {"canonical": odd}),
        (pair, {"accept": f"pair-{odd}"}),
        *((address("article_change", article), {verb: about})
            for verb in ("accept", "reject", "remove", "canonical", "put_back", "turn")
            for about in (odd, f"mention-{odd}", f"entity-{odd}-suggested-1",
                f"entity-{entity}-suggested-{odd}", f"tagging-{odd}-{odd}", f"pair-{odd}")),
        (address("article_change", article), {"declare": "1", "same_as": odd}),
        (address("article_restore", article, world["entry"]), {"seen_entry": odd}),
        (address("article_change", article), {"seen_entry": odd, "base_entry": odd, "seen": odd}),
        *((tags, {**chosen, "action": action, "step": "preview", name: odd}) for action, name in [
            ("tag_selected", "tag"), ("untag_selected", "tag"), ("source_selected", "source")]),
        (tags, {"action": "publish_selected", "_selected_action": [odd]}),
        (tags, {**chosen, "action": "publish_selected", "step": "apply", "shown": odd}),
        (tags, {**chosen, "action": "publish_selected", "index": odd, "select_across": odd}),
        (f"{QUEUE}undo/", {"run": odd}),
    ]  # fmt: skip
    for url, values in posts:
        answered(desk.post(url, values))


@again_and_again
@example(DIGITS)
@example("\0")
@given(odd=ODD)
def test_in_the_queue(desk: Client, world: dict[str, int], odd: str):
    entity, mention = world["entity"], world["mention"]
    before = LedgerBatch.objects.count()
    cairo = {"entity": entity, "quote": "Cairo", "until": mention}
    posts = [
        *((part, {name: odd, "until": odd, "verb": "accept"})
            for part in PARTS for name in ("entity", "tag", "unknown", "storyline", "source")),
        *((part, {"one": f"{verb}:{odd}"}) for part in PARTS
            for verb in ("accept", "reject", "keep", "write", odd)),
        ("mentions", {**cairo, "verb": "accept", "item": ["1", odd, "x"]}),
        ("mentions", {**cairo, "until": odd, "verb": "relink", "target": odd}),
        ("mentions", {**cairo, "until": "0", "verb": "create", "name": odd, "kind": odd}),
        ("sure", {"accept_all": "1", "shown": odd}),
        ("sure", {"accept_all": "1", "shown": [json.dumps([odd, "a", 1])]}),
        ("sure", {"accept_all": "1", "shown": [json.dumps([str(entity), odd, odd])]}),
    ]  # fmt: skip
    for part, values in posts:
        answered(desk.post(f"{QUEUE}?show={part}", values))
    assert Mention.objects.get().state == "suggested"
    assert LedgerBatch.objects.count() == before


@again_and_again
@example('[1e999,"a",1]')
@example('[1,"a\\u0000",1]')
@example('["1","\\ud800",1]')
@example("[" * 2_000)
@example("[" * 200_000)
@example(f'["1","a",{DIGITS}]')
@example('["1","a",true]')
@example("NaN")
@given(shown=JSON.map(json.dumps) | st.lists(JSON, min_size=3, max_size=3).map(json.dumps))
def test_what_groups_call_themselves(desk: Client, world: dict[str, int], shown: str):
    done = desk.post(f"{QUEUE}?show=sure", {"accept_all": "1", "shown": shown}, follow=True)
    assert done.status_code == 200
    assert Mention.objects.get().state == "suggested"
    told = done.context["decided"][0]
    assert "no group of the queue" in told.warning or "less sure" in told.warning
