"""What a load would change: Documents compared with rows, a batch at a time; nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from articles.ingestion.document import Document, Reject
from articles.ingestion.drafts import Draft, facts, new_article, status_facts
from articles.ingestion.editors import deleted_on_purpose, kept_fields
from articles.ingestion.matching import Named, match_names, reject
from articles.ingestion.memory import Memory
from articles.ingestion.names import Name, NameTable
from articles.ingestion.nouns import Noun
from articles.ingestion.source_links import Links, compare_links
from articles.ingestion.texts import TextChange, compare_texts, new_texts
from articles.models import Article, Redaction
from articles.models.bulk import AnyOf
from articles.vocabulary import LinkKind


@dataclass(slots=True)
class Change:
    """What becomes of one document.

    `outcome` is created, updated, unchanged or deleted: an editor deleted the article. `row` is
    the article, unsaved if it is new, with all values that it had. `values` are the fields to
    write, `theirs` what the document says of those that an editor keeps; `twin` names an article
    with the same text under another key, `left_out` are names that an editor deleted. Of an
    article that `is_redacted` nothing is taken: its outcome is deleted.
    """

    document: Document
    row: Article
    outcome: str
    values: Mapping[str, Any] = field(default_factory=dict)
    theirs: Mapping[str, Any] = field(default_factory=dict)
    taggings: Links = field(default_factory=Links)
    mentions: Links = field(default_factory=Links)
    texts: TextChange = field(default_factory=TextChange)
    twin: str = ""
    left_out: tuple[Name, ...] = ()
    is_redacted: bool = False

    @property
    def conflicts(self) -> tuple[str, ...]:
        return tuple(self.theirs)

    @property
    def fields(self) -> tuple[str, ...]:
        """The members of the record by which a reload changes the article."""
        others = {
            "tags": self.taggings,
            "entities": self.mentions,
            "text as received": self.texts,
        }
        return (*sorted(self.values), *(name for name, change in others.items() if change))


@dataclass(slots=True)
class BatchPlan:
    """`names` are the sources, tags and entities to create, as `kind slug`."""

    changes: list[Change] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records became something, good and bad."""
        return len(self.changes) + len(self.rejects)


def key_of(article: Article) -> str:
    return f"{article.origin}/{article.external_id}"


def plan_batch(drafts: Sequence[Draft], table: NameTable, memory: Memory) -> BatchPlan:
    """Compare documents with the archive. A number of queries that does not grow with them."""
    accepted, rejects = match_names(drafts, table)
    uids = [uid for named in accepted for uid in named.uids]
    rows = {row.uid: row for row in Article.objects.defer("search").filter(AnyOf("uid", uids))}
    redacted = Redaction.objects.among(uids)
    taken = memory.seen(uids)
    changes: list[Change] = []
    for named in accepted:
        row = next((rows[uid] for uid in named.uids if uid in rows), None)
        if not taken.isdisjoint(named.uids):
            reason = "an earlier record of this input has the same key"
            rejects.append(reject(named.document, [("external_id", reason)]))
        else:
            if not redacted.isdisjoint(named.uids):
                changes.append(_leave(row or _create(named).row, named))
            else:
                changes.append(_update(row, named) if row else _create(named))
            taken.add(changes[-1].row.uid)
    _mark_deleted(changes, accepted)
    _add_links(changes, accepted)
    _add_texts(changes)
    _mark_updated(changes)
    _find_twins(changes, memory)
    names = [f"{row._meta.model_name} {row.slug}" for row in new_names(changes)]
    return BatchPlan(changes, rejects, names)


def new_names(changes: Iterable[Change]) -> list[Noun]:
    """Sources, tags and entities that the changes need and that are not there yet."""
    named = chain.from_iterable(
        (change.row.source, *change.taggings.add, *change.mentions.add)
        for change in changes
        if change.outcome in {"created", "updated"}
    )
    return list({id(row): row for row in named if row._state.adding}.values())


def _create(named: Named) -> Change:
    document = named.document
    article = named.draft.article
    if article is None or not article._state.adding:  # written once, and taken back with its batch
        article = new_article(document)
    article.uid, article.origin, article.source = named.uids[0], named.origins[0], named.source
    article.language = document.language or named.source.language
    return Change(document, article, "created")


def _leave(row: Article, named: Named) -> Change:
    return Change(named.document, row, "deleted", is_redacted=True)


def _update(row: Article, named: Named) -> Change:
    """The fields that differ; of those that an editor keeps, the ones that the record states."""
    document = named.document
    values = facts(document)
    if document.language:
        values["language"] = document.language
    if isinstance(document.received, Mapping) and document.received.get("status"):
        values |= status_facts(document.status, row)
    protected = kept_fields(row.edited_fields)
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    written = {name: value for name, value in differing.items() if name not in protected}
    theirs = {
        name: value
        for name, value in differing.items()
        if name in protected and _is_stated(document, name)
    }
    return Change(document, row, "updated" if written else "unchanged", written, theirs)


def _is_stated(document: Document, name: str) -> bool:
    """Whether the record itself says something of the field, which an editor then contradicts."""
    if name in {"headline", "headline_derived"}:
        return name == "headline" and not document.headline_derived
    if name in {"published_precision", "withdrawn_at", "withdrawn_reason"}:
        return False  # told with the field that it belongs to
    return name == "status" or bool(facts(document).get(name, document.language))


def _mark_deleted(changes: list[Change], named: list[Named]) -> None:
    """A key that an editor deleted is looked for under every origin that its source ever had."""
    new = {id(change.document): change for change in changes if change.outcome == "created"}
    keys = [
        (str(uid), uid, origin, new[id(each.document)])
        for each in named
        if id(each.document) in new
        for uid, origin in zip(each.uids, each.origins, strict=True)
    ]
    deleted = deleted_on_purpose("article", (key for key, *_ in keys))
    for key, uid, origin, change in keys:
        if key in deleted and change.outcome == "created":
            change.outcome, change.row.uid, change.row.origin = "deleted", uid, origin


def _add_links(changes: list[Change], named: list[Named]) -> None:
    """Bring the links of the sources; a new article takes all that its record names."""
    by_document = {id(n.document): n for n in named}
    old: list[tuple[Change, Named]] = []
    for change in changes:
        names = by_document[id(change.document)]
        change.left_out = names.left_out
        if change.outcome == "created":
            change.taggings, change.mentions = Links(names.tags), Links(names.entities)
        elif change.outcome != "deleted":
            old.append((change, names))
    taggings = compare_links(LinkKind.TAGGING, ((c.row, n.tags) for c, n in old))
    mentions = compare_links(LinkKind.MENTION, ((c.row, n.entities) for c, n in old))
    for change, _ in old:
        change.taggings, change.mentions = taggings[change.row.pk], mentions[change.row.pk]


def _add_texts(changes: list[Change]) -> None:
    """Compare what was received with what is kept of it."""
    old = [change for change in changes if change.outcome in {"unchanged", "updated"}]
    kept = {change.row.pk: kept_fields(change.row.edited_fields) for change in old}
    texts = compare_texts([(change.row, change.document) for change in old], kept)
    for change in changes:
        if change.outcome == "created":
            change.texts = new_texts(change.document)
    for change in old:
        change.texts = texts[change.row.pk]


def _mark_updated(changes: list[Change]) -> None:
    for change in changes:
        if change.outcome == "unchanged" and (change.taggings or change.mentions or change.texts):
            change.outcome = "updated"


def _find_twins(changes: list[Change], memory: Memory) -> None:
    """New bodies that another article has already, in the archive or earlier in the input.

    Headlines alone are alike by chance: articles without a body are nobody's duplicates.
    """
    new = [
        change
        for change in changes
        if change.document.body and (change.outcome == "created" or "body" in change.values)
    ]
    texts = dict(memory.twins({change.document.fingerprint for change in new}))
    for change in new:
        change.twin = texts.setdefault(change.document.fingerprint, key_of(change.row))
        if change.twin == key_of(change.row):
            change.twin = ""
