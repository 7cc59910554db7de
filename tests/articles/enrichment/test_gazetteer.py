from articles.enrichment.finds import Name
from articles.enrichment.gazetteer import Gazetteer
from articles.vocabulary import AliasKind


def test_the_longest_spelling_at_a_place_counts_alone():
    gazetteer = Gazetteer(
        [
            Name(1, 1, "cairo", "Cairo"),
            Name(2, 2, "united-nations", "UN", AliasKind.ACRONYM),
            Name(3, 3, "un-security-council", "UN Security Council"),
        ]
    )
    finds = gazetteer.find("The UN Security Council met at Cairo's U.N. office.")
    assert [(find.quote, find.candidates[0].entity) for find in finds] == [
        ("UN Security Council", 3),
        ("Cairo", 1),
        ("U.N.", 2),
    ]
