"""What a run knows of its earlier batches. It lies in the database: memory stays small."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from articles.models import Article, LoadKey, LoadRun
from articles.models.bulk import AnyOf, copy_rows
from articles.models.planned_keys import PlannedKeys

if TYPE_CHECKING:
    from articles.ingestion.plan import Change


class Memory:
    """Of a run of one batch, which has no earlier ones."""

    def seen(self, uids: Collection[UUID]) -> set[UUID]:
        """Which of the uids an earlier record of the run was about."""
        return set()

    def twins(self, fingerprints: Collection[str]) -> Mapping[str, str]:
        """The keys of articles, in the archive or to come, that have these bodies."""
        known = Article.objects.filter(AnyOf("fingerprint", fingerprints)).exclude(body="")
        known = known.order_by("fingerprint", "pk")
        keys = known.distinct("fingerprint").values_list("fingerprint", "origin", "external_id")
        return {text: "/".join(key) for text, *key in keys}

    def remember(self, changes: Iterable["Change"]) -> None:
        """Within the transaction of the batch."""

    def forget(self) -> None:
        """The run is through."""


class LoadMemory(Memory):
    """Of a load: its keys outlive a kill, its texts are in the archive."""

    def __init__(self, load: LoadRun) -> None:
        self._load = load

    def seen(self, uids: Collection[UUID]) -> set[UUID]:
        keys = LoadKey.objects.filter(AnyOf("uid", uids), load=self._load)
        return set(keys.values_list("uid", flat=True))

    def remember(self, changes: Iterable["Change"]) -> None:
        copy_rows(LoadKey, ("load_id", "uid"), ((self._load.pk, c.row.uid) for c in changes))

    def forget(self) -> None:
        LoadKey.objects.filter(load=self._load).delete()


class PlanMemory(Memory):
    """Of a plan, which writes nothing: a temporary table, which is nobody else's."""

    def __init__(self) -> None:
        self._keys = PlannedKeys()

    def seen(self, uids: Collection[UUID]) -> set[UUID]:
        return self._keys.seen(uids)

    def twins(self, fingerprints: Collection[str]) -> Mapping[str, str]:
        return {**self._keys.twins(fingerprints), **super().twins(fingerprints)}

    def remember(self, changes: Iterable["Change"]) -> None:
        self._keys.add(
            (
                c.row.uid,
                c.document.body and c.document.fingerprint,
                f"{c.row.origin}/{c.row.external_id}",
            )
            for c in changes
        )

    def forget(self) -> None:
        self._keys.close()
