"""Merging through the pages of the desk."""

import pytest
from django.core.management import CommandError, call_command

from articles.admin.merging import TRIED
from articles.models import Entity, LedgerBatch, Mention, Source, Tag
from tests.articles.admin.browser import address
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

BODY = "Cairo, that is Kairo, and again Cairo."


@pytest.fixture
def two(db):
    cairo, kairo = make_entity("Cairo"), make_entity("Kairo", wikidata_id="Q85")
    make_mention(make_article("One", body=BODY), kairo, "Kairo")
    return cairo, kairo


def last_run():
    return LedgerBatch.objects.filter(way="admin").order_by("-pk").first().run


class TestMerge:
    def test_from_the_list_to_the_undo(self, desk, two):
        cairo, kairo = two
        answer = desk.post(
            address("entity_changelist"),
            {"action": "merge_selected", "_selected_action": [cairo.pk, kairo.pk]},
        )
        page = desk.get(answer.url)
        assert "Cairo" in page.text and "Kairo" in page.text
        shown = desk.get(f"{answer.url}&survivor={cairo.pk}")
        assert "<strong>1</strong> mention to" in shown.text
        assert Entity.objects.count() == 2
        rows = {"row": [cairo.pk, kairo.pk], "survivor": cairo.pk}
        done = desk.post(address("entity_merge"), rows, follow=True)
        assert "merged into" in done.text and "Undo…" in done.text
        assert Entity.objects.get() == cairo
        desk.post(address("run_undo", last_run()))
        assert set(Entity.objects.all()) == {cairo, kairo}
        assert Mention.objects.get().entity == kairo

    def test_differences_are_told(self, desk, two):
        cairo, kairo = two
        Entity.objects.filter(pk=cairo.pk).update(wikidata_id="Q1")
        page = desk.get(address("entity_merge") + f"?row={kairo.pk}&survivor={cairo.pk}")
        assert "Q1 stays" in page.text

    def test_where_very_much_moves_it_is_counted_and_tried_when_wanted(self, desk, two):
        cairo, kairo = two
        Entity.objects.filter(pk=cairo.pk).update(wikidata_id="Q1")
        article = make_article("Many", body=BODY)
        Mention.objects.bulk_create(
            Mention(article=article, entity=kairo, start=at, end=at + 1, quote="x")
            for at in range(TRIED)
        )
        asked = address("entity_merge") + f"?row={kairo.pk}&survivor={cairo.pk}"
        page = desk.get(asked)
        assert "<strong>1,001</strong> mentions" in page.text and "Q1 stays" in page.text
        assert "mentions to" not in page.text and 'value="Merge into' in page.text
        assert "<strong>1001</strong> mentions to" in desk.get(asked + "&exactly=1").text
        assert Entity.objects.count() == 2

    @pytest.mark.parametrize("given", ["", "?row=x", "?row=1&survivor=99999999999999999999"])
    def test_nonsense_asks_again(self, desk, given):
        assert desk.get(address("tag_merge") + given).status_code == 200

    def test_a_refusal_is_told(self, desk):
        above, middle, below = make_tag("War"), make_tag("Truce"), make_tag("Hudna")
        Tag.objects.filter(pk=middle.pk).update(parent=above)
        Tag.objects.filter(pk=below.pk).update(parent=middle)
        page = desk.get(address("tag_merge") + f"?row={above.pk}&survivor={below.pk}")
        assert "another parent first" in page.text
        assert Tag.objects.count() == 3

    def test_the_old_slug_answers_301(self, desk, client, two):
        cairo, kairo = two
        desk.post(address("entity_merge"), {"row": [cairo.pk, kairo.pk], "survivor": cairo.pk})
        answer = client.get("/api/v1/entities/kairo/")
        assert answer.status_code == 301
        assert answer["Location"].endswith("/api/v1/entities/cairo/")


class TestCommand:
    def test_merges_sources(self, desk, capsys):
        daily, old = make_source("Daily"), make_source("The Daily")
        make_article(source=old)
        call_command("merge_rows", "source", "daily", "the-daily", editor="mona", plan=True)
        assert "1 article: moved" in capsys.readouterr().out
        assert Source.objects.count() == 2
        call_command("merge_rows", "source", "daily", "the-daily", editor="mona")
        assert Source.objects.get() == daily
        with pytest.raises(CommandError, match="the-daily"):
            call_command("merge_rows", "source", "daily", "the-daily", editor="mona")


def test_a_name_of_a_merged_tag_is_known_to_the_next_load(desk, tmp_path):
    peace, old = make_tag("Peace"), make_tag("Cease-fires", slug="ceasefire")
    make_tagging(make_article(), old)
    desk.post(address("tag_merge"), {"row": [peace.pk, old.pk], "survivor": peace.pk})
    file = tmp_path / "a.jsonl"
    file.write_text(
        '{"source": "Wire", "external_id": "9", "headline": "T", "body": "B.",'
        ' "tags": ["Cease-fires"]}\n'
    )
    make_source("Wire")
    call_command("load_articles", str(file))
    assert peace.taggings.count() == 2
