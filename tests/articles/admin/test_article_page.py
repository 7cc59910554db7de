"""The article's page around its form: the marked text, the panels, and what their buttons do."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from articles.admin import article_page, marked_text
from articles.enrichment import enrich
from articles.models import (
    Article,
    Decision,
    DuplicateDecision,
    DuplicatePair,
    Enrichment,
    LedgerEntry,
    Mention,
    Storyline,
    UnknownName,
    declare_duplicates,
)
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address, errors, query_names, save
from tests.factories import (  # fmt: skip
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

BODY = "Talks resumed in Greater Cairo on Sunday. Cairo hosts them."


@pytest.fixture
def article(db: None) -> Article:
    return make_article(body=BODY)


def suggested(article: Article, name: str, quote: str = "", **fields) -> Mention:
    entity = fields.pop("entity", None) or make_entity(name)
    given = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED, **fields}
    return make_mention(article, entity, quote or name, **given)


def told(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def page_of(desk: Client, article: Article, **asked) -> str:
    return unescape(desk.get(address("article_change", article.pk), asked).text)


def press(desk: Client, about: Article, button: str, follow: bool = True, **fields):
    """A button that sends no more of the form than itself; `judge` is the one of scripts."""
    if button == "judge":
        return desk.post(address("article_judge", about.pk), fields, follow=follow)
    return desk.post(address("article_change", about.pk), {button: "1", **fields}, follow=follow)


def marks(page: str) -> list[tuple[str, str]]:
    """The marked stretches: classes and words."""
    return re.findall(r'<mark class="name ([^"]*)" data-mention="\d+">(.*?)</mark>', page)


# ── the text ─────────────────────────────────────────────────────────────────────────────────────


def test_each_state_is_told_by_form_sign_and_words(desk: Client, article: Article):
    make_mention(article, make_entity("Talks"))
    suggested(article, "Sunday")
    rejected = suggested(article, "hosts")
    rejected.reject("mona")
    page = page_of(desk, article)
    assert marks(page) == [
        ("name-accepted", "Talks"), ("name-suggested", "Sunday"), ("name-rejected", "hosts"),
    ]  # fmt: skip
    assert re.findall(r'data-sign="\d+" aria-hidden="true">(.)<', page) == list("✓?×")
    for words in ("[Talks, accepted]", "[Sunday, suggested]", "[hosts, rejected]"):
        assert f'<span class="visually-hidden">{words}</span>' in page


def test_a_mark_leads_to_its_row_and_to_its_entity(desk: Client, article: Article):
    mention = suggested(article, "Sunday")
    page = page_of(desk, article)
    assert f'href="#mention-{mention.pk}"' in page
    assert f'<div class="place-row" id="mention-{mention.pk}">' in page
    assert f'id="place-{mention.pk}"' in page
    entity = address("entity_change", mention.entity_id)
    assert f'<sup><a class="name-entity" href="{entity}"' in page


def test_mentions_that_overlap_are_all_marked(desk: Client, article: Article):
    outer = suggested(article, "Greater Cairo")
    inner = make_mention(
        article, make_entity("Cairo"), start=25, end=30, quote="Cairo", origin=Origin.EDITOR
    )
    assert article.body[25:30] == "Cairo"
    page = page_of(desk, article)
    assert marks(page) == [("name-suggested", "Greater "), ("name-accepted name-several", "Cairo")]
    for mention in (outer, inner):
        assert page.count(f'id="place-{mention.pk}"') == 1
        assert f'data-sign="{mention.pk}"' in page


def test_two_entities_at_one_place_are_both_shown(desk: Client, article: Article):
    first = suggested(article, "Cairo")
    second = suggested(article, "Cairo, Illinois", "Cairo")
    page = page_of(desk, article)
    assert marks(page)[0][0] == "name-suggested name-several"
    assert f"[{first.entity}, suggested]" in page
    assert f"[{second.entity}, suggested]" in page


def test_what_does_not_stand_at_its_place_is_not_marked(desk: Client, article: Article):
    Mention.objects.create(
        article=article, entity=make_entity("Paris"), start=0, end=5, quote="Paris"
    )
    lost = make_mention(article, make_entity("Talks"))
    Mention.objects.filter(pk=lost.pk).update(is_lost=True)
    assert marks(page_of(desk, article)) == []


def test_the_text_is_escaped_and_headings_become_sections(desk: Client):
    heading, follows = "Pressure From Abroad", "A longer paragraph follows the heading here."
    body = f"<b>Bold</b> words open the text here.\n\n{heading}\n\n{follows}"
    article = make_article(body=body)
    page = desk.get(address("article_change", article.pk)).text
    assert "&lt;b&gt;Bold&lt;/b&gt; words" in page
    assert '<h3 dir="auto" id="at-39">Pressure From Abroad</h3>' in page
    assert '<a href="#at-39" dir="auto">Pressure From Abroad</a>' in page


texts = st.text(alphabet="ab \n.é語", max_size=300)


@given(texts, st.integers(5, 40))
def test_the_parts_are_the_whole_text_and_none_is_too_long(body: str, size: int):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marked_text, "PART", size)
        places = marked_text.parts(body)
        assert "".join(body[a:b] for a, b in places) == body
        assert all(b - a <= size for a, b in places)
        for start in range(0, len(body), 7):
            a, b = places[marked_text.part_of(body, start) - 1]
            assert a <= start < b


def test_a_long_text_with_many_mentions_stays_bounded(desk: Client):
    line = "Talks resumed in Cairo today and went on for a long time after that.\n\n"
    number = 5000
    body = line * number + "x" * (1_000_000 - len(line) * number)
    article = make_article(body=body)
    entities = [make_entity("Cairo"), make_entity("Cairo, Illinois")]
    Mention.objects.bulk_create(
        Mention(
            article=article, entity=entities[n % 2], start=n * len(line) + 17, quote="Cairo",
            end=n * len(line) + 22, origin=Origin.MACHINE, state=LinkState.SUGGESTED,
        )
        for n in range(number)
    )  # fmt: skip
    url = address("article_change", article.pk)
    desk.get(url)
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(url).text
    assert len(page) < len(body) + 600_000
    assert 0 < len(marks(page)) <= marked_text.MARKED
    assert page.count('class="place-row"') == 20
    assert "2 in 5000 places, 5000 to judge" in page
    assert "Part 1 of" in page
    far = article.mentions.get(start=3000 * len(line) + 17)
    with CaptureQueriesContext(connection) as more:
        page = desk.get(url, {"mention": far.pk}).text
    assert '<span class="this-page" aria-current="page">1,501–1,600</span>' in page
    assert f'id="mention-{far.pk}"' in page
    assert page.count('class="place-row"') == 100
    assert f'id="place-{far.pk}"' in page
    # where the mention stands, in the text and in the list, and its entity alone
    assert len(more) == len(queries) + 5


def test_a_form_that_comes_back_leaves_the_marks_where_the_stored_text_has_them(
    desk: Client, article: Article
):
    make_mention(article, make_entity("Sunday"))
    response = save(desk, "article", article.pk, body="X " + BODY, language="no such")
    assert "no such" in errors(response)
    page = unescape(response.text)
    assert marks(page) == [("name-accepted", "Sunday")]
    assert page.index('id="article_form"') < page.index('id="text"')  # what is wrong stands first


# ── judging ──────────────────────────────────────────────────────────────────────────────────────


def test_a_button_decides_at_once_and_leads_back_to_the_row(desk: Client, article: Article):
    mention = suggested(article, "Sunday")
    assert f'name="accept" value="mention-{mention.pk}-suggested"' in page_of(desk, article)
    about = f"mention-{mention.pk}-suggested"
    response = press(desk, article, "judge", follow=False, accept=about)
    assert response.url.endswith(f"?mention={mention.pk}#mention-{mention.pk}")
    mention.refresh_from_db()
    assert mention.state == LinkState.ACCEPTED
    assert Decision.objects.get().editor == "mona"
    batch = LedgerEntry.objects.of(mention).select_related("batch").first().batch
    assert (batch.actor, batch.way) == ("mona", "admin")


def test_tags_storylines_and_pairs_are_judged_alike(desk: Client, article: Article):
    tagging = make_tagging(article, make_tag(), origin=Origin.SOURCE)
    storyline = Storyline.objects.create(name="Talks", slug="talks")
    place = storyline.add(article, "mona")
    pair = declare_duplicates(article, make_article(), "mona")
    for thing, kind in ((tagging, "tagging"), (place, "storyline"), (pair, "pair")):
        about = f"{kind}-{thing.pk}-accepted"
        assert f'name="reject" value="{about}"' in page_of(desk, article)
        assert "is rejected" in told(press(desk, article, "judge", reject=about))
        thing.refresh_from_db()
        assert thing.state == LinkState.REJECTED


def test_nobody_judges_what_another_has_judged_meanwhile(desk: Client, article: Article):
    mention = suggested(article, "Sunday")
    mention.reject("omar")
    response = press(desk, article, "judge", accept=f"mention-{mention.pk}-suggested")
    assert "omar made this rejected meanwhile" in told(response)
    mention.refresh_from_db()
    assert mention.state == LinkState.REJECTED


def test_a_script_gets_the_answer_as_data(desk: Client, article: Article):
    mention = suggested(article, "Sunday")
    url, about = address("article_judge", article.pk), f"mention-{mention.pk}-suggested"
    asked = {"headers": {"Accept": "application/json"}}
    answer = desk.post(url, {"accept": about}, **asked).json()
    html = answer.pop("html")
    assert answer == {
        "place": f"mention-{mention.pk}", "state": "accepted", "is_done": True,
        "words": "“Sunday” is accepted.", "entity": mention.entity_id, "mentions": [mention.pk],
    }  # fmt: skip
    assert f'id="entity-{mention.entity_id}"' in html
    assert f'value="mention-{mention.pk}-accepted"' in html
    assert f'href="#place-{mention.pk}"' in html
    refused = desk.post(url, {"reject": about}, **asked)
    assert (refused.status_code, refused.json()["state"]) == (409, "accepted")


@pytest.mark.parametrize(
    "about", ["", "mention", "mention-", "mention-x", "mention-1" * 9, "user-1", "mention-\0"]
)
def test_a_button_that_is_not_known_changes_nothing(desk: Client, article: Article, about: str):
    response = press(desk, article, "judge", accept=about)
    assert response.status_code == 200
    assert not Decision.objects.exists()


def test_a_link_of_another_article_is_not_judged_here(desk: Client, article: Article):
    foreign = suggested(make_article(body="Cairo"), "Cairo")
    response = press(desk, article, "judge", accept=f"mention-{foreign.pk}-suggested")
    assert "has been removed in the meantime" in told(response)
    foreign.refresh_from_db()
    assert foreign.state == LinkState.SUGGESTED


def test_a_viewer_has_no_buttons_and_may_press_none(client: Client, article: Article):
    mention = suggested(article, "Sunday")
    viewer = User.objects.create_user("vera", password="a-password-9", is_staff=True)
    names = ["view_article", "view_mention", "view_tagging", "view_duplicatepair"]
    viewer.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(viewer)
    page = client.get(address("article_change", article.pk)).text
    assert marks(page) == [("name-suggested", "Sunday")]
    assert 'name="accept"' not in page
    assert "Look for names now" not in page
    for page in ("judge", "change", "cleaning"):
        given = {"accept": f"mention-{mention.pk}-suggested"}
        assert client.post(address(f"article_{page}", article.pk), given).status_code == 403
    assert client.get(address("article_judge", article.pk)).status_code == 403


def test_what_changes_something_is_posted(desk: Client, article: Article):
    assert desk.get(address("article_judge", article.pk)).status_code == 405


# ── the machine ──────────────────────────────────────────────────────────────────────────────────


def test_the_machine_looks_for_names_now(desk: Client, article: Article):
    make_entity("Cairo")
    assert "Not read yet." in page_of(desk, article)
    response = press(desk, article, "enrich")
    assert "Links that wait for a decision: 1." in told(response)
    page = unescape(response.text)
    assert "nothing has changed since" in page
    assert "gazetteer" in page
    assert {state for state, _ in marks(page)} == {"name-suggested"}
    save(desk, "article", article.pk, body=BODY + " More.")
    assert "waits to be read again" in page_of(desk, article)


def test_a_selection_is_enriched_at_once_or_queued(desk: Client, article: Article, monkeypatch):
    others = [make_article(body="Cairo again.") for _ in range(2)]
    make_entity("Cairo")
    keys = [str(it.pk) for it in (article, *others)]
    asked = {"action": "enrich_selected", "_selected_action": keys}
    response = desk.post(address("article_changelist"), asked, follow=True)
    assert "The machine has read 3 articles" in told(response)
    assert Mention.objects.count() == 3
    monkeypatch.setattr(enrich, "MOST_NOW", 2)
    Mention.objects.all().delete()
    response = desk.post(address("article_changelist"), asked, follow=True)
    assert "3 articles wait for the machine" in told(response)
    assert Enrichment.objects.filter(is_stale=True).count() == 3
    monkeypatch.setattr(article_page, "FAR", 2)
    response = desk.post(address("article_changelist"), asked, follow=True)
    assert "More than 2 are selected" in told(response)


def test_names_that_are_no_entity_yet_are_told_with_their_place(desk: Client, article: Article):
    def unknown(name: str, about: Article, **fields) -> UnknownName:
        place = {"article": str(about.uid), "before": "of ", "quote": name, "after": " on Sunday"}
        given = {"articles": 4, "finds": 8, "confidence": 0.8, "rank": 1, **fields}
        return UnknownName.objects.create(key=name, quote=name, evidence=[place], **given)

    here = unknown("Rosa Almeida", article)
    unknown("Otto Elsewhere", make_article())
    unknown("Never Again", article).never_suggest("mona")
    page = page_of(desk, article)
    panel = page[page.index('id="new-names"') :].partition("</section>")[0]
    assert "of <mark>Rosa Almeida</mark> on Sunday" in panel
    link = re.search(r'href="([^"]+)"', panel)
    assert link is not None
    assert f"unknown={here.pk}" in link[1]
    assert "Rosa Almeida" in desk.get(link[1]).text
    for other in ("Otto Elsewhere", "Never Again"):
        assert other not in panel
    here.never_suggest("mona")
    assert 'id="new-names"' not in page_of(desk, article)


# ── readers, relatives, history ──────────────────────────────────────────────────────────────────


def test_the_place_among_readers_is_told(desk: Client, article: Article):
    page = page_of(desk, article)
    assert "Readers see it." in page
    for form in ("json", "jsonld", "ninjs"):
        link = f"/api/v1/articles/{article.uid}/?format={form}"
        assert f'href="{link}"' in page
        assert desk.get(link).status_code == 200
    feed = re.search(r'href="(/api/v1/changes/[^"]+)"', page)
    assert feed is None  # nothing is announced before a transaction ends
    article.withdraw("Wrong")
    assert "answers 410 with the reason" in page_of(desk, article)
    draft = make_article(status="draft")
    assert "Never public yet: its address answers 404" in page_of(desk, draft)


@pytest.mark.django_db(transaction=True)
def test_the_position_in_the_change_feed_leads_to_its_row():
    User.objects.create_superuser("mona", "mona@example.org", "a-password-9")
    client = Client()
    client.login(username="mona", password="a-password-9")
    article = make_article()
    page = page_of(client, article)
    link = re.search(r'href="(/api/v1/changes/[^"]+)"', page)
    assert link is not None
    [change] = client.get(link[1]).json()["results"]
    assert (change["key"], change["action"]) == (str(article.uid), "created")


def test_related_articles_and_storylines_are_named_with_what_is_shared(
    desk: Client, article: Article
):
    cairo = make_entity("Cairo")
    near = make_article("A near one", body="Cairo too.")
    make_mention(article, cairo)
    make_mention(near, cairo)
    Storyline.objects.create(name="The talks", slug="talks").add(article, "mona")
    page = page_of(desk, article)
    relatives = page[page.index('id="relatives"') : page.index('id="changes"')]
    assert "A near one" in relatives
    assert "Cairo" in relatives
    assert "The talks" in page


def test_who_changed_it_last_is_told(desk: Client, article: Article):
    save(desk, "article", article.pk, headline="Another")
    page = page_of(desk, article)
    changes = page[page.index('id="changes"') :]
    assert "mona" in changes
    assert ": headline" in changes
    assert address("article_history", article.pk) in changes


# ── duplicates ───────────────────────────────────────────────────────────────────────────────────


def copies() -> tuple[Article, Article]:
    make_source("Wire", slug="wire")
    text = "\n\n".join(
        f"Paragraph {n}: the mayor of the old town spoke with delegates about river project "
        f"number {n * 7} and said that the talks would resume on the day after tomorrow."
        for n in range(12)
    )
    return make_article("One", body=text), make_article("Two", body=text + "\n\nA closing line.")


@pytest.fixture
def pair(db: None) -> DuplicatePair:
    copies()
    call_command("enrich_articles", "--quiet")
    return DuplicatePair.objects.get()


def test_a_pair_is_judged_on_the_page_of_either(desk: Client, pair: DuplicatePair):
    page = page_of(desk, pair.first)
    assert f'id="pair-{pair.pk}"' in page
    assert re.search(r"shares 100 % of this, 9\d % of it", page)
    about = f"pair-{pair.pk}-suggested"
    press(desk, pair.second, "judge", accept=about)
    pair.refresh_from_db()
    assert pair.state == LinkState.ACCEPTED
    assert DuplicateDecision.objects.get().editor == "mona"
    assert "stands for all" in page_of(desk, pair.first)


def test_another_article_of_a_cluster_is_chosen_to_stand_for_all(desk: Client, pair: DuplicatePair):
    pair.accept("mona")
    assert pair.first.duplicate.is_canonical
    response = press(desk, pair.first, "canonical", canonical=str(pair.second_id))
    assert "stands for all now" in told(response)
    assert "&lt;a href" not in response.text
    pair.second.refresh_from_db()
    assert pair.second.duplicate.is_canonical
    stranger = make_article()
    response = press(desk, pair.first, "canonical", canonical=str(stranger.pk))
    assert "not in the cluster" in told(response)


@pytest.mark.parametrize("by", ["uid", "external_id", "pk"])
def test_a_duplicate_that_no_machine_found_is_declared(desk: Client, article: Article, by: str):
    other = make_article()
    response = press(desk, article, "declare", same_as=str(getattr(other, by)))
    assert "counts as the same now" in told(response)
    assert DuplicatePair.objects.get().state == LinkState.ACCEPTED


@pytest.mark.parametrize("words", ["", "nothing such", "0", "9" * 30, "itself"])
def test_a_duplicate_that_is_not_found_is_not_declared(desk: Client, article: Article, words: str):
    words = str(article.uid) if words == "itself" else words
    response = press(desk, article, "declare", same_as=words)
    assert "nothing was changed" in told(response)
    assert not DuplicatePair.objects.exists()


def test_the_list_of_pairs_begins_with_those_that_wait(desk: Client, pair: DuplicatePair):
    settled = declare_duplicates(make_article(), make_article(), "mona")
    url = address("duplicatepair_changelist")
    assert list(desk.get(url).context["cl"].result_list) == [pair]
    assert list(desk.get(url, {"state": "accepted"}).context["cl"].result_list) == [settled]
    assert len(desk.get(url, {"state": "any"}).context["cl"].result_list) == 2


def test_the_list_of_pairs_asks_the_same_queries_however_many(desk: Client, pair: DuplicatePair):
    url = address("duplicatepair_changelist")
    desk.get(url)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            desk.get(url, {"state": "any"})
        asked.append(query_names(queries))
        for _ in range(4):
            declare_duplicates(make_article(), make_article(), "mona")
    assert asked[0] == asked[1]


def test_a_pair_is_shown_side_by_side_and_judged(desk: Client, pair: DuplicatePair):
    url = address("duplicatepair_change", pair.pk)
    page = desk.get(url).text
    assert page.count("Paragraph 3: the mayor") == 2
    desk.post(url, {"accept": f"pair-{pair.pk}-suggested"})
    pair.refresh_from_db()
    assert pair.state == LinkState.ACCEPTED
    desk.post(url, {"canonical": str(pair.second_id)})
    pair.second.refresh_from_db()
    assert pair.second.duplicate.is_canonical
    assert "mona: accepted" in desk.get(url).text


def test_of_a_text_that_has_changed_since_no_passage_is_shown(desk: Client, pair: DuplicatePair):
    Article.objects.filter(pk=pair.first_id).update(body="Another text")
    page = desk.get(address("duplicatepair_change", pair.pk)).text
    assert "A text has changed since they were compared" in page
    assert "Paragraph 3" not in page


def test_pairs_are_judged_in_the_list(desk: Client, pair: DuplicatePair):
    asked = {"action": "reject_selected", "_selected_action": [str(pair.pk)]}
    assert "1 rejected" in told(desk.post(address("duplicatepair_changelist"), asked, follow=True))
    pair.refresh_from_db()
    assert pair.state == LinkState.REJECTED


def test_a_viewer_judges_no_pair(client: Client, pair: DuplicatePair):
    viewer = User.objects.create_user("vera", password="a-password-9", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_duplicatepair"))
    client.force_login(viewer)
    url = address("duplicatepair_change", pair.pk)
    assert 'name="accept"' not in client.get(url).text
    assert client.post(url, {"accept": f"pair-{pair.pk}-suggested"}).status_code == 403
    asked = {"action": "accept_selected", "_selected_action": [str(pair.pk)]}
    client.post(address("duplicatepair_changelist"), asked)  # it is not offered to them
    pair.refresh_from_db()
    assert pair.state == LinkState.SUGGESTED
