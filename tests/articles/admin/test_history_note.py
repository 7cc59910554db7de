"""The note that an editor adds to a change: in the ledger, and where History shows the change."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from articles.models import Article, Entity, LedgerBatch, LedgerEntry, Tag
from tests.articles.admin.browser import FormReader, address, merge, save
from tests.factories import make_article, make_entity, make_source, make_tag

NOTE = "as the agency asked"
INPUT = 'name="history_note"'
LABEL = '<label for="id_history_note">Note for the history (optional)</label>'


def last_batch():
    return LedgerBatch.objects.order_by("-pk").first()


def values(page, form_id):
    reader = FormReader(form_id)
    reader.feed(page.text)
    return reader.values


def is_asked_for(page):
    return (
        page.text.count(INPUT) == 1 and LABEL in page.text and 'id="id_history_note"' in page.text
    )


class TestForms:
    @pytest.mark.parametrize(
        ("kind", "make"),
        [("source", make_source), ("entity", make_entity), ("tag", make_tag)],
    )
    def test_of_named_nouns(self, desk, kind, make):
        row = make("Cairo")
        assert is_asked_for(desk.get(address(f"{kind}_change", row.pk)))
        answer = save(desk, kind, row.pk, name="Kairo", history_note=NOTE)
        assert answer.status_code == 302
        assert (last_batch().actor, last_batch().note) == ("mona", NOTE)
        assert NOTE in desk.get(address(f"{kind}_history", row.pk)).text
        assert NOTE in desk.get(address("run", last_batch().run)).text
        assert NOTE in desk.get(address("ledgerbatch_changelist")).text

    def test_of_articles_and_the_next_save_has_none(self, desk):
        article = make_article("Talks resume")
        save(desk, "article", article.pk, headline="Talks break off", history_note=NOTE)
        assert last_batch().note == NOTE
        page = desk.get(address("article_change", article.pk))
        assert is_asked_for(page) and values(page, "article_form")["history_note"] == ""
        assert f'<span class="quiet" dir="auto">{NOTE}</span>' in page.text  # its last changes
        assert NOTE in desk.get(address("article_history", article.pk)).text
        save(desk, "article", article.pk, headline="Talks resume")
        assert last_batch().note == ""

    def test_of_a_new_row(self, desk):
        assert is_asked_for(desk.get(address("storyline_add")))
        form = values(desk.get(address("storyline_add")), "storyline_form")
        given = {**form, "name": "Truce", "slug": "truce", "history_note": NOTE}
        assert desk.post(address("storyline_add"), given).status_code == 302
        entry = LedgerEntry.objects.get(kind="storyline")
        assert entry.batch.note == NOTE

    def test_a_refused_form_comes_back_with_it(self, desk):
        tag = make_tag("War")
        page = save(desk, "tag", tag.pk, name="", history_note=f'{NOTE} "so"')
        assert page.status_code == 200
        assert values(page, "tag_form")["history_note"] == f'{NOTE} "so"'

    def test_it_is_one_line_of_at_most_500_characters(self, desk):
        save(desk, "tag", make_tag("War").pk, name="Wars", history_note=" a\0b\r\n c " + "x" * 600)
        assert last_batch().note == ("ab c " + "x" * 600)[:499]

    def test_who_may_only_look_is_not_asked(self, desk):
        viewer = User.objects.create_user("vera", password="a-password-9", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_tag"))
        client = Client()
        client.force_login(viewer)
        page = client.get(address("tag_change", make_tag("War").pk))
        assert page.status_code == 200
        assert INPUT not in page.text


class TestOtherPages:
    def test_deleting(self, desk):
        tag = make_tag("War")
        page = desk.get(address("tag_delete", tag.pk))
        assert is_asked_for(page)
        form = values(page, "delete_form")
        desk.post(address("tag_delete", tag.pk), {**form, "history_note": NOTE})
        assert not Tag.objects.exists()
        assert last_batch().note == NOTE
        assert NOTE in desk.get(address("tag_deleted")).text

    def test_merging(self, desk):
        cairo, kairo = make_entity("Cairo"), make_entity("Kairo")
        page = desk.get(address("entity_merge") + f"?row={kairo.pk}&survivor={cairo.pk}")
        assert is_asked_for(page)
        merge(desk, cairo, kairo, history_note=NOTE)
        assert Entity.objects.get() == cairo
        assert last_batch().note == NOTE

    def test_restoring_says_what_and_why(self, desk):
        article = make_article("Talks resume")
        save(desk, "article", article.pk, headline="Talks break off")
        entry = LedgerEntry.objects.of(article).order_by("-pk").first()
        at = address("article_restore", article.pk, entry.pk)
        page = desk.get(at)
        assert is_asked_for(page)
        answers = {**values(page, "restore_form"), "is_correction": "minor"}
        assert desk.post(at, {**answers, "history_note": NOTE}).status_code == 302
        assert Article.objects.get().headline == "Talks resume"
        note = last_batch().note
        assert note.startswith("article ") and note.endswith(f" as it was: {NOTE}")
        assert NOTE in desk.get(address("article_history", article.pk)).text

    def test_bulk_work_keeps_it_while_looking_again(self, desk):
        article, at = make_article("Talks resume"), address("article_changelist")
        given = {"action": "language_selected", "_selected_action": article.pk, "language": "ar"}
        page = desk.post(at, {**given, "step": "preview", "history_note": NOTE})
        assert is_asked_for(page) and f'value="{NOTE}"' in page.text
        seal = page.context["plan"].seal
        desk.post(at, {**given, "step": "apply", "shown": seal, "history_note": NOTE})
        assert Article.objects.get().language == "ar"
        assert last_batch().note == NOTE
