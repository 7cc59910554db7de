"""Corrections as rows: only editors write an editor's, the feed tells each."""

import pytest
from django.db import DatabaseError, transaction

from articles.models import Change, Correction, recording
from articles.vocabulary import Origin, Way
from tests.factories import make_article


@pytest.mark.django_db
@pytest.mark.parametrize("way", [Way.LOAD, Way.COMMAND])
def test_no_load_and_no_command_writes_an_editors_word(way):
    article = make_article()
    kept = Correction.objects.create(article=article, note="It was ten.", editor="mona")
    for write in (
        lambda: Correction.objects.create(article=article, note="It was twelve."),
        lambda: Correction.objects.update(note="It was twelve."),
        lambda: Correction.objects.update(origin=Origin.SOURCE),
    ):
        with pytest.raises(DatabaseError, match="only editors correct"), recording(way):
            write()
    kept.refresh_from_db()
    assert kept.note == "It was ten."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values", [{"note": " "}, {"note": "x", "origin": "machine"}, {"note": "x", "origin": "nobody"}]
)
def test_what_is_no_correction(values):
    article = make_article()
    with pytest.raises(DatabaseError), transaction.atomic():
        Correction.objects.create(article=article, **values)


@pytest.mark.django_db(transaction=True)
def test_the_feed_says_that_the_article_has_changed():
    article = make_article()

    def said():
        return list(Change.objects.filter(key=str(article.uid)).values_list("action", flat=True))

    correction = Correction.objects.create(article=article, note="It was ten.")
    correction.note = "It was eleven."
    correction.save()
    correction.delete()
    assert said() == ["created", "changed", "changed", "changed"]
    Correction.objects.create(article=make_article(status="draft"), note="Unseen.")
    assert Change.objects.exclude(key=str(article.uid)).filter(kind="article").count() == 0
