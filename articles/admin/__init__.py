"""The curation desk: where editors find, correct and judge. Who else writes comes another way.

The desk asks for its register when it is made. Registering on `admin.site` here would fail: Django
makes the site by importing this very package, and would throw away what was registered meanwhile.
"""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model

from articles.admin.articles import ArticleAdmin
from articles.admin.duplicate_pairs import DuplicatePairAdmin
from articles.admin.entities import EntityAdmin
from articles.admin.loads import LoadRunAdmin
from articles.admin.records import DecisionAdmin, LedgerBatchAdmin, LedgerEntryAdmin, RedirectAdmin
from articles.admin.sources import SourceAdmin
from articles.admin.storylines import StorylineAdmin
from articles.admin.tags import TagAdmin
from articles.admin.tokens import TokenAdmin
from articles.admin.unknown_names import UnknownNameAdmin
from articles.models import (
    Article,
    Decision,
    DuplicatePair,
    Entity,
    LedgerBatch,
    LedgerEntry,
    LoadRun,
    Redirect,
    Source,
    Storyline,
    Tag,
    Token,
    UnknownName,
)

REGISTER: dict[type[Model], type["ModelAdmin[Any]"]] = {
    Source: SourceAdmin,
    Article: ArticleAdmin,
    Entity: EntityAdmin,
    Tag: TagAdmin,
    Storyline: StorylineAdmin,
    LedgerBatch: LedgerBatchAdmin,
    DuplicatePair: DuplicatePairAdmin,
    LedgerEntry: LedgerEntryAdmin,
    Decision: DecisionAdmin,
    Redirect: RedirectAdmin,
    UnknownName: UnknownNameAdmin,
    LoadRun: LoadRunAdmin,
    Token: TokenAdmin,
}
