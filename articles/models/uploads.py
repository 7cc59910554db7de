"""Files that wait at the desk to be loaded, and what their load would do, record by record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from articles.vocabulary import LoadState

if TYPE_CHECKING:
    from articles.models.loads import LoadRun

AGE: Final = timedelta(days=30)
"""How long a file waits for a decision."""


class UploadQuerySet(models.QuerySet["Upload"]):
    def light(self) -> UploadQuerySet:
        """Without the bytes."""
        return self.defer("data").select_related("load")

    def waiting(self) -> UploadQuerySet:
        """Planned or being planned, and not applied yet; newest first."""
        return self.filter(load=None).order_by("-pk")

    def clear(self) -> None:
        """Forget what has waited too long. What was applied stays as long as its load."""
        self.defer("data").filter(load=None, at__lt=timezone.now() - AGE).delete()

    @transaction.atomic
    def discard(self, key: int) -> bool:
        """Whether it could be: of one that somebody applies meanwhile all stays."""
        held = self.select_for_update().defer("data").filter(pk=key, load=None).first()
        return held is not None and bool(held.delete()[0])


class Upload(models.Model):
    """A file as it came, with the options of its load. `records` of it are planned, by `counts`.

    `names` are the sources, tags and entities that the load would create, as `kind slug`.
    """

    run = models.UUIDField(default=uuid4, unique=True, editable=False)
    load: models.OneToOneField[LoadRun | None, LoadRun | None] = models.OneToOneField(
        "articles.LoadRun",
        models.CASCADE,
        null=True,
        related_name="upload",
        editable=False,
        help_text="The load that applies the plan, from when that begins.",
    )
    actor = models.TextField(editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)
    name = models.TextField(editable=False)
    size = models.PositiveBigIntegerField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    data = models.BinaryField(editable=False)
    options = models.JSONField(default=dict, editable=False)
    records = models.PositiveBigIntegerField(default=0, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    names = models.JSONField(default=list, editable=False)
    planned_at = models.DateTimeField(null=True, editable=False)

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index("at", name="upload_by_time")]

    def __str__(self) -> str:
        return f"{self.name} by {self.actor}"

    @property
    def is_planned(self) -> bool:
        return self.planned_at is not None

    @property
    def is_applied(self) -> bool:
        return self.load is not None and self.load.state == LoadState.FINISHED


class PlannedRecord(models.Model):
    """What would become of one record. `plan` is compared with when the plan is applied.

    `detail` is for those who look at the plan: values and names of an update, what a record says
    of fields that an editor keeps, or the faults. A rejected record is kept as it was `received`,
    as a line that can be corrected and loaded.
    """

    upload = models.ForeignKey(
        Upload, models.CASCADE, related_name="planned", db_index=False, editable=False
    )
    record = models.BigIntegerField(null=True, editable=False)
    line = models.BigIntegerField(null=True, editable=False)
    outcome = models.CharField(max_length=10, editable=False)
    is_conflict = models.BooleanField(default=False, editable=False)
    key = models.TextField(blank=True, editable=False)
    uid = models.UUIDField(null=True, editable=False)
    fingerprint = models.TextField(blank=True, editable=False)
    headline = models.TextField(blank=True, editable=False)
    source = models.TextField(blank=True, editable=False)
    published = models.TextField(blank=True, editable=False)
    plan = models.JSONField(default=dict, editable=False)
    detail = models.JSONField(default=dict, editable=False)
    received = models.TextField(blank=True, editable=False)

    class Meta:
        indexes = [
            models.Index("upload", "outcome", "id", name="planned_record_by_outcome"),
            models.Index("upload", "uid", name="planned_record_by_uid"),
            models.Index(
                "upload", "fingerprint", name="planned_record_by_text",
                condition=~models.Q(fingerprint=""),
            ),
            models.Index(
                "upload", "id", name="planned_record_in_conflict",
                condition=models.Q(is_conflict=True),
            ),
            models.Index("uid", name="planned_record_of_article"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.key or self.record}: {self.outcome}"
