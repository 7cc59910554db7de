"""What editors nearly always accept, to be accepted at once: never silently, with one undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.admin.queue_groups import (
    FEW,
    GROUPS,
    Group,
    Order,
    Outcome,
    Refused,
    number_in,
    rest_words,
    told,
)
from articles.admin.queue_links import ACCEPT
from articles.admin.queue_mentions import Mentions
from articles.models import Mention, judge, nearly_always_accepted
from articles.models.acceptance import FEWEST, IN_BULK, RATE
from articles.models.bulk_work import MOST_ROWS
from articles.models.waiting import Spelling, busiest, spellings
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from articles.models.acceptance import Sure

ASKED = 100
"""Of so many entities, those for which the most waits, it is asked how editors judged."""


class SureMentions(Mentions):
    name, label = "sure", "Nearly always accepted"
    hint = (
        f"Spellings of which editors accepted at least {RATE:.0%} of the last judged suggestions, "
        f"{FEWEST} or more. Look at the examples, then accept one group, or all that are shown."
    )
    verbs = (ACCEPT,)
    has_relink = has_never = has_create = False
    nothing = (
        f"Nothing is that sure yet: it takes {FEWEST} decisions on a spelling, {RATE:.0%} of them "
        "accepting."
    )

    def page(self, number: int) -> list[Group]:
        groups = spellings("mention", busiest("mention")[:ASKED], 2)
        sure = nearly_always_accepted(groups)
        return self._with_rates(sure[(number - 1) * GROUPS : number * GROUPS], FEW)

    def group(self, key: Mapping[str, str], before: int | None = None) -> Group | None:
        found = self.spelling(key)
        sure = nearly_always_accepted([found]) if found else []
        group = super().group(key, before) if sure else None
        if group:
            group.note = _note(sure[0])
        return group

    def _with_rates(self, sure: Sequence[Sure], each: int) -> list[Group]:
        notes = {(str(it.group.target), it.group.quote): _note(it) for it in sure}
        groups = self.shown([it.group for it in sure], each)
        for group in groups:
            group.note = notes[group.key["entity"], group.key["quote"]]
        return groups

    def settle(self, order: Order) -> Outcome:
        if order.verb != "accept":
            raise Refused("That cannot be said here.")
        return self.settle_all([order])

    def settle_all(self, orders: Sequence[Order]) -> Outcome:
        """All the groups that were shown, as one thing that is undone as one."""
        counted = {self._counted(order): order for order in orders}
        # What was sure when the page was made may be so no more.
        still = [counted[it.group] for it in nearly_always_accepted(list(counted))]
        done, is_cut, gone = 0, False, ""
        for order in still:
            keys, gone = self.held(order)
            is_cut = is_cut or len(keys) > MOST_ROWS - done
            keys = keys[: MOST_ROWS - done]
            done += judge(Mention, keys, LinkState.ACCEPTED, order.editor, IN_BULK)
        warnings = [rest_words(MOST_ROWS) if is_cut else "", gone if len(orders) == 1 else ""]
        if lost := len(orders) - len(still):
            warnings.append(f"{told(lost, 'group')} had been judged meanwhile, or are less sure.")
        return Outcome(_said(done, still), done, " ".join(filter(None, warnings)))

    def _counted(self, order: Order) -> Spelling:
        quote = order.key.get("quote", "")
        return Spelling(number_in(order.key, "entity"), quote, 0, order.until)


def _said(done: int, orders: Sequence[Order]) -> str:
    if not orders:
        return "Nothing was left to judge."
    if len(orders) == 1:
        return f"Accepted {told(done, 'mention')} “{orders[0].key.get('quote', '')}”."
    return f"Accepted {told(done, 'mention')} in {told(len(orders), 'group')}."


def _note(sure: Sure) -> str:
    return f"{sure.accepted} of the last {sure.judged} accepted"
