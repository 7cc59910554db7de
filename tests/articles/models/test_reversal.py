"""Undo: a run is taken back exactly, or what cannot be is listed; and an undo is undone alike."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from articles.errors import ArchiveError
from articles.models import (
    Alias,
    Article,
    Decision,
    EnrichmentRun,
    Entity,
    LedgerBatch,
    LoadConflict,
    LoadRun,
    Mention,
    Redirect,
    Salience,
    Source,
    Storyline,
    Suggestion,
    Tag,
    Tagging,
    UnknownName,
    declare_duplicates,
    recording,
    revert,
    revert_to,
)
from articles.models.duplicate_clusters import DuplicateCluster
from articles.models.ledger import LedgerEntry
from articles.models.ledger_states import ledgered_models
from articles.models.reversal_steps import FOLLOWING
from articles.vocabulary import ArticleStatus, LinkState, Origin, Way
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db


def archive(*without):
    """Every ledgered row, byte for byte, but for the clocks."""
    found = {}
    for model in ledgered_models():
        if model in without:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id, to_jsonb(t) - 'updated_at' FROM {model._meta.db_table} t ORDER BY id"
            )
            for key, row in cursor.fetchall():
                found[model._meta.model_name, key] = json.loads(row) if row else None
    return found


@contextmanager
def at_the_desk(actor="anna", way=Way.ADMIN):
    """A run of an editor; gives its id."""
    run = uuid4()
    with recording(way, actor=actor, run=run):
        yield run


def suggest(article, entity, quote=""):
    with recording(Way.COMMAND, actor="machine"):
        return make_mention(
            article, entity, quote, origin=Origin.MACHINE, state=LinkState.SUGGESTED
        )


class TestWholeRuns:
    def test_an_edit_comes_back_with_the_fields_that_editors_keep(self):
        article = make_article("Talks")
        with recording(Way.LOAD, actor="load"):
            Article.objects.update(summary="by the load")
        Article.objects.update(edited_fields=[])
        before = archive()
        with at_the_desk() as run:
            Article.objects.filter(pk=article.pk).update(headline="Talks resume", summary="x")
        article.refresh_from_db()
        assert article.edited_fields == ["headline", "summary"]

        report = revert(run, editor="ben")
        assert archive() == before
        assert report.restored == {"article": 1} and not report.left
        batch = LedgerBatch.objects.get(run=report.run)
        assert (batch.undoes, batch.actor, batch.way) == (run, "ben", "admin")

    def test_an_undo_of_a_load_leaves_no_edited_fields(self):
        make_article("Talks")
        Article.objects.update(edited_fields=[])
        with at_the_desk(way=Way.LOAD) as run:
            Article.objects.update(headline="Other", body="Other text.")
        revert(run, editor="ben")
        assert Article.objects.get().edited_fields == []
        assert Article.objects.get().headline == "Talks"

    def test_rows_that_a_run_made_go(self):
        before = archive()
        with at_the_desk(way=Way.LOAD) as run:
            source = make_source("Outlet")
            article = make_article("New", source=source, body="In Cairo.")
            make_mention(article, make_entity("Cairo"), origin=Origin.SOURCE)
            make_tagging(article, make_tag("Talks"), origin=Origin.SOURCE)
        report = revert(run, editor="ben")
        assert archive() == before == {}
        assert report.deleted["article"] == report.deleted["source"] == 1
        assert not report.left

    def test_deleted_rows_come_back_under_their_keys_with_all_that_hung_on_them(self):
        article = make_article("Talks", body="In Cairo and Doha.")
        cairo, doha = make_entity("Cairo"), make_entity("Doha")
        make_mention(article, cairo)
        suggest(article, doha)
        make_tagging(article, make_tag("Talks"))
        other = make_article("Talks again", body="In Cairo and Doha.")
        declare_duplicates(article, other, "anna")
        storyline = Storyline.objects.create(name="Talks", slug="talks")
        storyline.add(article, "anna")
        before = archive(*FOLLOWING)
        with at_the_desk() as run:
            article.delete()
            cairo.delete()
        assert not Mention.objects.exists()
        report = revert(run, editor="ben")
        assert archive(*FOLLOWING) == before
        assert not report.left
        again = Article.objects.get(headline="Talks")
        assert again.duplicate.cluster.members.count() == 2

    def test_what_hung_on_them_beside_the_ledger_comes_back_too(self):
        article, cairo = make_article("Talks"), make_entity("Cairo")
        Salience.objects.create(article=article, entity=cairo, score=0.5)
        load = LoadRun.objects.create(run=uuid4(), actor="x", digest="x")
        LoadConflict.objects.create(load=load, article=article, field="body", theirs="Theirs.")
        with at_the_desk() as run:
            article.delete()
        assert not LoadConflict.objects.exists()
        revert(run, editor="ben")
        assert Salience.objects.get().score == 0.5
        conflict = LoadConflict.objects.get()
        assert (conflict.article.headline, conflict.theirs) == ("Talks", "Theirs.")

    def test_a_restored_row_is_found_by_whoever_asks_for_what_is_new(self):
        article = make_article("Talks")
        Article.objects.filter(pk=article.pk).update(headline="Talks")  # nothing changes
        clock = Article.objects.get().updated_at
        with at_the_desk() as run:
            article.delete()
        revert(run, editor="ben")
        assert Article.objects.get().updated_at >= clock

    def test_an_undo_is_undone(self):
        article = make_article("Talks", body="In Cairo.")
        cairo = make_entity("Cairo")
        suggest(article, cairo)
        start = archive()
        with at_the_desk() as run:
            cairo.name = "Kairo"
            cairo.slug = "kairo"
            cairo.save()
            Mention.objects.all().delete()
            make_tagging(article, make_tag("Talks"))
        done = archive()
        first = revert(run, editor="ben")
        # The address under which it was known meanwhile leads on.
        assert {k: v for k, v in archive().items() if k[0] != "redirect"} == start
        second = revert(first.run, editor="anna")
        assert {k: v for k, v in archive().items() if k[0] != "redirect"} == {
            k: v for k, v in done.items() if k[0] != "redirect"
        }
        assert Entity.objects.get().slug == "kairo"
        assert Redirect.objects.get().old_slug == "cairo"
        assert not first.left and not second.left

    def test_a_plan_changes_nothing_and_says_the_same(self):
        article = make_article("Talks")
        with at_the_desk() as run:
            article.delete()
        entries = LedgerEntry.objects.count()
        plan = revert(run, editor="ben", is_plan=True)
        assert not Article.objects.exists()
        assert LedgerEntry.objects.count() == entries
        report = revert(run, editor="ben")
        assert (plan.made, plan.total) == (report.made, report.total) == ({"article": 1}, 1)


class TestVerdicts:
    def test_a_judged_suggestion_waits_again(self):
        article = make_article("Talks", body="In Cairo and Doha.")
        rows = [suggest(article, make_entity(name)) for name in ("Cairo", "Doha")]
        with at_the_desk() as run:
            rows[0].accept("anna")
            rows[1].reject("anna", "a street")
        report = revert(run, editor="ben")
        assert list(Mention.objects.waiting().order_by("pk")) == rows
        assert report.restored == {"mention": 2}
        last = Decision.objects.order_by("-pk")[:2]
        assert {(it.verdict, it.editor) for it in last} == {("suggested", "ben")}

    def test_a_later_verdict_stays(self):
        mention = suggest(make_article("Talks", body="In Cairo."), make_entity("Cairo"))
        with at_the_desk() as run:
            mention.accept("anna")
        with at_the_desk("cleo"):
            mention.reject("cleo")
        report = revert(run, editor="ben")
        mention.refresh_from_db()
        assert mention.state == LinkState.REJECTED
        [left] = report.left
        assert (left.kind, left.field) == ("mention", "state")
        assert "changed since by cleo" in left.reason

    def test_the_reasons_of_a_deleted_suggestion_come_back(self):
        article, entity = make_article("Talks", body="In Cairo."), make_entity("Cairo")
        mention = suggest(article, entity)
        machine = EnrichmentRun.objects.create(run=uuid4(), configuration="x", vocabulary=1)
        Suggestion.objects.create(
            mention=mention, run=machine, engine="gazetteer", text="t", confidence=0.75,
            alias=entity.aliases.get(), reasons=[["full name", "Cairo"]],
        )  # fmt: skip
        before = archive()
        with at_the_desk() as run:
            article.delete()
        revert(run, editor="ben")
        assert archive() == before
        assert Suggestion.objects.get().confidence == 0.75

    @pytest.mark.parametrize("number", [2, 3])
    @pytest.mark.parametrize("gone", [0, 1])
    def test_the_article_that_was_chosen_stands_for_all_again(self, number: int, gone: int):
        articles = [
            make_article(f"{n}", published_at=datetime(2024, 1, n + 1, tzinfo=UTC))
            for n in range(number)
        ]
        for other in articles[1:]:
            declare_duplicates(articles[0], other, "anna")
        DuplicateCluster.objects.get().choose(articles[1])
        with at_the_desk() as run:
            articles[gone].delete()
        report = revert(run, editor="ben")
        assert not report.left
        cluster = DuplicateCluster.objects.get()
        assert (cluster.canonical.headline, cluster.is_chosen) == ("1", True)
        assert cluster.members.count() == number
        revert(report.run, editor="ben")
        assert Article.objects.count() == number - 1

    def test_of_a_cluster_that_nobody_chose_of_the_first_stands_again(self):
        articles = [
            make_article(f"{n}", published_at=datetime(2024, 1, n + 1, tzinfo=UTC))
            for n in range(3)
        ]
        for other in articles[1:]:
            declare_duplicates(articles[0], other, "anna")
        declare_duplicates(articles[1], articles[2], "anna")
        with at_the_desk() as run:
            articles[0].delete()
        assert DuplicateCluster.objects.get().canonical == articles[1]
        assert not revert(run, editor="ben").left
        cluster = DuplicateCluster.objects.get()
        assert (cluster.canonical.headline, cluster.is_chosen) == ("0", False)

    def test_an_unknown_name_waits_again(self):
        name = UnknownName.objects.create(
            key="doha", quote="Doha", articles=3, finds=4, confidence=0.5, rank=1
        )
        with at_the_desk() as run:
            name.create_entity("anna")
        report = revert(run, editor="ben")
        assert UnknownName.objects.get().state == LinkState.SUGGESTED
        assert not Entity.objects.exists() and not Alias.objects.exists()
        assert not report.left


class TestWhatChangedSince:
    def test_fields_that_others_changed_stay_and_are_listed(self):
        article = make_article("Talks", summary="One.")
        with at_the_desk() as run:
            Article.objects.update(headline="Talks resume", summary="Two.")
        with at_the_desk("cleo"):
            Article.objects.update(summary="Three.")
        report = revert(run, editor="ben")
        article.refresh_from_db()
        assert (article.headline, article.summary) == ("Talks", "Three.")
        assert "summary" in article.edited_fields and "headline" not in article.edited_fields
        [left] = report.left
        assert (left.key, left.field) == (str(article.uid), "summary")

    def test_what_a_load_made_and_an_editor_changed_stays(self):
        with at_the_desk(way=Way.LOAD) as run:
            kept, gone = make_article("Kept"), make_article("Gone")
        with at_the_desk("cleo"):
            Article.objects.filter(pk=kept.pk).update(headline="Corrected")
        report = revert(run, editor="ben")
        assert [a.headline for a in Article.objects.all()] == ["Corrected"]
        assert [left.key for left in report.left if left.kind == "article"] == [str(kept.uid)]
        assert str(gone.uid) not in [left.key for left in report.left]
        # Its source stays for it.
        assert any(left.kind == "source" for left in report.left)

    def test_what_others_refer_to_stays(self):
        article = make_article("Talks", body="In Cairo.")
        with at_the_desk(way=Way.LOAD) as run:
            entity = make_entity("Cairo")
        make_mention(article, entity)
        report = revert(run, editor="ben")
        assert Entity.objects.filter(pk=entity.pk).exists()
        assert "a mention refers to it since" in [left.reason for left in report.left]

    def test_what_a_machine_only_suggests_holds_nothing(self):
        article = make_article("Talks", body="In Cairo.")
        with at_the_desk(way=Way.LOAD) as run:
            entity = make_entity("Cairo")
        suggest(article, entity)
        assert not revert(run, editor="ben").left
        assert not Mention.objects.exists()

    def test_a_slug_that_is_taken_is_listed(self):
        tag = make_tag("Talks")
        with at_the_desk() as run:
            tag.delete()
        make_tag("Talks")
        report = revert(run, editor="ben")
        assert "refused by the rule" in report.left[0].reason
        assert Tag.objects.count() == 1

    def test_a_link_whose_article_is_gone_is_listed(self):
        article = make_article("Talks")
        link = make_tagging(article, make_tag("Talks"))
        with at_the_desk() as run:
            link.delete()
        article.delete()
        report = revert(run, editor="ben")
        [left] = report.left
        assert left.reason.startswith("its article is gone since: ")
        assert not Tagging.objects.exists()

    def test_twice_finds_nothing_more_to_do(self):
        make_article("Talks")
        with at_the_desk() as run:
            Article.objects.update(headline="Other")
        assert revert(run, editor="ben").total == 1
        again = revert(run, editor="ben")
        assert (again.total, again.left) == (0, [])

    def test_a_row_deleted_since_is_listed(self):
        article = make_article("Talks")
        with at_the_desk() as run:
            Article.objects.update(headline="Other")
        with at_the_desk("cleo"):
            article.delete()
        assert "deleted since by cleo" in revert(run, editor="ben").left[0].reason


class TestRefusals:
    def test_no_such_run(self):
        with pytest.raises(ArchiveError, match="no run"):
            revert(uuid4(), editor="ben")

    def test_a_redaction(self):
        article = make_article("Talks")
        run = uuid4()
        with recording(Way.ADMIN, actor="anna", run=run, is_redaction=True):
            article.delete()
        with pytest.raises(ArchiveError, match="redaction"):
            revert(run, editor="ben")
        assert not Article.objects.exists()

    def test_a_row_that_was_redacted_since(self):
        article = make_article("Talks", summary="Secret")
        with at_the_desk() as run:
            Article.objects.update(summary="Public")
        with recording(Way.ADMIN, actor="anna", run=uuid4(), is_redaction=True):
            article.delete()
        report = revert(run, editor="ben")
        assert [left.reason for left in report.left] == ["it was redacted since"]


class TestOneRow:
    def test_gets_any_earlier_state(self):
        article = make_article("One")
        for headline in ("Two", "Three", "Four"):
            with at_the_desk():
                Article.objects.update(headline=headline)
        entries = LedgerEntry.objects.of(article).order_by("id")
        three = entries[3]  # the change from Three to Four
        revert_to(three, editor="ben")
        assert Article.objects.get().headline == "Three"
        revert_to(entries[1], editor="ben")
        assert Article.objects.get().headline == "One"

    def test_comes_back_after_it_was_deleted(self):
        source = make_source("Outlet", homepage="https://outlet.example/")
        key = source.pk
        with at_the_desk():
            source.delete()
        entry = LedgerEntry.objects.get(kind="source", row=key, action="delete")
        revert_to(entry, editor="ben")
        assert Source.objects.get().homepage == "https://outlet.example/"


def test_what_was_public_once_stays_known(db):
    article = make_article("Talks", status=ArticleStatus.DRAFT)
    with at_the_desk() as run:
        article.publish()
    revert(run, editor="ben")
    article.refresh_from_db()
    assert (article.status, article.was_public) == (ArticleStatus.DRAFT, True)


def test_many_rows_in_a_constant_number_of_queries(db, django_assert_max_num_queries):
    source = make_source()
    for number in range(40):
        make_article(f"Article {number}", source=source)
    with at_the_desk() as run:
        Article.objects.update(language="ar")
    with django_assert_max_num_queries(75):
        report = revert(run, editor="ben")
    assert report.restored == {"article": 40}
    assert set(Article.objects.values_list("language", flat=True)) == {"en"}
