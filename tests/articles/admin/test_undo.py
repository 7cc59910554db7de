"""The undo of a run on which later ones were built: what stays, and why, is told beforehand."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import (
    Alias,
    Article,
    Correction,
    Entity,
    LedgerBatch,
    LedgerEntry,
    Mention,
    Redirect,
    Storyline,
    merge,
    recording,
    revert,
    revert_to,
    split,
)
from articles.vocabulary import ArticleStatus, Way
from tests.articles.admin.browser import address
from tests.articles.models.test_reversal import archive, at_the_desk
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

BODY = "Aay met Bee, and Beee met Cee."


def entities():
    a, b, c = make_entity("Aay"), make_entity("Bee"), make_entity("Cee")
    make_mention(make_article("One", body=BODY), a)
    make_mention(make_article("Two", body=BODY), b)
    return a, b, c


def tags():
    a, b, c = make_tag("Aay"), make_tag("Bee"), make_tag("Cee")
    make_tagging(make_article("One"), a)
    return a, b, c


def sources():
    a, b, c = make_source("Aay"), make_source("Bee"), make_source("Cee")
    make_article("One", source=a)
    return a, b, c


@pytest.fixture(params=[entities, tags, sources], ids=["entities", "tags", "sources"])
def chain(request, db):
    """A into B, then B into C: both runs, and all rows before."""
    a, b, c = request.param()
    before = archive()
    with at_the_desk("anna") as first:
        merge(b, [a], "anna")
    with at_the_desk("cleo") as second:
        merge(c, [b], "cleo")
    return type(a), first, second, before


class TestChainedMergers:
    def test_the_later_one_is_named_before_anything_is_done(self, desk, chain):
        model, first, second, _ = chain
        merged = archive()
        page = desk.get(address("run_undo", first)).text
        noun = model._meta.verbose_name
        assert f"The {noun} “<bdi>Aay</bdi>” without" in page
        assert "nothing else comes back with it" in page
        assert "undo these runs first" in page
        deed = f"merged the {noun} “<bdi>Bee</bdi>” (“<bdi>Cee</bdi>” now), with"
        assert f"cleo</bdi> {deed}" in page
        assert f'href="{address("run", second)}"' in page
        assert f'href="{address("run_undo", second)}">Undo that…' in page
        assert archive() == merged

    def test_nothing_empty_comes_back_unasked(self, desk, chain):
        _, first, _, _ = chain
        merged, batches = archive(), LedgerBatch.objects.count()
        page = desk.post(address("run_undo", first), {"note": "in haste"}).text
        assert "Nothing is undone yet" in page and 'id="empty-error"' in page
        assert 'value="in haste"' in page
        assert (archive(), LedgerBatch.objects.count()) == (merged, batches)

    def test_whoever_wants_it_is_told_what_holds_the_rest(self, desk, chain):
        model, first, second, before = chain
        page = desk.post(address("run_undo", first), {"empty": "1"}).text
        assert model.objects.filter(name="Aay").exists()
        assert "Came back without all of its own" in page and "and then this run again" in page
        assert address("run_undo", second) in page
        assert "<td>Redirect</td>" not in page  # it went by itself: its slug names the row again
        # As the page says: the later run, and then this one again, bring everything back.
        page = desk.get(address("run_undo", second)).text
        assert "its slug names a row again" in page and "Later runs" not in page
        desk.post(address("run_undo", second))
        rest = desk.get(address("run_undo", first)).text
        assert "What stays as it is" not in rest and "Later runs" not in rest
        desk.post(address("run_undo", first))
        assert archive() == before

    def test_the_newest_first_brings_everything_back(self, desk, chain):
        _, first, second, before = chain
        for run in (second, first):
            page = desk.get(address("run_undo", run)).text
            assert "Later runs" not in page and "Would come back" not in page
            assert "Done" in desk.post(address("run_undo", run)).text
        assert archive() == before

    def test_by_command(self, desk, chain, capsys):
        model, first, second, _ = chain
        merged = archive()
        with pytest.raises(CommandError, match="Nothing is undone: undo the later runs first"):
            call_command("undo_run", str(first), editor="mona")
        said = capsys.readouterr().out
        assert f"to be undone first: cleo merged the {model._meta.verbose_name} “Bee”" in said
        assert f"manage.py undo_run {second}" in said
        assert archive() == merged
        call_command("undo_run", str(first), editor="mona", with_empty=True)
        assert model.objects.filter(name="Aay").exists()

    def test_an_undone_run_and_its_undo_stand_in_nobodys_way(self, desk, chain):
        model, first, second, _ = chain
        last = model.objects.create(name="Dee", slug="dee")
        with at_the_desk("dora") as third:
            merge(last, [model.objects.get(name="Cee")], "dora")
        undone = revert(third, editor="ben")
        page = desk.get(address("run_undo", first)).text
        assert address("run_undo", second) in page
        assert address("run_undo", third) not in page
        assert address("run_undo", undone.run) not in page
        again = revert(undone.run, editor="ben")
        page = desk.get(address("run_undo", first)).text
        assert address("run_undo", third) in page
        assert address("run_undo", again.run) not in page


def queries_of_the_undo(desk, rows):
    """Of a merger on which another was built, of so many mentions."""
    a, b, c = (make_entity() for _ in range(3))
    for _ in range(rows):
        make_mention(make_article(), a)
    with at_the_desk() as first:
        merge(b, [a], "anna")
    with at_the_desk("cleo"):
        merge(c, [b], "cleo")
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(address("run_undo", first)).text
    assert f"{rows} mentions" in page
    return len(queries)


def test_the_queries_of_the_page_do_not_grow_with_the_rows(desk):
    few = queries_of_the_undo(desk, 2)
    assert queries_of_the_undo(desk, 40) == few <= 100


class TestSplitsAndMergers:
    def test_a_split_whose_entity_was_merged_since(self, desk):
        _, bee, cee = entities()
        novel = make_entity("Novel")
        Alias.objects.create(entity=bee, spelling="Beee")
        key = Mention.objects.get(entity=bee).pk
        before = archive()
        with at_the_desk("anna") as first:
            split(bee, novel, [key], "anna", ["Beee"])
        with at_the_desk("cleo") as second:
            merge(cee, [bee], "cleo")
        page = desk.get(address("run_undo", first)).text
        assert "its entity “Bee” is gone since: cleo" in page
        assert address("run_undo", second) in page
        assert desk.post(address("run_undo", first)).status_code == 200
        assert Mention.objects.get(pk=key).entity == novel
        for run in (second, first):
            desk.post(address("run_undo", run))
        assert archive() == before

    @pytest.mark.django_db(transaction=True)
    def test_its_undo_is_committed_too(self, desk):
        """The database asks only at the end of a transaction whether what is referred to exists."""
        _, bee, cee = entities()
        novel = make_entity("Novel")
        key = Mention.objects.get(entity=bee).pk
        with at_the_desk("anna") as first:
            split(bee, novel, [key], "anna")
        with at_the_desk("cleo"):
            merge(cee, [bee], "cleo")
        assert desk.post(address("run_undo", first)).status_code == 200
        assert Mention.objects.get(pk=key).entity == novel

    def test_a_merger_of_which_all_mentions_were_split_off_since(self, desk):
        aay, bee, _ = entities()
        novel = make_entity("Novel")
        key = Mention.objects.get(entity=aay).pk
        before = archive()
        with at_the_desk("anna") as first:
            merge(bee, [aay], "anna")
        with at_the_desk("cleo") as second:
            split(bee, novel, [key], "cleo")
        page = desk.get(address("run_undo", first)).text
        assert "The entity “<bdi>Aay</bdi>” without 1 mention: <strong>nothing else" in page
        assert "changed 1 mention" in page and address("run_undo", second) in page
        for run in (second, first):
            desk.post(address("run_undo", run))
        assert archive() == before

    def test_what_comes_back_with_a_part_of_its_own_needs_no_second_thought(self, desk):
        aay, bee, _ = entities()
        novel = make_entity("Novel")
        make_mention(make_article("Three", body=BODY), aay)
        key = Mention.objects.filter(entity=aay).first().pk
        with at_the_desk("anna") as first:
            merge(bee, [aay], "anna")
        with at_the_desk("cleo"):
            split(bee, novel, [key], "cleo")
        page = desk.get(address("run_undo", first)).text
        assert "The entity “<bdi>Aay</bdi>” without 1 mention</li>" in page
        assert 'name="empty"' not in page
        assert "Done" in desk.post(address("run_undo", first)).text
        assert Entity.objects.get(name="Aay").mentions.count() == 1

    def test_a_split_to_a_new_entity_with_which_another_was_merged_since(self, desk):
        aay, bee, _ = entities()
        key = Mention.objects.get(entity=bee).pk
        before = archive()
        with at_the_desk("anna") as first:
            novel = make_entity("Novel")
            split(bee, novel, [key], "anna")
        with at_the_desk("cleo") as second:
            merge(novel, [aay], "cleo")
        page = desk.get(address("run_undo", first)).text
        assert "a mention refers to it since" in page
        assert address("run_undo", second) in page
        for run in (second, first):
            desk.post(address("run_undo", run))
        assert archive() == before


def test_a_child_of_a_merged_tag_whose_name_is_taken_stays_with_the_survivor(desk):
    peace, truce, child = make_tag("Peace"), make_tag("Truce"), make_tag("Child")
    child.parent = truce
    child.save()
    with at_the_desk("anna") as run:
        merge(peace, [truce], "anna")
    make_tag("Truce again", slug="truce")
    page = desk.post(address("run_undo", run)).text
    child.refresh_from_db()
    assert child.parent == peace
    assert "its tag “Truce” is not back" in page


def test_a_slug_that_names_another_row_by_now_leads_to_that(desk):
    entity = make_entity("Aay")
    entity.slug = "a-person"
    entity.save()
    with at_the_desk("anna") as run:
        entity.delete()
    other = make_entity("Another", slug="aay")
    page = desk.post(address("run_undo", run)).text
    assert Entity.objects.get(slug="a-person").name == "Aay"
    assert "its slug names a row again" in page
    assert not Redirect.objects.filter(old_slug="aay").exists() and other.pk


class TestWords:
    def test_reasons_name_kinds_and_fields_as_people_do(self, desk, capsys):
        storyline = Storyline.objects.create(name="Talks", slug="talks")
        place = storyline.members.create(article=make_article("One"))
        aay, bee, _ = entities()
        key = Mention.objects.get(entity=aay).pk
        with at_the_desk() as run:
            place.delete()
            Mention.objects.filter(pk=key).update(entity=bee)
        Article.objects.filter(headline="One").first().delete()
        with recording(Way.ADMIN, actor="cleo", run=uuid4()):
            Mention.objects.filter(pk=key).update(entity=Entity.objects.get(name="Cee"))
        page = desk.get(address("run_undo", run)).text
        assert "Place in a storyline" in page and "storylinearticle" not in page
        assert "<td>Entity</td>" in page and "entity_id" not in page
        call_command("undo_run", str(run), editor="mona", plan=True)
        said = capsys.readouterr().out
        assert "left as it is: place in a storyline" in said and " (entity): changed" in said
        assert "storylinearticle" not in said and "entity_id" not in said

    def test_after_a_restore_too(self, desk):
        place = Storyline.objects.create(name="Talks", slug="talks")
        with at_the_desk("anna"):
            Storyline.objects.update(name="Talk")
        entry = LedgerEntry.objects.of(place).first()
        revert_to(entry, editor="mona")
        note = LedgerBatch.objects.order_by("-pk").first().note
        assert note == "storyline talks as it was"


class TestCorrections:
    @pytest.fixture
    def changed(self, db):
        """A load that changed what readers see of two articles, and a draft."""
        source = make_source()
        for name in ("One", "Two"):
            make_article(name, body="Right.", source=source)
        make_article("Draft", body="Right.", source=source, status=ArticleStatus.DRAFT)
        with at_the_desk("night", way=Way.LOAD) as run:
            Article.objects.update(body="Wrong.")
        return run

    def test_who_gives_readers_other_words_is_asked_once(self, desk, changed):
        page = desk.get(address("run_undo", changed)).text
        assert "Readers see 2 articles that get earlier words back." in page
        assert "Is this a correction?" in page
        refused = desk.post(address("run_undo", changed)).text
        assert "Nothing is undone yet" in refused and "corrects a mistake" in refused
        assert set(Article.objects.values_list("body", flat=True)) == {"Wrong."}

    def test_a_correction_is_told_under_each_and_goes_with_the_undo_of_the_undo(
        self, desk, changed
    ):
        given = {"is_correction": "correction", "correction_note": "The load was wrong."}
        page = desk.post(address("run_undo", changed), given)
        assert "Done" in page.text
        told = Correction.objects.values_list("article__headline", "note", "editor")
        note = ("The load was wrong.", "mona")
        assert sorted(told) == [("One", *note), ("Two", *note)]
        again = page.context["report"].run
        desk.post(address("run_undo", again), {"is_correction": "minor"})
        assert not Correction.objects.exists()
        assert set(Article.objects.values_list("body", flat=True)) == {"Wrong."}

    def test_a_minor_change_tells_nothing(self, desk, changed):
        desk.post(address("run_undo", changed), {"is_correction": "minor"})
        assert set(Article.objects.values_list("body", flat=True)) == {"Right."}
        assert not Correction.objects.exists()

    def test_by_command(self, desk, changed, capsys):
        call_command("undo_run", str(changed), editor="mona", plan=True)
        assert "Readers see 2 of the articles, in other words" in capsys.readouterr().out
        call_command("undo_run", str(changed), editor="mona", correction="It was wrong.")
        assert Correction.objects.filter(note="It was wrong.").count() == 2

    def test_nobody_is_asked_where_readers_see_the_same(self, desk):
        article = make_article("Talks", body="Words.")
        with at_the_desk() as run:
            Article.objects.filter(pk=article.pk).update(status=ArticleStatus.DRAFT, body="Other.")
        assert "Is this a correction?" not in desk.get(address("run_undo", run)).text
        assert "Done" in desk.post(address("run_undo", run)).text
        assert Article.objects.get().body == "Words."


def test_only_who_may_undo_sees_the_page(chain):
    User.objects.create_user("vera", is_staff=True)
    client = Client()
    client.force_login(User.objects.get(username="vera"))
    assert client.get(address("run_undo", chain[1])).status_code == 403


@pytest.mark.parametrize("noun", ["article", "entity", "tag", "source"])
def test_what_was_deleted_is_told_with_its_undo(desk, noun):
    make = {"article": make_article, "entity": make_entity, "tag": make_tag, "source": make_source}
    row = make[noun]("Cairo")
    done = desk.post(
        address(f"{noun}_delete", row.pk) + "?_changelist_filters=q%3DCairo",
        {"post": "yes"}, follow=True,
    )  # fmt: skip
    assert done.redirect_chain[-1][0] == address(f"{noun}_changelist") + "?q=Cairo"
    assert f"The {noun} “Cairo” was deleted." in done.text and "Undo…" in done.text
    run = LedgerBatch.objects.filter(way="admin").order_by("-pk").first().run
    assert address("run_undo", run) in done.text
    desk.post(address("run_undo", run))
    assert type(row).objects.get() == row
