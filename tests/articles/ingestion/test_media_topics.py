"""The IPTC Media Topics as tags: in both forms, again and again, without touching editors' work."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.models import LedgerEntry, Tag, TagAlias, recording
from articles.vocabulary import Way
from tests.factories import make_tag

pytestmark = pytest.mark.django_db

SAMPLE = Path(__file__).parents[4] / "shared" / "samples" / "iptc-media-topics-2017.json"
PLAIN = [
    {"qcode": "medtop:20000002", "label": "arts", "definition": "All of it.", "broader":
        ["medtop:01000000"]},
    {"qcode": "medtop:01000000", "label": "culture", "definition": "", "broader": []},
]  # fmt: skip


def load(tmp_path, content, *options):
    path = tmp_path / "topics.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    call_command("load_media_topics", path, *options)


def tags():
    rows = Tag.objects.order_by("media_topic")
    return [(it.slug, it.name, it.media_topic, it.parent and it.parent.slug) for it in rows]


def test_a_plain_list_becomes_a_tree(tmp_path, capsys):
    load(tmp_path, PLAIN)
    assert tags() == [
        ("culture", "culture", "medtop:01000000", None),
        ("arts", "arts", "medtop:20000002", "culture"),
    ]
    assert "2 created, 0 updated" in capsys.readouterr().out
    entries = LedgerEntry.objects.count()
    load(tmp_path, PLAIN)
    assert "0 created, 0 updated, 2 unchanged" in capsys.readouterr().out
    assert LedgerEntry.objects.count() == entries


def test_iptcs_own_form_in_the_language_that_is_asked_for(tmp_path):
    address = "http://cv.iptc.org/newscodes/mediatopic/"
    concepts = [
        {
            "uri": f"{address}20000002",
            "qcode": "medtop:20000002",
            "prefLabel": {"en-GB": "arts", "de": "Kunst"},
            "definition": {"en-GB": "All  of it."},
            "broader": [f"{address}01000000"],
        },
        {"uri": f"{address}01000000", "prefLabel": {"en-US": "culture", "de": "Kultur"}},
    ]
    load(tmp_path, {"conceptSet": concepts}, "--language", "de")
    assert [it[1] for it in tags()] == ["Kultur", "Kunst"]
    load(tmp_path, {"conceptSet": concepts})
    assert [it[:2] for it in tags()] == [("kultur", "culture"), ("kunst", "arts")]
    assert Tag.objects.get(media_topic="medtop:20000002").description == "All of it."


def test_other_labels_become_other_spellings_once(tmp_path, capsys):
    labels = {"en-GB": ["the arts", "arts", " fine  art "], "de": "die Künste"}
    topics = [PLAIN[0] | {"altLabel": labels}, PLAIN[1] | {"altLabel": "civilisation"}]
    load(tmp_path, topics)
    assert "2 created, 0 updated, 0 unchanged, 0 deleted by editors, 3 other spellings" in (
        capsys.readouterr().out
    )
    told = TagAlias.objects.order_by("spelling").values_list("tag__slug", "spelling")
    assert list(told) == [("culture", "civilisation"), ("arts", "fine art"), ("arts", "the arts")]
    with recording(Way.ADMIN, actor="mona"):
        TagAlias.objects.get(spelling="the arts").delete()
        Tag.objects.get(slug="arts").aliases.create(spelling="culture of the few")
    entries = LedgerEntry.objects.count()
    load(tmp_path, topics)
    assert LedgerEntry.objects.count() == entries


def test_a_tag_of_the_same_name_becomes_the_topic(tmp_path):
    tag = make_tag("Arts")
    load(tmp_path, PLAIN)
    tag.refresh_from_db()
    assert (tag.media_topic, tag.parent.name) == ("medtop:20000002", "culture")


def test_what_an_editor_changed_or_deleted_stays_so(tmp_path, capsys):
    load(tmp_path, PLAIN)
    with recording(Way.ADMIN, actor="mona"):
        Tag.objects.filter(slug="arts").update(name="The arts")
    load(tmp_path, PLAIN)
    assert Tag.objects.get(slug="arts").name == "The arts"
    with recording(Way.ADMIN, actor="mona"):
        Tag.objects.get(slug="arts").delete()
    load(tmp_path, PLAIN)
    assert not Tag.objects.filter(slug="arts").exists()
    assert "1 deleted by editors" in capsys.readouterr().out


def test_every_fault_is_named_and_the_others_are_loaded(tmp_path, capsys):
    wrong = [
        "x",
        {"qcode": "subj:1", "label": "x"},
        {"qcode": "medtop:00000001"},
        {"qcode": "medtop:00000002", "label": "x", "broader": ["up"]},
        {"qcode": "medtop:00000003", "label": "orphan", "broader": ["medtop:09999999"]},
        {"qcode": "medtop:01000000", "label": "again"},
    ]
    with pytest.raises(SystemExit) as ended:
        load(tmp_path, [*PLAIN, *wrong])
    assert ended.value.code == 1
    told = capsys.readouterr()
    for number, words in ((3, "is no object"), (4, "'subj:1'"), (5, "no name"), (6, "broader")):
        assert any(
            line.startswith(f"concept {number}:") and words in line
            for line in told.err.splitlines()
        )
    assert "concept 8: has the code of an earlier concept" in told.err
    assert "medtop:00000003: medtop:09999999 above it is missing" in told.err
    assert "2 created" in told.out
    assert "6 at fault" in told.out


@pytest.mark.parametrize(
    ("content", "why"), [("{", "no JSON"), ("{}", "neither a list"), ("3", "neither")]
)
def test_what_is_no_vocabulary_is_refused(tmp_path, content, why):
    with pytest.raises(CommandError, match=why) as refused:
        load(tmp_path, content)
    assert refused.value.returncode == 2


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.json: No such file") as refused:
        call_command("load_media_topics", tmp_path / "nowhere.json")
    assert refused.value.returncode == 2


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample vocabulary is not here")
def test_the_sample_is_one_tree(capsys):
    call_command("load_media_topics", SAMPLE)
    count = Tag.objects.count()
    assert f"{count} created" in capsys.readouterr().out
    assert count > 1100
    assert Tag.objects.filter(parent=None).count() < 20
