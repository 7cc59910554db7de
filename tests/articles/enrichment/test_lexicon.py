from articles.enrichment import lexicon
from articles.enrichment.finds import Name
from articles.enrichment.folding import fold
from articles.enrichment.gazetteer import Gazetteer
from articles.enrichment.lexicon import Lexicon
from articles.enrichment.weighing import MORE, MOST_CANDIDATES
from articles.vocabulary import AliasKind, CaseRule, Standing

NAMES = [
    Name(7, 70, "cairo", "Cairo", AliasKind.NAME, CaseRule.IGNORE, Standing.ACCEPT),
    Name(8, 80, "un", "UN", AliasKind.ACRONYM, CaseRule.EXACT, Standing.REVIEW),
    Name(9, 90, "un-women", "U.N.", AliasKind.ACRONYM, CaseRule.EXACT, Standing.NEVER),
    Name(6, 60, "côte", "Côte", AliasKind.DEMONYM),
    Name(5, 50, "cairo-illinois", "Cairo", AliasKind.SURNAME),
]


def test_keeps_every_name_as_it_was():
    kept = Lexicon(NAMES)
    assert [kept.name(row) for row in range(len(kept))] == NAMES


def test_names_spelt_alike_are_found_together_each_by_its_rule():
    kept = Lexicon(NAMES)
    text = fold("CAIRO, cairo, Cairo")
    found = [
        (start, [kept.name(hit.row).alias for hit in kept.hits(text, pattern, start, end)])
        for pattern, start, end in kept.patterns(text)
    ]
    assert found == [(0, [7, 5]), (7, [7]), (14, [7, 5])]


def test_a_single_han_character_is_no_name():
    assert len(Lexicon([Name(1, 1, "zhong", "中"), Name(2, 2, "x", "X")])) == 1


def test_many_automata_find_what_one_finds(monkeypatch):
    text = "Cairo, the UN, the U.N. and a Côte"
    whole = Gazetteer(NAMES).find(text)
    monkeypatch.setattr(lexicon, "PATTERNS_AT_ONCE", 2)
    assert Gazetteer(NAMES).find(text) == whole
    assert [find.quote for find in whole] == ["Cairo", "UN", "U.N.", "Côte"]


class TestThousandsOfOneName:
    def persons(self):
        for number in range(3_000):
            first = f"Given{chr(97 + number % 26)}{chr(97 + number // 26 % 26)}{number}"
            yield Name(2 * number, number, f"p-{number}", f"{first} Smith")
            yield Name(2 * number + 1, number, f"p-{number}", "Smith", AliasKind.SURNAME)

    def test_only_who_is_named_is_meant(self):
        gazetteer = Gazetteer(self.persons())
        finds = gazetteer.find("Later Givenaa0 Smith came, and Smith spoke.")
        assert [[one.entity for one in find.candidates] for find in finds] == [[0], [0]]

    def test_candidates_are_bounded_and_it_is_said(self):
        names = [Name(number, number, f"p-{number}", "Ann Smith") for number in range(3_000)]
        [find] = Gazetteer(names).find("so Ann Smith came")
        assert len(find.candidates) == MOST_CANDIDATES
        assert (MORE, MOST_CANDIDATES) in find.reasons
        assert not find.is_unambiguous
