"""Bulk work: what would change is shown, one transaction does it, one click undoes it."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article, LedgerBatch, Tagging
from articles.models import bulk_work as work
from articles.vocabulary import ArticleStatus, LinkState
from tests.articles.admin.browser import address
from tests.articles.models.test_reversal import archive
from tests.factories import make_article, make_source, make_tag, make_tagging

LIST = "article_changelist"


@pytest.fixture
def articles(db):
    source = make_source("Wire")
    return [make_article(f"Article {n}", source=source) for n in range(5)]


def choose(desk, name, chosen=None, query="", **given):
    data = {"action": name, **given}
    if chosen is None:
        data |= {"select_across": "1", "_selected_action": "0"}
    else:
        data["_selected_action"] = [article.pk for article in chosen]
    return desk.post(address(LIST) + query, data)


def work_on(desk, name, chosen=None, query="", **given):
    """All three steps, as an editor goes through them."""
    shown = choose(desk, name, chosen, query, step="preview", **given)
    plan = shown.context["plan"]
    return choose(desk, name, chosen, query, step="apply", shown=plan.seal, **given)


def last_run():
    return LedgerBatch.objects.filter(way="admin").order_by("-pk").first().run


class TestTags:
    def test_all_that_the_filter_leaves_and_its_undo(self, desk, articles):
        other = make_article("Elsewhere", source=make_source("Post"))
        tag = make_tag("Peace")
        make_tagging(articles[0], tag)
        make_tagging(articles[1], tag, origin="machine", state="suggested")
        before = archive()
        query = f"?source={articles[0].source_id}"
        asked = choose(desk, "tag_selected", query=query)
        assert "Show what would change" in asked.text
        shown = choose(desk, "tag_selected", query=query, step="preview", tag=tag.pk)
        assert "<strong>4</strong> of 5 articles" in shown.text
        assert archive() == before
        answer = work_on(desk, "tag_selected", query=query, tag=tag.pk)
        assert Tagging.objects.accepted().count() == 5
        assert not other.taggings.exists()
        report = desk.get(answer.url)
        assert len(report.context["cl"].result_list) == 4
        assert "4 articles were tagged" in report.text
        desk.post(address("run_undo", last_run()))
        assert archive() == before

    def test_untag_rejects_what_others_said(self, desk, articles):
        tag = make_tag("Peace")
        make_tagging(articles[0], tag)
        make_tagging(articles[1], tag, origin="source")
        before = archive()
        work_on(desk, "untag_selected", articles, tag=tag.pk)
        assert Tagging.objects.get().state == LinkState.REJECTED
        desk.post(address("run_undo", last_run()))
        assert archive() == before

    def test_without_a_tag_it_asks(self, desk, articles):
        page = choose(desk, "tag_selected", articles, step="preview")
        assert "This field is required" in page.text


class TestStatus:
    def test_withdraw_with_a_reason_and_undo(self, desk, articles, client):
        work_on(desk, "withdraw_selected", articles[:2], reason="Wrong.", note="see mail")
        found = Article.objects.filter(status=ArticleStatus.WITHDRAWN)
        assert found.count() == 2
        assert {(a.withdrawn_reason, a.withdrawn_note, a.was_public) for a in found} == {
            ("Wrong.", "see mail", True)
        }
        assert client.get(f"/api/v1/articles/{articles[0].uid}/").status_code == 410
        desk.post(address("run_undo", last_run()))
        assert client.get(f"/api/v1/articles/{articles[0].uid}/").status_code == 200

    def test_publish_leaves_what_has_no_headline(self, desk):
        make_article("Draft", status=ArticleStatus.DRAFT)
        bare = make_article("x", status=ArticleStatus.DRAFT)
        Article.objects.filter(pk=bare.pk).update(headline="")
        page = choose(desk, "publish_selected")
        assert "<strong>1</strong> cannot be: they have no headline" in page.text
        work_on(desk, "publish_selected")
        assert Article.objects.published().count() == 1


class TestFacts:
    def test_language(self, desk, articles):
        page = choose(desk, "language_selected", articles, step="preview", language="nonsense!")
        assert "errornote" in page.text
        work_on(desk, "language_selected", articles, language="ARB")
        assert set(Article.objects.values_list("language", flat=True)) == {"ar"}

    def test_source_and_identity(self, desk, articles):
        post = make_source("Post")
        work_on(desk, "source_selected", articles, source=post.pk)
        assert post.articles.count() == 5
        assert set(Article.objects.values_list("origin", flat=True)) == {"wire"}


class TestCare:
    def test_a_selection_that_has_changed_is_shown_again(self, desk, articles):
        page = choose(desk, "publish_selected", articles, step="apply", shown="99")
        assert "Meanwhile the selection has changed" in page.text

    def test_as_many_others_are_not_those_that_were_shown(self, desk, articles):
        Article.objects.update(status="draft")
        query = "?status__exact=draft"
        seal = choose(desk, "publish_selected", query=query, step="preview").context["plan"].seal
        Article.objects.filter(pk=articles[0].pk).update(status="published")
        arrived = make_article("Nobody saw this", status="draft")
        page = choose(desk, "publish_selected", query=query, step="apply", shown=seal)
        assert "Meanwhile the selection has changed" in page.text
        assert "Nobody saw this" in page.text
        assert Article.objects.get(pk=arrived.pk).status == "draft"

    def test_nothing_to_do_is_said(self, desk, articles):
        answer = choose(desk, "publish_selected", articles, step="apply", shown=work.seal_of([]))
        assert "No article had to be changed" in desk.get(answer.url).text

    def test_too_many_get_a_command(self, desk, articles, monkeypatch):
        for module in (work, __import__("articles.admin.bulk", fromlist=["x"])):
            monkeypatch.setattr(module, "MOST_ROWS", 3)
        page = choose(
            desk, "language_selected", query="?status__exact=published", step="preview",
            language="ar",
        )  # fmt: skip
        assert "manage.py change_articles" in page.text
        assert "--language ar --editor mona" in page.text
        assert 'value="apply"' not in page.text

    def test_of_very_many_it_is_looked_at_each_when_wanted(self, desk, articles, monkeypatch):
        for module in (work, __import__("articles.admin.bulk", fromlist=["x"])):
            monkeypatch.setattr(module, "MOST_ROWS", 3)
        Article.objects.filter(pk__in=[it.pk for it in articles[:4]]).update(language="ar")
        page = choose(desk, "language_selected", step="preview", language="ar")
        assert "More than 3 articles are chosen" in page.text and "Look through all" in page.text
        assert "plan" not in page.context
        page = choose(desk, "language_selected", step="preview", language="ar", exactly="1")
        assert "<strong>1</strong> of 5 articles" in page.text
        seal = page.context["plan"].seal
        choose(desk, "language_selected", step="apply", shown=seal, language="ar")
        assert Article.objects.filter(language="ar").count() == 5

    def test_of_very_many_those_that_are_refused_do_not_count(self, desk, articles, monkeypatch):
        for module in (work, __import__("articles.admin.bulk", fromlist=["x"])):
            monkeypatch.setattr(module, "MOST_ROWS", 3)
        Article.objects.update(status="draft")
        Article.objects.filter(pk__in=[it.pk for it in articles[:2]]).update(headline="")
        page = choose(desk, "publish_selected", step="preview", exactly="1")
        assert "<strong>3</strong> of 5 articles" in page.text
        assert "<strong>2</strong> cannot be" in page.text
        choose(desk, "publish_selected", step="apply", shown=page.context["plan"].seal)
        assert Article.objects.published().count() == 3

    def test_statements_do_not_grow_with_the_articles(self, desk, articles):
        def count():
            with CaptureQueriesContext(
                connection,
            ) as queries:
                work_on(desk, "language_selected", language=next(codes))
            return len(queries)

        codes = iter(("ar", "fr", "es"))
        count()
        few = count()
        for n in range(30):
            make_article(f"More {n}")
        assert count() == few


class TestCommand:
    def test_changes_what_a_list_shows_in_pieces_of_one_run(
        self, desk, articles, monkeypatch, capsys
    ):
        make_article("Elsewhere", source=make_source("Post"))
        for module in (
            work,
            __import__("articles.management.commands.change_articles", fromlist=["x"]),
        ):
            monkeypatch.setattr(module, "MOST_ROWS", 2)
        query = f"source={articles[0].source_id}"
        call_command("change_articles", query, language="ar", editor="mona", plan=True)
        assert "5 of 5 would be" in capsys.readouterr().out
        assert not Article.objects.filter(language="ar").exists()
        call_command("change_articles", query, language="ar", editor="mona")
        assert Article.objects.filter(language="ar").count() == 5
        assert len(set(LedgerBatch.objects.filter(note="by command").values_list("run"))) == 1
        call_command("undo_run", str(last_run()), editor="mona")
        assert not Article.objects.filter(language="ar").exists()

    def test_refuses_what_it_does_not_know(self, desk, articles):
        for query, given, words in [
            ("", {"tag": "no-such"}, "No tag"),
            ("nonsense__x=1", {"publish": True}, "no such filter"),
            ("", {"language": "nonsense!"}, "nonsense"),
        ]:
            with pytest.raises(CommandError, match=words):
                call_command("change_articles", query, editor="mona", **given)
