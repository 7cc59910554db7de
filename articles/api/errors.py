"""What the API refuses, as exceptions that carry facts; `problems` makes answers of them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from rest_framework.exceptions import APIException

from articles.errors import InvalidQueryError


class InvalidRequestError(APIException):
    """A query string that asks for what the interface does not have; each fault is told."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, faults: Sequence[InvalidQueryError]) -> None:
        names = ", ".join(dict.fromkeys(fault.parameter for fault in faults))
        super().__init__(f"The address cannot be answered as it stands. Look at: {names}.")
        self.faults = tuple(faults)


class GoneError(APIException):
    """What was once public and is no more."""

    status_code = HTTPStatus.GONE

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


class ScopeError(APIException):
    """What only a token with a certain scope may ask for (RFC 6750)."""

    status_code = HTTPStatus.FORBIDDEN

    def __init__(self, what: str, scope: str) -> None:
        super().__init__(
            f"{what}: this needs a token with the scope '{scope}', sent as "
            "“Authorization: Bearer …”. Without one only what is published is read."
        )
        self.auth_header = f'Bearer realm="newsroom", error="insufficient_scope", scope="{scope}"'


class TokenError(APIException):
    """An Authorization header that gives no right to anything (RFC 6750)."""

    status_code = HTTPStatus.UNAUTHORIZED

    def __init__(self, detail: str) -> None:
        super().__init__(f"{detail} Without the header Authorization reading is open to all.")
        self.auth_header = 'Bearer realm="newsroom", error="invalid_token"'
