"""An archive in which every page of the desk and of the API has something to show."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from articles.models import (
    Article,
    Correction,
    Decision,
    DuplicatePair,
    Entity,
    KeptForm,
    LedgerBatch,
    LedgerEntry,
    LoadRun,
    Redirect,
    Storyline,
    Token,
    UnknownName,
    Upload,
    merge,
    recording,
)
from articles.models.groups import make_groups
from articles.models.summaries import refresh
from articles.vocabulary import LinkState, Origin, Way
from tests.articles.admin.browser import save
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

DAY = datetime(2024, 6, 30, 12, tzinfo=UTC)
SUGGESTED = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
ARABIC = "قال الوزير إن المحادثات في القاهرة مستمرة.\n\nوأضاف أن الوفد يعود غدا."
BODY = (
    "Talks resumed in Cairo on Sunday, said Rosa Almeida.\n\n"
    "Delegates from Port Elba were late, and Rosa Almeida left for Cairo again.\n\n"
    "Share this article\n\nThe ministry gave no date for the next round of talks."
)


def build(folder: Path) -> dict[str, Any]:
    """Fill an empty archive. Returns what addresses name: keys, uids, slugs and runs."""
    make_groups(apps)
    mona = User.objects.create_superuser("mona", "mona@example.org", "a-password-9")
    mona.groups.add(Group.objects.get(name="Editors"))
    desk = Client()
    desk.force_login(mona)
    _loads(folder)
    keys = _written()
    _edited(desk, keys)
    _machine(keys)
    keys |= _uploaded(desk) | _left_over(mona)
    refresh()
    return keys | {"session": desk.cookies["sessionid"].value}


def _loads(folder: Path) -> None:
    """One load that did well, and one with a fault and a conflict."""
    talks = {"external_id": "1", "headline": "Talks", "body": BODY, "source": "Wire"}
    copied = talks | {"external_id": "2", "body": BODY + "\n\nMore soon."}
    _load(folder, talks, copied, {"external_id": "3", "body": BODY, "source": "Post"})
    with recording(Way.ADMIN, actor="anna", run=uuid4()):
        Article.objects.filter(external_id="1").update(headline="Talks, as the desk has it")
    _load(folder, talks | {"headline": "Talks go on"}, talks | {"language": "nonsense-9"})


def _load(folder: Path, *records: dict[str, Any]) -> None:
    path = folder / "articles.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records))
    try:
        call_command(
            "load_articles", str(path), create_missing=True, quiet=True,
            stdout=StringIO(), stderr=StringIO(),
        )  # fmt: skip
    except CommandError as error:
        assert error.returncode == 1


def _written() -> dict[str, Any]:
    source, arab = make_source("Gazette", country="EG"), make_source("الجريدة", language="ar")
    cairo, elba, kairo = make_entity("Cairo"), make_entity("Port Elba"), make_entity("Kairo")
    peace, talks = make_tag("Peace"), make_tag("Talks")
    with recording(Way.ADMIN, actor="anna", run=uuid4(), note="as told by phone"):
        for number in range(12):
            at = DAY - timedelta(days=40 * number)
            each = make_article(f"Notice {number}", source=source, body=BODY, published_at=at)
            make_mention(each, cairo)
            make_tagging(each, peace)
        arabic = make_article("محادثات في القاهرة", source=arab, body=ARABIC, language="ar")
        article = make_article(
            "Talks resume in Cairo", source=source, body=BODY, published_at=DAY, summary="A summary"
        )
        make_mention(article, cairo)
        make_mention(article, elba, **SUGGESTED)
        make_mention(article, kairo, "Sunday", **SUGGESTED).reject("anna", "not a place")
        make_tagging(article, peace)
        make_tagging(article, talks, **SUGGESTED)
        make_article("An undated one", source=source, headline_derived=True)
        gone = make_article("Withdrawn", source=source, published_at=DAY)
        gone.withdraw("An error.", "Told by phone.")
        Correction.objects.create(article=article, note="It was Sunday, not Monday.")
    return {
        "source": source.pk, "article": article.pk, "arabic": arabic.pk, "withdrawn": gone.pk,
        "entity": cairo.pk, "other_entity": kairo.pk, "tag": peace.pk, "other_tag": talks.pk,
        "other_source": arab.pk, "uid": article.uid, "source_slug": source.slug,
        "article_uid": article.uid, "arabic_uid": arabic.uid,
        "entity_slug": cairo.slug, "tag_slug": peace.slug,
    }  # fmt: skip


def _edited(desk: Client, keys: dict[str, Any]) -> None:
    """Changes, a deletion and a merge, each made as an editor makes it."""
    save(desk, "article", keys["article"], headline="Talks resume in Cairo again")
    save(desk, "article", keys["article"], body=BODY.replace("were late", "were not late"))
    doomed = make_article("Deleted")
    desk.post(f"/admin/articles/article/{doomed.pk}/delete/", {"post": "yes"})
    with recording(Way.ADMIN, actor="mona", run=uuid4()):
        merge(Entity.objects.get(pk=keys["entity"]), [make_entity("Le Caire")], "mona")


def _uploaded(desk: Client) -> dict[str, Any]:
    """A file with something new, something changed and something wrong, which waits."""
    records = [
        {"source": "Wire", "external_id": "9", "headline": "Fresh", "body": BODY},
        {"source": "Wire", "external_id": "2", "headline": "Talks again", "body": BODY},
        {"source": "Wire", "external_id": "10", "headline": "Wrong", "language": "nonsense-9"},
    ]
    data = "\n".join(json.dumps(record) for record in records).encode()
    desk.post(
        "/admin/articles/loadrun/upload/",
        {"format": "auto", "status": "published", "source": "", "map": "",
         "file": SimpleUploadedFile("stories.jsonl", data)},
    )  # fmt: skip
    return {"upload": Upload.objects.get().pk}


def _machine(keys: dict[str, Any]) -> None:
    """What the machine found, and what of it an editor has judged."""
    article = Article.objects.get(pk=keys["article"])
    storyline = Storyline.objects.create(name="The talks", slug="the-talks")
    storyline.add(article, "mona")
    storyline.add(Article.objects.get(headline="Notice 1"), "mona")
    Storyline.objects.create(name="The harbour", slug="the-harbour", **SUGGESTED)
    first, second = Article.objects.filter(headline__startswith="Notice").order_by("pk")[:2]
    DuplicatePair.objects.create(
        first=first, second=second, first_share=0.9, second_share=0.8,
        passages=[[0, 30, 0, 30], [60, 120, 60, 120]],
        first_fingerprint=first.fingerprint, second_fingerprint=second.fingerprint,
        engine="shingles", version="1", configuration="x", run=uuid4(),
    )  # fmt: skip
    UnknownName.objects.create(
        key="rosa almeida", quote="Rosa Almeida", articles=4, finds=8, confidence=0.8, rank=1
    )


def _left_over(mona: User) -> dict[str, Any]:
    """Rows of the other kinds, and the keys of all that were made on the way."""
    token, _ = Token.objects.issue("Mirror", created_by="mona")
    kept = KeptForm.objects.keep("mona", "/admin/articles/tag/add/", [("name", ["Kept words"])])
    edit = LedgerBatch.objects.filter(actor="mona", way="admin").earliest("pk")
    entries = LedgerEntry.objects.filter(batch=edit)
    return {
        "token": token.pk, "kept": kept, "user": mona.pk, "group": mona.groups.get().pk,
        "run": edit.run, "batch": edit.pk, "entry": entries.earliest("pk").pk,
        "decision": Decision.objects.earliest("pk").pk,
        "redirect": Redirect.objects.earliest("pk").pk,
        "loadrun": LoadRun.objects.latest("pk").pk, "pair": DuplicatePair.objects.get().pk,
        "name": UnknownName.objects.get().pk, "storyline": Storyline.objects.earliest("pk").pk,
    }  # fmt: skip
