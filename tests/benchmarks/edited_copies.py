"""Articles of which some are edited copies of others, and which: for measuring near-duplicates.

The rest is there to be mistaken for copies: footers that a source prints under most of its
articles, also under stubs that are mostly footer; background that several stories repeat;
follow-ups that quote a third of a story; reports that fill in the same form. Nothing in the words
means anything, but they come in sentences, with phrases that every newsroom uses.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Final

COPIES: Final = 0.3642  # of all articles: 1,821 of 5,000
SOURCES: Final = 20
VOCABULARY: Final = 15_000
PHRASES: Final = 400
FORMS: Final = 12
_CONSONANTS: Final = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sh",
    "t",
    "tr",
    "v",
]
_VOWELS: Final = "aeiou"

Body = list[list[str]]  # paragraphs of sentences


@dataclass(frozen=True, slots=True)
class Piece:
    """An article; `copy_of` is the place of its original, `edit` how it was edited."""

    source: int
    headline: str
    body: str
    copy_of: int | None = None
    edit: str = ""


@dataclass
class Newsroom:
    """Chance, and the words, phrases, footers and forms that articles are made of."""

    chance: random.Random
    words: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    footers: list[list[str]] = field(default_factory=list)
    forms: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        made = (self._word() for _ in range(VOCABULARY * 2))
        self.words = list(dict.fromkeys(made))[:VOCABULARY]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self.phrases = [" ".join(self.some(self.chance.randint(3, 7))) for _ in range(PHRASES)]
        self.footers = [
            [self.sentence() for _ in range(self.chance.randint(1, 3))] for _ in range(SOURCES)
        ]
        self.forms = [
            [self.sentence(form=True) for _ in range(self.chance.randint(4, 7))]
            for _ in range(FORMS)
        ]

    def _word(self) -> str:
        count = self.chance.randint(1, 4)
        syllables = zip(
            self.chance.choices(_CONSONANTS, k=count),
            self.chance.choices(_VOWELS, k=count),
            strict=True,
        )
        return "".join(first + second for first, second in syllables)

    def some(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def sentence(self, *, form: bool = False) -> str:
        """A sentence of 8 to 28 words; in a form every sixth word or so is left open."""
        words = self.some(self.chance.randint(8, 24))
        if form:
            words = ["{}" if self.chance.random() < 0.16 else word for word in words]
        elif self.chance.random() < 0.3:
            words.insert(self.chance.randrange(len(words)), self.chance.choice(self.phrases))
        return " ".join(words).capitalize() + "."

    def body(self) -> Body:
        count = self.chance.randint(3, 9)
        return [[self.sentence() for _ in range(self.chance.randint(2, 4))] for _ in range(count)]

    def filled(self) -> Body:
        """A report that says other things in the same form."""
        form = self.chance.choice(self.forms)
        fill = [it.format(*self.some(it.count("{}"))) for it in form]
        return [fill, [self.sentence() for _ in range(2)]]

    def headline(self) -> str:
        return " ".join(self.some(8)).capitalize()


def corpus(size: int, seed: int = 1) -> list[Piece]:
    """`size` articles in no order, of which 36 % are edited copies of one other each."""
    news = Newsroom(random.Random(seed))
    copies = round(size * COPIES)
    pieces = list(_originals(news, size - copies))
    long = [n for n, piece in enumerate(pieces) if piece.body.count("\n\n") >= 3]
    edits = list(EDITS.items())
    for number, original in enumerate(news.chance.sample(long, copies)):
        name, edit = edits[number % len(edits)]
        copy = edit(news, pieces[original])
        pieces.append(replace(copy, copy_of=original, edit=name))
    return _shuffled(news, pieces)


def true_pairs(pieces: list[Piece]) -> dict[tuple[int, int], str]:
    """The places of each copy and its original, lower first, and how it was edited."""
    copies = ((n, it.copy_of, it.edit) for n, it in enumerate(pieces) if it.copy_of is not None)
    return {(min(n, original), max(n, original)): edit for n, original, edit in copies}


def _shuffled(news: Newsroom, pieces: list[Piece]) -> list[Piece]:
    order = list(range(len(pieces)))
    news.chance.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    shuffled = (pieces[old] for old in order)
    return [replace(it, copy_of=place.get(it.copy_of) if it.copy_of is not None else None)
            for it in shuffled]  # fmt: skip


def _originals(news: Newsroom, count: int) -> Iterator[Piece]:
    chance, background, earlier = news.chance, news.body(), news.body()
    for _ in range(count):
        source, kind = chance.randrange(SOURCES), chance.random()
        body = news.body()
        if kind < 0.03:
            body = news.filled()
        elif kind < 0.06:
            body = [[news.sentence(), news.sentence()]]
        elif kind < 0.16:
            if chance.random() < 0.3:
                background = news.body()
            body.insert(chance.randint(1, len(body)), background[0])
        elif kind < 0.22:
            body = _follow_up(chance, body, earlier)
        earlier = body
        if chance.random() < 0.6:
            body = [*body, news.footers[source]]
        yield Piece(source, news.headline(), _text(body))


def _follow_up(chance: random.Random, body: Body, earlier: Body) -> Body:
    """A new text that repeats a third of an earlier one, and is as long as its own words."""
    told = [sentence for part in earlier for sentence in part]
    wanted = min(len(told), sum(len(part) for part in body)) // 3
    start = chance.randint(0, len(told) - wanted)
    return [*body, told[start : start + wanted]]


# ── edits ────────────────────────────────────────────────────────────────────────────────────────


def _text(body: Body) -> str:
    return "\n\n".join(" ".join(part) for part in body)


def _body(text: str) -> Body:
    """Paragraphs and sentences, for in these texts each full stop ends one."""
    parts = text.split("\n\n")
    return [[f"{it.strip()}." for it in part.split(".") if it.strip()] for part in parts]


def _edited(piece: Piece, body: Body) -> Piece:
    return replace(piece, body=_text([part for part in body if part]))


def dropped_paragraph(news: Newsroom, piece: Piece) -> Piece:
    body = _body(piece.body)
    del body[news.chance.randrange(len(body))]
    return _edited(piece, body)


def swapped_sentences(news: Newsroom, piece: Piece) -> Piece:
    """Three times two sentences, wherever they stand."""
    body = _body(piece.body)
    places = [(part, n) for part, held in enumerate(body) for n in range(len(held))]
    for _ in range(3):
        (a, i), (b, j) = news.chance.sample(places, 2)
        body[a][i], body[b][j] = body[b][j], body[a][i]
    return _edited(piece, body)


def new_headline(news: Newsroom, piece: Piece) -> Piece:
    return replace(piece, headline=news.headline(), source=news.chance.randrange(SOURCES))


def appended_furniture(news: Newsroom, piece: Piece) -> Piece:
    """What another source prints under its articles."""
    source = news.chance.randrange(SOURCES)
    return replace(_edited(piece, [*_body(piece.body), news.footers[source]]), source=source)


def excerpt(news: Newsroom, piece: Piece) -> Piece:
    """Sentences in a row that make 40 % of the text."""
    body = _body(piece.body)
    sentences = [(part, sentence) for part, held in enumerate(body) for sentence in held]
    wanted = 0.4 * sum(len(it.split()) for _, it in sentences)
    latest = len(sentences)
    while latest and sum(len(it.split()) for _, it in sentences[latest:]) < wanted:
        latest -= 1
    start, length = news.chance.randint(0, latest), 0
    kept: Body = [[] for _ in body]
    for part, sentence in sentences[start:]:
        if length < wanted:
            kept[part].append(sentence)
            length += len(sentence.split())
    return _edited(piece, kept)


def all_combined(news: Newsroom, piece: Piece) -> Piece:
    for edit in (dropped_paragraph, excerpt, swapped_sentences, appended_furniture, new_headline):
        piece = edit(news, piece)
    return piece


EDITS: Final[dict[str, Callable[[Newsroom, Piece], Piece]]] = {
    "dropped paragraph": dropped_paragraph,
    "swapped sentences": swapped_sentences,
    "new headline": new_headline,
    "appended furniture": appended_furniture,
    "40 % excerpt": excerpt,
    "all combined": all_combined,
}
