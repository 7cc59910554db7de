"""Signing texts and pairing them, against the database: twice is nothing, verdicts stay."""

import random
from threading import Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from articles.enrichment.near import find_near, pair_texts, sign_texts
from articles.enrichment.shingles import read
from articles.models import (
    Article,
    Change,
    DuplicateCluster,
    DuplicateDecision,
    DuplicateMember,
    DuplicatePair,
    Furniture,
    LedgerEntry,
    Signature,
    declare_duplicates,
    recording,
)
from articles.vocabulary import LinkState, Way
from tests.factories import make_article, make_source

FOOTER = (
    "Sign up for our morning briefing and follow us on every platform you have ever heard of; "
    "all rights reserved, no part of this page may be copied without leave of the publisher."
)


def prose(seed: object, words: int = 120, paragraph: int = 30) -> str:
    """Paragraphs that nobody else writes."""
    chance = random.Random(str(seed))
    found = [f"w{chance.randrange(10**6)}" for _ in range(words)]
    parts = [found[start : start + paragraph] for start in range(0, words, paragraph)]
    return "\n\n".join(" ".join(part).capitalize() + "." for part in parts)


def pairs() -> set[tuple[int, int]]:
    return set(DuplicatePair.objects.values_list("first_id", "second_id"))


def suggest() -> tuple[int, int]:
    """Sign and pair everything; how many rows were written or gone."""
    keys = list(Article.objects.values_list("pk", flat=True))
    signed = sign_texts(keys)
    done = pair_texts(keys)
    return signed, done.written + done.gone


@pytest.fixture
def couple() -> tuple[Article, Article]:
    """An article and its copy without one paragraph."""
    text = prose("couple")
    return make_article(body=text), make_article(body=text.rpartition("\n\n")[0])


@pytest.mark.django_db
class TestPairing:
    def test_a_copy_is_suggested_with_its_reasons(self, couple):
        stranger = make_article(body=prose("stranger"))
        run = uuid4()
        keys = [it.pk for it in (*couple, stranger)]
        assert sign_texts(keys) == 3
        assert pair_texts(keys, run).written == 1
        [pair] = DuplicatePair.objects.all()
        assert (pair.first, pair.second) == couple
        assert (pair.state, pair.run) == (LinkState.SUGGESTED, run)
        assert pair.second_share == 1 > pair.first_share > 0.6
        assert pair.engine == "minhash" and pair.configuration
        assert pair.first_fingerprint == pair.first.fingerprint
        assert pair.second_fingerprint == pair.second.fingerprint
        [[start, end, other_start, other_end]] = pair.passages
        assert couple[0].body[start:end] == couple[1].body[other_start:other_end]
        assert (start, end) == (0, len(couple[1].body) - 1)  # all but the full stop

    def test_twice_is_nothing(self, couple):
        assert suggest() == (2, 1)
        before = list(DuplicatePair.objects.values()), list(Signature.objects.values())
        assert suggest() == (0, 0)
        assert before == (
            list(DuplicatePair.objects.values()),
            list(Signature.objects.values()),
        )

    def test_find_near_reads_only(self, couple):
        sign_texts([it.pk for it in couple])
        [near] = find_near(couple[1].pk)
        assert near.article == couple[0].pk
        assert near.shares.first == 1 > near.shares.second
        assert pairs() == set()

    def test_one_by_one_is_as_all_at_once(self):
        texts = [prose(number % 7, words=90 + number % 3 * 30) for number in range(21)]
        articles = [make_article(body=text) for text in texts]
        for article in articles:
            sign_texts([article.pk])
            pair_texts([article.pk])
        by_one = pairs()
        DuplicatePair.objects.all().delete()
        Signature.objects.all().delete()
        suggest()
        assert pairs() == by_one
        assert len(by_one) == 21

    def test_a_changed_text_is_signed_and_compared_again(self, couple):
        suggest()
        first, second = couple
        second.body = second.body + "\n\n" + prose("more", 30)
        second.save()
        assert suggest() == (1, 1)
        pair = DuplicatePair.objects.get()
        assert 0.6 < pair.second_share < 1
        second.body = prose("something else")
        second.save()
        assert suggest() == (1, 1)
        assert pairs() == set()
        second.body = first.body
        second.save()
        assert suggest() == (1, 1)
        assert DuplicatePair.objects.get().first_share == 1

    def test_short_texts_are_signed_with_nothing(self):
        texts = ["Four words are here.", "", "Four words are here."]
        articles = [make_article(body=body) for body in texts]
        assert suggest() == (3, 0)
        assert list(Signature.objects.values_list("bands", flat=True)) == [[], [], []]
        assert find_near(articles[0].pk) == []

    def test_what_is_not_there_is_passed_over(self, couple):
        assert sign_texts([]) == 0
        assert pair_texts([]).written == 0
        assert sign_texts([couple[0].pk, 10**9]) == 1
        assert find_near(10**9) == []

    def test_candidates_are_bounded_and_the_nearest_come_first(self):
        text = prose("many")
        parts = text.split("\n\n")
        whole = make_article(body=text)
        same = [make_article(body=text) for _ in range(3)]
        parted = [make_article(body="\n\n".join(parts[:2])) for _ in range(5)]
        sign_texts(list(Article.objects.values_list("pk", flat=True)))
        near = find_near(whole.pk, at_most=4)
        assert [it.article for it in near[:3]] == [it.pk for it in same]
        assert {it.article for it in near[3:]} <= {it.pk for it in parted}
        assert len(near) == 4

    def test_fifty_take_as_many_statements_as_one(self, django_assert_num_queries):
        texts = [prose(number) for number in range(25)]
        keys = [make_article(body=text).pk for text in [*texts, *texts]]
        sign_texts(keys[:1])  # what a connection asks once
        # which, their texts, furniture, the write, who else holds a line; the rest is settings
        with django_assert_num_queries(9):
            sign_texts(keys[1:2])
        with django_assert_num_queries(9):
            sign_texts(keys[2:25])
        sign_texts(keys)
        # candidates, pairs, their texts, their furniture, the write; the rest is settings
        with django_assert_num_queries(9):
            pair_texts(keys[:1])
        DuplicatePair.objects.all().delete()
        with django_assert_num_queries(9):
            pair_texts(keys)
        assert len(pairs()) == 25

    def test_bands_of_very_many_are_not_looked_up(self, monkeypatch):
        text = prose("very many")
        for _ in range(30):
            make_article(body=text)
        for number in range(30):
            make_article(body=prose(number))
        sign_texts(list(Article.objects.values_list("pk", flat=True)))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE articles_signature")
        copy = Article.objects.filter(body=text)[0]
        assert len(find_near(copy.pk)) == 29
        monkeypatch.setattr("articles.models.nearness.FREQUENT", 25)
        assert find_near(copy.pk) == []


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once():
    """On the same articles, with furniture to learn: nobody fails, and nothing is left to do."""
    footers = [FOOTER, FOOTER.replace("morning", "evening")]
    for number in range(60):
        body = prose(number % 40, 60) + "\n\n" + footers[number % 2]
        make_article(body=body)
    keys = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _ in range(8):
                some = chance.sample(keys, 25)
                sign_texts(some)
                pair_texts(some)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [Thread(target=work, args=(seed,)) for seed in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    suggest()
    assert suggest() == (0, 0)
    assert pairs() == {(keys[number], keys[number + 40]) for number in range(20)}


@pytest.mark.django_db
class TestFurniture:
    def test_a_common_footer_makes_no_pair(self):
        """Even where it is most of each text, and whichever article comes first."""
        footer = FOOTER + "\n" + FOOTER.upper().replace("MORNING", "EVENING")
        for number in range(12):
            article = make_article(body=prose(number, 20) + "\n\n" + footer)
            sign_texts([article.pk])
            pair_texts([article.pk])
        assert pairs() == set()
        assert Furniture.objects.count() == 2
        assert suggest() == (0, 0)

    def test_nor_in_a_batch(self):
        for number in range(12):
            make_article(body=prose(number, 20) + "\n\n" + FOOTER)
        suggest()
        assert pairs() == set()
        assert Furniture.objects.get().quote.startswith("sign up for our morning")
        assert suggest() == (0, 0)

    def test_longer_texts_teach_it_sooner(self):
        for number in range(3):
            make_article(body=prose(number, 90) + "\n\n" + FOOTER)
        stubs = [make_article(body=prose(number, 12) + "\n\n" + FOOTER) for number in "ab"]
        suggest()
        assert Furniture.objects.count() == 1
        assert pairs() == set()
        assert find_near(stubs[0].pk) == []

    def test_copies_with_a_footer_are_still_copies(self):
        for number in range(6):
            make_article(body=prose(number, 60) + "\n\n" + FOOTER)
        text = prose("copied", 60)
        copies = [make_article(body=text + "\n\n" + FOOTER), make_article(body=text)]
        suggest()
        assert pairs() == {tuple(it.pk for it in copies)}
        assert DuplicatePair.objects.get().first_share == 1

    def test_a_text_that_many_print_is_no_furniture(self):
        text = prose("agency")
        parts = text.split("\n\n")
        printed = [text, *("\n\n".join(parts[:n] + parts[n + 1 :]) for n in range(4))]
        articles = [make_article(body=body, source=make_source()) for body in printed]
        suggest()
        assert not Furniture.objects.exists()
        assert len(pairs()) == 10
        assert len(find_near(articles[0].pk)) == 4

    def test_a_story_printed_again_under_new_leads_is_no_furniture(self):
        rest = prose("rolling", 90)
        for number in range(3):
            make_article(body=prose(f"lead {number}", 20) + "\n\n" + rest)
        suggest()
        assert not Furniture.objects.exists()
        assert len(pairs()) == 3

    def test_verdicts_stay_when_a_line_becomes_furniture(self):
        for number in range(3):
            make_article(body=prose(number, 12) + "\n\n" + FOOTER)
        suggest()
        assert len(pairs()) == 3
        kept = DuplicatePair.objects.order_by("pk")[0]
        kept.accept("anna")
        for number in range(3, 9):
            make_article(body=prose(number, 12) + "\n\n" + FOOTER)
        suggest()
        assert pairs() == {(kept.first_id, kept.second_id)}


@pytest.mark.django_db
class TestVerdicts:
    def test_nobody_touches_a_judged_pair(self, couple):
        suggest()
        pair = DuplicatePair.objects.get()
        pair.reject("anna", "another day's report")
        before = DuplicatePair.objects.values().get()
        couple[1].body = prose("something else")
        couple[1].save()
        assert suggest() == (1, 0)
        assert DuplicatePair.objects.values().get() == before
        couple[1].body = couple[0].body
        couple[1].save()
        assert suggest() == (1, 0)
        assert DuplicatePair.objects.values().get() == before

    def test_a_pair_that_is_found_anew_has_its_verdict(self, couple):
        suggest()
        DuplicatePair.objects.get().reject("anna")
        first, second = couple
        values = {"body": second.body, "external_id": second.external_id}
        second.delete()
        assert pairs() == set()
        again = make_article(source=first.source, **values)
        assert again.uid == second.uid
        suggest()
        assert DuplicatePair.objects.get().state == LinkState.REJECTED
        assert not DuplicateMember.objects.exists()

    def test_undone(self, couple):
        suggest()
        pair = DuplicatePair.objects.get()
        pair.accept("anna")
        assert DuplicateMember.objects.count() == 2
        pair.decide(LinkState.SUGGESTED, "anna", "too early")
        assert pair.state == LinkState.SUGGESTED
        assert not DuplicateMember.objects.exists()
        assert not DuplicateCluster.objects.exists()
        assert DuplicateDecision.objects.count() == 2

    def test_only_decisions_change_a_state_and_only_editors_decide(self, couple):
        suggest()
        pair = DuplicatePair.objects.get()
        with (
            pytest.raises(IntegrityError, match="follows from its decisions"),
            transaction.atomic(),
        ):
            DuplicatePair.objects.update(state="accepted")
        with (
            pytest.raises(IntegrityError, match="only editors decide"),
            recording(Way.COMMAND, actor="machine"),
        ):
            pair.accept("machine")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            pair.accept("anna")
            DuplicateDecision.objects.all().delete()
        with pytest.raises(IntegrityError, match="nothing to decide"), transaction.atomic():
            pair.delete()
            DuplicatePair(pk=10**9, first=couple[0], second=couple[1]).accept("anna")

    def test_a_machine_accepts_nothing(self, couple):
        DuplicatePair.objects.create(
            first=couple[0],
            second=couple[1],
            first_share=1,
            second_share=1,
            state="accepted",
        )
        assert DuplicatePair.objects.get().state == LinkState.SUGGESTED

    def test_editors_need_no_machine(self, couple):
        pair = declare_duplicates(couple[1], couple[0], "anna", "I know it")
        assert (pair.first, pair.second, pair.state) == (*couple, LinkState.ACCEPTED)
        assert declare_duplicates(*couple, "ben") == pair
        assert DuplicateDecision.objects.count() == 1
        assert suggest() == (2, 0)

    def test_the_ledger_knows_verdicts_and_not_suggestions(self, couple):
        suggest()
        kinds = ("duplicatepair", "duplicatecluster", "duplicatemember")
        entries = LedgerEntry.objects.filter(kind__in=kinds).order_by("id")
        assert not entries.exists()
        with recording(Way.ADMIN, actor="anna"):
            DuplicatePair.objects.get().accept("anna")
        told = [(it.kind, it.action, it.batch.actor) for it in entries]
        assert sorted(told) == [
            ("duplicatecluster", "insert", "anna"),
            ("duplicatemember", "insert", "anna"),
            ("duplicatemember", "insert", "anna"),
            ("duplicatemember", "update", "anna"),
            ("duplicatepair", "update", "anna"),
        ]
        assert entries[0].key == f"{couple[0].uid}/{couple[1].uid}"
        assert entries[0].after == {"state": "accepted"}


@pytest.mark.django_db(transaction=True)
def test_readers_are_told_nothing_of_verdicts(couple):
    """The feed speaks of what readers see, and a verdict changes none of it."""
    suggest()
    before = Change.objects.latest("position").position
    DuplicatePair.objects.get().accept("anna")
    DuplicateCluster.objects.get().choose(couple[1])
    assert Change.objects.latest("position").position == before


@pytest.mark.django_db
class TestScripts:
    def test_copies_are_found_in_every_script(self):
        thai = "รัฐบาลประกาศว่าการเจรจาจะเริ่มขึ้นอีกครั้งในวันอาทิตย์ที่กรุงโดฮา" * 2
        chinese = "谈判代表说会谈将于星期日在多哈恢复,双方都没有对此发表评论。"
        arabic = "قال مسؤولون إن المحادثات ستستأنف يوم الأحد في الدوحة بعد أسبوع من التوقف عن العمل"
        for text in (thai, chinese, arabic):
            make_article(body=text + "\n\n" + prose(text, 8))
            make_article(body=text)
        suggest()
        assert len(pairs()) == 3
        assert all(len(read(it.body).lines) for it in Article.objects.all())
