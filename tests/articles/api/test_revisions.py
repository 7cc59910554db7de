"""Revisions and as_of: what readers saw of an article and when, and nothing that they did not."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, LedgerBatch, Mention, Tagging, recording
from articles.vocabulary import ArticleStatus, Origin, Way
from tests.articles.api.conforming import ROOT, ask, refused
from tests.examples import examples
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db(transaction=True)


def write(article, **fields):
    """One change in a transaction of its own, by an editor who leaves a note."""
    with recording(Way.ADMIN, actor="secret-editor", note="secret note"):
        Article.objects.filter(pk=article.pk).update(**fields)


def unpublish(article):
    write(article, status=ArticleStatus.DRAFT)


def publish(article):
    write(article, status=ArticleStatus.PUBLISHED)


def revisions(article, query=""):
    return ask(f"articles/{article.uid}/revisions/{query}")["results"]


def then(article, at, status=200):
    text = at if isinstance(at, str) else at.isoformat().replace("+00:00", "Z")
    return ask(f"articles/{article.uid}/?{urlencode({'as_of': text})}", status)


def now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


# ── revisions ────────────────────────────────────────────────────────────────────────────────────


def test_each_says_what_changed():
    wire, post = make_source("Wire", slug="wire"), make_source("Post", slug="post")
    article = make_article(
        "Talks",
        source=wire,
        body="They met on Monday in the old town hall beside the river.\n\nNobody spoke.",
        published_at=datetime(2024, 3, 31, tzinfo=UTC),
        published_precision="day",
    )
    write(article, headline="Talks resume", bylines=["Ann"], source=post)
    write(article, body=article.body.replace("Monday", "Tuesday"), summary="Again.")
    write(article, published_at=datetime(2024, 3, 31, 18, tzinfo=UTC), published_precision="exact")
    latest, second, first, start = revisions(article)
    assert [it["action"] for it in (start, first, second, latest)] == [
        "published",
        *["changed"] * 3,
    ]
    assert start["changes"] == []
    assert first["changes"] == [
        {"field": "headline", "before": "Talks", "after": "Talks resume"},
        {"field": "bylines", "before": [], "after": ["Ann"]},
        {"field": "source", "before": "wire", "after": "post"},
    ]
    assert second["changes"] == [
        {"field": "summary", "passages": [{"before": "", "after": "Again."}], "complete": True},
        {
            "field": "body",
            "passages": [
                {
                    "before": "They met on Monday in the old town hall beside",
                    "after": "They met on Tuesday in the old town hall beside",
                }
            ],
            "complete": True,
        },
    ]
    assert latest["changes"] == [
        {"field": "published_at", "before": "2024-03-31", "after": "2024-03-31T18:00:00Z"},
        {"field": "published_precision", "before": "day", "after": "exact"},
    ]
    positions = [it["position"] for it in (latest, second, first, start)]
    assert positions == sorted(positions, reverse=True)
    assert set(positions) <= set(LedgerBatch.objects.values_list("position", flat=True))
    assert [ask(it["url"])["headline"] for it in (start, first)] == ["Talks", "Talks resume"]


def test_neither_actors_nor_notes_nor_internal_changes():
    article = make_article("Talks")
    write(article, withdrawn_note="internal words", headline="Talks on")
    write(article, withdrawn_note="more internal words", publish_at=timezone.now())
    Article.objects.get(pk=article.pk).save()
    answers = Client().get(f"{ROOT}articles/{article.uid}/revisions/").text
    assert len(revisions(article)) == 2
    assert not any(word in answers for word in ("secret", "internal"))


def test_what_is_changed_and_changed_back_in_one_transaction_never_was():
    article = make_article("Talks")
    with recording(Way.ADMIN, actor="ed"):
        Article.objects.filter(pk=article.pk).update(headline="Slip")
        Article.objects.filter(pk=article.pk).update(headline="Talks")
    assert len(revisions(article)) == 1


def test_drafts_and_absences():
    article = make_article("Draft one", status=ArticleStatus.DRAFT)
    write(article, headline="Draft two")
    write(article, headline="Shown", status=ArticleStatus.PUBLISHED)
    unpublish(article)
    write(article, headline="Hidden", body="Hidden body")
    write(article, headline="Shown again", body="Body again.")
    publish(article)
    assert [it["action"] for it in revisions(article)] == ["republished", "published"]
    text = Client().get(f"{ROOT}articles/{article.uid}/revisions/").text
    assert "Hidden" not in text
    assert "Draft" not in text
    assert revisions(article)[0]["changes"][0] == {
        "field": "headline", "before": "Shown", "after": "Shown again",
    }  # fmt: skip


def test_an_embargo_counts():
    end = timezone.now() + timedelta(hours=1)
    article = make_article("Early", publish_at=end)
    write(article, headline="Secret slip")
    write(article, headline="Ready")
    ask(f"articles/{article.uid}/revisions/", 404)
    write(article, publish_at=timezone.now() - timedelta(seconds=1))
    (only,) = revisions(article)
    assert only["action"] == "published"
    assert then(article, only["at"])["headline"] == "Ready"
    assert "Secret" not in str(revisions(article))


def test_what_was_redacted_is_never_told_again():
    article = make_article("A name that may not stand", body="Secret words.")
    write(article, body="More secret words.")
    before = now()
    with recording(Way.COMMAND, actor="lawyer", is_redaction=True):
        Article.objects.filter(pk=article.pk).update(headline="Redacted", body="Nothing.")
    write(article, body="Nothing more.")
    later, first = revisions(article)
    assert (first["action"], first["changes"]) == ("published", [])
    assert [change["field"] for change in later["changes"]] == ["body"]
    assert "ecret" not in str(later)
    then(article, before, 404)
    assert then(article, first["at"])["headline"] == "Redacted"


@pytest.mark.parametrize("path", ["revisions/", "?as_of=2020-01-01", "related/"])
def test_what_is_withdrawn_is_gone(path):
    article = make_article("Invented")
    write(article, headline="Invented again")
    Article.objects.get(pk=article.pk).withdraw("The quotation was invented.")
    problem = ask(f"articles/{article.uid}/{path}", 410)
    assert problem["detail"] == "The quotation was invented."
    draft = make_article(status=ArticleStatus.DRAFT)
    ask(f"articles/{draft.uid}/{path}", 404)


def test_pages_at_any_depth():
    article = make_article("Version 0")
    for number in range(1, 8):
        write(article, headline=f"Version {number}")
    whole = revisions(article)
    assert len(whole) == 8
    found, address = [], f"articles/{article.uid}/revisions/?page_size=3"
    while address:
        page = ask(address)
        found += page["results"]
        address, last = page["next"], page
    assert found == whole
    assert ask(last["previous"])["results"] == whole[3:6]
    assert ask(ask(last["previous"])["previous"])["results"] == whole[:3]
    path = f"articles/{article.uid}/revisions/"
    assert refused(f"{path}?page_size=101")["parameter"] == "page_size"
    assert refused(f"{path}?cursor=x")["parameter"] == "cursor"
    assert refused(f"{path}?pagesize=1")["nearest"] == "page_size"


def test_revisions_cost_the_same_however_many_they_are():
    article = make_article("Version 0")
    for number in range(1, 6):
        write(article, headline=f"Version {number}")
    with CaptureQueriesContext(connection) as captured:
        Client().get(f"{ROOT}articles/{article.uid}/revisions/")
    assert len(captured) == 4  # the article · its values · its entries · the sources


# ── as_of ────────────────────────────────────────────────────────────────────────────────────────


def test_an_article_as_it_stood():
    article = make_article("Before", body="Cairo then.", bylines=["Ann"])
    tag, other = make_tag("Peace"), make_tag("Aid")
    link = make_tagging(article, tag)
    mention = make_mention(article, make_entity("Cairo"))
    before = now()
    write(article, headline="After", body="Nobody now.", bylines=[])
    link.delete()
    mention.delete()
    make_tagging(article, other)
    after = now()
    old, new = then(article, before), then(article, after)
    present = ask(f"articles/{article.uid}/")
    assert (old["headline"], old["body"], old["bylines"]) == ("Before", "Cairo then.", ["Ann"])
    assert old["tags"] == [{"slug": "peace", "name": "Peace"}]
    assert old["entities"] == [{"slug": "cairo", "name": "Cairo", "kind": "place"}]
    assert old["mentions"] == [{"entity": "cairo", "start": 0, "end": 5, "quote": "Cairo"}]
    assert old["as_of"] == before.isoformat().replace("+00:00", "Z")
    assert old["updated_at"] < new["updated_at"]
    for told in (old, new):
        assert told["revision"] in {it["position"] for it in revisions(article)}
    shown = {name: value for name, value in new.items() if name in present}
    assert {**shown, "updated_at": None} == {**present, "updated_at": None}


def test_decisions_and_merges_as_they_were():
    article = make_article(body="Cairo and Giza.")
    cairo, giza = make_entity("Cairo"), make_entity("Giza")
    suggested = make_mention(article, cairo, origin=Origin.MACHINE, state="suggested")
    moved = make_mention(article, giza)
    first = now()
    suggested.accept("ed")
    second = now()
    suggested.reject("ed")
    third = now()
    with transaction.atomic():  # Giza is merged into Greater Giza, and its slug leads there
        greater = make_entity("Greater Giza")
        Mention.objects.filter(pk=moved.pk).update(entity=greater)
        slug = giza.slug
        giza.delete()
        greater.redirects.create(kind="entity", old_slug=slug)
    slugs = [[it["slug"] for it in then(article, at)["entities"]] for at in (first, second, third)]
    assert slugs == [["greater-giza"], ["cairo", "greater-giza"], ["greater-giza"]]


def test_a_time_at_which_readers_did_not_see_it():
    start = now()
    article = make_article("Shown")
    shown = now()
    unpublish(article)
    away = now()
    publish(article)
    for at in (start, away, "2001-01-01"):
        problem = then(article, at, 404)
        assert problem["detail"] == "The article was not public at that time."
    assert then(article, shown)["headline"] == "Shown"
    assert then(article, timezone.now().date().isoformat())["headline"] == "Shown"
    path = f"articles/{article.uid}/?as_of="
    for wrong in ("2999-01-01", "yesterday", "2024-01-01T00:00:00", ""):
        assert refused(path + wrong)["parameter"] == "as_of"
    assert refused(f"articles/{article.uid}/?asof=2024-01-01")["nearest"] == "as_of"


def test_a_source_that_is_no_more():
    old, new = make_source("Old Wire"), make_source("New Wire")
    article = make_article(source=old)
    before = now()
    write(article, source=new)
    old.delete()
    assert then(article, before)["source"] == {"slug": "old-wire", "name": "Old Wire"}
    assert revisions(article)[0]["changes"][0]["before"] == "old-wire"


def test_a_look_back_costs_the_same_however_much_happened():
    article = make_article(body="Cairo and Giza.")
    counts = []
    for number in range(3):
        write(article, headline=f"Version {number}")
        make_tagging(article, make_tag())
        make_mention(article, make_entity(), origin=Origin.EDITOR)
        at = now()
        with CaptureQueriesContext(connection) as captured:
            then(article, at)
        counts.append(len(captured))
    # the article · its values · its entries · the source · of tags and of mentions each: the links
    # · what was deleted · the entries · the rows · of corrections: the rows · what was deleted
    assert counts == [14, 14, 14], [it["sql"][:90] for it in captured]


def test_an_emptied_ledger_of_links_leaves_the_rest():
    article = make_article("Shown")
    make_tagging(article, make_tag("Peace"))
    Tagging.objects.all().delete()
    assert then(article, now())["tags"] == []


# ── what was never public ────────────────────────────────────────────────────────────────────────

STEPS = st.lists(
    st.sampled_from(
        ["edit", "edit body", "publish", "draft", "withdraw", "embargo", "free", "at once", "tag"]
    ),
    min_size=1,
    max_size=14,
)


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS, st.booleans())
def test_nothing_leaks_that_was_not_public(steps, starts_public):
    """Every text holds a word of its own; the words told are those that readers could have seen."""
    status = ArticleStatus.PUBLISHED if starts_public else ArticleStatus.DRAFT
    article = make_article("word0.", body="word0.", status=status)
    seen, times = set(), []

    def look():
        row = Article.objects.get(pk=article.pk)
        times.append(now())
        if row.is_public:
            seen.update({row.headline, row.body})
            seen.update(row.taggings.values_list("tag__name", flat=True))

    look()
    for number, step in enumerate(steps, 1):
        word = f"word{number}."
        change(article, step, word)
        look()
    publish_at_last(article)
    look()
    answers = [str(revisions(article))]
    for at in times:
        response = Client().get(
            f"{ROOT}articles/{article.uid}/",
            {"as_of": at.isoformat().replace("+00:00", "Z")},
        )
        assert response.status_code in {200, 404}
        answers.append(response.text)
    told = "\n".join(answers)
    words = {f"word{number}." for number in range(len(steps) + 2)}
    assert {word for word in words if word in told} <= seen


def change(article, step, word):
    future = timezone.now() + timedelta(days=1)
    reason = {"withdrawn_at": timezone.now(), "withdrawn_reason": "It was wrong."}
    none = {"withdrawn_at": None, "withdrawn_reason": ""}
    match step:
        case "edit":
            write(article, headline=word)
        case "edit body":
            write(article, body=word)
        case "publish":
            write(article, status="published", **none)
        case "draft":
            write(article, status="draft", **none)
        case "withdraw":
            write(article, status="withdrawn", **reason)
        case "embargo":
            write(article, publish_at=future)
        case "free":
            write(article, publish_at=None)
        case "at once":  # published and taken back before anybody could look
            with recording(Way.ADMIN, actor="ed"):
                rows = Article.objects.filter(pk=article.pk)
                before = rows.values("headline", "status", "withdrawn_at", "withdrawn_reason")[0]
                rows.update(headline=word, status="published", **none)
                rows.update(**before)
        case "tag":
            make_tagging(article, make_tag(word))


def publish_at_last(article):
    write(article, status="published", publish_at=None, withdrawn_at=None, withdrawn_reason="")


def test_a_dump_keeps_the_revisions(tmp_path):
    article = make_article("Before")
    write(article, headline="After")
    told = revisions(article)
    call_command("export_archive", str(tmp_path / "dump"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM articles_ledgerbatch")
        assert cursor.fetchone()[0] >= told[0]["position"]
