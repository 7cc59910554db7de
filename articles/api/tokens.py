"""Who asks: the bearer of a token (RFC 6750), or anybody."""

import re
from typing import Final

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from articles.api.errors import TokenError
from articles.models import Token
from articles.vocabulary import TokenScope

BEARER: Final = re.compile(r"Bearer +([A-Za-z0-9\-._~+/]+=*)", re.IGNORECASE)
LONGEST: Final = 500


def bearer_of(request: HttpRequest) -> Token | None:
    """The valid token that the request carries; None without the header.

    It is looked up once a request. Raises TokenError for a header that is no valid token's.
    """
    if "Authorization" not in request.headers:
        return None
    known: Token | TokenError | None = getattr(request, "_bearer", None)
    if known is None:
        try:
            known = _looked_up(request.headers["Authorization"])
        except TokenError as error:
            known = error
        request._bearer = known  # type: ignore[attr-defined]
    if isinstance(known, TokenError):
        raise known
    return known


def _looked_up(header: str) -> Token:
    match = BEARER.fullmatch(header.strip()) if len(header) <= LONGEST else None
    if match is None:
        raise TokenError("The header Authorization is written `Bearer` and a token.")
    token = Token.objects.with_secret(match[1])
    if token is None:
        raise TokenError("This token is unknown.")
    if token.state != "valid":
        raise TokenError(f"This token is {token.state}.")
    token.note_use()
    return token


class BearerAuthentication(BaseAuthentication):
    """For DRF: there are no users, a token alone says what may be read."""

    def authenticate(self, request: Request) -> tuple[None, Token] | None:
        token = bearer_of(request._request)
        return None if token is None else (None, token)


def may_read_drafts(request: Request) -> bool:
    return isinstance(request.auth, Token) and TokenScope.DRAFTS in request.auth.scopes
