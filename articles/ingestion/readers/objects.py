"""JSON values, strictly: no member twice, no NaN, no number or depth that Python cannot hold."""

import json
from typing import NoReturn

_MOST_DIGITS = 4000


def parse_json(text: str) -> object:
    """The value of a JSON text. Raises ValueError with the reason, for a person."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        raise ValueError(
            f"not JSON: {error.msg.removesuffix(' at')} at {line}column {error.colno}"
        ) from None
    except RecursionError:
        raise ValueError("not JSON that can be read: nested too deeply") from None


def dumped(value: object) -> str:
    """A value as JSON again, to be corrected; what JSON has no way to write as Python shows it."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return repr(value)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError(f"the member {name[:60]!a} stands twice in one object")
        members[name] = value
    return members


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits):,} digits; at most {_MOST_DIGITS:,} are read")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")
