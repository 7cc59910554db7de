"""Rows, constraints and querysets: sources, articles, entities, tags, and what keeps them."""

from articles.models.acceptance import nearly_always_accepted
from articles.models.article_queries import ArticleQuerySet, SortKey
from articles.models.articles import Article
from articles.models.asides import SetAside
from articles.models.changes import Change, announce_due
from articles.models.corrections import Correction, correct
from articles.models.decisions import Decision
from articles.models.duplicate_clusters import DuplicateCluster, DuplicateMember
from articles.models.duplicates import DuplicateDecision, DuplicatePair, declare_duplicates
from articles.models.entities import Alias, Entity, Mention
from articles.models.follows import Follow
from articles.models.judging import judge
from articles.models.kept_forms import KeptForm
from articles.models.ledger import (
    LedgerBatch,
    LedgerEntry,
    LedgerRestore,
    attributing,
    current_run,
    earlier_states,
    recording,
)
from articles.models.limits import RequestCount
from articles.models.loads import LoadConflict, LoadFault, LoadKey, LoadRun
from articles.models.merging import Moved, merge
from articles.models.model_readings import ModelReading
from articles.models.redactions import Redaction
from articles.models.redirects import Redirect
from articles.models.relinking import make_entity, never_suggest, relink, relinked
from articles.models.reversal import revert, revert_to
from articles.models.reversal_reports import Left, Reversal
from articles.models.settlements import Settlement, settle
from articles.models.signatures import Furniture, Signature
from articles.models.sources import Source
from articles.models.splitting import split
from articles.models.storylines import Storyline, StorylineArticle, StorylineDecision
from articles.models.suggestions import Enrichment, EnrichmentRun, Salience, Suggestion
from articles.models.summaries import Summary
from articles.models.tags import Tag, TagAlias, Tagging
from articles.models.texts import CleaningStep, RawText
from articles.models.tokens import Token
from articles.models.unknown_names import NameDecision, UnknownName, unknown_names_of
from articles.models.uploads import PlannedRecord, Upload

__all__ = [
    "Alias",
    "Article",
    "ArticleQuerySet",
    "Change",
    "CleaningStep",
    "Correction",
    "Decision",
    "DuplicateCluster",
    "DuplicateDecision",
    "DuplicateMember",
    "DuplicatePair",
    "Enrichment",
    "EnrichmentRun",
    "Entity",
    "Follow",
    "Furniture",
    "KeptForm",
    "LedgerBatch",
    "LedgerEntry",
    "LedgerRestore",
    "Left",
    "LoadConflict",
    "LoadFault",
    "LoadKey",
    "LoadRun",
    "Mention",
    "ModelReading",
    "Moved",
    "NameDecision",
    "PlannedRecord",
    "RawText",
    "Redaction",
    "Redirect",
    "RequestCount",
    "Reversal",
    "Salience",
    "SetAside",
    "Settlement",
    "Signature",
    "SortKey",
    "Source",
    "Storyline",
    "StorylineArticle",
    "StorylineDecision",
    "Suggestion",
    "Summary",
    "Tag",
    "TagAlias",
    "Tagging",
    "Token",
    "UnknownName",
    "Upload",
    "announce_due",
    "attributing",
    "correct",
    "current_run",
    "declare_duplicates",
    "earlier_states",
    "judge",
    "make_entity",
    "merge",
    "nearly_always_accepted",
    "never_suggest",
    "recording",
    "relink",
    "relinked",
    "revert",
    "revert_to",
    "settle",
    "split",
    "unknown_names_of",
]
