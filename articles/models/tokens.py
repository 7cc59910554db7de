"""Tokens: the keys of API clients. Only their hashes are kept; none is ever deleted or altered."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from articles.models.constraints import not_blank
from articles.models.triggers import append_only
from articles.vocabulary import TokenScope

if TYPE_CHECKING:
    from collections.abc import Collection

PREFIX: Final = "newsroom_"  # by which scanners for leaked secrets know one
RANDOM_BYTES: Final = 32
HINT_LENGTH: Final = len(PREFIX) + 4
FIXED: Final = ("name", "hint", "digest", "scopes", "created_by", "created_at", "expires_at")


def digest_of(secret: str) -> str:
    """SHA-256 in hex. A secret of 32 random bytes needs no slower hash: nobody can guess it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    def with_secret(self, secret: str) -> Token | None:
        """The token of this secret, revoked and expired ones too."""
        return self.filter(digest=digest_of(secret)).first()

    def issue(
        self,
        name: str,
        created_by: str,
        scopes: Collection[TokenScope] = (),
        expires_at: datetime | None = None,
    ) -> tuple[Token, str]:
        """A new token and its secret, which can be had here and never again. Reading is always in
        its scopes."""
        secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        token = self.create(
            name=name,
            hint=secret[:HINT_LENGTH],
            digest=digest_of(secret),
            scopes=[scope for scope in TokenScope if scope in {TokenScope.READ, *scopes}],
            created_by=created_by,
            expires_at=expires_at,
        )
        return token, secret


class Token(models.Model):
    name = models.CharField(max_length=200, help_text="Who uses it, and for what.")
    hint = models.CharField(
        max_length=20, editable=False, help_text="How it begins, to tell it from others."
    )
    digest = models.CharField(
        max_length=64, unique=True, editable=False, help_text="SHA-256 of the token."
    )
    scopes = ArrayField(models.CharField(max_length=10, choices=TokenScope), editable=False)
    created_by = models.TextField(editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(
        "valid until", null=True, blank=True, help_text="UTC. Empty: until it is revoked."
    )
    last_used_on = models.DateField("last used", null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.TextField(blank=True, default="", db_default="", editable=False)

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            not_blank("name", "token_has_a_name"),
            models.CheckConstraint(
                condition=Q(scopes__contains=[TokenScope.READ])
                & Q(scopes__contained_by=TokenScope.values),
                name="token_scopes_are_known_words_and_one_is_read",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
                name="revoked_token_says_by_whom",
            ),
        ]
        triggers = append_only(
            " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in FIXED)
            + " AND (OLD.revoked_at IS NULL OR (NEW.revoked_at = OLD.revoked_at"
            " AND NEW.revoked_by = OLD.revoked_by))"
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @property
    def state(self) -> str:
        """`valid`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return "expired" if is_over else "valid"

    def revoke(self, by: str) -> None:
        """Let it open nothing from now on; a token that is revoked already stays as it was."""
        revocable = Token.objects.filter(pk=self.pk, revoked_at=None)
        revocable.update(revoked_at=timezone.now(), revoked_by=by)
        self.refresh_from_db()

    def note_use(self) -> None:
        """Remember the day on which it was used: one write a day, not one a request."""
        today = datetime.now(UTC).date()
        if self.last_used_on is None or self.last_used_on < today:
            unknown = Q(last_used_on=None) | Q(last_used_on__lt=today)
            Token.objects.filter(unknown, pk=self.pk).update(last_used_on=today)
            self.last_used_on = today
