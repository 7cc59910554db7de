"""Decisions on links while others are at work."""

from threading import Thread

import pytest
from django.db import connection, transaction

from articles.errors import ArchiveError
from articles.models import Decision, Tagging
from tests.factories import make_article, make_tag, make_tagging


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_deleted_at_the_same_moment_is_told():
    tagging = make_tagging(make_article(), make_tag("Peace"))
    told = []

    def judge():
        try:
            Tagging.objects.get(pk=tagging.pk).reject("anna")
        except ArchiveError as error:
            told.append(str(error))
        finally:
            connection.close()

    with transaction.atomic():
        Tagging.objects.filter(pk=tagging.pk).delete()
        judging = Thread(target=judge)
        judging.start()
        judging.join(0.5)
        assert judging.is_alive()  # until it is sure that the link is gone
    judging.join()
    assert told == ["The tagging was deleted meanwhile."]
    assert not Decision.objects.exists()
