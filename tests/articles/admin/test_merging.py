"""Merging through the pages of the desk."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Alias, Article, Entity, LedgerBatch, Mention, Source, Tag, Tagging
from articles.models.merge_plans import TRIED
from tests.articles.admin.browser import address, merge, merge_form, query_names
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
        done = merge(desk, cairo, kairo)
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
        merge(desk, cairo, kairo)
        answer = client.get("/api/v1/entities/kairo/")
        assert answer.status_code == 301
        assert answer["Location"].endswith("/api/v1/entities/cairo/")


class TestAsShown:
    """What is merged is what the page showed, or nothing."""

    def test_a_form_sent_twice_is_told_where_the_row_is_now(self, desk, two):
        cairo, kairo = two
        values = merge_form(desk, cairo, kairo)
        desk.post(address("entity_merge"), values)
        runs = LedgerBatch.objects.count()
        again = desk.post(address("entity_merge"), values)
        link = f'<a href="{address("entity_change", cairo.pk)}" dir="auto">Cairo</a>'
        assert f"</span>” was merged into {link} by" in again.text
        assert "Nothing was merged now." in again.text
        assert LedgerBatch.objects.count() == runs

    def test_of_three_one_is_merged_elsewhere_meanwhile(self, desk, two):
        cairo, kairo = two
        third, other = make_entity("Caïro"), make_entity("Al-Qahira")
        values = merge_form(desk, cairo, kairo, third)
        merge(desk, other, kairo)
        told = desk.post(address("entity_merge"), values)
        link = f'<a href="{address("entity_change", other.pk)}" dir="auto">Al-Qahira</a>'
        assert f"was merged into {link} by" in told.text and "Nothing was merged now" in told.text
        assert set(Entity.objects.all()) == {cairo, third, other}
        # What is left is shown anew, and its form merges it.
        assert told.context["plan"].seal in told.text
        merge(desk, cairo, third)
        assert set(Entity.objects.all()) == {cairo, other}

    def test_the_survivor_is_deleted_meanwhile(self, desk, two):
        cairo, kairo = two
        values = merge_form(desk, cairo, kairo)
        desk.post(address("entity_delete", cairo.pk), {"post": "yes"})
        told = desk.post(address("entity_merge"), values)
        assert "was deleted by" in told.text and "Nothing was merged now" in told.text
        assert "Which one stays?" in told.text
        assert Entity.objects.get() == kairo

    @pytest.mark.parametrize("what", ["mention", "alias", "name", "another row", "no seal"])
    def test_other_numbers_than_were_shown_are_shown_first(self, desk, two, what):
        cairo, kairo = two
        values = merge_form(desk, cairo, kairo)
        if what == "mention":
            make_mention(make_article("New", body=BODY), kairo, "Kairo")
        elif what == "alias":
            Alias.objects.create(entity=kairo, spelling="Le Caire")
        elif what == "name":
            Entity.objects.filter(pk=cairo.pk).update(name="Cairo (Illinois)")
        elif what == "another row":
            values["row"] = [*values["row"], make_entity("Caïro").pk]
        else:
            del values["shown"]
        entities = Entity.objects.count()
        told = desk.post(address("entity_merge"), values)
        assert "Meanwhile what would move has changed." in told.text
        assert Entity.objects.count() == entities
        if what == "mention":
            assert "<strong>2</strong> mentions to" in told.text
        again = {**values, "shown": told.context["plan"].seal}
        assert desk.post(address("entity_merge"), again).status_code == 302
        assert Entity.objects.count() < entities

    @pytest.mark.parametrize("exactly", [False, True])
    def test_where_much_moves_its_counts_are_what_was_shown(self, desk, two, exactly):
        cairo, kairo = two
        article = make_article("Many", body=BODY)
        Mention.objects.bulk_create(
            Mention(article=article, entity=kairo, start=at, end=at + 1, quote="x")
            for at in range(TRIED)
        )
        asked = {"row": [cairo.pk, kairo.pk], "survivor": cairo.pk}
        asked |= {"exactly": "1"} if exactly else {}
        values = {**asked, "shown": desk.get(address("entity_merge"), asked).context["plan"].seal}
        new = make_mention(make_article("New", body=BODY), kairo, "Kairo")
        told = desk.post(address("entity_merge"), values)
        assert "Meanwhile what would move has changed." in told.text
        assert ("1002</strong> mentions to" in told.text) is exactly
        new.delete()
        assert desk.post(address("entity_merge"), values).status_code == 302
        assert cairo.mentions.count() == TRIED + 1

    def test_a_source_and_a_tag(self, desk):
        daily, old = make_source("Daily"), make_source("The Daily")
        peace, truce = make_tag("Peace"), make_tag("Truce")
        make_tagging(make_article(source=old), truce)
        values = [merge_form(desk, daily, old), merge_form(desk, peace, truce)]
        make_tagging(make_article(source=old), truce)
        for noun, given in zip(["source", "tag"], values, strict=True):
            told = desk.post(address(f"{noun}_merge"), given)
            assert "Meanwhile what would move has changed." in told.text
        assert (Source.objects.count(), Tag.objects.count()) == (2, 2)

    def test_one_row_alone_and_too_many(self, desk):
        tags = [make_tag() for _ in range(22)]
        alone = desk.post(address("tag_merge"), {"row": [tags[0].pk], "survivor": tags[0].pk})
        assert "Choose two of them or more" in alone.text
        given = {"row": [tag.pk for tag in tags], "survivor": tags[0].pk}
        for answer in (
            desk.get(address("tag_merge"), given),
            desk.post(address("tag_merge"), given),
        ):
            assert "At most 21 are merged at a time" in answer.text
        assert Tag.objects.count() == 22


class TestQueries:
    """As many for ten rows as for two."""

    def prepared(self, noun, number):
        """Rows that share an article, have one each, spellings that clash, slugs that lead."""
        rows = [{"entity": make_entity, "tag": make_tag, "source": make_source}[noun](f"{noun} {i}")
                for i in range(number)]  # fmt: skip
        shared = make_article("Shared", body=BODY)
        for row in rows:
            own = make_article(body=BODY)
            if noun == "entity":
                Alias.objects.create(entity=row, spelling="Qahira")
                make_mention(shared, row, "Cairo")
                make_mention(own, row, "Kairo")
            elif noun == "tag":
                row.aliases.create(spelling="Hudna")
                make_tagging(shared, row)
                make_tagging(own, row)
                make_tag(parent=row)
            else:
                Article.objects.filter(pk=own.pk).update(source=row)
            type(row).objects.filter(pk=row.pk).update(slug=f"{row.slug}-now")
        return rows

    @pytest.mark.parametrize("noun", ["entity", "tag", "source"])
    def test_of_the_preview_and_of_the_merge(self, desk, noun):
        model = {"entity": Entity, "tag": Tag, "source": Source}[noun]
        made = []
        for number in (2, 10):
            survivor, *others = self.prepared(noun, number)
            with CaptureQueriesContext(connection) as shown:
                values = merge_form(desk, survivor, *others)
            with CaptureQueriesContext(connection) as done:
                assert desk.post(address(f"{noun}_merge"), values).status_code == 302
            assert not model.objects.filter(pk__in=[it.pk for it in others]).exists()
            made.append((query_names(shown), query_names(done)))
            model.objects.filter(pk=survivor.pk).update(name="Merged", slug=f"merged-{number}")
        assert made[0][0] == made[1][0]
        assert made[0][1] == made[1][1]
        assert Mention.objects.count() + Tagging.objects.count() == {"source": 0}.get(noun, 14)


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
    merge(desk, peace, old)
    file = tmp_path / "a.jsonl"
    file.write_text(
        '{"source": "Wire", "external_id": "9", "headline": "T", "body": "B.",'
        ' "tags": ["Cease-fires"]}\n'
    )
    make_source("Wire")
    call_command("load_articles", str(file))
    assert peace.taggings.count() == 2
