"""The lawful erasure: nothing of the text is left anywhere, and nothing brings it back."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from articles.export import dump
from articles.models import (
    Article,
    Change,
    CleaningStep,
    Correction,
    Decision,
    DuplicateDecision,
    EnrichmentRun,
    LedgerBatch,
    LedgerEntry,
    LoadConflict,
    LoadFault,
    LoadRun,
    Mention,
    RawText,
    Redaction,
    Signature,
    Storyline,
    StorylineDecision,
    Suggestion,
    UnknownName,
    declare_duplicates,
    earlier_states,
    recording,
    revert,
)
from articles.models.kept_forms import KeptForm
from articles.models.redact import redact
from articles.vocabulary import Origin, Way
from tests.articles.admin.browser import address, save
from tests.articles.api.conforming import ask
from tests.factories import make_article, make_entity, make_mention, make_tag, make_tagging

pytestmark = pytest.mark.django_db(transaction=True)

# Words that stand nowhere else: of the text, of the names, of what editors said of it.
WORDS = ("quixotrope", "zorblatt", "velmira", "glimfeather", "oldwording", "internalium")
BODY = "Ann Zorblatt met Velmira Ostrok of the quixotrope in Cairo.\n\nCairo again."
RECORD = {
    "source": "wire",
    "external_id": "https://wire.example/glimfeather-and-zorblatt",
    "headline": "The glimfeather affair",
    "summary": "Of a quixotrope.",
    "body": f"  {BODY} \n\n\n\n&amp; so on.",
    "bylines": ["Ann Zorblatt"],
    "url": "https://wire.example/glimfeather-and-zorblatt",
}


def found(word):
    """The tables in which a word stands, whatever the column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 40
        places = []
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{word}%"])
            places += [table] * (cursor.fetchone()[0] > 0)
    return places


def in_sessions():
    return json.dumps([it.get_decoded() for it in Session.objects.all()]).casefold()


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps(RECORD) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def editor():
    return User.objects.create_superuser("mona", "mona@example.org", "a-password-9")


@pytest.fixture
def article(record, editor, capsys):
    """An article with everything that may hang on one, most of it repeating its words."""
    call_command("load_articles", str(record), create_missing=True)
    article = Article.objects.get()
    desk = Client()
    desk.force_login(editor)
    saved = save(
        desk, "article", article.pk, headline="The glimfeather oldwording",
        is_correction="correction", correction_note="Zorblatt it was.",
    )  # fmt: skip
    assert saved.status_code == 302
    save(desk, "article", article.pk, headline="The glimfeather matter")
    _link(article)
    _judge(article)
    _load(article)
    article.refresh_from_db()
    return article


def _link(article):
    # An entity is a row of its own and keeps its name: here the text calls it otherwise.
    for name, quote in (("Cairo", "Cairo"), ("Somebody", "Velmira Ostrok")):
        mention = make_mention(
            article, make_entity(name), quote, origin=Origin.MACHINE, state="suggested"
        )
        run = EnrichmentRun.objects.create(
            run=UUID(int=len(name) + 1), configuration="x", vocabulary=0
        )
        Suggestion.objects.create(
            mention=mention, run=run, engine="x", text="x", confidence=1,
            before="Ann Zorblatt met", after="of the quixotrope", reasons=[["word", "quixotrope"]],
        )  # fmt: skip
        mention.accept("mona", "Velmira, surely")
    make_tagging(article, make_tag("Peace"))
    Signature.objects.create(article=article, bands=[1], lines=[2], fingerprint="x")
    place = {"article": str(article.uid), "before": "Zorblatt", "quote": "Velmira"}
    rank = {"articles": 1, "finds": 1, "confidence": 1, "rank": 1}
    with recording(Way.ADMIN, actor="mona"):
        UnknownName.objects.create(
            key="velmira ostrok", quote="Velmira Ostrok", evidence=[place], **rank
        ).never_suggest("mona", "the quixotrope again")
    elsewhere = {"article": "another", "before": "", "quote": "Ann"}
    UnknownName.objects.create(key="ann", quote="Ann", evidence=[place, elsewhere], **rank)
    UnknownName.objects.get(key="ann").never_suggest("mona", "a first name")


def _judge(article):
    twin = make_article("Another", source=article.source)
    declare_duplicates(article, twin, "mona", "both of the quixotrope")
    storyline = Storyline.objects.create(name="Affair", slug="affair")
    storyline.add(article, "mona").reject("mona", "no glimfeather here")


def _load(article):
    load = LoadRun.objects.create(run=UUID(int=77), actor="x", digest="x", state="running")
    LoadConflict.objects.create(load=load, article=article, field="headline", theirs="Quixotrope")
    LoadFault.objects.create(load=load, file="x", reason="refused: The glimfeather matter")
    LoadFault.objects.create(load=load, file="x", reason="of something else")
    with recording(Way.ADMIN, actor="mona", note="internalium"):
        article.refresh_from_db()
        article.withdraw("An error.", note="internalium")
        article.publish()


def test_nothing_is_left_of_the_text_and_the_names(article, editor, record, capsys):
    Article.objects.filter(pk=article.pk).update(headline_derived=True)
    desk = Client()
    desk.force_login(editor)
    desk.post(
        "/admin/articles/queue/?show=headlines",
        {"one": f"write:{article.pk}", f"field-{article.pk}": "The glimfeather matter again",
         "source": article.source_id, "what": "", "until": article.pk, "is_correction": "minor"},
    )  # fmt: skip
    with recording(Way.ADMIN, actor="mona", run=UUID(int=99)):
        Article.objects.get(pk=article.pk).delete()
    revert(UUID(int=99), editor="mona")
    before = {word: found(word) for word in WORDS}
    assert "glimfeather" in in_sessions()
    assert all(before.values()), before
    for table in ("article", "setaside", "ledgerentry", "rawtext", "decision", "duplicatedecision",
                  "storylinedecision", "suggestion", "unknownname", "namedecision", "loadconflict",
                  "loadfault", "correction", "mention"):  # fmt: skip
        assert any(f"public.articles_{table}" in places for places in before.values()), table
    assert any("public.django_admin_log" in places for places in before.values())
    position = Change.objects.latest("position").position
    entries = list(LedgerEntry.objects.order_by("id").values_list("id", "kind", "action", "batch"))
    call_command("redact_article", str(article.uid), reason="a court", editor="mona", yes=True)
    assert {word: found(word) for word in WORDS} == {word: [] for word in WORDS}
    assert "glimfeather" not in in_sessions()
    assert desk.get("/admin/").status_code == 200  # and nobody is logged out

    # History keeps that something happened, when and by whom.
    kept = LedgerEntry.objects.filter(pk__lte=entries[-1][0]).order_by("id")
    assert list(kept.values_list("id", "kind", "action", "batch")) == entries
    told = list(Change.objects.filter(position__gt=position).values_list("kind", "key", "action"))
    assert ("article", str(article.uid), "redacted") in told
    assert {action for kind, key, action in told if key == str(article.uid)} == {"redacted"}
    gone = ask(f"articles/{article.uid}/", 410)
    assert gone["detail"] == "redacted"
    assert LoadFault.objects.filter(reason="of something else").exists()
    assert Redaction.objects.get().reason == "a court"
    tombstone = desk.get(address("article_change", article.pk)).text
    assert "Redacted" in tombstone and 'name="headline"' not in tombstone
    [ann] = UnknownName.objects.all()
    assert [it["article"] for it in ann.evidence] == ["another"]
    assert ann.last_decision.reason == "a first name"

    capsys.readouterr()
    with pytest.raises(CommandError):
        call_command("load_articles", str(record))
    assert "left: the article was redacted" in capsys.readouterr().out
    assert {word: found(word) for word in WORDS} == {word: [] for word in WORDS}


def test_forms_and_sessions_forget_it_whatever_its_signs(article, editor):
    said = 'He said "quixotrope" twice'
    Article.objects.filter(pk=article.pk).update(headline=said)
    page = "/admin/articles/article/{}/change/"
    KeptForm.objects.keep("mona", page.format(article.pk), [("body", ["Only a new body."])])
    KeptForm.objects.keep("mona", "/admin/articles/queue/", [("field-1", [f"{said}, again"])])
    KeptForm.objects.keep("mona", page.format(f"{article.pk}0"), [("body", ["Of another."])])
    ended, forged = SessionStore(), Session(session_key="forged", session_data="unreadable")
    ended["told"] = said
    ended.set_expiry(-60)
    ended.save()
    forged.expire_date = timezone.now() + timedelta(hours=1)
    forged.save()
    redact(article.uid, "a court", "mona")
    assert [it.fields for it in KeptForm.objects.all()] == [[["body", ["Of another."]]]]
    keys = set(Session.objects.values_list("session_key", flat=True))
    assert not keys & {"forged", ended.session_key}


def test_no_undo_and_no_sql_brings_it_back(article):
    redact(article.uid, "a court", "mona")
    tombstone = Article.objects.get(pk=article.pk)
    assert (tombstone.headline, tombstone.body, tombstone.bylines) == ("Redacted", "", [])
    for _, state in earlier_states("article", article.pk):
        values = json.dumps(state, default=str).lower() if state else ""
        assert not [word for word in WORDS if word in values]
    entity = make_entity("Giza")
    attempts = [
        lambda: Article.objects.filter(pk=article.pk).update(body=BODY),
        lambda: Article.objects.filter(pk=article.pk).update(status="published"),
        lambda: Article.objects.filter(pk=article.pk).update(external_id="again"),
        lambda: RawText.objects.create(article=article, text=BODY, clean_fingerprint="x"),
        lambda: CleaningStep.objects.create(
            article=article, field="body", position=0, rule="x", reason="x", edits=[]
        ),
        lambda: Mention.objects.create(article=article, entity=entity),
        lambda: make_tagging(article, make_tag("War")),
        lambda: Correction.objects.create(article=article, note=BODY),
    ]
    for attempt in attempts:
        with pytest.raises(DatabaseError, match=r"redacted|never changes"), transaction.atomic():
            attempt()
    uid = article.uid
    Article.objects.filter(pk=article.pk).delete()
    with pytest.raises(DatabaseError, match="redacted"), transaction.atomic():
        make_article("Again", uid=uid, origin=article.origin, external_id="again")


def test_only_a_redaction_empties_and_nobody_forges(article):
    entry = LedgerEntry.objects.filter(kind="article", action="update").earliest("id")
    other = LedgerEntry.objects.filter(kind="source").earliest("id")
    emptied = dict.fromkeys(entry.before)

    def update(row, **values):
        return lambda: LedgerEntry.objects.filter(pk=row.pk).update(**values)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        update(entry, before=emptied)()
    with pytest.raises(DatabaseError, match="append-only"), recording(Way.SQL, is_redaction=True):
        update(entry, before=emptied)()  # the article is not redacted
    with pytest.raises(DatabaseError, match="redact_article only"), transaction.atomic():
        Redaction.objects.create(uid=article.uid, reason="x", editor="x")
    redact(article.uid, "a court", "mona")
    forged = [
        update(entry, before={**emptied, "headline": "Forged"}),
        update(entry, after={}),
        update(entry, before=None),
        update(entry, action="delete"),
        update(entry, key="other"),
        update(other, before={"name": None}),
        lambda: LedgerEntry.objects.filter(pk=entry.pk).delete(),
        lambda: Decision.objects.update(quote="forged"),
        lambda: Decision.objects.update(verdict="rejected"),
        lambda: DuplicateDecision.objects.update(reason="forged"),
        lambda: StorylineDecision.objects.update(editor="forged"),
        lambda: LedgerBatch.objects.filter(pk=entry.batch_id).update(actor="forged"),
        lambda: LedgerBatch.objects.filter(pk=other.batch_id).update(note="forged"),
        lambda: Redaction.objects.all().delete(),
        lambda: Redaction.objects.update(uid=UUID(int=1)),
    ]
    for forge in forged:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            recording(Way.SQL, is_redaction=True),
        ):
            forge()


def test_a_plan_says_the_same_and_changes_nothing(article, editor, capsys):
    before = {word: found(word) for word in WORDS}
    options = {"reason": "a court", "editor": "mona"}
    capsys.readouterr()
    call_command("redact_article", str(article.uid), plan=True, **options)
    planned = capsys.readouterr().out
    assert "would go" in planned
    assert {word: found(word) for word in WORDS} == before
    call_command("redact_article", str(article.uid), yes=True, **options)
    assert capsys.readouterr().out == planned.replace("would go", "gone")


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"is_superuser": False}, {}, "no active superuser"),
        ({"is_active": False}, {}, "no active superuser"),
        ({}, {"editor": "nobody"}, "no active superuser"),
        ({}, {"reason": "  "}, "say why"),
        ({}, {"yes": False}, "Nothing was redacted"),
    ],
)
def test_who_may_not_and_who_does_not_say_why(editor, changes, options, words, monkeypatch):
    article = make_article("Talks")
    monkeypatch.setattr("builtins.input", lambda _: "no")
    User.objects.filter(pk=editor.pk).update(**changes)
    values = {"reason": "a court", "editor": "mona", "yes": True, **options}
    with pytest.raises(CommandError, match=words):
        call_command("redact_article", str(article.uid), **values)
    assert not Redaction.objects.exists()


def test_what_was_never_here_and_what_is_gone_already(editor):
    values = {"reason": "a court", "editor": "mona", "yes": True}
    with pytest.raises(CommandError, match="never was"):
        call_command("redact_article", str(UUID(int=5)), **values)
    article = make_article("The glimfeather affair", body=BODY)
    uid = article.uid
    article.delete()
    assert found("glimfeather")
    call_command("redact_article", str(uid), **values)
    assert not found("glimfeather")
    with pytest.raises(CommandError, match="redacted already"):
        call_command("redact_article", str(uid), **values)


def test_a_draft_that_nobody_saw_is_redacted_in_silence():
    article = make_article("The glimfeather affair", status="draft")
    redact(article.uid, "a court", "mona")
    assert not Change.objects.filter(key=str(article.uid)).exists()
    ask(f"articles/{article.uid}/", 404)


def test_a_dump_keeps_the_redaction(article, tmp_path):
    redact(article.uid, "a court", "mona")
    dump.write(tmp_path / "dump")
    text = b"".join(it.read_bytes() for it in (tmp_path / "dump").iterdir()).decode().lower()
    assert "a court" in text
    assert not [word for word in WORDS if word in text]
    assert list(dump.verify(tmp_path / "dump")) == []
