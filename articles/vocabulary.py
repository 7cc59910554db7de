"""The public words: what a column, a record or an answer may say. The database checks them."""

from django.db.models import TextChoices


class SourceKind(TextChoices):
    AGENCY = "agency"
    NEWSPAPER = "newspaper"
    MAGAZINE = "magazine"
    BROADCASTER = "broadcaster"
    WEBSITE = "website"
    INSTITUTION = "institution"
    OTHER = "other"


class ArticleStatus(TextChoices):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class DatePrecision(TextChoices):
    """How much of `published_at` is known; day precision is stored as 00:00 UTC."""

    EXACT = "exact"
    DAY = "day"
    UNKNOWN = "unknown"


class EntityKind(TextChoices):
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    EVENT = "event"
    WORK = "work"
    OTHER = "other"


class AliasKind(TextChoices):
    NAME = "name"
    ACRONYM = "acronym"
    DEMONYM = "demonym"
    SURNAME = "surname"


class CaseRule(TextChoices):
    """Whether a spelling counts only as it is written."""

    EXACT = "exact"
    IGNORE = "ignore"


class Standing(TextChoices):
    """An editor's rule given in advance: what becomes of an unambiguous find of an alias."""

    REVIEW = "review"
    ACCEPT = "accept"
    NEVER = "never"


class Origin(TextChoices):
    """Who said that a link holds."""

    SOURCE = "source"
    MACHINE = "machine"
    EDITOR = "editor"


class LinkState(TextChoices):
    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class NounKind(TextChoices):
    """The nouns that have a slug and can be renamed or merged."""

    SOURCE = "source"
    ENTITY = "entity"
    TAG = "tag"


class LinkKind(TextChoices):
    MENTION = "mention"
    TAGGING = "tagging"


class Matter(TextChoices):
    """What about an article an editor may let stand as it is."""

    HEADLINE = "headline"
    DATE = "date"
    CLEANING = "cleaning"
    CONFLICT = "conflict"


class LoadState(TextChoices):
    """Where a load is. One that was killed is running for ever, until it is taken up again."""

    RUNNING = "running"
    FINISHED = "finished"


class LedgerAction(TextChoices):
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class RevisionAction(TextChoices):
    """What a revision was to readers: the first they saw, another text, or one seen again."""

    PUBLISHED = "published"
    CHANGED = "changed"
    REPUBLISHED = "republished"


class Way(TextChoices):
    """The way by which a change came in. Editors come by the admin or by SQL."""

    ADMIN = "admin"
    LOAD = "load"
    COMMAND = "command"
    SQL = "sql", "SQL"


class TokenScope(TextChoices):
    """What a token lets its bearer do: read what is public, or drafts and the withdrawn too."""

    READ = "read"
    DRAFTS = "drafts"


class ChangeKind(TextChoices):
    """What the change feed speaks of; an article is named by its uid, the others by their slug."""

    ARTICLE = "article"
    SOURCE = "source"
    ENTITY = "entity"
    TAG = "tag"


class ChangeAction(TextChoices):
    """What became of a thing, in the eyes of a reader.

    Withdrawn: it was public and is no more. Merged: its slug leads to another row. Redacted: it
    was taken away on purpose, and no copy of it should stay; what remains of it is created anew.
    """

    CREATED = "created"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    MERGED = "merged"
    REDACTED = "redacted"
