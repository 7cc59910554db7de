"""The change feed: what a reader has to fetch again, whoever wrote it, and nothing else."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import sleep
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction

from articles.models import (
    Alias,
    Article,
    Change,
    Entity,
    LedgerBatch,
    LedgerEntry,
    Mention,
    Redirect,
    Source,
    Tag,
    TagAlias,
    Tagging,
    announce_due,
    recording,
)
from articles.models.change_functions import FILL
from articles.models.ledger_functions import SEAL
from articles.vocabulary import ArticleStatus, LinkState, NounKind, Origin, Way
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

FAR = datetime(2999, 1, 1, tzinfo=UTC)


class News:
    """What the feed says of what was done since it was last asked."""

    def __init__(self):
        self.position = 0

    def __call__(self):
        connection.check_constraints()  # as a commit does
        rows = list(Change.objects.filter(position__gt=self.position).order_by("position"))
        if rows:
            self.position = rows[-1].position
        return [(row.kind, row.key, row.action) for row in rows]


@pytest.fixture
def news(db):
    return News()


@pytest.fixture
def article(news):
    article = make_article("Talks", source=make_source("Wire"), body="In Cairo.")
    news()
    return article


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def of(article, action):
    return [("article", str(article.uid), action)]


# ── what is announced ────────────────────────────────────────────────────────────────────────────


def test_the_life_of_an_article(news):
    source = make_source("Wire")
    draft = make_article(source=source, status=ArticleStatus.DRAFT)
    assert news() == [("source", "wire", "created")]
    draft.publish()
    assert news() == of(draft, "created")
    Article.objects.update(summary="More.")
    assert news() == of(draft, "changed")
    draft.withdraw("An error.")
    assert news() == of(draft, "withdrawn")
    draft.publish()
    assert news() == of(draft, "created")
    sql("UPDATE articles_article SET status = 'draft'")
    assert news() == of(draft, "withdrawn")
    draft.delete()
    assert news() == of(draft, "deleted")


def test_what_was_never_public_never_appears(news, article):
    hidden = make_article(status=ArticleStatus.DRAFT, body="In Cairo.")
    embargoed = make_article(publish_at=FAR)
    assert news() == []
    hidden.summary, embargoed.summary = "Changed", "Changed"
    hidden.save()
    embargoed.save()
    make_tagging(hidden, make_tag("Peace"))
    make_mention(embargoed, make_entity("Cairo"))
    assert news() == [("tag", "peace", "created"), ("entity", "cairo", "created")]
    hidden.delete()
    embargoed.delete()
    assert news() == []


def test_one_transaction_says_each_thing_once(news):
    with recording(Way.LOAD, actor="a"):
        article = make_article(source=make_source("Wire"), status=ArticleStatus.DRAFT)
        with recording(Way.ADMIN, actor="b"):
            article.publish()
        make_tagging(article, make_tag("Peace"))
    assert news() == [
        ("source", "wire", "created"),
        ("tag", "peace", "created"),
        *of(article, "created"),
    ]
    with recording(Way.LOAD, actor="a"):
        lost = make_article()
        lost.delete()
    assert news() == []


def test_copy_queryset_and_sql(news):
    source = make_source("Wire")
    uids = [uuid4() for _ in range(5)]
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY articles_article (uid, origin, external_id, source_id, headline, body, language,"
            " status, original_url) FROM STDIN"
        ) as copy,
    ):
        for uid in uids:
            copy.write_row((uid, "wire", str(uid), source.pk, "H", "B", "en", "published", ""))
    told = news()
    assert told[0] == ("source", "wire", "created")
    assert sorted(told[1:]) == sorted(("article", str(uid), "created") for uid in uids)
    Article.objects.filter(uid__in=uids[:2]).update(headline="New")
    assert len(news()) == 2
    sql("DELETE FROM articles_article WHERE uid = %s", uids[0])
    assert news() == [("article", str(uids[0]), "deleted")]


@pytest.mark.parametrize(
    "change",
    [
        lambda: Source.objects.update(notes="secret", cleaning_off=["furniture"]),
        lambda: Entity.objects.update(is_reviewed=False),
        lambda: Alias.objects.update(standing="accept", case_rule="ignore"),
        lambda: Article.objects.update(withdrawn_note="secret", headline_derived=True),
        lambda: Article.objects.update(publish_at=datetime(2020, 1, 1, tzinfo=UTC)),
        lambda: Article.objects.update(headline="Talks"),
        lambda: Mention.objects.update(origin="source"),
    ],
)
def test_what_no_reader_sees_is_not_announced(news, article, change):
    make_mention(article, make_entity("Cairo"))
    news()
    change()
    assert news() == []


def test_every_public_field_is_announced(news, article):
    Source.objects.update(name="Wire Agency")
    assert news() == [("source", "wire", "changed")]
    for field, value in {
        "headline": "New",
        "summary": "New",
        "bylines": ["Ann"],
        "body": "New",
        "language": "fr",
        "original_url": "https://example.org/",
        "source": make_source("Other"),
    }.items():
        news()
        Article.objects.update(**{field: value})
        assert news() == of(article, "changed"), field
    Article.objects.update(published_at=datetime(2024, 1, 1, tzinfo=UTC), published_precision="day")
    assert news() == of(article, "changed")


def test_a_new_reason_of_a_withdrawal_is_told(news, article):
    article.withdraw("An error.")
    news()
    Article.objects.update(withdrawn_note="internal", summary="unseen")
    assert news() == []
    Article.objects.update(withdrawn_reason="A grave error.")
    assert news() == of(article, "withdrawn")


# ── links ────────────────────────────────────────────────────────────────────────────────────────


def test_a_changed_link_is_a_change_of_the_article(news, article):
    cairo, peace = make_entity("Cairo"), make_tag("Peace")
    news()
    mention = make_mention(article, cairo)
    assert news() == of(article, "changed")
    Mention.objects.update(start=1, end=6)
    assert news() == of(article, "changed")
    mention.reject("anna")
    assert news() == of(article, "changed")
    Mention.objects.update(start=2, end=7)
    mention.delete()
    assert news() == []
    make_tagging(article, peace)
    assert news() == of(article, "changed")
    Tagging.objects.all().delete()
    assert news() == of(article, "changed")


def test_a_link_that_moves_to_another_article_changes_both(news, article):
    other = make_article()
    make_tagging(article, make_tag("Peace"))
    news()
    Tagging.objects.update(article=other)
    assert sorted(news()) == sorted(of(article, "changed") + of(other, "changed"))


def test_a_suggestion_is_told_when_it_is_accepted(news, article):
    link = make_tagging(
        article, make_tag("Peace"), origin=Origin.MACHINE, state=LinkState.SUGGESTED
    )
    news()
    link.reject("anna")
    assert news() == []
    link.accept("anna")
    assert news() == of(article, "changed")
    with transaction.atomic():
        link.reject("anna")
        link.delete()
    assert news() == of(article, "changed")


# ── nouns ────────────────────────────────────────────────────────────────────────────────────────


def test_a_renamed_entity_is_a_change_of_that_entity_only(news, article):
    cairo = make_entity("Cairo")
    make_mention(article, cairo)
    news()
    Entity.objects.update(name="Al-Qahira")
    assert news() == [("entity", "cairo", "changed")]
    Alias.objects.create(entity=cairo, spelling="El Cairo")
    assert news() == [("entity", "cairo", "changed")]
    Entity.objects.update(slug="al-qahira")
    assert news() == [("entity", "cairo", "merged"), ("entity", "al-qahira", "created")]
    Entity.objects.update(slug="kairo")
    assert news() == [
        ("entity", "al-qahira", "merged"),
        ("entity", "cairo", "merged"),
        ("entity", "kairo", "created"),
    ]


def test_an_alias_that_moves_changes_both_entities(news, article):
    make_entity("One")
    two = make_entity("Two")
    news()
    Alias.objects.filter(spelling="One").update(entity=two)
    assert news() == [("entity", "one", "changed"), ("entity", "two", "changed")]


def test_other_words_for_a_tag_change_that_tag(news):
    peace, war = make_tag("Peace"), make_tag("War")
    news()
    truce = TagAlias.objects.create(tag=peace, spelling="truce")
    assert news() == [("tag", "peace", "changed")]
    TagAlias.objects.filter(pk=truce.pk).update(tag=war)
    assert news() == [("tag", "peace", "changed"), ("tag", "war", "changed")]
    truce.delete()
    assert news() == [("tag", "war", "changed")]


def test_a_merger_by_redirect_and_deletion(news, article):
    one, two = make_entity("One"), make_entity("Two")
    mention = make_mention(article, one, quote="Cairo")
    news()
    with transaction.atomic():
        Mention.objects.filter(pk=mention.pk).update(entity=two)
        one.delete()
        Redirect.objects.create(kind=NounKind.ENTITY, old_slug="one", entity=two)
    assert news() == [("entity", "one", "merged"), *of(article, "changed")]
    Redirect.objects.all().delete()
    assert news() == [*of(article, "changed"), ("entity", "one", "deleted")]


def test_tombstones_of_nouns(news, article):
    tag = make_tag("Peace")
    make_tagging(article, tag)
    news()
    tag.delete()
    assert news() == [*of(article, "changed"), ("tag", "peace", "deleted")]
    article.delete()
    Source.objects.all().delete()
    assert news() == [*of(article, "deleted"), ("source", "wire", "deleted")]
    make_tag("Peace")
    assert news() == [("tag", "peace", "created")]


def test_a_slug_that_another_takes_changes_what_was_linked_under_it(news, article):
    """Who comes too late to see that `peace` led to `calm` would take the new one for it."""
    old = make_tag("Peace")
    child = make_tag("Below", parent=old)
    make_tagging(article, old)
    news()
    Tag.objects.filter(pk=old.pk).update(slug="calm")
    assert news() == [("tag", "peace", "merged"), ("tag", "calm", "created")]
    make_tag("Peace", slug="peace")
    assert sorted(news()) == sorted(
        [("tag", "peace", "created"), ("tag", child.slug, "changed"), *of(article, "changed")]
    )


def test_two_that_swap_their_slugs_change_what_is_linked_to_them(news, article):
    one, two = make_entity("One"), make_entity("Two")
    other = make_article()
    make_mention(article, one, quote="Cairo")
    make_mention(other, two, quote="Body")
    news()
    with transaction.atomic():
        for row, slug in ((one, "three"), (two, "one"), (one, "two")):
            Entity.objects.filter(pk=row.pk).update(slug=slug)
    assert sorted(news()) == sorted(
        [
            ("entity", "one", "changed"),
            ("entity", "three", "merged"),
            ("entity", "two", "changed"),
            *of(article, "changed"),
            *of(other, "changed"),
        ]
    )


# ── embargoes ────────────────────────────────────────────────────────────────────────────────────


def soon():
    return datetime.now(UTC) + timedelta(seconds=1.5)


def time_passes():
    """Every embargo ends, and nobody writes: no trigger hears of it."""
    while Article.objects.published().count() < Article.objects.count():
        sleep(0.05)


def test_the_end_of_an_embargo_is_announced_once(news, article, capsys):
    embargoed = make_article(publish_at=soon())
    assert announce_due() == news() == []
    time_passes()
    assert news() == []
    call_command("publish_due")
    assert capsys.readouterr().out == f"public now: {embargoed.uid}\nDone: 1 announced\n"
    assert news() == of(embargoed, "created")
    call_command("publish_due")
    assert capsys.readouterr().out == "Done: 0 announced\n"
    assert news() == []
    Article.objects.filter(pk=embargoed.pk).update(publish_at=FAR)
    assert news() == of(embargoed, "withdrawn")
    Article.objects.filter(pk=embargoed.pk).update(publish_at=None)
    assert news() == of(embargoed, "created")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_announce_an_end_once():
    for _ in range(20):
        make_article(publish_at=FAR)
    Article.objects.update(publish_at=soon())
    time_passes()
    start, told = Barrier(3), []

    def announce():
        start.wait()
        try:
            told.extend(announce_due())
        finally:
            connection.close()

    threads = [Thread(target=announce) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == len(set(told)) == 20
    assert Change.objects.filter(kind="article", action="created").count() == 20


def seen_unannounced(news):
    make_source("Wire")
    news()
    awaited = make_article(publish_at=datetime.now(UTC) + timedelta(seconds=0.2))
    assert news() == []
    sleep(0.3)
    return awaited


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda it: it.withdraw("An error."), "withdrawn"),
        (lambda it: it.delete(), "deleted"),
        (lambda it: Article.objects.filter(pk=it.pk).update(status="draft"), "withdrawn"),
        (lambda it: Article.objects.filter(pk=it.pk).update(publish_at=FAR), "withdrawn"),
        (lambda it: Article.objects.filter(pk=it.pk).update(summary="New."), "created"),
    ],
)
def test_what_readers_saw_unannounced_is_told_when_it_goes(news, act, said):
    """The embargo has ended, and nobody has run `publish_due`."""
    awaited = seen_unannounced(news)
    key = of(awaited, said)
    act(awaited)
    assert news() == key


def test_a_redaction_of_what_readers_saw_unannounced_is_told(news):
    awaited = seen_unannounced(news)
    key = of(awaited, "redacted")
    with recording(Way.SQL, is_redaction=True):
        Article.objects.filter(pk=awaited.pk).delete()
    assert news() == key


@pytest.mark.django_db(transaction=True)
def test_a_writer_who_began_before_the_end_does_not_take_it_back():
    """Its transaction is older than the end of the embargo; its commit is not."""
    article = make_article(publish_at=soon())
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT now()")
        time_passes()
        assert announce_due() == [str(article.uid)]
        other.execute("UPDATE articles_article SET summary = 'late'")
        other.commit()
    actions = Change.objects.filter(kind="article").order_by("position")
    assert list(actions.values_list("action", flat=True)) == ["created", "changed"]


# ── redaction ────────────────────────────────────────────────────────────────────────────────────


def redaction():
    return recording(Way.ADMIN, actor="anna", is_redaction=True)


def test_what_a_redaction_deletes_is_redacted(news, article):
    person = make_entity("Jane Doe")
    make_mention(article, person, quote="Cairo")
    news()
    with redaction():
        person.delete()
    assert news() == [("entity", "jane-doe", "redacted"), *of(article, "changed")]
    with redaction():
        article.delete()
    assert news() == of(article, "redacted")


def test_what_a_redaction_empties_is_redacted_and_begins_anew(news, article):
    with redaction():
        Article.objects.update(body="[removed]")
    assert news() == [*of(article, "redacted"), *of(article, "created")]
    assert LedgerBatch.objects.filter(is_redaction=True).count() == 1
    Article.objects.update(summary="As before.")
    assert news() == of(article, "changed")
    article.withdraw("Removed.")
    news()
    with redaction():
        article.delete()
    assert news() == of(article, "redacted")


def test_a_redaction_of_what_nobody_saw_is_silent(news, article):
    draft = make_article(status=ArticleStatus.DRAFT)
    with redaction():
        draft.delete()
    assert news() == []


def test_a_redaction_in_sql(news, article):
    with transaction.atomic():
        sql("SELECT set_config('newsroom.redaction', 'on', true)")
        sql("DELETE FROM articles_article")
        sql("SELECT set_config('newsroom.redaction', '', true)")
    assert news() == of(article, "redacted")


# ── the order, and who may write it ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "change",
    [
        lambda: Change.objects.update(action="created"),
        lambda: Change.objects.all()._raw_delete("default"),
        lambda: sql("SET LOCAL newsroom.allow_truncate = 'off'; TRUNCATE articles_change"),
    ],
)
def test_the_feed_is_append_only(article, change):
    with pytest.raises(IntegrityError, match=r"append-only|TRUNCATE"), transaction.atomic():
        change()


def test_no_entry_enters_a_sealed_batch(news):
    with recording(Way.ADMIN, actor="anna", note="one act"):
        make_tag("One")
        connection.check_constraints()  # as loaddata does
        make_tag("Two")
    assert news() == [("tag", "one", "created"), ("tag", "two", "created")]
    batches = LedgerBatch.objects.order_by("position")
    assert [(batch.actor, batch.note, batch.entries.count()) for batch in batches] == [
        ("anna", "one act", 1),
        ("anna", "one act", 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_constraints_that_are_immediate_hide_nothing():
    with transaction.atomic():
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        article = make_article()
        Article.objects.update(summary="New")
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        article.delete()
    rows = Change.objects.filter(kind="article").order_by("position")
    assert list(rows.values_list("action", flat=True)) == ["created", "deleted"]
    for batch in LedgerBatch.objects.all():
        assert batch.position
        assert batch.entries.exists()


def test_the_functions_know_the_trigger_that_seals():
    (seal,) = [it for it in LedgerBatch._meta.triggers if it.name == "seal"]
    assert seal.get_pgid(LedgerBatch) == SEAL


def test_nothing_is_filed_under_an_older_batch(news):
    with recording(Way.ADMIN, actor="anna"):
        make_tag("One")
    news()
    sealed = LedgerBatch.objects.get()
    with recording(Way.SQL, actor="mallory"):
        sql("SELECT set_config('newsroom.batch', %s, true)", str(sealed.pk))
        make_tag("Two")
    assert news() == [("tag", "two", "created")]
    assert sealed.entries.count() == 1
    assert LedgerEntry.objects.get(key="two").batch.actor == "mallory"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_writer_who_cannot_see_what_others_commit_is_refused(level):
    """It could not know what the feed has to say of what it touches."""
    make_tag("Kept")
    with pytest.raises(OperationalError, match="READ COMMITTED only"), transaction.atomic():
        sql(f"SET TRANSACTION ISOLATION LEVEL {level}")
        make_tag("Lost")
    assert Tag.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_meets_only_at_commit_is_still_announced():
    """One links while another publishes: whoever commits last sees both."""
    article = make_article(status=ArticleStatus.DRAFT)
    tag = make_tag("Peace")
    last = Change.objects.latest("position").position
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(
            "INSERT INTO articles_tagging (article_id, tag_id) VALUES (%s, %s)",
            [article.pk, tag.pk],
        )
        Article.objects.filter(pk=article.pk).update(status="published")
        other.commit()
    told = Change.objects.filter(position__gt=last).order_by("position")
    assert list(told.values_list("action", flat=True)) == ["created", "changed"]


@pytest.mark.django_db(transaction=True)
def test_positions_wait_for_the_writer_before_them():
    """Nobody is given a position while a lower one is not yet to be seen."""
    done = []

    def write():
        try:
            make_tag("Second")
            done.append(Change.objects.count())
        finally:
            connection.close()

    with transaction.atomic():
        make_tag("First")
        connection.check_constraints()  # its position is given, and not yet to be seen
        second = Thread(target=write)
        second.start()
        second.join(0.5)
        assert second.is_alive()
        assert not done
    second.join()
    rows = Change.objects.order_by("position").values_list("key", flat=True)
    assert (done, list(rows)) == ([2], ["first", "second"])


@pytest.mark.django_db(transaction=True)
def test_rolled_back_changes_are_never_told():
    with suppress(ZeroDivisionError), transaction.atomic():
        make_tag("Lost")
        connection.check_constraints()
        raise ZeroDivisionError
    make_tag("Kept")
    assert list(Change.objects.values_list("key", flat=True)) == ["kept"]


@pytest.mark.django_db(transaction=True)
def test_announcing_reads_each_row_by_its_index_whatever_the_statistics_say():
    """Those that are taken while a load is under way say that the tables are empty."""
    source, number = make_source("Wire"), 500
    with transaction.atomic():
        sql(
            "INSERT INTO articles_article (uid, origin, external_id, source_id, headline, body,"
            " language, published_precision, status, original_url)"
            f" SELECT gen_random_uuid(), 'wire', number::text, {source.pk}, 'One', repeat('x', 99),"
            f" 'en', 'unknown', 'published', '' FROM generate_series(1, {number}) AS number"
        )
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
            other.execute("ANALYZE")
        before = _rows_read()
        connection.check_constraints()  # as a commit does
        assert Change.objects.count() == number + 1
        assert _rows_read() - before < 10 * number


@pytest.mark.django_db(transaction=True)
def test_announcing_spellings_reads_each_row_by_its_index_too():
    number = 400
    with transaction.atomic():
        entities = [Entity(name=f"E {n}", slug=f"e-{n}", kind="person") for n in range(number)]
        tags = [Tag(name=f"T {n}", slug=f"t-{n}") for n in range(number)]
        Entity.objects.bulk_create(entities)
        Tag.objects.bulk_create(tags)
        Alias.objects.bulk_create(Alias(entity=it, spelling=it.name) for it in entities)
        TagAlias.objects.bulk_create(TagAlias(tag=it, spelling=it.name) for it in tags)
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
            other.execute("ANALYZE")
        before = _rows_read()
        connection.check_constraints()
        assert Change.objects.count() == 2 * number
        read = _rows_read() - before
        # PostgreSQL's own checks of references read half of the owners for each spelling.
        assert read < 2 * number**2, read


def _rows_read():
    """How many rows of the archive this transaction has read, in whatever way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))"
            " FROM pg_stat_xact_user_tables WHERE relname LIKE 'articles_%'"
        )
        return cursor.fetchone()[0]


# ── an archive that is older than its feed ───────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_the_feed_of_an_older_archive_is_what_it_would_have_said():
    public = make_article(source=make_source("Wire"), body="In Cairo.")
    make_mention(public, make_entity("Cairo"))
    gone, withdrawn, hidden = make_article(), make_article(), make_article(status="draft")
    make_article(publish_at=FAR)
    gone.delete()
    withdrawn.withdraw("An error.")
    hidden.delete()
    tag = make_tag("Peace", parent=make_tag("Top"))
    Tag.objects.filter(pk=tag.pk).update(slug="calm")
    make_tag("Lost").delete()
    last = {(it.kind, it.key): it.action for it in Change.objects.order_by("position")}
    sql("TRUNCATE articles_change")
    sql(FILL)
    rows = list(Change.objects.order_by("position").values_list("kind", "key", "action"))
    live = {"changed": "created"}
    assert {(k, key): action for k, key, action in rows} == {
        key: live.get(action, action) for key, action in last.items()
    }
    assert len(rows) == len(last)
    kinds = [kind for kind, _, action in rows if action == "created"]
    order = ["source", "tag", "entity", "article"]
    assert kinds == sorted(kinds, key=order.index)
