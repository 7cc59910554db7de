"""Which members of an answer a request chooses, with `fields` or `omit`."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from articles.api import serializers
from articles.api.errors import InvalidRequestError
from articles.api.parameters import Parameter, Values, choice
from articles.errors import InvalidQueryError

FIELDS: Final = "fields"
OMIT: Final = "omit"


def choosing(shape: type[serializers.Choosable]) -> tuple[Parameter, Parameter]:
    """The two parameters for a shape: the members that are always there may be chosen."""
    names = serializers.promised(shape)
    return (
        choice(FIELDS, "Members of the answer: these alone.", names, values=Values.LISTED),
        choice(OMIT, "Members of the answer: all but these.", names, values=Values.LISTED),
    )


def chosen(asked: Mapping[str, Any], declared: Sequence[Parameter]) -> tuple[str, ...]:
    """The names of the members to answer with, in their order.

    Raises InvalidRequestError where both are given, or nothing is left.
    """
    members = next((it.choices for it in declared if it.name == FIELDS), ())
    if FIELDS in asked and OMIT in asked:
        raise InvalidRequestError(
            [
                InvalidQueryError(one, f"contradicts {other}: give one of them")
                for one, other in ((FIELDS, OMIT), (OMIT, FIELDS))
            ]
        )
    kept = asked.get(FIELDS, members)
    left = tuple(name for name in members if name in kept and name not in asked.get(OMIT, ()))
    if members and not left:
        raise InvalidRequestError([InvalidQueryError(OMIT, "leaves no member", members)])
    return left
