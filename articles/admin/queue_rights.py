"""Who may see the review queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from articles.admin.permissions import may_judge

if TYPE_CHECKING:
    from django.http import HttpRequest

__all__ = ["may_judge", "may_see", "may_undo"]


def may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("articles.view_mention") or may_judge(request)


def may_undo(request: HttpRequest) -> bool:
    """Whoever judges takes back what they have judged, and on this page nothing else."""
    return may_judge(request)
