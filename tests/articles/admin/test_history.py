"""History is the ledger, made readable."""

from uuid import uuid4

import pytest
from django.test import Client

from articles.admin.history import around_change
from articles.models import Article, recording
from articles.vocabulary import Way
from tests.articles.admin.browser import address, save
from tests.factories import make_article, make_entity, make_source, make_tag


def test_short_values_are_shown_whole_and_long_ones_around_the_change():
    assert around_change("a", "b") == ("a", "b")
    long = "word " * 100
    before, after = around_change(long + "one" + long, long + "two" + long)
    assert before.startswith("…")
    assert before.endswith("…")
    assert ("one" in before, "two" in after) == (True, True)
    assert len(before) < 100
    whole, nothing = around_change("x" * 5000, "")
    assert whole.endswith(" […]")
    assert nothing == ""


def test_who_changed_what_when_and_by_which_way(desk: Client):
    article = make_article("Before", source=make_source("Wire"))
    post = make_source("Harbour Post")
    save(desk, "article", article.pk, headline="After", source=str(post.pk))
    with recording(Way.LOAD, actor="loader", run=uuid4(), note="night load"):
        Article.objects.filter(pk=article.pk).update(summary="Loaded", bylines=["A", "B"])
    page = desk.get(address("article_history", article.pk))
    load, edit, insert = page.context["events"]
    assert [e.entry.batch.way for e in (load, edit, insert)] == ["load", "admin", "sql"]
    assert {(c.field, c.before, c.after) for c in edit.changes} == {
        ("headline", "Before", "After"),
        ("source", "Wire", "Harbour Post"),
    }
    assert ("bylines", "—", "A, B") in {(c.field, c.before, c.after) for c in load.changes}
    assert insert.changes == []
    for words in ("mona", "loader", "night load", "After", "Harbour Post"):
        assert words in page.text


def test_a_source_that_is_gone_is_still_named_by_its_number(desk: Client):
    article, other = make_article(), make_source("Short-lived")
    first = article.source
    Article.objects.filter(pk=article.pk).update(source=other)
    Article.objects.filter(pk=article.pk).update(source=first)
    number = other.pk
    other.delete()
    assert f"#{number} (gone)" in desk.get(address("article_history", article.pk)).text


def test_a_long_history_has_pages(desk: Client, monkeypatch):
    monkeypatch.setattr("articles.admin.nouns.NounAdmin.list_per_page", 2)
    tag = make_tag("Politics")
    for number in range(3):
        tag.description = f"Version {number}"
        tag.save()
    first = desk.get(address("tag_history", tag.pk))
    assert "Version 2" in first.text
    assert "Page 1 of 2" in first.text
    assert "Version 0" in desk.get(address("tag_history", tag.pk), {"p": "2"}).text
    assert desk.get(address("tag_history", tag.pk), {"p": "x"}).status_code == 200


@pytest.mark.parametrize("noun", ["source", "entity", "tag"])
def test_every_noun_has_its_history(desk: Client, noun: str):
    row = {"source": make_source, "entity": make_entity, "tag": make_tag}[noun]("A name")
    page = desk.get(address(f"{noun}_history", row.pk))
    assert f"{noun.capitalize()} added" in page.text
