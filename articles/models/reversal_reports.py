"""What an undo did, or would do, and what it left as it is."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from articles.models.later_runs import later_runs
from articles.models.ledger import kind_of
from articles.models.ledger_words import column_words, kind_words
from articles.models.shells import NAMED

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model

    from articles.models.later_runs import LaterRun
    from articles.models.ledger import LedgerBatch
    from articles.models.ledger_states import Deed
    from articles.models.shells import Owner, Shell


@dataclass(frozen=True, slots=True)
class Left:
    """What an undo left as it is, and why. `field` is empty where it is the whole row; `later` is
    what was done since and stands in the way, where something was."""

    kind: str
    row: int
    key: str
    field: str
    reason: str
    later: LedgerBatch | None = None

    def __str__(self) -> str:
        of = f" ({self.field_words})" if self.field else ""
        return f"{self.kind_words} {self.key}{of}: {self.reason}"

    @property
    def kind_words(self) -> str:
        return kind_words(self.kind)

    @property
    def field_words(self) -> str:
        return column_words(self.kind, self.field)


@dataclass(slots=True)
class Reversal:
    """What an undo did (or would do), by kind of row. `run` is its own, by which it can itself be
    undone."""

    undoes: UUID | None
    run: UUID
    restored: Counter[str] = field(default_factory=Counter)  # rows that got earlier values
    made: Counter[str] = field(default_factory=Counter)  # rows that were deleted and are back
    deleted: Counter[str] = field(default_factory=Counter)  # rows that the run had made
    left: list[Left] = field(default_factory=list)
    shells: list[Shell] = field(default_factory=list)  # rows that are back without all of theirs
    retold: int = 0  # articles that readers see, in words that they had before
    kept_from: dict[Owner, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def total(self) -> int:
        return sum(sum(each.values()) for each in (self.restored, self.made, self.deleted))

    @property
    def empty_shells(self) -> list[Shell]:
        return [shell for shell in self.shells if shell.is_empty]

    def later_runs(self) -> list[LaterRun]:
        """The runs that took on what is left, the newest first: each is to be undone before."""
        return later_runs(self.left)

    def leave(
        self,
        model: type[Model],
        deed: Deed,
        reason: str,
        column: str = "",
        later: LedgerBatch | None = None,
    ) -> None:
        kind = kind_of(model)
        self.left.append(Left(kind, deed.row, deed.key, column, reason, later))
        for each in model._meta.concrete_fields:
            owner = (deed.before or {}).get(str(each.column))
            if each.related_model in NAMED and column in {"", each.column} and owner is not None:
                self.kept_from[each.related_model, owner][kind] += 1
