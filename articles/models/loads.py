"""Loads: what a run read, how far it is, what it refused, and where an editor's word stood."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from articles.models.asides import set_aside
from articles.models.constraints import known_word
from articles.models.groups import declared
from articles.vocabulary import LoadState


class LoadRun(models.Model):
    """One load. Its `run` is the ledger's, so that its changes can be found and taken back.

    `digest` is of inputs and options: a load of the same after a kill goes on where it ended.
    """

    run = models.UUIDField(unique=True, editable=False)
    actor = models.TextField(editable=False)
    state = models.CharField(
        max_length=10, choices=LoadState, default=LoadState.RUNNING, editable=False
    )
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    options = models.JSONField(default=dict, editable=False)
    inputs = models.JSONField(
        default=list, editable=False, help_text="Name, size in bytes and SHA-256 of each input."
    )
    digest = models.CharField(max_length=64, editable=False)
    records = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="How many records are done, good and bad."
    )
    counts = models.JSONField(default=dict, editable=False)

    class Meta:
        permissions = declared("loadrun")
        constraints = [
            known_word("state", LoadState, "load_run_state_is_a_known_word"),
            models.UniqueConstraint(
                "digest", name="load_runs_once_at_a_time", condition=Q(state=LoadState.RUNNING)
            ),
            models.CheckConstraint(
                condition=Q(state=LoadState.RUNNING, finished_at=None)
                | (~Q(state=LoadState.RUNNING) & Q(finished_at__isnull=False)),
                name="load_run_that_has_ended_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at"], name="load_run_by_time"),
        ]

    def __str__(self) -> str:
        return f"load of {self.started_at:%Y-%m-%d %H:%M} by {self.actor}"


class LoadFault(models.Model):
    """Why a record was refused. One record may have several faults."""

    load = models.ForeignKey(LoadRun, models.CASCADE, related_name="faults", editable=False)
    file = models.TextField(editable=False)
    record = models.BigIntegerField(null=True, editable=False)
    line = models.BigIntegerField(null=True, editable=False)
    field = models.TextField(blank=True, editable=False)
    reason = models.TextField(editable=False)

    def __str__(self) -> str:
        place = self.file if self.record is None else f"{self.file}: record {self.record}"
        return ": ".join(part for part in (place, self.field, self.reason) if part)


class LoadConflict(models.Model):
    """A field that an editor keeps, of which a record said something else."""

    load = models.ForeignKey(LoadRun, models.CASCADE, related_name="conflicts", editable=False)
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="load_conflicts", editable=False
    )
    field = models.TextField(editable=False)
    theirs = models.JSONField(null=True, editable=False, help_text="What the record says.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "load", "article", "field", name="load_conflicts_with_a_field_once"
            ),
        ]
        triggers = [set_aside("loadconflict", pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.article}: {self.field}"


class LoadKey(models.Model):
    """An article that a record of a running load was about: of two records of one key the first
    counts, also where the load was killed between them. Gone when the load has finished."""

    load = models.ForeignKey(
        LoadRun, models.CASCADE, related_name="keys", db_index=False, editable=False
    )
    uid = models.UUIDField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("load", "uid", name="load_has_a_key_once"),
        ]

    def __str__(self) -> str:
        return str(self.uid)
