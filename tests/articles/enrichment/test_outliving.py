"""What editors said of tags, pairs, storylines and new names outlives what happens to them.

Everything goes through commands and the desk's pages. In each class one thing happens to an archive
in which an editor has judged one of each kind, and each kind is asked for in turn.
"""

import io
import json
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, TestCase
from django.urls import reverse

from articles.enrichment import discover, enrich, near, signatures, suggest_storylines, suggest_tags
from articles.models import (
    Article,
    DuplicateDecision,
    DuplicatePair,
    Enrichment,
    Entity,
    Signature,
    Storyline,
    StorylineArticle,
    Tag,
    Tagging,
    UnknownName,
)
from articles.vocabulary import Standing
from tests.articles.admin.browser import merge
from tests.articles.enrichment.archives import seal
from tests.factories import make_entity, make_tag

QUEUE = reverse("admin:articles_queue")
TALKS = """Egypt said that ceasefire talks between Israel and Hamas would start again in Cairo. \
The negotiations, scheduled to resume on Sunday, follow the approval of Israel for a new round of \
discussions in Doha and Cairo, and nobody asked what Minister Rosa Almeida had to say of them.

Egypt and Qatar mediate between Israel and Hamas, as they did in spring and before. Hamas has not \
said whether it will send a delegation to Cairo, nor whether Otto Kranz would come along."""
STRIKES = """The ceasefire negotiations between Israel and Hamas are set to resume on Wednesday in \
Cairo, after a series of strikes on Gaza; so said Rosa Almeida, and Otto Kranz agreed.

Hamas blamed Israel. Israel defended the strikes; the ceasefire talks in Cairo go on, said Egypt."""
RECORDS = [
    {"external_id": "a", "source": "Wire", "body": TALKS, "published_at": "2024-04-01"},
    {"external_id": "b", "source": "Post", "body": TALKS[:-60], "published_at": "2024-04-01"},
    {"external_id": "c", "source": "Wire", "body": STRIKES, "published_at": "2024-04-02"},
]
HEADLINE = {"headline": "Israel and Hamas to talk in Cairo", "language": "en"}

SAID = {
    "tags": {("a", "accepted"), ("b", "rejected"), ("c", "suggested")},
    "pairs": [("a", "b", "rejected")],
    "storylines": ["accepted"],
    "places": {("a", "accepted"), ("b", "accepted"), ("c", "rejected")},
    "names": {("Otto Kranz", "rejected"), ("Rosa Almeida", "accepted")},
}


def load(**changes: str) -> None:
    """The same file, with other texts where some are given by their ids."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "records.jsonl"
        records = [
            {**HEADLINE, **it, "body": changes.get(it["external_id"], it["body"])} for it in RECORDS
        ]
        file.write_text("\n".join(map(json.dumps, records)))
        call_command("load_articles", str(file), "--create-missing", stdout=io.StringIO())


def suggest(*options: str) -> list[str]:
    """What the two commands say in the end."""
    said = []
    for command, *rest in (("enrich_articles", *options), ("suggest_entities",)):
        seal()
        output = io.StringIO()
        call_command(command, *rest, stdout=output, stderr=output)
        said.append(output.getvalue().strip().splitlines()[-1])
    seal()
    return said


class Outliving:
    """What is asked after each of the events."""

    desk: ClassVar[Client]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.desk = Client()
        cls.desk.force_login(User.objects.create_superuser("mona", "m@example.org", "a-password"))
        for name in ("Egypt", "Israel", "Hamas", "Cairo", "Doha", "Qatar", "Gaza"):
            make_entity(name).aliases.update(standing=Standing.ACCEPT)
        make_entity("Rosa Almeida Santos", kind="person")
        make_tag("Ceasefire")
        load()
        suggest()
        cls.judge()
        with pytest.MonkeyPatch.context() as patch:
            cls.happen(patch)
            cls.said = suggest("--all")
            cls.again = suggest()

    @classmethod
    def happen(cls, patch: pytest.MonkeyPatch) -> None:
        raise NotImplementedError

    @classmethod
    def judge(cls) -> None:
        tags = {it.article.external_id: it.pk for it in Tagging.objects.select_related("article")}
        cls.say("taggings", "accept", item=tags["a"])
        cls.say("taggings", "reject", item=tags["b"])
        cls.say("duplicates", "reject")
        third = StorylineArticle.objects.get(article__external_id="c")
        cls.say("storylines", "reject", item=third.pk)
        cls.say("storylines", "accept")
        cls.say("names", "relink", "Rosa Almeida", entity_words="rosa almeida santos")
        cls.say("names", "reject", "Otto Kranz")

    @classmethod
    def say(cls, show: str, verb: str, words: str = "", **more: Any) -> None:
        groups = cls.desk.get(QUEUE, {"show": show}).context["groups"]
        group = next(it for it in groups if words in ("", it.words))
        values = {**group.key, "until": group.until, "verb": verb, **more}
        answer = cls.desk.post(f"{QUEUE}?show={show}", values, follow=True)
        assert answer.status_code == 200
        assert answer.context["decided"][0].message

    def test_tags(self) -> None:
        states = Tagging.objects.values_list("article__external_id", "state")
        assert set(states) == SAID["tags"]
        assert len(states) == len(SAID["tags"])

    def test_pairs(self) -> None:
        pairs = DuplicatePair.objects.values_list(
            "first__external_id", "second__external_id", "state"
        )
        assert list(pairs) == SAID["pairs"]
        assert DuplicateDecision.objects.count() == 1

    def test_storylines(self) -> None:
        assert list(Storyline.objects.values_list("state", flat=True)) == SAID["storylines"]
        places = StorylineArticle.objects.values_list("article__external_id", "state")
        assert set(places) == SAID["places"]

    def test_names(self) -> None:
        names = UnknownName.objects.values_list("quote", "state")
        assert {it for it in names if it[1] != "suggested"} == SAID["names"]
        assert UnknownName.objects.filter(quote__in=["Rosa Almeida", "Otto Kranz"]).count() == 2
        waiting = self.desk.get(QUEUE, {"show": "names"}).context["groups"]
        assert not {"Rosa Almeida", "Otto Kranz"} & {it.words for it in waiting}

    def test_and_then_nothing_is_written(self) -> None:
        assert self.again[0] == "Nothing is new or stale."
        assert self.again[1].endswith("suggestions: 0 new, 0 updated, 0 gone")


class AnotherEngineTests(Outliving, TestCase):
    @classmethod
    def happen(cls, patch: pytest.MonkeyPatch) -> None:
        for module in (suggest_tags, near, suggest_storylines, discover):
            patch.setattr(module, "VERSION", "99")
        for module in (enrich, signatures, near, suggest_storylines, discover):
            patch.setattr(module, "CONFIGURATION", "another")
        patch.setattr(enrich, "GROUPING", "another")

    def test_all_was_read_and_compared_by_the_other(self) -> None:
        read = Enrichment.objects.values_list("configuration", "pairing", "grouping")
        assert set(read) == {("another", "another", "another")}
        assert set(Signature.objects.values_list("configuration", flat=True)) == {"another"}


class EditedTextTests(Outliving, TestCase):
    @classmethod
    def happen(cls, patch: pytest.MonkeyPatch) -> None:
        cls.before = set(Article.objects.values_list("fingerprint", flat=True))
        load(
            a="At last, they said. " + TALKS,
            b="At last, they said. " + TALKS[:-60],
            c=STRIKES + " Nobody was surprised.",
        )

    def test_all_texts_are_others(self) -> None:
        assert not self.before & set(Article.objects.values_list("fingerprint", flat=True))


class MergerTests(Outliving, TestCase):
    @classmethod
    def happen(cls, patch: pytest.MonkeyPatch) -> None:
        truce, capital = make_tag("Truce"), make_entity("Al-Qahira")
        person = make_entity("R. A. Santos", kind="person")
        cls.merge(truce, Tag.objects.get(name="Ceasefire"))
        cls.merge(capital, Entity.objects.get(name="Cairo"))
        cls.merge(person, Entity.objects.get(name="Rosa Almeida Santos"))

    @classmethod
    def merge(cls, survivor: Any, other: Any) -> None:
        assert "merged into" in merge(cls.desk, survivor, other).text

    def test_tags(self) -> None:
        """What the survivor's own words do not say is taken back, but for what was judged."""
        states = Tagging.objects.filter(tag__name="Truce")
        judged = {it for it in SAID["tags"] if it[1] != "suggested"}
        found = set(states.values_list("article__external_id", "state"))
        assert {it for it in found if it[1] != "suggested"} == judged
        assert not Tag.objects.filter(name="Ceasefire").exists()

    def test_a_tag_that_is_found_anew_has_its_verdict(self) -> None:
        Tagging.objects.all().delete()
        Tag.objects.update(name="Ceasefire")
        suggest("--all")
        assert set(Tagging.objects.values_list("article__external_id", "state")) == SAID["tags"]

    def test_the_merged_name_is_found(self) -> None:
        person = Entity.objects.get(name="R. A. Santos")
        assert person.mentions.filter(quote="Rosa Almeida").count() == 3


class ReloadTests(Outliving, TestCase):
    @classmethod
    def happen(cls, patch: pytest.MonkeyPatch) -> None:
        cls.before = sorted(Article.objects.values_list("uid", "updated_at"))
        load()

    def test_the_file_was_known(self) -> None:
        assert sorted(Article.objects.values_list("uid", "updated_at")) == self.before
