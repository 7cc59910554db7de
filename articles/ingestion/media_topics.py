"""The IPTC Media Topics as tags, from a file: a vocabulary, loaded as often as one likes.

Two forms are read: that of IPTC's own JSON (`conceptSet`, `prefLabel`, `broader` as addresses), and
a plain list of {qcode, label, definition, broader, altLabel}.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from articles.errors import LoadError
from articles.ingestion.editors import deleted_on_purpose
from articles.models import Tag, TagAlias, recording
from articles.text import slugify
from articles.vocabulary import Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LANGUAGE: Final = "en"
LONGEST_NAME: Final = 200
_CODE: Final = re.compile(r"medtop:\d{8}")
_ADDRESS: Final = re.compile(r"https?://cv\.iptc\.org/newscodes/mediatopic/(\d{8})")


@dataclass(frozen=True, slots=True)
class Topic:
    """A concept of the vocabulary; `broader` is the code of the one above, or empty, and `others`
    are other words for it."""

    code: str
    name: str
    description: str
    broader: str
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class TopicsReport:
    """What became of the topics, in tags."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    spellings: int = 0


def read_topics(path: Path, language: str = LANGUAGE) -> tuple[list[Topic], list[str]]:
    """The topics of a file, each after the one above it, and every fault with its place.

    LoadError: the file cannot be read, or holds no topics.
    """
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise LoadError(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{path}: no JSON ({error})") from error
    concepts = content.get("conceptSet") if isinstance(content, dict) else content
    if not isinstance(concepts, list):
        raise LoadError(f"{path}: neither a list of concepts nor an object with a conceptSet")
    topics: dict[str, Topic] = {}
    faults = []
    for number, concept in enumerate(concepts, 1):
        try:
            topic = _topic(concept, language)
            if topic.code in topics:
                raise ValueError("has the code of an earlier concept")
            topics[topic.code] = topic
        except ValueError as error:
            faults.append(f"concept {number}: {error}")
    return _in_order(topics, faults), faults


def _topic(concept: Any, language: str) -> Topic:
    if not isinstance(concept, dict):
        raise ValueError("is no object")
    code = _code(concept.get("qcode") or concept.get("uri"))
    if not code:
        raise ValueError(f"qcode {concept.get('qcode')!r} is no code such as medtop:20000065")
    name = _words(concept.get("label") or concept.get("prefLabel"), language)
    if not name or len(name) > LONGEST_NAME:
        raise ValueError(f"{code} has no name in {language}, or one of over {LONGEST_NAME} letters")
    above = concept.get("broader") or []
    broader = [_code(it) for it in ([above] if isinstance(above, str) else above)]
    if not all(broader):
        raise ValueError(f"{code}: broader {above!r} is no code of the vocabulary")
    others = _others(concept.get("altLabel") or concept.get("altLabels"), language, name)
    description = _words(concept.get("definition"), language)
    return Topic(code, name, description, (broader or [""])[0], others)


def _code(value: object) -> str:
    text = value if isinstance(value, str) else ""
    address = _ADDRESS.fullmatch(text)
    text = f"medtop:{address[1]}" if address else text
    return text if _CODE.fullmatch(text) else ""


def _others(value: object, language: str, name: str) -> tuple[str, ...]:
    """Other words in the language, each once: a text or a list, in one language or by language."""
    if isinstance(value, dict):
        value = [it for key in sorted(value) if _fits(key, language) for it in _listed(value[key])]
    found = dict.fromkeys(_words(it, language) for it in _listed(value))
    return tuple(it for it in found if it and it != name and len(it) <= LONGEST_NAME)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _fits(key: str, language: str) -> bool:
    return f"{key}-".startswith(f"{language}-")


def _words(value: object, language: str) -> str:
    """A text, or of texts by language the one in this, or in a variety of it."""
    if isinstance(value, dict):
        fitting = (key for key in sorted(value) if _fits(key, language))
        value = value.get(next(fitting, ""))
    return " ".join(value.split()) if isinstance(value, str) else ""


def _in_order(topics: Mapping[str, Topic], faults: list[str]) -> list[Topic]:
    """Each after the one above it. What stands above nothing known, or in a circle, is a fault."""
    ordered: dict[str, Topic] = {}
    waiting = dict(topics)
    while waiting:
        ready = [it for it in waiting.values() if not it.broader or it.broader in ordered]
        if not ready:
            faults += [f"{it.code}: {it.broader} above it is missing" for it in waiting.values()]
            break
        for topic in ready:
            ordered[topic.code] = waiting.pop(topic.code)
    return list(ordered.values())


def load_topics(topics: Iterable[Topic], actor: str) -> TopicsReport:
    """Write the topics as tags, in one transaction. What an editor changed or deleted stays so.

    A tag is a topic by its code; a tag of the same name without a code becomes it.
    """
    report = TopicsReport()
    with recording(Way.LOAD, actor=actor):
        tags = {tag.media_topic: tag for tag in Tag.objects.filter(media_topic__isnull=False)}
        named = {tag.name.casefold(): tag for tag in Tag.objects.filter(media_topic__isnull=True)}
        wanted = list(topics)
        gone = deleted_on_purpose("tag", {slugify(topic.name) for topic in wanted})
        for topic in wanted:
            tag = tags.get(topic.code) or named.get(topic.name.casefold())
            if tag is None and slugify(topic.name) in gone:
                report.deleted += 1
                continue
            above = tags.get(topic.broader)
            tags[topic.code] = _write(tag, topic, above, report)
        _write_others({tags[it.code]: it for it in wanted if it.code in tags}, report)
    return report


def _write_others(topics: Mapping[Tag, Topic], report: TopicsReport) -> None:
    """Other words are added; none is taken away, for an editor or a merger may have brought it."""
    known = set(TagAlias.objects.values_list("tag", "spelling"))
    new = {
        f"{tag.slug}/{words}": TagAlias(tag=tag, spelling=words)
        for tag, topic in topics.items()
        for words in topic.others
        if words != tag.name and (tag.pk, words) not in known
    }
    gone = deleted_on_purpose("tagalias", new)
    TagAlias.objects.bulk_create(alias for key, alias in new.items() if key not in gone)
    report.spellings += len(new.keys() - gone)


def _write(tag: Tag | None, topic: Topic, above: Tag | None, report: TopicsReport) -> Tag:
    if tag is None:
        report.created += 1
        return Tag.objects.create(
            slug=Tag.free_slug(topic.name),
            name=topic.name,
            description=topic.description,
            media_topic=topic.code,
            parent=above,
        )
    values: dict[str, Any] = {
        "name": topic.name,
        "description": topic.description,
        "media_topic": topic.code,
        "parent": above,
    }
    differing = [
        name
        for name, value in values.items()
        if name not in tag.edited_fields and getattr(tag, name) != value
    ]
    if not differing:
        report.unchanged += 1
        return tag
    for name in differing:
        setattr(tag, name, values[name])
    tag.save(update_fields=differing)
    report.updated += 1
    return tag
