"""Uploads: a file, its plan, and the load that does what was shown and nothing else."""

import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.admin import upload_limit, uploads
from articles.ingestion import batches
from articles.models import (
    Article,
    LedgerBatch,
    LoadConflict,
    LoadFault,
    LoadRun,
    PlannedRecord,
    Source,
    Tag,
    Upload,
    recording,
)
from articles.models.groups import make_groups
from articles.models.redact import redact
from articles.vocabulary import LoadState, Way
from tests.articles.admin.browser import address, errors, query_names, save
from tests.articles.admin.test_desk import ELSEWHERE, HANDLER, INLINE_SCRIPT, INLINE_STYLE
from tests.factories import make_source

URL = "/admin/articles/loadrun/upload/"


def lines(*records: dict[str, Any] | str) -> bytes:
    texts = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
    return "".join(f"{text}\n" for text in texts).encode()


def story(number: int, **more: Any) -> dict[str, Any]:
    body = f"They met on day {number} and agreed on nothing at all."
    return {"source": "wire", "external_id": str(number), "headline": f"Talks {number}",
            "body": body, "published_at": "2024-03-31T18:30:00Z"} | more  # fmt: skip


def send(client: Client, data: bytes, name: str = "stories.jsonl", **options: Any) -> Any:
    fields = {"format": "auto", "status": "published", "source": "", "map": "", **options}
    return client.post(URL, {**fields, "file": SimpleUploadedFile(name, data)})


def planned(client: Client, data: bytes, **options: Any) -> str:
    """The address of the plan."""
    answer = send(client, data, **options)
    assert answer.status_code == 302, errors(answer)
    return str(answer.url)


def press(client: Client, url: str, step: str) -> Any:
    return client.post(url, {"step": step}, follow=True)


def apply(client: Client, data: bytes, **options: Any) -> Any:
    return press(client, planned(client, data, **options), "apply")


def shown(page: Any) -> list[str]:
    return [line.record.headline for line in page.context["lines"]]


@pytest.fixture
def wire(db: None) -> Source:
    return make_source("Wire", slug="wire")


@pytest.fixture
def editor(db: None) -> Client:
    make_groups(apps)  # tests with transactions of their own empty the tables
    user = User.objects.create_user("nadia", is_staff=True)
    user.groups.set(Group.objects.filter(name="Editors"))
    client = Client()
    client.force_login(user)
    return client


class TestThePlan:
    def test_it_counts_and_shows_and_changes_nothing(self, editor: Client, wire: Source):
        apply(editor, lines(story(1, headline="Talks begin in the old city on Sunday morning")))
        before = LedgerBatch.objects.count()
        data = lines(
            story(1, headline="Talks end in the old city on Sunday morning"),
            story(2, headline="محادثات القاهرة"),
            story(3, language="nonsense-9"),
            story(4, tags=["Nowhere"]),
        )
        url = planned(editor, data)
        page = editor.get(url)
        assert [(t.name, t.number) for t in page.context["tabs"]] == [
            ("rejected", 2), ("updated", 1), ("created", 1),
        ]  # fmt: skip
        faults = [(line.record.line, line.faults[0].field) for line in page.context["lines"]]
        assert faults == [(3, "language"), (4, "tags")]
        assert "nonsense-9" in page.text and "let “Create what is missing” do so" in page.text
        changes = editor.get(f"{url}?show=updated").text
        assert re.search(r"<del><span[^>]*>\[removed: </span>begin<", changes)
        assert re.search(r"<ins><span[^>]*>\[added: </span>end<", changes)
        new = editor.get(f"{url}?show=created")
        assert shown(new) == ["محادثات القاهرة"]
        assert "wire" in new.text and "2024-03-31 18:30" in new.text
        assert 'dir="auto">محادثات القاهرة' in new.text
        assert LedgerBatch.objects.count() == before
        assert Article.objects.get().headline.startswith("Talks begin")

    def test_what_an_editor_keeps_is_shown_as_a_conflict(self, editor: Client, wire: Source):
        apply(editor, lines(story(1)))
        save(editor, "article", Article.objects.get().pk, headline="An editor wrote <b>this</b>")
        url = planned(editor, lines(story(1, headline="Talks again")))
        page = editor.get(f"{url}?show=conflict")
        [line] = page.context["lines"]
        assert [(c.before, c.after) for c in line.theirs] == [
            ("An editor wrote <b>this</b>", "Talks again")
        ]
        assert "An editor wrote &lt;b&gt;this" in page.text

    def test_missing_names_are_created_if_so_chosen(self, editor: Client):
        data = lines(story(1, source="New Wire", tags=["Economy"]))
        url = planned(editor, data, create_missing="on")
        page = editor.get(url)
        assert page.context["names"] == ["source new-wire", "tag economy"]
        assert not Tag.objects.exists()
        press(editor, url, "apply")
        assert Tag.objects.get().name == "Economy"

    def test_options_are_those_of_the_command(self, editor: Client, wire: Source):
        data = "title;text;when\nÄrger;Viel davon.;2024-03-31 20:00\n".encode("cp1252")
        options = {
            "source": "wire", "status": "draft", "timezone": "Africa/Cairo", "format": "csv",
            "encoding": "windows-1252",
            "map": "title=headline\r\ntext=body\r\nwhen=published_at",
        }  # fmt: skip
        apply(editor, data, **options)
        article = Article.objects.get()
        assert (article.headline, article.status) == ("Ärger", "draft")
        assert f"{article.published_at:%H:%M}" == "18:00"
        assert LoadRun.objects.get().options["timezone"] == "Africa/Cairo"

    @pytest.mark.parametrize(
        ("option", "words"),
        [
            ({"timezone": "Mars"}, "no IANA zone"),
            ({"map": "a"}, "write theirs=ours"),
            ({"source": "nobody"}, "unknown source"),
            ({"encoding": "klingon"}, "no encoding of text"),
            ({"format": "docx"}, "Select a valid choice"),
        ],
    )
    def test_a_wrong_option_is_told_at_its_field(self, editor, wire, option, words):
        answer = send(editor, lines(story(1)), **option)
        assert answer.status_code == 400
        assert words in errors(answer)
        [name] = option
        assert re.search(rf'field-{name} errors"', answer.text)
        assert not Upload.objects.exists()

    def test_pages_are_short_and_ask_as_often(self, editor: Client, wire: Source):
        apply(editor, lines(*(story(n, tags=[]) for n in range(70))))
        few = planned(editor, lines(*(story(n, headline="New headline") for n in range(3))))
        many = planned(
            editor, lines(*(story(n, headline="Other") for n in range(70)), "no json"),
            name="many.jsonl",
        )  # fmt: skip
        editor.get(few)
        names = []
        for url in (f"{few}?show=updated", f"{many}?show=updated"):
            with CaptureQueriesContext(connection) as queries:
                page = editor.get(url)
            names.append(sorted(query_names(queries)))
        assert names[0] == names[1]
        assert len(names[0]) <= 10, names[0]
        assert len(page.context["lines"]) == 25
        assert len(editor.get(f"{many}?show=updated&p=3").context["lines"]) == 20
        with CaptureQueriesContext(connection) as queries:
            editor.get(URL)
        assert len(query_names(queries)) <= 6


class TestWrongFiles:
    @pytest.mark.parametrize(
        ("data", "name", "words"),
        [
            (b"", "empty.jsonl", "is empty"),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "a.png", "PNG"),
            (b"PK\x03\x04" + bytes(200), "a.zip", "zip"),
            (b"  \n\n ", "blank.jsonl", "record"),
            (gzip.compress(lines(story(1)))[:20], "a.jsonl.gz", "cut off"),
            ("Ärger in Köln, und noch mehr davon.".encode("cp1252"), "a.txt", "“Encoding”"),
            (b"<?xml version='1.0'?><invoice/>", "a.xml", "XML of a kind"),
        ],
        ids=["empty", "picture", "zip", "blank", "cut off", "encoding", "other XML"],
    )
    def test_the_message_is_clear_and_nothing_is_kept(self, editor, wire, data, name, words):
        answer = send(editor, data, name=name, source="wire")
        assert answer.status_code == 400
        assert words.lower() in errors(answer).lower(), errors(answer)
        assert not Upload.objects.exists()
        assert not PlannedRecord.objects.exists()
        assert not LoadRun.objects.exists()

    def test_one_that_breaks_off_shows_what_is_whole(self, editor: Client, wire: Source):
        data = lines(story(1), story(2))[:-30]
        page = editor.get(planned(editor, data))
        assert {t.name: t.number for t in page.context["tabs"]} == {"rejected": 1, "created": 1}

    def test_one_that_is_too_large_is_not_kept(self, editor, wire, monkeypatch):
        monkeypatch.setattr(upload_limit, "LARGEST", 100_000)
        answer = send(editor, lines(story(1, body="x" * 200_000)))
        assert answer.status_code == 413
        assert "larger than" in errors(answer)
        assert not Upload.objects.exists()

    def test_one_that_unpacks_to_too_much(self, editor: Client, wire: Source):
        answer = send(editor, gzip.compress(b"a" * 60_000_000), name="bomb.txt.gz")
        assert "unpacks to more than 40,000,000" in errors(answer)
        assert not Upload.objects.exists()

    def test_a_packed_one_is_unpacked(self, editor: Client, wire: Source):
        apply(editor, gzip.compress(lines(story(1))), name="a.jsonl.gz")
        assert Article.objects.get().headline == "Talks 1"


class TestApplying:
    def test_it_is_a_load_in_the_editors_name(self, editor: Client, wire: Source):
        page = apply(editor, lines(story(1), story(2, language="nonsense-9")))
        article, load = Article.objects.get(), LoadRun.objects.get()
        assert article.edited_fields == []
        assert (load.actor, load.state, load.records) == ("nadia", LoadState.FINISHED, 2)
        assert load.counts["created"] == load.counts["rejected"] == 1
        assert load.inputs[0]["name"] == "stories.jsonl"
        batches_of_run = LedgerBatch.objects.filter(run=load.run)
        assert {(b.way, b.actor) for b in batches_of_run} == {("load", "nadia")}
        assert not LedgerBatch.objects.filter(way=Way.ADMIN).exists()
        assert LoadFault.objects.get().load == load
        assert address("run", load.run) in page.text and "Undo…" in page.text
        assert "“stories.jsonl” was loaded: 1 created, 1 rejected" in page.text
        assert "The upload and its plan" in editor.get(address("loadrun_change", load.pk)).text

    def test_the_undo_takes_all_of_it_back(self, editor: Client, wire: Source):
        apply(editor, lines(story(1), story(2)))
        run = LoadRun.objects.get().run
        assert "Done" in editor.post(address("run_undo", run), {}).text
        assert not Article.objects.exists()

    def test_a_second_upload_changes_nothing(self, editor: Client, wire: Source):
        data = lines(story(1), story(2))
        apply(editor, data)
        before = LedgerBatch.objects.count()
        url = planned(editor, data)
        page = editor.get(url)
        assert [(t.name, t.number) for t in page.context["tabs"]] == [("unchanged", 2)]
        assert 'value="apply"' not in page.text
        done = press(editor, url, "apply")
        assert "Nothing had to be changed" in done.text
        assert LedgerBatch.objects.count() == before

    def test_what_has_changed_since_is_told_and_left(self, editor: Client, wire: Source):
        apply(editor, lines(story(1), story(2), story(3)))
        data = lines(*(story(n, headline="From the file") for n in (1, 2, 3, 4, 5)))
        url = planned(editor, data)
        first, second = (Article.objects.get(external_id=n) for n in "12")
        save(editor, "article", first.pk, summary="An editor added this.")
        with recording(Way.ADMIN, actor="cleo", run=uuid4()):
            second.delete()
        apply(editor, lines(story(4, headline="From elsewhere")), name="other.jsonl")
        moved = [
            line.record.key for name in ("updated", "created")
            for line in editor.get(f"{url}?show={name}").context["lines"] if line.has_moved
        ]  # fmt: skip
        assert moved == ["wire/1", "wire/2", "wire/4"]
        page = press(editor, url, "apply")
        assert page.context["skipped"] == 3
        assert "3 records were not as planned any more" in page.text
        found = dict(Article.objects.values_list("external_id", "headline"))
        assert found == {
            "1": "Talks 1", "3": "From the file", "4": "From elsewhere", "5": "From the file",
        }  # fmt: skip
        faults = LoadFault.objects.filter(load=LoadRun.objects.latest("pk"))
        reasons = list(faults.order_by("record").values_list("record", "reason"))
        assert [(n, words.partition(":")[0]) for n, words in reasons] == [
            (1, "has changed since it was planned"),
            (2, "was deleted since it was planned"),
            (4, "exists now, and was to be created"),
        ]

    def test_a_name_that_is_gone_is_told(self, editor: Client, wire: Source):
        with recording(Way.ADMIN, actor="cleo"):
            tag = Tag.objects.create(slug="economy", name="Economy")
        url = planned(editor, lines(story(1, tags=["economy"]), story(2)))
        with recording(Way.ADMIN, actor="cleo"):
            tag.delete()
        press(editor, url, "apply")
        assert list(Article.objects.values_list("external_id", flat=True)) == ["2"]
        assert "tags or entities are not as planned" in LoadFault.objects.get().reason

    def test_conflicts_are_kept_as_of_any_load(self, editor: Client, wire: Source):
        apply(editor, lines(story(1)))
        article = Article.objects.get()
        save(editor, "article", article.pk, headline="An editor wrote this")
        apply(editor, lines(story(1, headline="Talks again", body="A new text of the talks.")))
        article.refresh_from_db()
        assert (article.headline, article.body) == (
            "An editor wrote this", "A new text of the talks.",
        )  # fmt: skip
        assert "headline" in article.edited_fields and "body" not in article.edited_fields
        assert LoadConflict.objects.get().theirs == "Talks again"

    def test_two_at_once_one_is_told(self, editor: Client, desk: Client, wire: Source):
        url = planned(editor, lines(story(1)))
        press(editor, url, "apply")
        page = press(desk, url, "apply")
        assert "This plan is applied already, by nadia" in page.text
        assert LoadRun.objects.count() == 1
        assert "undo the load instead" in press(desk, url, "discard").text
        assert Upload.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_two_in_the_same_moment(self, editor: Client, wire: Source):
        url = planned(editor, lines(*(story(n) for n in range(30))))
        start = Barrier(2)

        def apply_it(_: int) -> str:
            client = Client()
            client.force_login(User.objects.get())
            start.wait()
            try:
                return str(press(client, url, "apply").text)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as threads:
            pages = list(threads.map(apply_it, range(2)))
        assert sum("applied already, by nadia" in page for page in pages) == 1
        assert LoadRun.objects.get().counts["created"] == Article.objects.count() == 30

    def test_what_cannot_go_on_says_so_and_waits(self, editor, wire, monkeypatch):
        url = planned(editor, lines(story(1, source="")), source="wire")
        Upload.objects.update(planned_at=None, records=0, counts={})
        PlannedRecord.objects.all().delete()
        with recording(Way.ADMIN, actor="cleo"):
            wire.delete()
        page = press(editor, url, "go-on")
        assert "It has stopped here" in page.text and "uploads.js" not in page.text
        assert "wire" in " ".join(str(m) for m in page.context["messages"])

    def test_discarding_leaves_nothing(self, editor: Client, wire: Source):
        url = planned(editor, lines(story(1)))
        page = press(editor, url, "discard")
        assert "was discarded" in page.text
        assert not Upload.objects.exists() and not PlannedRecord.objects.exists()
        assert editor.get(url).status_code == 404
        assert press(editor, url, "apply").status_code == 404

    def test_it_goes_on_step_by_step(self, editor, wire, monkeypatch):
        monkeypatch.setattr(uploads, "STEP", -1.0)
        monkeypatch.setattr(batches, "BATCH", 2)
        records = [story(n) for n in range(4)] + [story(1), story(8, language="nonsense-9")]
        url = planned(editor, lines(*records))
        page = editor.get(url)
        assert "<strong>2</strong> records planned so far" in page.text
        assert "uploads.js" in page.text
        for _ in range(9):
            if 'value="go-on"' not in page.text:
                break
            page = press(editor, url, "go-on")
        # of two records with one key the first counts, also when they are steps apart
        assert {t.name: t.number for t in page.context["tabs"]} == {"rejected": 2, "created": 4}
        page = press(editor, url, "apply")
        assert "<strong>2</strong> records applied so far" in page.text
        assert Article.objects.count() == 2
        for _ in range(9):
            if 'value="go-on"' not in page.text:
                break
            page = press(editor, url, "go-on")
        load = LoadRun.objects.get()
        assert (load.state, load.records, Article.objects.count()) == ("finished", 6, 4)
        assert LoadFault.objects.count() == 2
        assert "See what changed" in page.text


class TestFiles:
    def test_refused_records_are_corrected_and_uploaded(self, editor: Client, wire: Source):
        url = planned(editor, lines(story(1), story(2, language="nonsense-9"), '{"half'))
        answer = editor.get(f"{url}rejects.jsonl")
        assert "attachment" in answer.headers["Content-Disposition"]
        kept = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
        assert kept[0]["external_id"] == "2" and kept[0]["_faults"][0]["field"] == "language"
        assert len(kept) == 2
        apply(editor, lines(kept[0] | {"language": "ar"}))
        assert Article.objects.get().language == "ar"

    def test_the_file_comes_back_as_it_was(self, editor: Client, wire: Source):
        data = lines(story(1))
        url = planned(editor, data, name="قصص.jsonl")
        answer = editor.get(f"{url}file")
        assert answer.content == data
        assert answer.headers["Content-Type"] == "application/octet-stream"

    def test_what_waits_is_listed_and_goes_in_time(self, editor: Client, wire: Source):
        url = planned(editor, lines(story(1)))
        assert url in editor.get(URL).text
        Upload.objects.update(at=timezone.now() - timedelta(days=31))
        planned(editor, lines(story(2)), name="b.jsonl")
        assert Upload.objects.get().name == "b.jsonl"

    def test_the_erasure_of_an_article_takes_its_files(self, editor: Client, wire: Source):
        apply(editor, lines(story(1), story(2)))
        planned(editor, lines(story(3)), name="b.jsonl")
        redact(Article.objects.get(external_id="1").uid, "a court says so", "root")
        assert Upload.objects.get().name == "b.jsonl"
        assert LoadRun.objects.count() == 1

    def test_what_was_erased_does_not_come_back_with_a_file(self, editor: Client, wire: Source):
        apply(editor, lines(story(1)))
        redact(Article.objects.get().uid, "a court says so", "root")
        url = planned(editor, lines(story(1), story(2)))
        page = editor.get(f"{url}?show=deleted")
        assert "erased for good" in page.text and "Talks 1" not in page.text
        press(editor, url, "apply")
        assert bytes(Upload.objects.get().data) == b""
        assert editor.get(f"{url}file").status_code == 404


class TestDoors:
    def test_pages_keep_to_their_policy(self, editor: Client, wire: Source, monkeypatch):
        url = planned(editor, lines(story(1), story(2, language="x<script>")), name="<b>.jsonl")
        asked = [URL, url, f"{url}?show=created"]
        pages = [editor.get(each) for each in asked]
        pages += [send(editor, b""), press(editor, url, "apply")]
        Upload.objects.update(planned_at=None)
        pages.append(editor.get(url))
        for page in pages:
            assert "script-src 'self';" in page.headers["Content-Security-Policy"]
            assert "<b>.jsonl" not in page.text
            for pattern in (INLINE_SCRIPT, INLINE_STYLE, HANDLER, ELSEWHERE):
                assert not pattern.search(page.text), pattern.pattern

    def test_only_who_may(self, editor: Client, wire: Source):
        url = planned(editor, lines(story(1)))
        for group in ("Contributors", "Viewers"):
            user = User.objects.create_user(group.lower(), is_staff=True)
            user.groups.set(Group.objects.filter(name=group))
            client = Client()
            client.force_login(user)
            assert "Upload a file" not in client.get("/admin/articles/loadrun/").text
            for door in (URL, url, f"{url}rejects.jsonl", f"{url}file"):
                assert client.get(door).status_code == 403
            assert client.post(url, {"step": "apply"}).status_code == 403
            assert send(client, lines(story(1))).status_code == 403
            user.user_permissions.set(Permission.objects.filter(codename="upload_load"))
            assert client.get(url).status_code == 200
        assert Client().get(url).status_code == 302
        assert Upload.objects.count() == 1 and not Article.objects.exists()

    def test_without_a_token_against_forgery_nothing_comes_in(self, editor: Client, wire: Source):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(User.objects.get())
        assert send(strict, lines(story(1))).status_code == 403
        assert not Upload.objects.exists()

    def test_lists_lead_here(self, editor: Client):
        for noun in ("loadrun", "article"):
            assert URL in editor.get(address(f"{noun}_changelist")).text

    @pytest.mark.parametrize("step", ["apply", "go-on", "nonsense", ""])
    def test_nonsense_changes_nothing(self, editor: Client, wire: Source, step: str):
        url = planned(editor, lines(story(1)))
        Upload.objects.update(planned_at=None)
        page = press(editor, url, step) if step == "apply" else editor.get(f"{url}?p=x&show=%00")
        assert page.status_code == 200
        assert not Article.objects.exists()
        if step == "apply":
            assert "no whole plan" in page.text
