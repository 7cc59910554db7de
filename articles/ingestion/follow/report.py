"""What following another archive did, and what it left as it is here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from articles.vocabulary import NounKind

OUTCOMES = ("created", "updated", "withdrawn", "deleted", "merged", "kept", "refused")


@dataclass(slots=True)
class FollowReport:
    """`counts` by outcome; `notes` say what was kept against the other archive, or refused;
    `left` are kinds and slugs of what is gone there and could not go here yet."""

    position: int = 0
    changes: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    left: set[tuple[NounKind, str]] = field(default_factory=set)

    @property
    def is_equal(self) -> bool:
        """Whether everything is here as it is there."""
        return not (self.counts["kept"] or self.counts["refused"])

    def note(self, outcome: str, kind: str, key: str, why: str) -> None:
        self.counts[outcome] += 1
        self.notes.append(f"{kind} {key}: {outcome}: {why}")

    def add(self, other: FollowReport) -> None:
        self.position = max(self.position, other.position)
        self.changes += other.changes
        self.counts.update(other.counts)
        self.notes.extend(other.notes)
        self.left |= other.left

    def summary(self) -> str:
        counts = ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in OUTCOMES)
        return f"Done to position {self.position:,}: {self.changes} changes read, {counts}"
