"""Edited copies are found and nothing else is, as the benchmark measures it on more of them."""

import pytest

from articles.enrichment.near import pair_texts, sign_texts
from articles.enrichment.shingles import read
from articles.enrichment.signatures import shares
from articles.models import DuplicatePair
from tests.benchmarks.bench_duplicates import fill, true_keys
from tests.benchmarks.edited_copies import COPIES, EDITS, corpus, true_pairs


def test_the_copies_are_what_they_are_called():
    pieces = corpus(300)
    assert pieces == corpus(300)
    assert len(pieces) == 300
    pairs = true_pairs(pieces)
    assert len(pairs) == round(300 * COPIES)
    assert set(pairs.values()) == set(EDITS)
    for copy in (it for it in pieces if it.copy_of is not None):
        original = pieces[copy.copy_of]
        found = shares(read(copy.body), read(original.body))
        share = len(copy.body.split()) / len(original.body.split())
        if copy.edit == "new headline":
            assert copy.headline != original.headline and copy.body == original.body
        elif copy.edit == "swapped sentences":
            assert sorted(copy.body.split()) == sorted(original.body.split())
        elif copy.edit == "dropped paragraph":
            assert found.first > 0.95 and 0.3 < share < 1
        elif copy.edit == "appended furniture":
            assert found.second == 1 and copy.body.startswith(original.body)
        elif copy.edit == "40 % excerpt":
            assert found.first > 0.95 and 0.35 < share < 0.6
        else:
            assert copy.headline != original.headline and share < 0.8


@pytest.mark.django_db
def test_precision_and_recall():
    pieces = corpus(700, seed=2)
    articles = fill(pieces)
    sign_texts(articles)
    pair_texts(articles)
    found = set(DuplicatePair.objects.values_list("first_id", "second_id"))
    true = true_keys(pieces, articles).keys()
    assert len(found & true) / len(found) >= 0.97
    assert len(found & true) / len(true) >= 0.95
