"""What an editor lets stand, and mentions that name somebody else."""

import pytest
from django.db import IntegrityError, connection, transaction

from articles.models import Decision, Mention, Settlement, recording, relink, settle
from articles.models.waiting import spellings
from articles.vocabulary import LinkState, Matter, Origin, Way
from tests.factories import make_article, make_entity

pytestmark = pytest.mark.django_db


def suggested(article, entity, start=0):
    return Mention.objects.create(
        article=article, entity=entity, start=start, end=start + 5, quote="Cairo",
        origin=Origin.MACHINE, state=LinkState.SUGGESTED,
    )  # fmt: skip


def test_what_was_settled_is_neither_changed_nor_deleted():
    settle(Matter.DATE, [(make_article().uid, "")], "mona")
    for change in (
        lambda: Settlement.objects.update(editor="lea"),
        lambda: Settlement.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="only undone"), transaction.atomic():
            change()
    assert Settlement.objects.get().editor == "mona"


def test_no_machine_settles_anything():
    article = make_article()
    for way in (Way.LOAD, Way.COMMAND):
        with pytest.raises(IntegrityError, match="only editors decide"), recording(way):
            settle(Matter.DATE, [(article.uid, "")], "mona")
    assert not Settlement.objects.exists()


def test_relinking_takes_the_link_that_is_there():
    article = make_article(body="Cairo")
    one, other = make_entity("Cairo"), make_entity("Cairo", slug="cairo-illinois")
    wrong, right = suggested(article, one), suggested(article, other)
    assert relink([wrong.pk], other, "mona") == 1
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.state, right.state) == ("rejected", "accepted")
    assert Mention.objects.count() == 2
    said = Decision.objects.order_by("pk").values_list("target", "verdict", "reason")
    assert list(said) == [
        ("cairo", "rejected", "it is Cairo"), ("cairo-illinois", "accepted", ""),
    ]  # fmt: skip


def test_relinking_to_whom_it_names_accepts():
    mention = suggested(make_article(body="Cairo"), make_entity("Cairo"))
    assert relink([mention.pk], mention.entity, "mona") == 0
    mention.refresh_from_db()
    assert mention.state == "accepted"


def test_of_several_verdicts_in_one_statement_the_last_counts():
    first, second = (suggested(make_article(body="Cairo"), make_entity("Cairo")) for _ in range(2))
    uid, rows = first.article.uid, ((first, "accepted"), (first, "rejected"), (second, "accepted"))
    Decision.objects.bulk_create(
        Decision(
            kind="mention", row=it.pk, article_uid=uid, target="x", verdict=verdict, editor="mona"
        )
        for it, verdict in rows
    )
    assert list(Mention.objects.order_by("pk").values_list("state", flat=True)) == [
        "rejected", "accepted",
    ]  # fmt: skip
    with pytest.raises(IntegrityError, match="no tagging 7: nothing to decide"):
        Decision.objects.create(
            kind="tagging", row=7, article_uid=uid, target="x", verdict="accepted", editor="mona"
        )


def test_groups_are_read_from_an_index():
    entity = make_entity("Cairo")
    for _ in range(3):
        suggested(make_article(body="Cairo"), entity)
    with connection.cursor() as cursor:
        for other in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
        cursor.execute(
            "EXPLAIN SELECT quote, id FROM articles_mention WHERE entity_id = %s"
            " AND state = 'suggested' AND NOT is_lost ORDER BY entity_id, quote, id LIMIT 9",
            [entity.pk],
        )
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "using waiting_mention_by_spelling" in plan
    (group,) = spellings("mention", [entity.pk])
    assert (group.quote, group.size) == ("Cairo", 3)
