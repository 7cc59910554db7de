"""One archive kept equal to another over HTTP: two databases, two servers, one address."""

import json
import random
import re
import signal
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic, sleep
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from articles.ingestion.follow import client
from articles.models import (
    Alias,
    Article,
    Change,
    Correction,
    Entity,
    Follow,
    LedgerBatch,
    Mention,
    Redirect,
    Source,
    Tag,
    TagAlias,
    Tagging,
    recording,
)
from articles.models.redact import redact
from articles.vocabulary import ArticleStatus, DatePrecision, NounKind, Origin, Way
from tests.articles.api import writers
from tests.articles.api.mirror import PLURAL
from tests.articles.ingestion.archives import empty_archives, process, served, shown
from tests.databases import at, empty
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "Talks in Cairo.\n\nA Heading\n\nCairo again, and 𝔘 القاهرة."


@pytest.fixture(scope="module")
def archives(django_db_setup, django_db_blocker):
    """The database of the tests and two more, and where the first two are served."""
    with django_db_blocker.unblock(), empty_archives(2) as (second, third):
        first = connection.settings_dict["NAME"]
        with served(first) as address, served(second) as copy:
            yield {"second": second, "third": third, "address": address, "copy": copy}


@pytest.fixture
def other(archives, transactional_db):
    """The database of an empty archive that follows the one of the test."""
    yield archives["second"]
    with at(archives["second"]):
        empty()


@pytest.fixture
def address(archives):
    """Where the archive of the test is served."""
    return archives["address"]


@pytest.fixture
def copy(archives):
    """Where the archive that follows it is served."""
    return archives["copy"]


def follow(database, address, **options):
    """Exit code 0, or the words and the code of the command's end."""
    with at(database):
        try:
            call_command("follow_archive", address, quiet=True, **options)
        except CommandError as error:
            return error.returncode, str(error)
    return 0


def keys():
    """The paths of everything that the feed ever spoke of."""
    named = Change.objects.order_by("kind", "key").values_list("kind", "key").distinct()
    return [f"{PLURAL[kind]}/{quote(key, safe='')}/" for kind, key in named]


def assert_equal(address, copy, paths=None):
    paths = keys() if paths is None else paths
    here, there = shown(copy, lambda: paths), shown(address, lambda: paths)
    differing = [path for path in here.keys() | there.keys() if here.get(path) != there.get(path)]
    assert {path: here.get(path) for path in differing} == {
        path: there.get(path) for path in differing
    }


def fill():
    wire = make_source("Wire", kind="agency", country="EG", timezone="Africa/Cairo", notes="n")
    cairo = make_entity("Cairo", wikidata_id="Q85", description="A city.")
    Alias.objects.create(entity=cairo, spelling="القاهرة", kind="name", standing="never")
    peace = make_tag("Peace", parent=make_tag("Zonflict", media_topic="medtop:16000000"))
    TagAlias.objects.create(tag=peace, spelling="truce")
    TagAlias.objects.create(tag=peace, spelling="armistice")
    talks = make_article(
        "Talks", source=wire, body=BODY, bylines=["A, B", 'C "D"'], summary="S", language="pt-BR"
    )
    make_mention(talks, cairo)
    second = BODY.rindex("Cairo")
    make_mention(talks, cairo, start=second, end=second + 5, quote="Cairo")
    make_mention(talks, make_entity("Egypt"), origin=Origin.SOURCE)
    suggestion = make_mention(
        talks, make_entity("United Nations"), origin=Origin.MACHINE, state="suggested"
    )
    make_tagging(talks, peace)
    make_tagging(talks, make_tag("Sport"), origin=Origin.MACHINE, state="suggested")
    make_article(
        "Of a day",
        source=wire,
        published_at="2024-03-31T00:00:00Z",
        published_precision=DatePrecision.DAY,
    )
    make_article(
        "Exact",
        source=wire,
        published_at="2024-03-31T18:30:00.123456Z",
        published_precision=DatePrecision.EXACT,
    )
    make_article(status=ArticleStatus.DRAFT)
    return talks, cairo, peace, suggestion


def test_corrections_come_along_and_an_editors_own_stay(other, address, copy, capsys):
    article = make_article("Talks")
    first = Correction.objects.create(article=article, note="Ten came.", editor="mona")
    second = Correction.objects.create(article=article, note="On Monday.", editor="mona")
    assert follow(other, address) == 0
    assert_equal(address, copy)
    first.note = "Twelve came."
    first.save()
    second.delete()
    third = Correction.objects.create(article=article, note="In Cairo.", editor="mona")
    assert follow(other, address) == 0
    assert_equal(address, copy)
    with at(other):
        assert set(Correction.objects.values_list("origin", flat=True)) == {Origin.SOURCE}
        with recording(Way.ADMIN, actor="otto"):
            Correction.objects.filter(note="In Cairo.").delete()
            local = Correction.objects.create(article=Article.objects.get(), note="Here.")
    third.note = "In Giza."
    third.save()
    assert follow(other, address)[0] == 1
    assert "kept: 2 of its corrections are others here" in capsys.readouterr().err
    with at(other):
        told = Correction.objects.order_by("at").values_list("note", flat=True)
        assert list(told) == ["Twelve came.", local.note]


def test_a_second_archive_is_kept_equal(other, address, copy, capsys):
    talks, cairo, peace, suggestion = fill()
    assert follow(other, address) == 0
    assert_equal(address, copy)
    assert follow(other, address) == 0
    assert "0 changes read, 0 created, 0 updated" in capsys.readouterr().out
    with at(other):
        assert not Article.objects.exclude(edited_fields=[]).exists()
        assert set(LedgerBatch.objects.values_list("way", flat=True)) == {"load"}

    suggestion.accept("anna")
    Tagging.objects.filter(tag=peace).delete()
    Article.objects.filter(headline="Exact").update(
        published_at=None, published_precision="unknown"
    )
    day = Article.objects.get(headline="Of a day")
    day.withdraw("An error.")
    cairo.slug, cairo.name = "القاهرة", "Al-Qahira"
    cairo.save()
    Alias.objects.filter(spelling="Cairo").update(kind="acronym")
    TagAlias.objects.filter(spelling="truce").update(spelling="Truces")
    TagAlias.objects.filter(spelling="armistice").delete()
    with transaction.atomic():
        Mention.objects.filter(entity__slug="egypt").update(entity=cairo)
        Entity.objects.get(slug="egypt").delete()
        Redirect.objects.create(kind=NounKind.ENTITY, old_slug="egypt", entity=cairo)
    Tag.objects.filter(slug="peace").update(parent=None, media_topic="medtop:20000065")
    Tag.objects.get(slug="zonflict").delete()
    make_article("New", source=make_source("Another"), body="Another body.")
    assert follow(other, address) == 0
    assert_equal(address, copy)

    day.publish()
    Article.objects.filter(pk=talks.pk).update(status="draft")
    Article.objects.get(headline="New").delete()
    Source.objects.get(slug="another").delete()
    assert follow(other, address) == 0
    assert_equal(address, copy)
    with at(other):
        assert Follow.objects.get().url == f"{address}api/v1/"
        # the row itself was renamed, and its ledger tells its whole life
        assert Redirect.objects.survivor(NounKind.ENTITY, "cairo").name == "Al-Qahira"


def test_a_third_archive_follows_the_second(other, address, copy, archives):
    third = archives["third"]
    with served(third) as third_address:
        fill()
        assert follow(other, address) == 0
        assert follow(third, copy) == 0
        assert_equal(address, third_address)
        Article.objects.update(summary="All of them.")
        Tag.objects.get(slug="sport").delete()
        assert follow(other, address) == 0
        assert follow(third, copy) == 0
        assert_equal(address, third_address)
    with at(third):
        empty()


def test_a_redaction_goes_on_to_those_who_follow_the_follower(other, address):
    talks, *_ = fill()
    assert follow(other, address) == 0
    with recording(Way.ADMIN, actor="anna", is_redaction=True):
        Article.objects.filter(headline="Exact").delete()
        Article.objects.filter(pk=talks.pk).update(body="[removed]")
    assert follow(other, address) == 0
    with at(other):
        told = list(Change.objects.order_by("-position").values_list("key", "action")[:3])
        assert sorted(action for _, action in told) == ["created", "redacted", "redacted"]
        assert Article.objects.get(uid=talks.uid).body == "[removed]"


def test_a_lawful_erasure_empties_the_copy_too(other, address, copy):
    talks, *_ = fill()
    Correction.objects.create(article=talks, note="Qanun it was.")
    Article.objects.filter(pk=talks.pk).update(body=f"{BODY} Qanun.", summary="Qanun")
    assert follow(other, address) == 0
    redact(talks.uid, "a court", "anna")
    assert follow(other, address) == 0
    assert_equal(address, copy)
    with at(other):
        tombstone = Article.objects.get(uid=talks.uid)
        assert (tombstone.headline, tombstone.body) == ("Redacted", "")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM articles_ledgerentry e WHERE e::text ~* 'qanun'")
            assert cursor.fetchone() == (0,)
        last = Change.objects.filter(key=str(talks.uid)).latest("position")
        assert last.action == "redacted"
    assert follow(other, address) == 0


def test_what_was_deleted_before_it_was_erased_is_erased_there_too(other, address, copy):
    article = make_article("Qanun", body="Qanun.")
    withdrawn = make_article("Tanbur")
    assert follow(other, address) == 0
    uid = article.uid
    article.delete()
    withdrawn.withdraw("redacted")  # only in words
    assert follow(other, address) == 0
    redact(uid, "a court", "anna")
    assert follow(other, address) == 0
    assert_equal(address, copy)
    with at(other), connection.cursor() as cursor:
        cursor.execute("SELECT e::text FROM articles_ledgerentry e")
        kept = " ".join(text for (text,) in cursor.fetchall())
        assert "Qanun" not in kept
        assert Article.objects.get(uid=withdrawn.uid).headline == "Tanbur"


# ── whatever is done there ───────────────────────────────────────────────────────────────────────


def life(seed, transactions):
    """Acts of all kinds, most of which the database takes."""
    chance = random.Random(seed)
    acts = sorted(writers.ACTS)
    for _ in range(transactions):
        drawn = [(chance.choice(acts), chance.randrange(1000)) for _ in range(chance.randint(1, 4))]
        writers.write([(drawn, chance.random() < 0.1, chance.random() < 0.1)])


def live(other, address, copy, seed, rounds, transactions=12):
    writers.start_archive()
    for number in range(rounds):
        assert follow(other, address) == 0
        life(seed * 1000 + number, transactions)
    sleep(0.2)  # every embargo has ended
    call_command("publish_due", quiet=True)
    assert follow(other, address) == 0
    assert_equal_to_all_but_what_was_never_seen(address, copy, other)


def assert_equal_to_all_but_what_was_never_seen(address, copy, database):
    """Of an article that came and went between two visits nothing is here, not even the reason."""
    with at(database):
        here = {str(uid) for uid in Article.objects.values_list("uid", flat=True)}
    seen = [path for path in keys() if path[:9] != "articles/" or path[9:-1] in here]
    assert_equal(address, copy, seen)


@pytest.mark.parametrize("seed", [1, 3])
def test_whatever_is_done_there_is_here(other, address, copy, seed, monkeypatch):
    monkeypatch.setattr(client, "PAGE", 5)
    live(other, address, copy, seed, rounds=3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", (5, 9, 12, 15))
def test_whatever_is_done_there_is_here_after_much(other, address, copy, seed, monkeypatch):
    monkeypatch.setattr(client, "PAGE", 1 + seed % 9)
    live(other, address, copy, seed, rounds=6, transactions=20)


# ── killed ───────────────────────────────────────────────────────────────────────────────────────


def killed(database, address, statement):
    """Follow in a process of its own. Returns whether it was killed before it ended."""
    follower = process(database, "follow", address, statement)
    said, errors = follower.communicate(timeout=120)
    assert follower.returncode in {0, -signal.SIGKILL}, errors
    return follower.returncode != 0, said


def go_on_after_kills(other, address, copy, statements):
    fill()
    life(7, 10)
    for statement in statements:
        was_killed, _ = killed(other, address, statement)
        with at(other):
            place = Follow.objects.first()
            position = place.position if place else 0
        # exactly to where it says that it is
        assert position == 0 or Change.objects.filter(position=position).exists()
        if not was_killed:
            break
    assert follow(other, address) == 0
    assert_equal_to_all_but_what_was_never_seen(address, copy, other)


def test_a_killed_follower_goes_on(other, address, copy):
    go_on_after_kills(other, address, copy, [60, 150, 9])


@pytest.mark.slow
def test_a_follower_killed_at_any_statement_goes_on(other, address, copy):
    go_on_after_kills(other, address, copy, [*range(1, 40, 3), *range(40, 400, 11)])


def test_it_watches_until_it_is_stopped(other, address):
    make_tag("First")
    watcher = process(other, "watch", address)
    try:
        for slug in ("first", "second"):
            deadline = monotonic() + 60
            with at(other):
                while not Tag.objects.filter(slug=slug).exists():
                    assert monotonic() < deadline, watcher.poll()
                    sleep(0.1)
            if slug == "first":
                make_tag("Second")
        watcher.send_signal(signal.SIGINT)
        _, errors = watcher.communicate(timeout=60)
    finally:
        watcher.kill()
        watcher.wait()
    assert watcher.returncode == 130, errors
    assert "Stopped; run it again to go on." in errors


# ── what an editor here says ─────────────────────────────────────────────────────────────────────


def test_an_editors_word_here_is_kept_and_reported(other, address, capsys):
    talks, cairo, peace, _ = fill()
    assert follow(other, address) == 0
    with at(other):
        Article.objects.filter(uid=talks.uid).update(headline="Ours")
        Mention.objects.filter(entity__slug="egypt").get().reject("berta")
        Entity.objects.filter(slug="cairo").update(name="Kairo")
        Tag.objects.filter(slug="peace").update(slug="frieden")
        Article.objects.get(headline="Exact").delete()
        own = make_tag("Own")
        make_tagging(Article.objects.get(uid=talks.uid), own)
        make_entity("Gone there")
    talks.headline, talks.summary = "Theirs", "Theirs"
    talks.save()
    Entity.objects.filter(pk=cairo.pk).update(name="Al-Qahira", description="New.")
    Tag.objects.filter(pk=peace.pk).update(description="New.")
    Article.objects.filter(headline="Exact").update(summary="New")
    make_entity("Gone there").delete()
    code, words = follow(other, address)
    assert (code, words) == (1, "Not everything is here as it is there: see above.")
    with at(other):
        article = Article.objects.get(uid=talks.uid)
        assert (article.headline, article.summary) == ("Ours", "Theirs")
        assert [link.state for link in article.mentions.filter(entity__slug="egypt")] == [
            "rejected"
        ]
        assert article.taggings.filter(tag=own).exists()
        entity = Entity.objects.get(slug="cairo")
        assert (entity.name, entity.description) == ("Kairo", "New.")
        tag = Tag.objects.get(slug="frieden")
        assert tag.description == "New."
        assert article.taggings.filter(tag=tag).exists()
        assert not Tag.objects.filter(slug="peace").exists()
        assert not Article.objects.filter(external_id="Exact").exists()
        assert Entity.objects.filter(slug="gone-there").exists()
    told = capsys.readouterr().err
    for words in (
        f"article {talks.uid}: kept: headline changed here",
        "an editor here decided on",
        "entity cairo: kept: name changed here",
        "tag peace: kept: is called frieden here",
        "kept: was deleted here",
        "entity gone-there: kept: was made here",
    ):
        assert words in told


def test_what_only_one_may_have_changes_its_holder(other, address, copy, monkeypatch):
    monkeypatch.setattr(client, "PAGE", 1)
    one, two = make_entity("One", wikidata_id="Q1"), make_entity("Two", wikidata_id="Q2")
    up, down = make_tag("A up"), make_tag("Z down")
    Tag.objects.filter(pk=down.pk).update(parent=up)
    assert follow(other, address) == 0
    with transaction.atomic():
        Entity.objects.filter(pk=one.pk).update(wikidata_id=None)
        Entity.objects.filter(pk=two.pk).update(wikidata_id="Q1")
        Entity.objects.filter(pk=one.pk).update(wikidata_id="Q2")
        Tag.objects.filter(pk=down.pk).update(parent=None)
        Tag.objects.filter(pk=up.pk).update(parent=down)
    assert follow(other, address) == 0
    assert_equal(address, copy)


# ── what is at the other end ─────────────────────────────────────────────────────────────────────


def test_an_archive_that_was_restored_is_noticed(other, address):
    fill()
    assert follow(other, address) == 0
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE articles_change RESTART IDENTITY")
    make_tag("Another life")
    code, words = follow(other, address)
    assert code == 2
    assert "restored from a backup, or is another archive" in words
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('articles_change_position_seq', 10000)")
    make_tag("Beyond")
    assert follow(other, address)[0] == 2
    assert follow(other, address, from_start=True) == 0
    with at(other):
        assert Follow.objects.get().position == 10_001
        assert Tag.objects.filter(slug="another-life").exists()
        assert Tag.objects.filter(slug="sport").exists()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("archive.example", "write https://archive.example/"),
        ("ftp://archive.example/", "write https://archive.example/"),
        ("http://[::1", "is not an address"),
        ("https://anna:secret@archive.example/", "use --token instead"),
        ("https://archive.example/api/v2/", "version 1 of the API only"),
        ("http://127.0.0.1:9/", "does not answer"),
    ],
)
def test_an_address_that_cannot_be_followed(url, words):
    with pytest.raises(CommandError, match=re.escape(words)) as stopped:
        call_command("follow_archive", url)
    assert stopped.value.returncode == 2
    assert "secret" not in str(stopped.value)


@contextmanager
def answering(answers):
    """A server with canned answers by path, each as (status, headers, body); the last one stays."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            left = answers.get(self.path) or [(404, {}, b"{}")]
            status, headers, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


ROOT = json.dumps({"articles": "", "changes": ""}).encode()
NO_MORE = b'{"next":null,"previous":null,"count":null,"results":[]}'
FEED = f"/api/v1/changes/?after=0&page_size={client.PAGE}"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "is no newsroom that can be followed (answers 404)"),
        ({"/api/v1/": [(200, {}, b"<html>")]}, "without a JSON object"),
        ({"/api/v1/": [(200, {}, b"[]")]}, "without a JSON object"),
        ({"/api/v1/": [(200, {}, b'{"articles": ""}')]}, "its API has no change feed"),
        ({"/api/v1/": [(401, {}, b"{}")]}, "is the --token right?"),
        ({"/api/v1/": [(301, {"Location": "https://new.example/"}, b"")]}, "https://new.example/"),
        ({"/api/v1/": [(200, {}, ROOT)], FEED: [(200, {}, b'{"results":[{"kind":"x"}]}')]}, "x"),
        (
            {
                "/api/v1/": [(200, {}, ROOT)],
                FEED: [
                    (
                        200,
                        {},
                        b'{"results":[{"position":1,"kind":"tag","key":"t","action":"created"}]}',
                    )
                ],
                "/api/v1/tags/t/": [(200, {}, b'{"slug":"t"}')],
            },
            "does not understand",
        ),
    ],
)
def test_what_is_no_newsroom(answers, words):
    with answering(answers) as (url, _), pytest.raises(CommandError) as stopped:
        call_command("follow_archive", url)
    assert words in str(stopped.value)
    assert stopped.value.returncode == 2
    assert not Tag.objects.exists()
    assert not Follow.objects.exclude(position=0).exists()


def test_it_waits_as_long_as_it_is_told_and_says_who_it_is(capsys):
    busy = (429, {"Retry-After": "1"}, b"{}")
    answers = {
        "/base/api/v1/": [busy, (200, {}, ROOT)],
        f"/base{FEED}": [(503, {"Retry-After": "0"}, b"{}"), (200, {}, NO_MORE)],
    }
    start = monotonic()
    with answering(answers) as (url, asked):
        call_command("follow_archive", f"{url}base/api/v1/changes/?after=7", token="t0ken")
    assert monotonic() - start >= 1
    assert len(asked) == 4
    assert {headers["Authorization"] for _, headers in asked} == {"Bearer t0ken"}
    assert "0 changes read" in capsys.readouterr().out


def test_a_token_that_shows_drafts_publishes_none(other, capsys):
    told = b'{"results":[{"position":1,"kind":"article","key":"%s","action":"withdrawn"}]}'
    uid = "0" * 8 + "-0000-4000-8000-" + "0" * 12
    answers = {
        "/api/v1/": [(200, {}, ROOT)],
        FEED: [(200, {}, told % uid.encode())],
        f"/api/v1/changes/?after=1&page_size={client.PAGE}": [(200, {}, NO_MORE)],
        f"/api/v1/articles/{uid}/": [(200, {}, b'{"status": "draft", "headline": "Secret"}')],
    }
    with answering(answers) as (url, _):
        assert follow(other, url, token="t") == 0
    with at(other):
        assert not Article.objects.exists()
        assert Follow.objects.get().position == 1
