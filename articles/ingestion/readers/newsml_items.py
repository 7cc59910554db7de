"""One NewsML-G2 news item as a record; part of the reader of NewsML-G2."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from articles.ingestion.document import Options
from articles.ingestion.readers.markup import from_element, from_html, local_name
from articles.ingestion.readers.moments import is_ahead
from articles.ingestion.readers.nitf import Story, first, story_of

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CLASSES = {
    "animation": "an animation, not a text",
    "audio": "a sound recording, not a text",
    "graphic": "a graphic, not a text",
    "picture": "a picture, not a text",
    "video": "a video, not a text",
}
_STATUSES = {"withheld": "draft", "canceled": "withdrawn"}
_ENTITY_KINDS = {
    "person": "person",
    "organisation": "organisation",
    "geoarea": "place",
    "poi": "place",
    "event": "event",
    "object": "other",
}
_CODE = re.compile(r"[^:/#]*\Z")


@dataclass(frozen=True, slots=True)
class _Content:
    """What the content of an item is: a text, or the reason why there is none."""

    story: Story = field(default_factory=Story)
    missing: str = ""


def record_of(item: Element, options: Options) -> tuple[dict[str, object], str, str]:
    """The record of a news item; field and reason for which it is no article ('' if it is one)."""
    meta, about = _child(item, "itemMeta"), _child(item, "contentMeta")
    language = _attribute(about, "language", "tag") or item.get(_LANGUAGE, "")
    content = _content(item)
    story = content.story
    tags, entities = _subjects(item, about, language)
    record: dict[str, object] = {
        "source": _source(meta, about, language),
        "external_id": item.get("guid", "").strip(),
        "headline": _named(about, "headline", language)
        or story.headline
        or _named(meta, "title", language),
        "body": _body(about, story),
        "summary": _description(about, language) or story.summary,
        "language": language,
        "bylines": _bylines(about, story, language),
        "tags": tags
        + [word for element in _children(about, "keyword") if (word := _line(element))],
        "entities": entities,
        "published_at": _line(_child(meta, "firstCreated"))
        or _line(_child(meta, "versionCreated"))
        or _line(_child(about, "contentCreated")),
        "status": _status(meta, options),
    }
    record = {name: value for name, value in record.items() if value}
    return record, *_refusal(record, meta, content)


def _refusal(record: dict[str, object], meta: Element | None, content: _Content) -> tuple[str, str]:
    if "external_id" not in record:
        return "external_id", "the news item has no guid, which NewsML-G2 requires"
    if "body" in record:
        return "", ""
    kind = _code(_child(meta, "itemClass"))
    return "body", _CLASSES.get(kind) or content.missing


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


def _content(item: Element) -> _Content:
    """The first content that is a text. Contents of a set are the same in different renditions."""
    missing = ""
    for content in _children(
        _child(item, "contentSet"), "inlineXML", "inlineData", "remoteContent"
    ):
        found = _CONTENTS[local_name(content)](content)
        if found.story.body:
            return found
        missing = missing or found.missing
    return _Content(missing=missing)


def _inline_xml(content: Element) -> _Content:
    story = story_of(content)
    if story is not None:
        return _Content(story)
    return _Content(missing=f"its content is <{local_name(content[0])}>, which is no text")


def _inline_data(content: Element) -> _Content:
    kind, text = content.get("contenttype", "text/plain").lower(), "".join(content.itertext())
    if "encoding" in content.attrib:
        try:
            text = base64.b64decode(text, validate=False).decode()
        except (binascii.Error, ValueError):
            return _Content(missing="its inlineData is not base64 of UTF-8 text")
    if not kind.startswith("text/") and "html" not in kind:
        return _Content(missing=f"its content is {kind[:60]}, which is no text")
    return _Content(Story(from_html(text) if "html" in kind else text.strip()))


def _remote(content: Element) -> _Content:
    place = content.get("href") or content.get("residref") or "elsewhere"
    return _Content(missing=f"its text is not in it but at {place[:200]}, and nothing is fetched")


_CONTENTS = {"inlineXML": _inline_xml, "inlineData": _inline_data, "remoteContent": _remote}


def _body(about: Element | None, story: Story) -> str:
    """The text after its dateline, unless it has the dateline already."""
    dateline = _line(_child(about, "dateline"))
    if not dateline or not story.body or story.body.startswith(dateline):
        return story.body
    return f"{dateline}\n\n{story.body}"


def _description(about: Element | None, language: str) -> str:
    description = _preferred(_children(about, "description"), language)
    return from_element(description) if description is not None else ""


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def _bylines(about: Element | None, story: Story, language: str) -> list[str]:
    said = [_line(by) for by in _children(about, "by")] or list(story.bylines)
    return said or [
        name for party in _children(about, "creator") if (name := _name(party, language))
    ]


def _source(meta: Element | None, about: Element | None, language: str) -> str:
    for parties in (_children(meta, "provider"), _children(about, "infoSource")):
        names = {name for party in parties if (name := _name(party, language))}
        if len(names) == 1:
            return names.pop()
    return ""


def _subjects(
    item: Element, about: Element | None, language: str
) -> tuple[list[str], list[dict[str, str]]]:
    """Names of subjects: tags, and entities with their kinds."""
    assertions: dict[str, list[Element]] = {}
    for assertion in _children(item, "assert"):
        assertions.setdefault(_identity(assertion), []).append(assertion)
    tags, entities = [], []
    for subject in _children(about, "subject"):
        concept = first(subject, "mainConcept")
        known = [subject, *assertions.get(_identity(subject), ())]
        name = next(filter(None, (_name(party, language) for party in known)), "")
        if concept is not None:
            name = name or _name(concept, language)
        kind = next(filter(None, map(_kind, known)), "")
        if name and kind:
            entities.append({"name": name, "kind": kind})
        elif name:
            tags.append(name)
    return tags, entities


def _identity(concept: Element) -> str:
    return concept.get("qcode") or concept.get("uri") or concept.get("literal") or ""


def _kind(concept: Element) -> str:
    """The kind of entity that a subject or an assertion is, '' for an abstract one."""
    said = concept.get("type") or concept.get("typeuri") or ""
    kinds = [
        _CODE.search(said),
        *(_CODE.search(_identity(kind)) for kind in _children(concept, "type")),
    ]
    names = [match[0].lower() for match in kinds if match]
    names += [local_name(part).lower().removesuffix("details") for part in concept]
    return next((_ENTITY_KINDS[name] for name in names if name in _ENTITY_KINDS), "")


def _name(concept: Element, language: str) -> str:
    return _named(concept, "name", language)


def _named(parent: Element | None, name: str, language: str) -> str:
    return _line(_preferred(_children(parent, name), language))


def _preferred(elements: Iterable[Element], language: str) -> Element | None:
    """Of the same in several languages the one in this language, else the first."""
    found = [element for element in elements if _line(element)]
    wanted = language.lower().partition("-")[0]
    own = (e for e in found if e.get(_LANGUAGE, "").lower().partition("-")[0] == wanted)
    return next(own, found[0] if found else None)


# ── elements ─────────────────────────────────────────────────────────────────────────────────────


def _status(meta: Element | None, options: Options) -> str:
    status = _STATUSES.get(_code(_child(meta, "pubStatus")), "")
    embargo = _child(meta, "embargoed")
    if status or embargo is None:
        return status
    return "draft" if is_ahead(_line(embargo), options.timezone) else ""


def _code(element: Element | None) -> str:
    """`usable` of `stat:usable` or of the end of a URI."""
    match = _CODE.search(_identity(element)) if element is not None else None
    return match[0] if match else ""


def _child(parent: Element | None, name: str) -> Element | None:
    return next(_children(parent, name), None)


def _children(parent: Element | None, *names: str) -> Iterator[Element]:
    return (child for child in (() if parent is None else parent) if local_name(child) in names)


def _attribute(parent: Element | None, name: str, attribute: str) -> str:
    child = _child(parent, name)
    return "" if child is None else child.get(attribute, "")


def _line(element: Element | None) -> str:
    return "" if element is None else " ".join(from_element(element).split())
