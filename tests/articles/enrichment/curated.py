"""A small curated vocabulary, and what it finds in a text."""

from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import Gazetteer
from articles.vocabulary import AliasKind

NAME, ACRONYM, DEMONYM, SURNAME = AliasKind
SPELLINGS = [
    ("cairo", "Cairo", NAME),
    ("egypt", "Egypt", NAME),
    ("egypt", "Egyptian", DEMONYM),
    ("united-nations", "UN", ACRONYM),
    ("united-nations", "United Nations", NAME),
    ("un-security-council", "UN Security Council", NAME),
    ("jordan", "Jordan", NAME),
    ("jordan", "Jordanian", DEMONYM),
    ("jordan", "Hashemite Kingdom of Jordan", NAME),
    ("michael-jordan", "Michael Jordan", NAME),
    ("michael-jordan", "Jordan", SURNAME),
    ("benjamin-netanyahu", "Benjamin Netanyahu", NAME),
    ("benjamin-netanyahu", "Netanyahu", SURNAME),
    ("sara-netanyahu", "Sara Netanyahu", NAME),
    ("sara-netanyahu", "Netanyahu", SURNAME),
    ("george-w-bush", "George W. Bush", NAME),
    ("george-w-bush", "Bush", SURNAME),
    ("paris", "Paris", NAME),
    ("turkey", "Turkey", NAME),
    ("united-kingdom", "British", DEMONYM),
    ("el-paso-texas", "El Paso", NAME),
    ("el-paso-la-palma", "El Paso", NAME),
]
SLUGS = sorted({slug for slug, _, _ in SPELLINGS})


def names(spellings=SPELLINGS, **rules):
    return [
        Name(number, SLUGS.index(slug) if slug in SLUGS else number, slug, spelling, kind, **rules)
        for number, (slug, spelling, kind) in enumerate(spellings)
    ]


GAZETTEER = Gazetteer(names())


def found(text, gazetteer=GAZETTEER, **context):
    """Quotations and the slugs of their candidates."""
    return [
        (find.quote, *(one.slug for one in find.candidates))
        for find in gazetteer.find(text, **context)
    ]


def only(text, gazetteer=GAZETTEER, **context):
    [find] = gazetteer.find(text, **context)
    return find


def words(reasons):
    return [reason.word for reason in reasons]
