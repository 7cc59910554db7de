"""The filters of articles: what each lets through."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article, Redirect, Salience, Tag, declare_duplicates, recording
from articles.vocabulary import NounKind, Origin, Way
from tests.articles.api.conforming import ask, glance, headlines, refused
from tests.examples import examples
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db
database_examples = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def undone():
    """What an example writes is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def linked():
    """Articles named after their links."""
    tags = {name: make_tag(name) for name in "ab"}
    entities = {name: make_entity(name) for name in "xy"}
    for name in ("a", "ab", "b x", "xy", "none"):
        article = make_article(name)
        for letter in name.replace("none", ""):
            if letter in tags:
                make_tagging(article, tags[letter])
            if letter in entities:
                make_mention(article, entities[letter])
    hidden = make_article("suggested")
    make_tagging(hidden, tags["a"], origin=Origin.MACHINE, state="suggested")
    make_mention(hidden, entities["x"], origin=Origin.MACHINE, state="suggested")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tag=a", {"a", "ab"}),
        ("tag=a&tag=b", {"ab"}),
        ("tag=b&tag=a&tag=a", {"ab"}),
        ("tag__in=a,b", {"a", "ab", "b x"}),
        ("tag__not=a", {"b x", "xy", "none", "suggested"}),
        ("tag__not=a,b", {"xy", "none", "suggested"}),
        ("tag=b&tag__not=a", {"b x"}),
        ("entity=x", {"b x", "xy"}),
        ("entity=x&entity=y", {"xy"}),
        ("entity__in=x,y&tag=b", {"b x"}),
        ("entity__not=y", {"a", "ab", "b x", "none", "suggested"}),
    ],
)
def test_links(linked, query, found):
    assert set(headlines(f"articles/?{query}")) == found


def test_salience_tells_articles_about_an_entity_from_those_that_name_it():
    entities = [make_entity(name, slug=name) for name in "pqrstu"]
    for name, score in (("about", 0.75), ("aside", 0.125)):
        article = make_article(name)
        for entity in entities:
            make_mention(article, entity)
            Salience.objects.create(article=article, entity=entity, score=score)
    waiting = make_article("suggested")
    make_mention(waiting, entities[0], origin=Origin.MACHINE, state="suggested")
    Salience.objects.create(article=waiting, entity=entities[0], score=1)
    Salience.objects.filter(article__headline="about", entity=entities[5]).update(score=0.5)
    assert headlines("articles/?entity=p&salience__gte=0.75") == ["about"]
    assert set(headlines("articles/?entity=p&salience__gte=0.125")) == {"about", "aside"}
    assert headlines("articles/?entity=p&salience__gte=0.76") == []
    assert headlines("articles/?entity=p&entity=u&salience__gte=0.75") == []
    many = "&".join(f"entity={name}" for name in "pqrstu")
    assert headlines(f"articles/?{many}&salience__gte=0.5") == ["about"]
    assert headlines(f"articles/?{many}&salience__gte=0.6") == []
    assert headlines(f"articles/?{many}&salience__gte=1") == []


@pytest.mark.parametrize("value", ["", "1.1", "-0.5", "half", "0,5", "1e-1", "nan", ".5", "00.5"])
def test_salience_is_a_number_from_0_to_1(value):
    make_entity("x")
    fault = refused(f"articles/?entity=x&salience__gte={value}")
    assert fault["parameter"] == "salience__gte"
    assert fault["detail"].endswith("is not a number from 0 to 1, such as 0.5")


def test_salience_needs_an_entity():
    make_entity("x")
    for query in ("", "entity__in=x&"):
        fault = refused(f"articles/?{query}salience__gte=0.5")
        assert fault["parameter"] == "salience__gte"
        assert fault["detail"].startswith("needs entity")


def test_sources():
    for name in ("one", "two", "three"):
        make_article(name, source=make_source(name, slug=name))
    assert headlines("articles/?source=one") == ["one"]
    assert set(headlines("articles/?source__in=one,two")) == {"one", "two"}
    assert set(headlines("articles/?source__not=one,two")) == {"three"}


def test_a_language_holds_its_varieties():
    for code in ("pt", "pt-BR", "en", "und", "enm"):
        make_article(code, language=code)
    assert set(headlines("articles/?language=pt")) == {"pt", "pt-BR"}
    assert headlines("articles/?language=pt-br") == ["pt-BR"]
    assert headlines("articles/?language=pt-PT") == []
    assert headlines("articles/?language=eng") == ["en"]
    assert set(headlines("articles/?language__in=en,und")) == {"en", "und"}
    assert set(headlines("articles/?language__not=pt,und")) == {"en", "enm"}  # Middle English
    assert refused("articles/?language=klingonese")["parameter"] == "language"


def test_slugs_of_every_script_and_former_slugs_lead_to_their_row():
    article = make_article("found")
    tag, other = make_tag("سلام"), make_tag("Vrede")
    make_tagging(article, tag)
    assert headlines("articles/?tag=سلام") == ["found"]
    tag.slug = "peace"
    tag.save()
    assert headlines("articles/?tag=سلام") == headlines("articles/?tag__in=سلام,vrede") == ["found"]
    Redirect.objects.create(kind=NounKind.TAG, old_slug="frieden", tag=tag)
    assert headlines("articles/?tag=frieden&tag=peace&tag=سلام") == ["found"]
    assert (
        headlines(f"articles/?tag__not=frieden&tag__not={other.slug}".replace("&tag__not=", ","))
        == []
    )


def test_a_slug_that_never_was_is_refused_with_the_nearest():
    make_tag("Peace talks")
    make_entity("Peace talks")
    fault = refused("articles/?tag=peace-talk")
    assert fault == {
        "parameter": "tag",
        "detail": "no tag has the slug 'peace-talk'",
        "nearest": "peace-talks",
    }
    assert refused("articles/?entity__not=peace-talks,zebra")["detail"].endswith("'zebra'")
    assert "nearest" not in refused("articles/?source=nowhere")


def test_all_of_many():
    tags, entities = [make_tag() for _ in range(7)], [make_entity() for _ in range(7)]
    names = [f"tag={it.slug}" for it in tags] + [f"entity={it.slug}" for it in entities]
    for name, has in (("all", 7), ("six", 6)):
        article = make_article(name)
        for tag, entity in zip(tags[:has], entities[:has], strict=True):
            make_tagging(article, tag)
            make_mention(article, entity)
            make_mention(article, entity, start=0, end=4, quote="Body")
    assert headlines(f"articles/?{'&'.join(names)}") == ["all"]
    assert set(headlines(f"articles/?{'&'.join(names[:6])}")) == {"all", "six"}


def test_a_hundred_unknown_slugs_are_cut_short():
    wrong = ",".join(f"x{number}" for number in range(100))
    assert len(ask(f"articles/?tag__in={wrong}", 400)["errors"]) == 20


# ── times ────────────────────────────────────────────────────────────────────────────────────────

DAY = date(2024, 3, 31)
MIDNIGHT = datetime(2024, 3, 31, tzinfo=UTC)
near_the_day = st.builds(
    lambda days, seconds: MIDNIGHT + timedelta(days=days, seconds=seconds),
    st.integers(-1, 2),
    st.sampled_from([-0.000001, 0, 0.000001, 43_200]),
)
HOLDS = {
    "gte": lambda at, day: at.date() >= day,
    "lte": lambda at, day: at.date() <= day,
    "gt": lambda at, day: at.date() > day,
    "lt": lambda at, day: at.date() < day,
}
HOLDS_AT = {
    "gte": lambda at, time: at >= time,
    "lte": lambda at, time: at <= time,
    "gt": lambda at, time: at > time,
    "lt": lambda at, time: at < time,
}


def glanced(path):
    return [article["headline"] for article in glance(path)["results"]]


@settings(database_examples, max_examples=examples(12))
@given(
    times=st.lists(near_the_day, min_size=1, max_size=5, unique=True),
    day=st.sampled_from([DAY, DAY + timedelta(days=1)]),
    time=near_the_day,
)
def test_a_date_means_the_whole_day_and_a_time_its_moment(times, day, time):
    with undone():
        make_article("undated")
        for at in times:
            make_article(at.isoformat(), published_at=at)
        for operator, holds in HOLDS.items():
            shown = glanced(f"articles/?published_at__{operator}={day}")
            assert shown == [it.isoformat() for it in sorted(times, reverse=True) if holds(it, day)]
        text = time.isoformat().replace("+00:00", "Z")
        for operator, holds in HOLDS_AT.items():
            shown = glanced(f"articles/?published_at__{operator}={text}&ordering=published_at")
            assert shown == [it.isoformat() for it in sorted(times) if holds(it, time)]


def test_offsets_count():
    make_article("noon", published_at=MIDNIGHT + timedelta(hours=12))
    assert headlines("articles/?published_at__gte=2024-03-31T14:00:00%2B02:00") == ["noon"]
    assert headlines("articles/?published_at__gt=2024-03-31T14:00:00%2B02:00") == []
    assert headlines("articles/?published_at__lte=2024-03-31t12:00:00z") == ["noon"]


def test_the_ends_of_time_are_ranges_too():
    make_article("dated", published_at=MIDNIGHT)
    make_article("undated")
    for query in ("published_at__lte=9999-12-31", "published_at__gte=0001-01-01"):
        assert headlines(f"articles/?{query}") == ["dated"]
    for query in ("published_at__gt=9999-12-31", "published_at__lt=0001-01-01"):
        assert headlines(f"articles/?{query}") == []


def test_unknown_dates_are_asked_for_by_name():
    make_article("dated", published_at=MIDNIGHT)
    make_article("undated")
    assert headlines("articles/?published_at__isnull=true") == ["undated"]
    assert headlines("articles/?published_at__isnull=false") == ["dated"]


def test_changes_are_filtered_by_time():
    article = make_article("changed")
    Article.objects.filter(pk=article.pk).update(summary="now")
    article.refresh_from_db()
    at = article.updated_at.isoformat().replace("+00:00", "Z")
    assert headlines(f"articles/?updated_at__gte={at}&updated_at__lte={at}") == ["changed"]
    assert headlines(f"articles/?updated_at__gt={at}") == []
    assert headlines(f"articles/?updated_at__lt={at}") == []


# ── words ────────────────────────────────────────────────────────────────────────────────────────


def test_each_article_is_searched_in_its_own_language():
    make_article("Running", body="The runners were running.", language="en")
    make_article("Accord", body="Les négociateurs négociaient.", language="fr")
    assert headlines("articles/?q=run") == ["Running"]
    assert headlines("articles/?q=negocier") == ["Accord"]
    assert set(headlines("articles/?q=run+or+négocier")) == {"Running", "Accord"}
    assert headlines("articles/?q=running+-runner") == []
    assert headlines('articles/?q="were running"') == ["Running"]


def test_a_search_says_how_far_it_went():
    make_article("Found")
    for query in ("q=found", "q=found&ordering=-published_at", "q=the", "q="):
        assert ask(f"articles/?{query}")["search"] == {
            "mode": "exact",
            "window": 2000,
            "suggestion": None,
        }
    assert headlines("articles/?q=the") == headlines("articles/?q=") == []


@settings(database_examples, max_examples=examples(60))
@given(st.text(max_size=40) | st.text("a \"'&|!()<>:*\\-or\0%é漢", max_size=40), st.booleans())
def test_no_words_fail(words, by_date):
    with undone():
        make_article("One", language="en")
        make_article("Une", language="fr")
        order = {"ordering": "-published_at"} if by_date else {}
        answer = ask(f"articles/?{urlencode({'q': words, **order})}")
        assert answer["search"]["mode"] == "exact"


def test_a_slug_and_a_former_one_of_it_are_one(db):
    article = make_article()
    for number in range(6):
        make_tagging(article, make_tag(f"tag {number}"))
    tag = Tag.objects.get(slug="tag-5")
    tag.slug = "renamed"
    tag.save()
    slugs = [*(f"tag-{number}" for number in range(6)), "renamed"]
    assert headlines("articles/?" + "&".join(f"tag={slug}" for slug in slugs)) == [article.headline]


# ── duplicates ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def copies(db):
    """Three that editors hold for one, and a fourth by itself."""
    made = [make_article(f"Copy {n}") for n in range(3)]
    with recording(Way.ADMIN, actor="mona"):
        declare_duplicates(made[0], made[1], "mona")
        declare_duplicates(made[1], made[2], "mona")
    make_article("Alone")
    return made


def shown(query=""):
    answer = ask(f"articles/?collapse=duplicates&count=true{query}")
    assert answer["count"]["value"] == len(answer["results"])
    return {it["headline"] for it in answer["results"]}


def test_of_duplicates_one_stands_for_all(copies):
    assert len(ask("articles/")["results"]) == 4
    assert shown() == {"Copy 0", "Alone"}
    assert shown("&q=copy") == {"Copy 0"}
    with recording(Way.ADMIN, actor="mona"):
        copies[0].duplicate.cluster.choose(copies[2])
    assert shown() == {"Copy 2", "Alone"}
    copies[2].withdraw("It was wrong.")
    assert shown() == {"Copy 0", "Alone"}
    Article.objects.filter(pk=copies[0].pk).update(status="draft")
    assert shown() == {"Copy 1", "Alone"}
