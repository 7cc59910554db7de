"""Who may see, judge and undo on the review queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest


def may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("articles.view_mention") or may_judge(request)


def may_judge(request: HttpRequest) -> bool:
    return request.user.has_perm("articles.change_mention")


def may_undo(request: HttpRequest) -> bool:
    return may_judge(request)
