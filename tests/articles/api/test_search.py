"""What a search gives beside its pages: passages, suggestions, facets; in every script."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Alias
from articles.search import facets
from articles.vocabulary import ArticleStatus, Origin
from tests.articles.api.conforming import ROOT, ask, glance, headlines, refused
from tests.articles.api.test_filters import undone
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
YEAR = {year: datetime(year, 12, 31, 23, 59, tzinfo=UTC) for year in (2023, 2024)}


def search(words, **more):
    return ask(f"articles/?{urlencode({'q': words, **more})}")


# ── any input ────────────────────────────────────────────────────────────────────────────────────


@settings(database_examples, max_examples=examples(150))
@given(
    st.text(max_size=500)
    | st.text("a \"'&|!()<>:*\\-or\0%é漢\1\2ก", max_size=500)
    | st.lists(st.sampled_from(["or", "-", '"', "peace", "漢字", "-漢", "the"]), max_size=80).map(
        lambda it: " ".join(it)[:500]
    ),
    st.sampled_from(["relevance", "-published_at", "published_at", "-updated_at"]),
)
def test_any_words_are_answered(words, ordering):
    with undone():
        make_article("One peace", language="en")
        make_article("Une 漢字の paix", language="fr")
        asked = {"q": words, "ordering": ordering, "highlight": "true", "facets": "year,tag"}
        url = f"{ROOT}articles/?{urlencode(asked, errors='surrogatepass')}"
        response = Client().get(url)
        assert response.status_code == 200, response.content


def test_words_that_are_too_long_are_refused():
    assert refused(f"articles/?q={'a' * 501}")["parameter"] == "q"
    assert search("a" * 500)["results"] == []
    assert search(quote("漢" * 500)[:500])["results"] == []


# ── scripts without spaces ───────────────────────────────────────────────────────────────────────

UNSPACED = {
    "zh": "北京举行新一轮和平谈判",
    "ja": "東京オリンピックは2021年ＡＢＣ放送で",
    "th": "รัฐบาลไทยประกาศนโยบายใหม่",
    "lo": "ລັດຖະບານລາວປະກາດ",
    "km": "រដ្ឋាភិបាលកម្ពុជា",
    "my": "မြန်မာနိုင်ငံ",
}


@pytest.fixture
def unspaced():
    for language, headline in UNSPACED.items():
        make_article(headline, language=language, body="Text.")
    make_article("Peace in 1984", body="Talks.")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("和", "zh"),
        ("和平", "zh"),
        ("和平谈", "zh"),
        ("北京举行新一轮和平谈判", "zh"),
        ("谈判 北京", "zh"),
        ("和平 -東京", "zh"),
        ('"一轮和平"', "zh"),
        ("オリンピック", "ja"),
        ("ｵﾘﾝﾋﾟｯｸ", "ja"),
        ("2021年abc放送", "ja"),
        ("๑ or 東京", "ja"),
        ("ไทย", "th"),
        ("ລາວ", "lo"),
        ("កម្ពុជា", "km"),
        ("နိုင်ငံ", "my"),
    ],
)
@pytest.mark.parametrize("ordering", ["relevance", "-published_at"])
def test_parts_of_headlines_are_found(unspaced, words, language, ordering):
    found = search(words, ordering=ordering)["results"]
    assert [it["language"] for it in found] == [language]


@pytest.mark.parametrize(
    "words", ["平和", "京北", "和平 -谈判", "北京 東京", "判北", "和判", "-北"]
)
def test_what_headlines_do_not_hold_is_not_found(unspaced, words):
    found = search(words)["results"]
    assert not {it["language"] for it in found} & {"zh"}


def test_both_kinds_of_words_go_together(unspaced):
    make_article("北京 peace talks", language="en")
    assert headlines("articles/?q=talking 京") == ["北京 peace talks"]
    assert len(search("1984 or 京")["results"]) == 4


# ── passages ─────────────────────────────────────────────────────────────────────────────────────


def highlight(words):
    return search(words, highlight="true")["results"][0]["highlight"]


def test_passages_are_marked_in_headline_and_body():
    body = " ".join(["filler"] * 100) + " the talking went on " + " ".join(["filler"] * 100)
    make_article("Talks & <b>hope</b>", body=body)
    shown = highlight("talks")
    assert shown["headline"] == "<mark>Talks</mark> &amp; &lt;b&gt;hope&lt;/b&gt;"
    (passage,) = shown["passages"]
    assert "the <mark>talking</mark> went on" in passage
    assert len(passage) < 400


def test_a_headline_without_a_match_is_shown_as_it_is_and_a_body_without_one_is_not():
    make_article("Quiet <mark>here</mark>", body="", bylines=["Mona Talks"], summary="talks")
    expected = {"headline": "Quiet &lt;mark&gt;here&lt;/mark&gt;", "passages": []}
    assert highlight("talks") == expected


def test_each_row_is_marked_in_its_own_language():
    make_article("Négociations", language="fr", body="Elle négocie.")
    shown = highlight("negociation")
    assert shown["headline"] == "<mark>Négociations</mark>"


def test_words_in_scripts_without_spaces_are_marked(unspaced):
    assert highlight("和平")["headline"] == "北京举行新一轮<mark>和平</mark>谈判"


def test_passages_are_at_most_three_and_of_the_beginning():
    make_article("Long", body="\n\n".join([f"talks {'word ' * 60}"] * 20))
    assert len(highlight("talks")["passages"]) == 3
    make_article("Longest", body="word " * 5_000 + "ceasefire")
    assert highlight("ceasefire")["passages"] == []


def test_highlight_needs_words():
    assert refused("articles/?highlight=true")["parameter"] == "highlight"
    make_article("Peace")
    assert "highlight" not in ask("articles/?highlight=false")["results"][0]
    assert "highlight" not in search("peace")["results"][0]


hostile = st.lists(
    st.sampled_from(
        ["peace", "\2", "\3", "\4", "\5", "<mark>", "</mark>", "<", ">", "&", "&lt;", '"', "'",
         "<script>", "漢字", "http://a.example/?b=<c>", "<!--", " "]
    )
    | st.text(max_size=5),
    max_size=20,
)  # fmt: skip


@settings(database_examples, max_examples=examples(150))
@given(hostile.map("".join), hostile.map(" ".join))
def test_passages_hold_text_and_marks_only(headline, body):
    clean = [it.replace("\0", "").encode(errors="replace").decode() for it in (headline, body)]
    with undone():
        make_article(f"peace {clean[0]}"[:1000], body=clean[1])
        query = urlencode({"q": "peace or 漢字", "highlight": "true"})
        shown = glance(f"articles/?{query}")["results"][0]
        pieces = [shown["highlight"]["headline"], *shown["highlight"]["passages"]]
        for piece in pieces:
            assert re.sub("</?mark>", "", piece).count("<") == 0
            assert piece.count("<mark>") == piece.count("</mark>")
            assert not re.search("<mark>[^<]*<mark>", piece)
        plain = unescape(re.sub("</?mark>", "", pieces[0]))
        assert plain == re.sub("[\2-\5]", "", shown["headline"])


# ── suggestions ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def named():
    netanyahu = make_entity("Benjamin Netanyahu", kind="person")
    Alias.objects.create(entity=netanyahu, spelling="Bibi")
    for name in ("Cairo", "Rafah", "Sánchez"):
        make_entity(name)
    Alias.objects.create(entity=netanyahu, spelling="Forbidden", standing="never")
    make_article("Netanyahu meets Sánchez in Cairo")
    make_article("Forbidden")


@pytest.mark.parametrize(
    ("words", "suggestion"),
    [
        ("Netanyaho", "Netanyahu"),
        ("netanjahu", "Netanyahu"),
        ('"meets Sanchz" Ciaro', '"meets Sánchez" Cairo'),
        ("netanyaho -talks", "Netanyahu -talks"),
        ("netanyahu", None),  # it is found
        ("sanchez", None),
        ("xyzzyx", None),  # nothing is near
        ("rafha", None),  # Rafah is known, but stands in no article
        ("forbiden", None),  # no article shall be found by it
        ("-netanyaho", None),
        ('netanyaho -"talks in cairp"', 'Netanyahu -"talks in cairp"'),
        ('cairo -"netanyaho"', None),
        ("the", None),
        ("bibo", None),
    ],
)
def test_misspelt_names(named, words, suggestion):
    assert search(words)["search"]["suggestion"] == suggestion


def test_a_suggestion_finds_something_under_the_same_filters(named):
    make_source("Other", slug="other")
    assert search("Netanyaho", source="other")["search"]["suggestion"] is None


def test_drafts_suggest_nothing(named):
    make_article("Bibi", status=ArticleStatus.DRAFT)
    assert search("bibbi")["search"]["suggestion"] is None


def test_a_search_that_finds_enough_has_none(named):
    for _ in range(3):
        make_article("Netanyaho")
    assert search("Netanyaho")["search"]["suggestion"] is None


# ── facets ───────────────────────────────────────────────────────────────────────────────────────

ALL = "source,tag,entity,language,year"


@pytest.fixture
def linked():
    wire, paper = make_source("Wire", slug="wire"), make_source("Paper", slug="paper")
    tag, entity = make_tag("Peace"), make_entity("Cairo")
    for number in range(3):
        article = make_article(
            f"Talks {number}",
            source=wire if number else paper,
            body="Cairo and Cairo",
            language="pt-BR" if number else "en",
            published_at=YEAR[2024] if number else None,
        )
        make_tagging(article, tag)
        make_mention(article, entity)
        make_mention(article, entity, start=10, end=15, quote="Cairo")
    other = make_article("Else", source=wire, published_at=YEAR[2023])
    make_tagging(other, make_tag("Aid"))
    make_tagging(other, tag, origin=Origin.MACHINE, state="suggested")
    make_article("Draft", source=wire, status=ArticleStatus.DRAFT)


def values(answer, name):
    return [(it["value"], it["label"], it["count"]) for it in answer["facets"][name]]


@pytest.mark.parametrize("words", ["", "q=talks or else&", "q=talks or else&ordering=updated_at&"])
def test_facets_count_the_whole_result(linked, words):
    answer = ask(f"articles/?{words}facets={ALL}&page_size=1")
    assert values(answer, "source") == [("wire", "Wire", 3), ("paper", "Paper", 1)]
    assert values(answer, "tag") == [("peace", "Peace", 3), ("aid", "Aid", 1)]
    assert values(answer, "entity") == [("cairo", "Cairo", 3)]
    assert values(answer, "language") == [("en", "en", 2), ("pt-BR", "pt-BR", 2)]
    assert values(answer, "year") == [
        ("2024", "2024", 2), ("2023", "2023", 1), (None, "undated", 1),
    ]  # fmt: skip
    assert answer["facets_over"] == {"value": 4, "relation": "eq"}


def test_facets_follow_the_filters_their_own_included(linked):
    answer = ask("articles/?facets=tag,source&tag=peace&source=wire")
    assert values(answer, "tag") == [("peace", "Peace", 2)]
    assert values(answer, "source") == [("wire", "Wire", 2)]
    assert set(answer["facets"]) == {"tag", "source"}
    assert ask("articles/?facets=tag&q=nothing")["facets"] == {"tag": []}
    assert "facets" not in ask("articles/")


@pytest.mark.parametrize("words", ["", "q=talks or else&"])
def test_of_a_large_result_the_newest_are_counted(linked, monkeypatch, words):
    for module in ("articles.search.facets", "articles.api.tallies", "articles.api.views"):
        monkeypatch.setattr(f"{module}.BOUND", 2)
    answer = ask(f"articles/?{words}facets=year")
    assert values(answer, "year") == [("2024", "2024", 2)]
    assert answer["facets_over"] == {"value": 2, "relation": "gte"}


def test_a_facet_tells_the_most_frequent_values(monkeypatch):
    monkeypatch.setattr(facets, "VALUES", 2)
    for language in ("fr", "en", "fr", "de"):
        make_article(language=language)
    answer = ask("articles/?facets=language")
    assert values(answer, "language") == [("fr", "fr", 2), ("de", "de", 1)]


def test_an_unknown_facet_is_refused():
    fault = refused("articles/?facets=source,tags")
    assert (fault["parameter"], fault["nearest"]) == ("facets", "tag")
    assert refused("articles/?facets=")["parameter"] == "facets"
    assert refused("articles/?facets=tag&facets=year")["parameter"] == "facets"


def test_an_empty_archive_has_empty_facets():
    answer = ask(f"articles/?facets={ALL}")
    assert set(answer["facets"]) == set(ALL.split(","))
    assert not any(answer["facets"].values())
    assert answer["facets_over"] == {"value": 0, "relation": "eq"}
