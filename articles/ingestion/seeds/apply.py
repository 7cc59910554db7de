"""Write what a plan of fixtures says, in the order in which rows refer to one another."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from articles.errors import LoadError
from articles.ingestion.editors import drop_stale_mentions
from articles.ingestion.seeds.fixtures import KINDS
from articles.ingestion.seeds.plan import Change, Plan


def apply(plan: Plan) -> int:
    """Within a transaction. Returns how many mentions went with the words that they stood on.

    Raises IntegrityError or DataError where the database refuses a row.
    """
    for kind in KINDS:
        # A value that only one row may have is given up before another row takes it.
        waiting = [c for c in plan.updates[kind] if not _is_ready(c)]
        _update(c for c in plan.updates[kind] if _is_ready(c))
        if plan.replaced[kind]:
            KINDS[kind].model._base_manager.filter(pk__in=plan.replaced[kind]).delete()
        _create(KINDS[kind].model, [change.row for change in plan.creates[kind]])
        _update(waiting)
    bodies = [c.row.pk for c in plan.updates["article"] if "body" in c.values]
    return drop_stale_mentions(bodies)


def _is_ready(change: Change) -> bool:
    return all(value.pk for value in change.values.values() if isinstance(value, Model))


def _update(changes: Iterable[Change]) -> None:
    for change in changes:
        rows = type(change.row)._base_manager.filter(
            pk=change.row.pk, updated_at=change.row.updated_at
        )
        if not rows.update(**change.values):
            raise LoadError(
                f"{change.row} was changed by somebody else in this moment: seed once more"
            )


def _create(model: type[Model], rows: list[Any]) -> None:
    """Tags in as many rounds as their tree has levels: a parent needs its key first."""
    while rows:
        ready = [r for r in rows if getattr(r, "parent", None) is None or r.parent.pk]
        rows = [r for r in rows if not any(r is done for done in ready)]
        model._base_manager.bulk_create(ready)
