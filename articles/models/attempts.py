"""Deeds that the database may refuse: tried all at once, then one by one, and in the end again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from articles.models.ledger import kind_of
from articles.models.obstacles import rule

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from django.db.models import Model

    from articles.models.ledger_states import Deed


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do with rows of a kind, and where those are counted with whom it was done."""

    model: type[Model]
    deeds: list[Deed]
    do: Callable[[list[Deed]], Any]
    counter: Counter[str]


class Attempts:
    def __init__(self) -> None:
        self.refused: list[Act] = []

    def make(self, act: Act) -> None:
        """All at once; where the database refuses that, one by one, and what it refuses waits."""
        if not act.deeds:
            return
        try:
            with transaction.atomic():
                act.do(act.deeds)
            act.counter[kind_of(act.model)] += len(act.deeds)
        except IntegrityError:
            if len(act.deeds) == 1:
                self.refused.append(act)
            else:
                for deed in act.deeds:
                    self.make(replace(act, deeds=[deed]))

    def again(self) -> Iterator[tuple[Act, str]]:
        """What stood in the way of another row may have gone since; what is refused for good comes
        with the reason."""
        for act in self.refused:
            try:
                with transaction.atomic():
                    act.do(act.deeds)
                act.counter[kind_of(act.model)] += 1
            except IntegrityError as error:
                yield act, rule(error)
