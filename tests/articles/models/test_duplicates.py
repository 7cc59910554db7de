"""Clusters: what hangs together by accepted pairs, and the article that stands for all."""

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.errors import ArchiveError
from articles.models import (
    Article,
    DuplicateCluster,
    DuplicateMember,
    DuplicatePair,
    LedgerEntry,
    declare_duplicates,
)
from articles.vocabulary import LinkState
from tests.examples import examples
from tests.factories import make_article


def clusters() -> set[frozenset[int]]:
    found: dict[int, set[int]] = {}
    for cluster, article in DuplicateMember.objects.values_list("cluster_id", "article_id"):
        found.setdefault(cluster, set()).add(article)
    return {frozenset(members) for members in found.values()}


def canonical() -> set[int]:
    members = DuplicateMember.objects.filter(is_canonical=True)
    return set(members.values_list("article_id", flat=True))


def same(*articles: Article) -> DuplicatePair:
    return declare_duplicates(*articles, "anna")


def many(count: int) -> list[Article]:
    """The later in the list, the earlier published; the last has no date."""
    dated: list[dict[str, Any]] = [
        {"published_at": datetime(2024, 1, 28 - number, tzinfo=UTC)} for number in range(count - 1)
    ]
    return [make_article(**fields) for fields in [*dated, {}]]


@pytest.mark.django_db
class TestClusters:
    def test_accepted_pairs_make_one_cluster(self):
        a, b, c, d = many(4)
        same(a, b)
        same(c, d)
        assert clusters() == {frozenset({a.pk, b.pk}), frozenset({c.pk, d.pk})}
        assert canonical() == {b.pk, c.pk}  # which came first
        same(a, c)
        assert clusters() == {frozenset({a.pk, b.pk, c.pk, d.pk})}
        assert DuplicateCluster.objects.count() == 1
        assert canonical() == {b.pk}  # of the older cluster

    def test_an_editors_choice_stays(self):
        a, b, c, d = many(4)
        same(a, b)
        same(c, d)
        cluster = DuplicateCluster.objects.get(members__article=d)
        assert cluster.canonical == c
        cluster.choose(d)
        assert cluster.canonical == d
        cluster.choose(d)
        same(a, c)
        assert canonical() == {d.pk}
        assert DuplicateCluster.objects.get() == cluster
        with pytest.raises(ArchiveError, match="not in this cluster"):
            cluster.choose(make_article())

    def test_a_verdict_taken_back_parts_a_cluster(self):
        a, b, c, d = many(4)
        same(a, b)
        bridge = same(b, c)
        same(c, d)
        cluster = DuplicateCluster.objects.get()
        cluster.choose(d)
        bridge.reject("anna")
        assert clusters() == {frozenset({a.pk, b.pk}), frozenset({c.pk, d.pk})}
        assert canonical() == {b.pk, d.pk}
        assert DuplicateCluster.objects.get(members__article=d) == cluster
        assert cluster.canonical == d
        other = DuplicateCluster.objects.exclude(pk=cluster.pk).get()
        assert not other.is_chosen

    def test_a_deleted_article_leaves_the_others(self):
        a, b, c = many(3)
        for pair in combinations([a, b, c], 2):
            same(*pair)
        DuplicateCluster.objects.get().choose(a)
        a.delete()
        assert clusters() == {frozenset({b.pk, c.pk})}
        assert canonical() == {b.pk}
        c.delete()
        assert clusters() == set()
        assert not DuplicateCluster.objects.exists()
        assert not DuplicatePair.objects.exists()

    def test_nobody_writes_members(self):
        a, b, c = many(3)
        same(a, b)
        cluster = DuplicateCluster.objects.get()
        with pytest.raises(IntegrityError, match="follow from accepted"), transaction.atomic():
            DuplicateMember.objects.create(article=c, cluster=cluster)
        with pytest.raises(IntegrityError, match="follow from accepted"), transaction.atomic():
            DuplicateMember.objects.filter(article=a).update(article=c)
        with pytest.raises(IntegrityError, match="one_canonical"), transaction.atomic():
            DuplicateMember.objects.update(is_canonical=True)

    def test_what_stays_as_it_is_is_not_written(self):
        a, b, c = many(3)
        same(a, b)
        same(b, c)
        before = LedgerEntry.objects.filter(kind__in=["duplicatemember", "duplicatecluster"])
        count = before.count()
        same(a, c)
        assert before.count() == count

    def test_a_pair_is_in_order_and_of_two(self):
        a, b = many(2)
        values = {"first_share": 1, "second_share": 1}
        for first, second in [(b, a), (a, a)]:
            with pytest.raises(IntegrityError, match="in_order"), transaction.atomic():
                DuplicatePair.objects.create(first=first, second=second, **values)
        same(a, b)
        with pytest.raises(IntegrityError, match="a_pair_once"), transaction.atomic():
            DuplicatePair.objects.create(first=a, second=b, **values)


class TestComponents(TestCase):
    """Whatever editors decide, in whatever order: the clusters are the connected components."""

    @settings(max_examples=examples(25), deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(LinkState)).filter(
                lambda it: it[0] < it[1]
            ),
            max_size=14,
        )
    )
    def test_components(self, verdicts: list[tuple[int, int, LinkState]]) -> None:
        articles = many(6)
        last: dict[tuple[int, int], LinkState] = {}
        for one, other, verdict in verdicts:
            pair = same(articles[one], articles[other])
            if verdict != LinkState.ACCEPTED:
                pair.decide(verdict, "anna")
            last[one, other] = verdict
        label = list(range(6))
        for (one, other), verdict in last.items():
            if verdict == LinkState.ACCEPTED:
                label = [label[one] if it == label[other] else it for it in label]
        parts = [{a.pk for a, it in zip(articles, label, strict=True) if it == n} for n in label]
        expected = {frozenset(part) for part in parts if len(part) > 1}
        assert clusters() == expected
        assert all(len(part & canonical()) == 1 for part in expected)
        assert DuplicateCluster.objects.count() == len(expected)
