"""The record of the contract: a mapping in, a Document out, or all the faults it has."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from articles.identity import EXTERNAL_ID_LENGTH, article_uid, derived_external_id
from articles.ingestion.cleaning import RULES, Cleaned, clean, clean_bylines, take_title
from articles.ingestion.cleaning.repairs import UNSEEN
from articles.ingestion.dates import find_leading_date, parse_published
from articles.ingestion.document import Document, Options, Place, Reject, SourceFacts
from articles.ingestion.members import NAME_LENGTH, Members, shown
from articles.text import SLUG_LENGTH, canonical_language, derive_headline, slugify
from articles.vocabulary import ArticleStatus, DatePrecision

BODY_BYTES = 10_000_000
HEADLINE_LENGTH = 1000
SUMMARY_LENGTH = 10_000
URL_LENGTH = 2000
_NO_FACTS = SourceFacts()
_LARGEST_NUMBER = 10**100
_NOT_IN_URL = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"]")
_MIDNIGHT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]00:00(?::00(?:[.,]0+)?)?(?![\d:.,])")

MEMBERS = (
    "source",
    "external_id",
    "headline",
    "body",
    "summary",
    "url",
    "language",
    "bylines",
    "tags",
    "entities",
    "published_at",
    "published_precision",
    "status",
    # What another archive says of its own articles, so that they become the same ones here.
    "uid",
    "origin",
    "source_name",
    "tag_slugs",
    "cleaned",
)


def parse_record(
    record: Mapping[str, object], options: Options, place: Place, *, is_text: bool = False
) -> Document | Reject:
    """One record as a Document, or a Reject that names every fault of every member.

    `is_text`: the body is a whole text file, whose first line may be the headline.
    Of the leading date line of a body the date is taken where the record itself has none.
    """
    members = Members(record, place)
    members.rename(options.mapping)
    members.refuse_unknown(MEMBERS)
    source = members.line("source", NAME_LENGTH) or options.source
    if not source and not members.has_fault("source"):
        members.fault("source", "missing; write it into the record or give --source")
    facts = options.sources.get(slugify(source), _NO_FACTS) if options.sources else _NO_FACTS
    is_clean = members.flag("cleaned")
    switched_off = frozenset(RULES) if is_clean else options.switched_off | facts.switched_off

    raw_headline = members.text("headline", BODY_BYTES)
    raw = _body(members)
    headline, body = clean(raw_headline, switched_off, "headline"), clean(raw, switched_off)
    _check_removed(members, body)
    title = ""
    if is_text:
        title, body = take_title(body)
    summary = clean(members.text("summary", SUMMARY_LENGTH), switched_off, "summary")
    _check_content(members, headline, body)
    published_at, precision = _published(members, options, facts, body)
    url = _url(members)
    given_id = _external_id(members)
    external_id = given_id or derived_external_id(url, raw_headline, raw)
    language = _language(members)
    bylines, byline_steps = clean_bylines(_bylines(members), switched_off)
    tags, tag_slugs = _tags(members)
    document = Document(
        source=source,
        source_name=members.line("source_name", NAME_LENGTH),
        origin=_origin(members, external_id),
        external_id=external_id,
        headline=headline.text or title or derive_headline(body.text),
        body=body.text,
        summary=summary.text,
        url=url,
        language=language,
        bylines=bylines,
        tags=tags,
        tag_slugs=tag_slugs,
        entities=members.entities(),
        published_at=published_at,
        published_precision=precision,
        status=members.word("status", ArticleStatus) or options.status,
        headline_derived=not (headline.text or title),
        external_id_derived=not given_id,
        raw=raw,
        cleaning=headline.steps + summary.steps + byline_steps + body.steps,
        place=place,
        received=record,
    )
    return Reject(tuple(members.faults), record) if members.faults else document


def _body(members: Members) -> str:
    body = members.text("body", BODY_BYTES)
    if len(body) * 4 > BODY_BYTES and len(body.encode()) > BODY_BYTES:
        members.fault("body", f"larger than {BODY_BYTES:,} bytes")
        return ""
    return body


def _bylines(members: Members) -> Iterator[str]:
    """Names as received, so that their cleaning is told of them as well."""
    for path, name in members.received_names("bylines"):
        if UNSEEN.sub("", name).strip():
            yield name
        else:
            members.fault(path, "empty name")


def _check_removed(members: Members, body: Cleaned) -> None:
    if body.is_too_short:
        rules = ", ".join(dict.fromkeys(step.rule for step in body.steps))
        members.fault(
            "body",
            f"cleaning would remove {body.removed:.0%} of the text (rules: {rules}); "
            "look at it, and correct it or switch a rule off",
        )


def _check_content(members: Members, headline: Cleaned, body: Cleaned) -> None:
    if len(headline.text) > HEADLINE_LENGTH:
        members.fault(
            "headline",
            f"{len(headline.text):,} characters long; at most {HEADLINE_LENGTH:,} are kept",
        )
    if not headline.text and not body.text and not members.has_fault("headline", "body"):
        members.fault("body", "neither headline nor body; a record needs one of them")


def _published(
    members: Members, options: Options, facts: SourceFacts, body: Cleaned
) -> tuple[dt.datetime | None, DatePrecision]:
    wanted = members.word("published_precision", DatePrecision)
    text = members.text("published_at", NAME_LENGTH).strip()
    if not text:
        return _leading_date(members, wanted, body)
    if wanted is DatePrecision.DAY and _MIDNIGHT.match(text):
        text = text[:10]  # a day that was written as its midnight: the day as it stands there
    try:
        moment, said = parse_published(text, options.timezone or facts.timezone)
    except ValueError as error:
        members.fault("published_at", str(error))
        return None, DatePrecision.UNKNOWN
    if wanted not in (None, said):
        members.fault(
            "published_precision", f"{wanted} does not fit {shown(text)}, whose form says {said}"
        )
    return moment, said


def _leading_date(
    members: Members, wanted: DatePrecision | None, body: Cleaned
) -> tuple[dt.datetime | None, DatePrecision]:
    """The date line that cleaning took off the body, unless the record calls its date unknown."""
    removed = [step.edits[0].removed for step in body.steps if step.rule == "leading-date"]
    day = find_leading_date(removed[0])[0] if removed else None
    if day and wanted in (None, DatePrecision.DAY):
        return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC), DatePrecision.DAY
    if wanted not in (None, DatePrecision.UNKNOWN) and not members.has_fault("published_at"):
        members.fault("published_precision", f"{wanted} without published_at; give the date")
    return None, DatePrecision.UNKNOWN


def _url(members: Members) -> str:
    url = members.text("url", URL_LENGTH).strip()
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        is_address = False
    if url and (not is_address or _NOT_IN_URL.search(url)):
        members.fault(
            "url", f"{shown(url)} is no web address; write http:// or https:// and a host"
        )
        return ""
    return url


def _external_id(members: Members) -> str:
    """The source's id as a string; many sources number their articles."""
    value = members.record.get("external_id")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER:
        return str(value)
    text = members.text("external_id", EXTERNAL_ID_LENGTH)
    return unicodedata.normalize("NFC", text.strip())


def _origin(members: Members, external_id: str) -> str:
    """The origin that an archive gave the article, '' where the record names none."""
    origin = members.line("origin", SLUG_LENGTH)
    uid = members.text("uid", NAME_LENGTH).strip().lower()
    if uid and not origin and not members.has_fault("origin"):
        members.fault("uid", "without origin; it is made of origin and external_id")
    elif uid and origin and uid != str(article_uid(origin, external_id)):
        members.fault("uid", f"{shown(uid)} is not the uid of this origin and external_id")
    return origin


def _tags(members: Members) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of tags and, where the record has them, their slugs, each tag once."""
    if members.record.get("tag_slugs") is None:
        return members.names("tags"), ()
    names, slugs = members.every_name("tags"), members.every_name("tag_slugs")
    if len(names) != len(slugs):
        if not members.has_fault("tags", "tag_slugs"):
            members.fault("tag_slugs", f"{len(slugs)} slugs for {len(names)} tags; one for each")
        return (), ()
    by_slug = dict(zip(slugs, names, strict=True))
    return tuple(by_slug.values()), tuple(by_slug)


def _language(members: Members) -> str | None:
    tag = members.text("language", NAME_LENGTH).strip()
    try:
        return canonical_language(tag) if tag else None
    except ValueError as error:
        members.fault("language", str(error))
        return None
