"""What a model's spans are names of."""

from hypothesis import given
from hypothesis import strategies as st

from articles.enrichment.discovery import unknown_names
from articles.enrichment.model_names import KINDS, fits, named_places, with_model
from articles.vocabulary import EntityKind

TEXT = "Minister Rosa Almeida met the Harbour Trust’s men on Sunday."


def span(words: str, label: str) -> tuple[int, int, str]:
    start = TEXT.index(words)
    return start, start + len(words), label


def places(*spans: tuple[int, int, str], known: tuple[tuple[int, int], ...] = ()) -> list[str]:
    return [TEXT[start:end] for (start, end), _ in named_places(TEXT, spans, known)]


def test_articles_and_possessives_are_no_part_of_a_name():
    assert places(span("the Harbour Trust’s", "ORG")) == ["Harbour Trust"]
    assert places(span("Sunday.", "ORG")) == ["Sunday"]
    assert places(span(" ", "ORG"), span("the ", "ORG"), span("’", "ORG")) == []


def test_days_and_numbers_are_no_names():
    assert places(span("Sunday", "DATE"), span("men", "CARDINAL")) == []


def test_what_is_known_is_not_said_again():
    start, end, _ = span("Almeida", "")
    assert places(span("Rosa Almeida", "PERSON"), known=((start, end),)) == []


def test_the_model_says_how_far_a_name_goes():
    found = unknown_names(TEXT, {})
    assert [it.quote for it in found] == ["Rosa Almeida", "Harbour Trust"]
    both = with_model(TEXT, found, [span("Rosa Almeida", "PERSON"), span("Harbour", "LOC")])
    assert [(it.quote, it.kind) for it in both] == [
        ("Rosa Almeida", "person"),
        ("Harbour", "place"),
    ]
    assert both[0].confidence > both[1].confidence
    assert with_model(TEXT, found, []) == found


def test_kinds():
    assert fits("PERSON", EntityKind.PERSON)
    assert not fits("PERSON", EntityKind.PLACE)
    assert fits("ORG", EntityKind.PLACE)
    assert fits("MISC", EntityKind.EVENT)
    assert not fits("EVENT", EntityKind.WORK)


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from([*KINDS, "DATE"])), max_size=6
)


@given(st.text(max_size=60), SPANS)
def test_whatever_a_model_says_names_are_places_in_the_text(text, spans):
    for (start, end), label in named_places(text, spans):
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip() == text[start:end]
        assert label in KINDS
    for one in with_model(text, unknown_names(text, {}), spans):
        assert text[one.start : one.end] == one.quote
