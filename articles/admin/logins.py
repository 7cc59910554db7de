"""Logging in: so many tries, counted in the database, for all processes alike.

Who guesses is stopped by address, and for each name by address; guesses at one name from many
addresses are stopped by name, but not for who has logged in with it from the same browser before:
no stranger keeps anybody out of the desk. A try counts before the password is looked at, so that
many at once are none more; one that is refused counts nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from math import ceil
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from django.conf import settings
from django.core import signing
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.models import RequestCount
from articles.models.limits import LOGIN, LOGIN_WINDOW
from articles.visitors import client_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

TRIES_OF_BROWSER: Final = 10
TRIES_AT_NAME_BY_ADDRESS: Final = 10
TRIES_BY_ADDRESS: Final = 50
TRIES_AT_NAME: Final = 50

COOKIE: Final = "browser"
REMEMBERED: Final = 90 * 86_400  # seconds
SALT: Final = "articles.admin.logins"


@dataclass(frozen=True, slots=True)
class Try:
    """One try to log in as `name`; `browser` is known from an earlier login with it, or empty."""

    name: str
    address: str
    browser: str

    @property
    def limits(self) -> list[tuple[str, int]]:
        """What is counted, and how often it may be, the narrowest first."""
        if self.browser:
            return [(_visitor("browser", self.browser), TRIES_OF_BROWSER)]
        return [
            (_visitor("name and address", self.name, self.address), TRIES_AT_NAME_BY_ADDRESS),
            (_visitor("address", self.address), TRIES_BY_ADDRESS),
            (_visitor("name", self.name), TRIES_AT_NAME),
        ]

    def count(self) -> int:
        """Seconds to wait; 0: go on."""
        for visitor, limit in self.limits:
            tries, seconds = RequestCount.objects.count_request(visitor, LOGIN_WINDOW)
            if tries > limit:
                return max(1, ceil(seconds))
        return 0

    def succeed(self) -> None:
        """Who is in begins anew; what strangers did to the name and the address still counts."""
        RequestCount.objects.filter(visitor=self.limits[0][0]).delete()


def guarded(
    request: HttpRequest, log_in: Callable[[], HttpResponse], context: dict[str, Any]
) -> HttpResponse:
    """The answer of the login, or a refusal of one more try."""
    if request.method != "POST":
        return log_in()
    made = _try(request)
    if wait := made.count():
        return _refusal(request, wait, context)
    response = log_in()
    if response.status_code == HTTPStatus.FOUND:
        made.succeed()
        RequestCount.objects.clear(LOGIN_WINDOW, of_logins=True)
        _remember(response, made)
    return response


def _try(request: HttpRequest) -> Try:
    name = normalize("NFKC", request.POST.get("username", "")).casefold()
    peer, told = (request.META.get(it, "") for it in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"))
    address = client_address(str(peer), told, settings.TRUSTED_PROXIES)
    try:
        known, browser = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED
        )
    except (signing.BadSignature, TypeError, ValueError):
        known, browser = "", ""
    return Try(name, address, str(browser) if known == _hash(name) else "")


def _remember(response: HttpResponse, made: Try) -> None:
    value = [_hash(made.name), made.browser or token_urlsafe(12)]
    response.set_cookie(
        COOKIE,
        signing.dumps(value, salt=SALT),
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
        path=reverse("admin:login"),
    )


def _refusal(request: HttpRequest, wait: int, context: dict[str, Any]) -> HttpResponse:
    context = {**context, "title": "Too many tries", "minutes": ceil(wait / 60)}
    response = TemplateResponse(
        request,
        "admin/articles/too_many_tries.html",
        context,
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
    response.headers["Retry-After"] = str(wait)
    return response


def _visitor(kind: str, *parts: str) -> str:
    """What somebody typed for a name may be a password: only its hash is kept."""
    return f"{LOGIN}{_hash(kind, *parts)}"


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()[:40]
