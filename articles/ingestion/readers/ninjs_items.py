"""One ninjs item as a record; part of the reader of ninjs."""

from collections.abc import Iterator, Mapping

from articles.ingestion.document import Options
from articles.ingestion.members import shown
from articles.ingestion.readers.markup import from_html, without_first_line
from articles.ingestion.readers.moments import is_ahead
from articles.ingestion.readers.nitf import parse_story

_KINDS = {
    "audio": "a sound recording, not a text",
    "graphic": "a graphic, not a text",
    "picture": "a picture, not a text",
    "video": "a video, not a text",
    "event": "a calendar entry, not a text",
    "planning": "a plan of coverage, not a text",
}
_ENTITIES = {
    "person": ("person", "people"),
    "organisation": ("organisation", "organisations"),
    "place": ("place", "places"),
    "event": ("event", "events"),
    "other": ("object", "objects"),
}
_STATUSES = {"withheld": "draft", "canceled": "withdrawn"}
_BY_MARKUP = ("html", "nitf", "plain")

Item = Mapping[str, object]


def record_of(received: Item, options: Options) -> tuple[dict[str, object], str]:
    """The record of an item, and why it is no article ('' if it is one).

    Members of wrong types are handed on: the record names them.
    """
    item = _without_capitals(received)
    body, headline = _body(item), _main(item, "headline") or item.get("title")
    if isinstance(body, str) and isinstance(headline, str):
        body = without_first_line(body, headline)
    record = {
        "source": _source(item),
        "external_id": item.get("uri") or item.get("guid"),
        "headline": headline,
        "body": body,
        "summary": _main(item, "description"),
        "language": item.get("language"),
        "bylines": _bylines(item),
        "tags": _names(item, ("subject", "subjects")),
        "entities": [
            {"name": name, "kind": kind}
            for kind, members in _ENTITIES.items()
            for name in _names(item, members)
        ],
        "published_at": next(
            (
                item[name]
                for name in ("firstcreated", "versioncreated", "contentcreated")
                if item.get(name)
            ),
            None,
        ),
        "status": _status(item, options),
    }
    record = {name: value for name, value in record.items() if value not in (None, "", [])}
    return record, _refusal(item, record)


def _refusal(item: Item, record: Item) -> str:
    """Why an item is no article, '' if it is one: a text, or a composite of one and others.

    By its type alone: the texts of a picture are its captions and rights, those of an event the
    plan of coverage.
    """
    kind = str(item.get("type") or ("event" if "eventdetails" in item else "text"))
    if kind in _KINDS:
        return _KINDS[kind]
    signs = ("uri", "guid", "headline", "headlines")
    if "body" not in record and not any(item.get(name) for name in signs):
        return "not a ninjs item: it has neither uri, headline nor text"
    return "" if kind in ("text", "composite") else f"of type {shown(kind)}, not a text"


def _without_capitals(item: Item) -> dict[str, object]:
    """Names of members as 1.x and 2.x write them: `versionCreated` is `versioncreated`."""
    members: dict[str, object] = {}
    for name, value in item.items():
        members.setdefault(name.lower(), value)
    return members


# ── texts ────────────────────────────────────────────────────────────────────────────────────────


def _texts(item: Item, member: str, members: str) -> Iterator[tuple[str, str, object]]:
    """Role, kind of markup and value of each text: `body_text` of 1.x, an entry of `bodies`."""
    for name, value in item.items():
        if name == member or name.startswith(f"{member}_"):
            role = name.removeprefix(member).removeprefix("_")
            yield role, _markup(role, value), value
    entries = item.get(members)
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict):
            text = _without_capitals(entry)
            role, value = str(text.get("role") or ""), text.get("value")
            yield role, _markup(f"{text.get('contenttype') or role}".lower(), value), value
        elif entry is not None:
            yield "", _markup("", entry), entry


def _markup(label: str, value: object) -> str:
    """What a content type or a role says of a text: html, nitf, plain; other XML is ''."""
    if "html" in label:
        return "html"
    if "nitf" in label:
        return "nitf" if isinstance(value, str) and "<nitf" in value else ""
    if "xml" in label or "json" in label:
        return ""
    return "plain"


def _body(item: Item) -> object:
    found = sorted(
        (_BY_MARKUP.index(markup), index, value)
        for index, (_, markup, value) in enumerate(_texts(item, "body", "bodies"))
        if markup and isinstance(value, str)
    )
    texts = (_plain(_BY_MARKUP[rank], value) for rank, _, value in found)
    wrong = (value for _, _, value in _texts(item, "body", "bodies") if not isinstance(value, str))
    return next(filter(None, texts), None) or next(filter(None, wrong), None)


def _plain(markup: str, text: str) -> str:
    if markup == "html":
        return from_html(text)
    if markup == "nitf":
        story = parse_story(text)
        return story.body if story else ""
    return text if text.strip() else ""


def _main(item: Item, member: str) -> object:
    """The text in the role of the main one, else the first, as plain text."""
    plural = f"{member}s"
    found = [(role, markup, value) for role, markup, value in _texts(item, member, plural) if value]
    found.sort(key=lambda text: (text[0] not in ("", "main", "text"), text[1] != "plain"))
    for _, markup, value in found:
        text = _plain(markup, value) if isinstance(value, str) else value
        if text:
            return text
    return None


# ── names ────────────────────────────────────────────────────────────────────────────────────────


def _names(item: Item, members: tuple[str, ...]) -> list[object]:
    """Names of concepts; a concept that has only a code has none. What is no concept stands."""
    found: list[object] = []
    for member in members:
        value = item.get(member)
        for concept in value if isinstance(value, list) else [value]:
            found.append(concept.get("name") if isinstance(concept, dict) else concept)
    return [name for name in found if name not in (None, "")]


def _bylines(item: Item) -> list[object]:
    return [name for name in (item.get("by") or item.get("byline"),) if name]


def _source(item: Item) -> object:
    parties = _names(item, ("infosource", "infosources"))
    return parties[0] if len(parties) == 1 else None


def _status(item: Item, options: Options) -> str | None:
    status = _STATUSES.get(str(item.get("pubstatus")))
    embargo = item.get("embargoed") or item.get("embargoeduntil")
    if embargo and status is None and is_ahead(str(embargo), options.timezone):
        return "draft"
    return status
