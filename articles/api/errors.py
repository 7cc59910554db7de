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
