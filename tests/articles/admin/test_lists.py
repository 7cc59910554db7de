"""The lists: what they show, find and filter, and that a million rows would not slow them."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin import lists
from articles.admin.lists import BoundedPaginator, capped
from articles.models import Article, Decision, LedgerEntry, Redirect, Summary
from articles.vocabulary import Standing
from tests.articles.admin.browser import address, query_names, shown
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

ARTICLES = "article_changelist"


def found(desk: Client, noun: str = "article", **parameters: object) -> list[str]:
    return shown(desk.get(address(f"{noun}_changelist"), parameters))


# ── articles ─────────────────────────────────────────────────────────────────────────────────────


def test_a_row_says_what_an_editor_needs(desk: Client):
    source = make_source("Nile Wire")
    article = make_article(
        "Talks resume",
        source=source,
        language="ar",
        headline_derived=True,
        body="one two three",
        published_at=datetime(2024, 3, 31, tzinfo=UTC),
        published_precision="day",
    )
    make_tagging(article, make_tag("Politics"))
    make_tagging(article, make_tag("Rejected")).reject("mona")
    page = desk.get(address(ARTICLES)).text
    for words in ("Talks resume", "derived", "Nile Wire", ">ar<", "2024-03-31<", "Politics", ">3<"):
        assert words in page
    assert "Rejected" not in page


def test_the_last_to_come_stands_first(desk: Client):
    make_article("Older")
    make_article("Newer")
    assert found(desk) == ["Newer", "Older"]


def test_words_are_searched_in_the_text_each_article_in_its_language(desk: Client):
    make_article("Talks resume", body="A ceasefire is near, mediators say after talking.")
    make_article("Un accord", body="Des négociations en cours.", language="fr")
    make_article("Weather", body="Rain.")
    assert found(desk, q="ceasefire talks") == ["Talks resume"]
    assert found(desk, q='"ceasefire is near" -rain') == ["Talks resume"]
    assert found(desk, q="negociation") == ["Un accord"]
    assert found(desk, q="the") == []
    assert found(desk, q="  ") == ["Weather", "Un accord", "Talks resume"]


def test_an_id_or_an_address_pasted_whole_finds_its_article(desk: Client):
    by_id = make_article("By id", external_id="AFP/2024:17")
    by_url = make_article(
        "By address", external_id="", original_url="https://Example.org/a?utm_source=x"
    )
    assert found(desk, q=f" {by_id.uid} ") == ["By id"]
    assert found(desk, q="AFP/2024:17") == ["By id"]
    assert found(desk, q="https://example.org/a?utm_medium=mail#top") == ["By address"]
    assert found(desk, q=by_url.external_id) == ["By address"]


def test_no_search_words_are_too_strange(desk: Client):
    make_article()
    for words in ("\0", "'", "%", "(", "a" * 5000, "http://[", "{}", "\\", "::"):
        for noun in ("article", "entity"):
            assert desk.get(address(f"{noun}_changelist"), {"q": words}).status_code == 200


@pytest.fixture
def several(db: None) -> dict[str, Article]:
    wire, post = make_source("Wire"), make_source("Post")
    day = datetime(2024, 3, 31, tzinfo=UTC)
    articles = {
        "day": make_article("day", source=wire, published_at=day, published_precision="day"),
        "exact": make_article("exact", source=post, published_at=day.replace(hour=23)),
        "undated": make_article("undated", source=post, language="fr", headline_derived=True),
        "draft": make_article("draft", source=post, status="draft"),
    }
    tag, cairo = make_tag("Politics"), make_entity("Cairo")
    make_tagging(articles["day"], tag)
    make_mention(articles["exact"], cairo)
    make_mention(articles["draft"], cairo).reject("mona")
    return articles


def test_filters(desk: Client, several):
    for parameters, names in (
        ({"status__exact": "draft"}, "draft"),
        ({"precision": "unknown"}, "draft undated"),
        ({"precision": "dated"}, "exact day"),
        ({"precision": "day"}, "day"),
        ({"precision": "exact"}, "exact"),
        ({"language": "fr"}, "undated"),
        ({"headline_derived__exact": "1"}, "undated"),
        ({"published_from": "2024-03-31", "published_to": "2024-03-31"}, "exact day"),
        ({"published_from": "2024-04-01"}, ""),
        ({"published_to": "2024-03-30"}, ""),
        ({"published_from": "March"}, ""),
        ({"source": "nonsense"}, ""),
        ({"source": "0"}, ""),
    ):
        assert found(desk, **parameters) == names.split(), parameters


def test_no_address_is_too_strange(desk: Client, several):
    for strange in (
        "language=%00", "status__exact=%00", "source=%00", "source=99999999999999999999999",
        "precision=x", "published_from=%00", "published_to=9999-12-31", "p=abc", "p=-1", "o=99",
        "headline_derived__exact=x", "unknown=1", "origin=%00", "tag=1&tag=2", "q=%ED%A0%80",
    ):  # fmt: skip
        page = desk.get(f"{address(ARTICLES)}?{strange}", follow=True)
        assert page.status_code == 200, strange
    for strange in ("ledgerentry_changelist", "decision_changelist"):
        assert desk.get(f"{address(strange)}?kind=%00", follow=True).status_code == 200


def test_filters_by_source_tag_and_entity_follow_accepted_links(desk: Client, several):
    day, exact = several["day"], several["exact"]
    tag, entity = day.taggings.get().tag, exact.mentions.get().entity
    assert found(desk, source=day.source_id) == ["day"]
    assert found(desk, source__id__exact=day.source_id) == ["day"]
    assert found(desk, tag=tag.pk) == ["day"]
    assert found(desk, entity=entity.pk) == ["exact"]
    assert found(desk, entity=entity.pk, tag=tag.pk) == []


def test_a_filter_keeps_the_others_and_can_be_cleared(desk: Client, several):
    page = desk.get(address(ARTICLES), {"status__exact": "published", "language": "fr", "p": "1"})
    form = page.text.split('class="filter-form"')[1].split("</form>")[0]
    assert '<input type="hidden" name="status__exact" value="published">' in form
    assert '<input type="hidden" name="language" value="fr">' in form
    assert 'name="p"' not in form
    assert "Clear</a>" not in form
    page = desk.get(address(ARTICLES), {"source": several["day"].source_id})
    assert "Wire</option>" in page.text
    assert "Clear</a>" in page.text


def test_only_the_date_sorts(desk: Client, several):
    titles = desk.get(address(ARTICLES)).context["cl"].list_display
    date = titles.index("published")
    assert found(desk, o=date)[:2] == ["day", "exact"]
    assert found(desk, o=f"-{date}")[-2:] == ["exact", "day"]
    for other in set(range(len(titles))) - {date}:
        assert found(desk, o=other) == found(desk)


def test_an_embargo_is_seen_in_the_list(desk: Client):
    make_article(publish_at=timezone.now() + timezone.timedelta(days=1))
    assert "embargoed" in desk.get(address(ARTICLES)).text


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────


def test_a_count_stops(monkeypatch):
    assert (capped(0), capped(1234), capped(10_000), capped(10_001)) == (
        "0", "1,234", "10,000", "10,000+",
    )  # fmt: skip
    paginator = BoundedPaginator(list(range(10_001)), 50)
    assert (paginator.num_pages, paginator.is_cut) == (100, True)
    assert paginator.validate_number("7") == 7
    assert paginator.get_page("101").number == 100
    assert paginator.get_page("0").number == 100
    assert paginator.get_page("x").number == 1


def test_the_list_counts_no_further_than_it_must_and_ends_its_pages(desk: Client, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED", 5)
    monkeypatch.setattr(lists, "PAGES", 2)
    monkeypatch.setattr("articles.admin.articles.ArticleAdmin.list_per_page", 2)
    for number in range(8):
        make_article(f"Article {number}")
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(address(ARTICLES), {"p": "77"})
    assert any("COUNT(*)" in q["sql"] and "LIMIT 6)" in q["sql"] for q in queries)
    assert shown(page) == ["Article 5", "Article 4"]
    assert "5+ articles" in page.text
    assert "across all pages" in page.text  # bulk work says for itself what is too much
    assert "Only the first 2 pages are shown" in page.text


def test_an_empty_archive_says_how_to_begin(desk: Client):
    for noun in ("source", "article", "entity", "tag"):
        assert "Add the first" in desk.get(address(f"{noun}_changelist")).text
    helps = {
        "ledgerentry": "Nothing here yet", "decision": "Nobody has judged",
        "redirect": "merged yet",
        "unknownname": "suggest_entities", "duplicatepair": "enrich_articles",
        "loadrun": "load_articles", "storyline": "enrich_articles",
    }  # fmt: skip
    for record, words in helps.items():
        assert words in desk.get(address(f"{record}_changelist")).text
    assert "Show them all" in desk.get(address(ARTICLES), {"q": "nothing"}).text


def plan(desk: Client, **parameters: object) -> str:
    """How PostgreSQL would fetch the rows of the list if no table were small."""
    with CaptureQueriesContext(connection) as queries:
        desk.get(address(ARTICLES), parameters)
    (rows,) = [q["sql"] for q in queries if '"headline"' in q["sql"] and "LIMIT" in q["sql"]]
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {rows}")
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize(
    ("parameters", "index"),
    [
        ({}, "articles_article_pkey"),
        ({"o": "-3"}, "article_by_date"),
        ({"o": "3"}, "article_by_date"),
        ({"published_from": "2024-01-01", "o": "-3"}, "article_by_date"),
    ],
)
def test_the_list_walks_an_index(desk: Client, parameters: dict[str, str], index: str):
    for _ in range(60):
        make_article(status="draft", published_at=datetime(2024, 3, 31, tzinfo=UTC))
    how = plan(desk, **parameters)
    assert f"using {index}" in how
    # An incremental sort only orders those of one moment among themselves.
    assert not re.search(r"(?<!Incremental )Sort  \(", how)
    assert "Seq Scan on articles_article" not in how


SESSION = ["select django_session", "select auth_user"]
COUNTS = {
    "article": [
        "loose articles_article", "count articles_article", "select articles_article",
        "select articles_tagging",
    ],
    "source": [
        "count articles_source", "select articles_source", "select articles_summary",
        "count articles_article",
    ],
    "entity": [
        "count articles_entity", "select articles_entity", "select articles_alias",
        "select articles_summary", "count articles_mention",
    ],
    "tag": [
        "count articles_tag", "select articles_tag", "select articles_tagalias",
        "select articles_summary",
        "count articles_tagging",
    ],
    "ledgerentry": ["count articles_ledgerentry", "select articles_ledgerentry"],
    "decision": ["count articles_decision", "select articles_decision"],
    "redirect": ["count articles_redirect", "select articles_redirect"],
}  # fmt: skip


def populate(number: int) -> None:
    for _ in range(number):
        article = make_article(source=make_source())
        parent = make_tag()
        make_tagging(article, make_tag(parent=parent))
        entity = make_entity()
        make_mention(article, entity, quote="Body").reject("mona")
        entity.slug += "-renamed"
        entity.save()


@pytest.mark.parametrize("noun", COUNTS)
def test_a_list_asks_the_same_queries_however_many_rows(desk: Client, noun: str):
    populate(3)
    url = address(f"{noun}_changelist")
    for more in (0, 5):
        populate(more)
        with CaptureQueriesContext(connection) as queries:
            assert len(desk.get(url).context["cl"].result_list) > 2
        assert query_names(queries) == SESSION + COUNTS[noun]


# ── the other nouns ──────────────────────────────────────────────────────────────────────────────


def test_counts_lead_to_the_articles_they_count(desk: Client):
    wire, tag, cairo = make_source("Wire"), make_tag("Politics"), make_entity("Cairo")
    make_source("Silent")
    for number in range(2):
        article = make_article(f"Article {number}", source=wire, body="Cairo and Cairo")
        make_tagging(article, tag)
        make_mention(article, cairo)
        make_mention(article, cairo, start=10, end=15)
    rejected = make_article("Rejected", source=wire, status="draft")
    make_tagging(rejected, tag).reject("mona")
    for noun, number in (("source", 3), ("tag", 2), ("entity", 2)):
        page = desk.get(address(f"{noun}_changelist"))
        counts = re.findall(r'class="count" href="([^"]+)">([\d,+]+)<', page.text)
        assert sorted(count for _, count in counts if count != "0") == [str(number)]
        (link,) = [href for href, count in counts if count != "0"]
        assert len(shown(desk.get(link))) == number


def test_counts_stop_as_well(desk: Client, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED", 2)
    wire = make_source("Wire")
    for _ in range(4):
        make_article(source=wire)
    assert re.search(
        r'class="count" href="[^"]+">2\+<', desk.get(address("source_changelist")).text
    )


def test_what_is_many_was_counted_beforehand_and_the_rest_is_never_stale(desk: Client, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED", 2)
    busy, quiet = make_source("Busy"), make_source("Quiet")
    for source in (busy, quiet):
        make_article(source=source)
    data = {"source": {str(busy.pk): 123_456}, "entity": {}, "tag": {}}
    Summary.objects.create(name="busy", data=data, at=timezone.now(), took_ms=9)
    page = desk.get(address("source_changelist"))
    counts = re.findall(r'class="count" href="[^"]+">([^<]+)<', page.text)
    assert counts == ["123,456", "1"]


def test_entities_are_found_by_any_of_their_names(desk: Client):
    nations = make_entity("United Nations", wikidata_id="Q1065", kind="organisation")
    nations.aliases.create(spelling="ONU", standing=Standing.ACCEPT)
    make_entity("Cairo")
    for words in ("nations", "onu", "united-nat", "q1065", " UNITED  nations "):
        assert found(desk, "entity", q=words) == ["United Nations"]
    assert found(desk, "entity", q="Q10") == []
    assert found(desk, "entity", standing="accept") == ["United Nations"]
    assert found(desk, "entity", standing="never") == []
    assert found(desk, "entity", kind__exact="place") == ["Cairo"]
    assert found(desk, "entity", is_reviewed__exact="0") == []


def test_sources_and_tags_are_found_and_filtered(desk: Client):
    make_source("Nile Wire", kind="agency")
    make_source("Harbour Post", kind="newspaper")
    assert found(desk, "source", q="wire") == ["Nile Wire"]
    assert found(desk, "source", kind__exact="newspaper") == ["Harbour Post"]
    politics = make_tag("Politics")
    make_tag("Diplomacy", parent=politics)
    assert found(desk, "tag", q="polit") == ["Politics"]
    assert found(desk, "tag", parent__isempty="1") == ["Politics"]


def test_typing_finds_names_with_their_kind(desk: Client):
    make_entity("Cairo", kind="place")
    response = desk.get(
        "/admin/autocomplete/",
        {"app_label": "articles", "model_name": "mention", "field_name": "entity", "term": "cai"},
    )
    assert [row["text"] for row in response.json()["results"]] == ["Cairo (place)"]


# ── records ──────────────────────────────────────────────────────────────────────────────────────


def test_ledger_decisions_and_redirects_are_read_and_never_written(desk: Client):
    article = make_article()
    tag = make_tag("Politics")
    make_tagging(article, tag).reject("mona")
    tag.slug = "politics-and-power"
    tag.save()
    for record, words in (("ledgerentry", str(article.uid)), ("decision", "politics")):
        page = desk.get(address(f"{record}_changelist"))
        assert words in page.text
        row = page.context["cl"].result_list[0]
        assert desk.get(address(f"{record}_change", row.pk)).status_code == 200
        assert desk.post(address(f"{record}_change", row.pk), {}).status_code == 403
        assert desk.get(address(f"{record}_add")).status_code == 403
        assert desk.post(address(f"{record}_delete", row.pk), {"post": "yes"}).status_code == 403
    page = desk.get(address("redirect_changelist")).text
    assert address("tag_change", tag.pk) in page
    assert found(desk, "ledgerentry", kind="tag") == [
        str(entry) for entry in LedgerEntry.objects.filter(kind="tag").order_by("-pk")
    ]
    assert (Decision.objects.count(), Redirect.objects.count()) == (1, 1)


def test_all_that_is_selected_is_counted_as_the_list_counts(desk: Client, monkeypatch):
    monkeypatch.setattr(lists, "COUNTED", 5)
    monkeypatch.setattr("articles.admin.articles.ArticleAdmin.list_per_page", 2)
    for number in range(4):
        make_article(f"Article {number}")
    page = desk.get(address(ARTICLES)).text
    assert "All 4 articles selected" in page and ">Select all 4 articles</a>" in page
    for number in range(4):
        make_article(f"More {number}")
    page = desk.get(address(ARTICLES)).text
    assert "All 5+ articles selected" in page and ">Select all 5+ articles</a>" in page
    assert "6" not in page.split('class="action-counter"')[1].split("</div>")[0]
