"""Rate limits of the API and the feeds: so many requests in a window of time, by token or address.

Answers tell what is left as draft-ietf-httpapi-ratelimit-headers says (`RateLimit-Policy`,
`RateLimit`), and a 429 when to come back (`Retry-After`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from time import monotonic
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from articles.api.errors import TokenError
from articles.api.problems import problem_response
from articles.api.tokens import bearer_of
from articles.models import RequestCount
from articles.visitors import client_address

LIMITED: Final = ("/api/", "/feeds/")
FREE: Final = ("/api/v1/schema/", "/api/v1/docs/")  # made once, then the same for all
CLEARED_AFTER: Final = 60  # seconds between two clearings by one process


@dataclass(frozen=True, slots=True)
class Policy:
    """So many requests (`quota`) in so many seconds (`window`)."""

    name: str
    quota: int
    window: int


class RateLimitMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._cleared_at = monotonic()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(LIMITED) or request.path_info.startswith(FREE):
            return self.get_response(request)
        visitor, policy = visitor_of(request)
        if policy is None:
            return self.get_response(request)
        requests, seconds = RequestCount.objects.count_request(visitor, policy.window)
        wait = max(1, ceil(seconds))
        is_over = requests > policy.quota
        response = refusal(policy, wait) if is_over else self.get_response(request)
        left = max(0, policy.quota - requests)
        response.headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.quota};w={policy.window}'
        response.headers["RateLimit"] = f'"{policy.name}";r={left};t={wait}'
        self._clear()
        return response

    def _clear(self) -> None:
        if monotonic() - self._cleared_at > CLEARED_AFTER:
            self._cleared_at = monotonic()
            rates = (settings.API_RATE_ANONYMOUS, settings.API_RATE_TOKEN)
            RequestCount.objects.clear(max(rate[1] for rate in rates if rate))


def visitor_of(request: HttpRequest) -> tuple[str, Policy | None]:
    """Whose request it is, and what is allowed to them; None: as much as they like.

    A wrong token does not make a visitor: whoever guesses is counted by address.
    """
    try:
        token = bearer_of(request)
    except TokenError:
        token = None
    if token is not None:
        return f"token {token.pk}", _policy("token", settings.API_RATE_TOKEN)
    return address_of(request), _policy("anonymous", settings.API_RATE_ANONYMOUS)


def _policy(name: str, rate: tuple[int, int] | None) -> Policy | None:
    return Policy(name, *rate) if rate else None


def refusal(policy: Policy, wait: int) -> HttpResponseBase:
    detail = (
        f"More than {policy.quota:,} requests in {policy.window:,} seconds. "
        f"Ask again in {wait:,} seconds."
    )
    response = problem_response(HTTPStatus.TOO_MANY_REQUESTS, detail)
    response.headers["Retry-After"] = str(wait)
    response.headers["Cache-Control"] = "no-store"
    return response


def address_of(request: HttpRequest) -> str:
    """The client's address: see `client_address`."""
    told = request.META.get("HTTP_X_FORWARDED_FOR", "")
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return client_address(peer, told, settings.TRUSTED_PROXIES)
