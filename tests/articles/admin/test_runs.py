"""Runs, their undo, and earlier states of a row, as an editor sees them."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client

from articles.admin import filters
from articles.admin.runs import TRIED
from articles.models import Article, LedgerBatch, Mention, Tag, recording
from articles.vocabulary import Way
from tests.articles.admin.browser import address, read_form, save
from tests.factories import make_article, make_entity, make_mention, make_tag, make_tagging

EXACT = "?exactly=1"


def run_of_the_last_change():
    return LedgerBatch.objects.filter(way="admin").order_by("-pk").first().run


@pytest.fixture
def edited(desk: Client):
    article = make_article("Talks resume", body="They meet on Sunday in Cairo.")
    save(desk, "article", article.pk, headline="Talks break off")
    return article


class TestRuns:
    def test_the_history_lists_what_somebody_did_in_one_go(self, desk, edited):
        page = desk.get(address("ledgerbatch_changelist"))
        assert "mona" in page.text and "1 article changed" in page.text
        assert str(run_of_the_last_change()) in page.text

    @pytest.mark.parametrize(
        ("given", "found"),
        [("actor=mona", True), ("actor=nobody", False), ("from=2999-01-01", False)],
    )
    def test_by_person_and_time(self, desk, edited, given, found):
        page = desk.get(address("ledgerbatch_changelist") + f"?{given}")
        assert (str(run_of_the_last_change()) in page.text) is found

    def test_what_a_run_changed_and_its_undo(self, desk, edited):
        run = run_of_the_last_change()
        page = desk.get(address("run", run))
        assert "Talks resume" in page.text and "Talks break off" in page.text
        plan = desk.get(address("run_undo", run))
        assert "What the undo does" in plan.text
        assert Article.objects.get().headline == "Talks break off"
        given = {"note": "wrong article", "is_correction": "minor"}
        done = desk.post(address("run_undo", run), given)
        assert "Done" in done.text
        assert Article.objects.get().headline == "Talks resume"
        batch = LedgerBatch.objects.get(undoes=run)
        assert (batch.actor, batch.note) == ("mona", "wrong article")
        assert "Undone" in desk.get(address("run", run)).text

    def test_what_stays_is_listed(self, desk, edited):
        run = run_of_the_last_change()
        with recording(Way.ADMIN, actor="cleo", run=uuid4()):
            Article.objects.update(headline="Talks for ever")
        page = desk.get(address("run_undo", run))
        assert "changed since by cleo" in page.text
        assert 'value="Undo"' not in page.text

    def test_the_articles_of_a_run(self, desk, edited):
        make_article("Another")
        page = desk.get(address("article_changelist") + f"?run={run_of_the_last_change()}")
        assert [row.pk for row in page.context["cl"].result_list] == [edited.pk]
        assert not desk.get(address("article_changelist") + "?run=x").context["cl"].result_list

    def test_of_a_large_run_the_list_shows_what_changed_last(self, desk, db, monkeypatch):
        monkeypatch.setattr(filters, "COUNTED", 2)
        run = uuid4()
        with recording(Way.ADMIN, actor="cleo", run=run):
            made = [make_article(f"Article {n}") for n in range(5)]
            make_tagging(made[0], make_tag("Peace"))
        page = desk.get(address("article_changelist") + f"?run={run}")
        shown = {row.pk for row in page.context["cl"].result_list}
        assert shown == {made[0].pk, made[4].pk} and "its newest 2 changes" in page.text
        download = desk.get(address("article_download", "jsonl") + f"?run={run}")
        assert b"".join(download.streaming_content).count(b'"headline"') == 5

    def test_no_such_run(self, desk):
        assert desk.get(address("run", uuid4())).status_code == 404

    def test_of_a_large_run_the_undo_is_tried_when_wanted(self, desk, db):
        run = uuid4()
        with recording(Way.ADMIN, actor="cleo", run=run):
            Tag.objects.bulk_create(Tag(name=str(n), slug=str(n)) for n in range(TRIED + 1))
        page = desk.get(address("run_undo", run))
        assert "<strong>301</strong> tags added" in page.text
        assert "What the undo does" not in page.text
        assert "<strong>301</strong> tags: gone" in desk.get(page.request["PATH_INFO"] + EXACT).text
        assert Tag.objects.count() == TRIED + 1
        assert "Done" in desk.post(address("run_undo", run)).text
        assert not Tag.objects.exists()

    def test_only_who_may_undo(self, edited, db):
        run = run_of_the_last_change()
        viewer = User.objects.create_user("vera", is_staff=True)
        viewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        client = Client()
        client.force_login(viewer)
        page = client.get(address("run", run))
        assert page.status_code == 200 and "Undo…" not in page.text
        assert client.post(address("run_undo", run)).status_code == 403
        assert Article.objects.get().headline == "Talks break off"

    def test_queries_do_not_grow_with_the_rows(self, desk, edited, django_assert_max_num_queries):
        run = uuid4()
        for number in range(60):
            make_article(f"Article {number}", source=edited.source)
        with recording(Way.ADMIN, actor="mona", run=run):
            Article.objects.update(language="ar")
        with django_assert_max_num_queries(16):
            assert desk.get(address("run", run)).status_code == 200


class TestOneRow:
    def test_two_states_word_by_word(self, desk, edited):
        page = desk.get(address("article_compare", edited.pk))
        assert "<del>" in page.text and "<ins>" in page.text
        assert "resume" in page.text and "break off" in page.text

    def test_restore(self, desk, edited):
        history = desk.get(address("article_history", edited.pk))
        entry = next(e.entry for e in history.context["events"] if e.entry.action == "update")
        url = address("article_restore", edited.pk, entry.pk)
        assert url in history.text
        assert "resume" in desk.get(url).text
        answer = desk.post(url, read_form(desk, url, "restore_form"), follow=True)
        assert "as it was before" in answer.text
        assert Article.objects.get().headline == "Talks resume"

    def test_what_others_changed_since_it_was_shown_stays(self, desk, edited):
        history = desk.get(address("article_history", edited.pk))
        entry = next(e.entry for e in history.context["events"] if e.entry.action == "update")
        url = address("article_restore", edited.pk, entry.pk)
        shown = read_form(desk, url, "restore_form")
        save(desk, "article", edited.pk, summary="Written meanwhile.")
        answer = desk.post(url, shown, follow=True)
        assert "changed since you looked" in answer.text
        article = Article.objects.get()
        assert (article.headline, article.summary) == ("Talks break off", "Written meanwhile.")
        assert desk.post(url, follow=True).context["seen_entry"]
        assert Article.objects.get().summary == "Written meanwhile."

    def test_mentions_follow_a_restored_text(self, desk):
        article = make_article("Talks", body="In Cairo they talk.")
        mention = make_mention(article, make_entity("Cairo"))
        save(desk, "article", article.pk, body="Yesterday, in the heat. In Cairo they talk.")
        mention.refresh_from_db()
        assert mention.start == 27
        history = desk.get(address("article_history", article.pk))
        entry = next(e.entry for e in history.context["events"] if e.entry.kind == "article")
        url = address("article_restore", article.pk, entry.pk)
        desk.post(url, read_form(desk, url, "restore_form"))
        mention.refresh_from_db()
        assert mention.start == 3

    def test_the_history_knows_links_too_and_those_that_are_gone(self, desk, edited):
        link = make_tagging(edited, make_tag("Peace"))
        with recording(Way.ADMIN, actor="cleo", run=uuid4()):
            link.delete()
        told = desk.get(address("article_history", edited.pk)).context["events"]
        assert ("tagging", "delete") in {(e.entry.kind, e.entry.action) for e in told}

    def test_the_deleted_come_back(self, desk):
        tag = make_tag("Peace")
        make_tagging(make_article(), tag)
        desk.post(address("tag_delete", tag.pk), {"post": "yes"})
        assert not Tag.objects.exists()
        page = desk.get(address("tag_deleted"))
        assert "Peace" in page.text
        run = run_of_the_last_change()
        assert address("run_undo", run) in page.text
        desk.post(address("run_undo", run))
        assert Tag.objects.get().taggings.count() == 1
        assert "Nothing was deleted" in desk.get(address("tag_deleted")).text

    def test_what_was_deleted_twice_is_listed_once(self, desk):
        tag = make_tag("Peace")
        for _ in range(2):
            desk.post(address("tag_delete", tag.pk), {"post": "yes"})
            last = run_of_the_last_change()
            desk.post(address("run_undo", last))
        desk.post(address("tag_delete", tag.pk), {"post": "yes"})
        page = desk.get(address("tag_deleted"))
        assert len(page.context["page"].object_list) == 1
        assert address("run_undo", run_of_the_last_change()) in page.text


class TestCommand:
    def test_undoes_and_says_what(self, desk, edited, capsys):
        run = run_of_the_last_change()
        call_command("undo_run", str(run), editor="mona", plan=True)
        assert "would get earlier values" in capsys.readouterr().out
        assert Article.objects.get().headline == "Talks break off"
        call_command("undo_run", str(run), editor="mona")
        assert "1 article: get earlier values" in capsys.readouterr().out
        assert Article.objects.get().headline == "Talks resume"

    def test_needs_somebody_who_may(self, desk, edited):
        User.objects.create_user("vera", is_staff=True)
        run = str(run_of_the_last_change())
        for name, words in (("nobody", "no active account"), ("vera", "may not")):
            with pytest.raises(CommandError, match=words):
                call_command("undo_run", run, editor=name)
        with pytest.raises(CommandError, match="no run"):
            call_command("undo_run", str(uuid4()), editor="mona")


def test_a_load_is_undone_and_may_come_again(desk, tmp_path, capsys):
    file = tmp_path / "talks.jsonl"
    file.write_text('{"source": "Wire", "external_id": "1", "headline": "Talks", "body": "In."}\n')
    call_command("load_articles", str(file), create_missing=True)
    run = LedgerBatch.objects.filter(way="load").order_by("-pk").first().run
    call_command("undo_run", str(run), editor="mona")
    assert not Article.objects.exists() and not Mention.objects.exists()
    call_command("load_articles", str(file), create_missing=True)
    assert Article.objects.get().headline == "Talks"
