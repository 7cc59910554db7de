"""What may stand in a query string: one declaration for reading, errors, OPTIONS and OpenAPI."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final
from unicodedata import normalize

from django.http import QueryDict

from articles.api.errors import InvalidRequestError
from articles.errors import InvalidQueryError
from articles.text import SLUG_LENGTH, canonical_language
from articles.vocabulary import NounKind

MOST_VALUES: Final = 100
MOST_FAULTS: Final = 20  # as many as a person mends at once; finding near names costs time
LONGEST_VALUE: Final = 1000
LAST_MOMENT: Final = datetime.max.replace(tzinfo=UTC)

_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Values(StrEnum):
    """How many values a parameter takes, and how they are written."""

    ONE = "once"  # ?source=wire
    REPEATED = "repeated"  # ?tag=peace&tag=aid
    LISTED = "comma-separated"  # ?tag__in=peace,aid


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, or with `end` (exclusive) a whole day in UTC."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter. `read` makes a value of a text or raises ValueError with what is wrong.

    `schema` is JSON Schema of one value. `noun` says that values are slugs which lead to rows.
    `apply` narrows a queryset by the value, as `read` made it or by the row of a slug.
    """

    name: str
    about: str
    schema: Mapping[str, Any]
    read: Callable[[str], Any] = str
    values: Values = Values.ONE
    default: str | int | bool | None = None
    noun: NounKind | None = None
    apply: Callable[[Any, Any], Any] | None = None  # querysets and values of many types

    @property
    def choices(self) -> tuple[str, ...]:
        return tuple(self.schema.get("enum", ()))

    @property
    def document(self) -> dict[str, Any]:
        """JSON Schema of the parameter, all of its values together."""
        if self.values is Values.ONE:
            default = {} if self.default is None else {"default": self.default}
            return {**self.schema, **default}
        return {
            "type": "array", "items": dict(self.schema), "minItems": 1, "maxItems": MOST_VALUES,
        }  # fmt: skip

    def value_of(self, given: Sequence[str]) -> Any:
        """What the texts mean: one value, or a tuple of the different ones."""
        if self.values is not Values.REPEATED and len(given) > 1:
            raise InvalidQueryError(self.name, f"stands {len(given)} times; give it once")
        texts = given[0].split(",") if self.values is Values.LISTED else given
        if len(texts) > MOST_VALUES:
            raise InvalidQueryError(
                self.name, f"has {len(texts)} values; at most {MOST_VALUES} are allowed"
            )
        found = [self._value(text) for text in texts]
        return found[0] if self.values is Values.ONE else tuple(dict.fromkeys(found))

    def _value(self, text: str) -> Any:
        if self.choices and text not in self.choices:
            raise InvalidQueryError(
                self.name,
                f"{text[:80]!r} is not one of its values",
                self.choices,
                nearest(text, self.choices),
            )
        longest = self.schema.get("maxLength", LONGEST_VALUE)
        try:
            if len(text) > longest:
                raise ValueError(f"is too long: {len(text)} characters, at most {longest}")
            return self.read(text)
        except ValueError as error:
            raise InvalidQueryError(self.name, str(error)) from error


def read_parameters(query: QueryDict, declared: Sequence[Parameter]) -> dict[str, Any]:
    """The values by name. Raises InvalidRequestError with what is wrong, of all parameters."""
    known = {parameter.name: parameter for parameter in declared}
    asked: dict[str, Any] = {}
    faults: list[InvalidQueryError] = []
    for name, given in query.lists():
        try:
            if name not in known:
                raise _unknown(name, known)
            asked[name] = known[name].value_of([str(text) for text in given])
        except InvalidQueryError as fault:
            faults.append(fault)
            if len(faults) == MOST_FAULTS:
                break
    if faults:
        raise InvalidRequestError(faults)
    return asked


def _unknown(name: str, known: Iterable[str]) -> InvalidQueryError:
    return InvalidQueryError(
        name[:100], "is not a parameter of this address", tuple(known), nearest(name, known)
    )


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that a slip of the keyboard most probably meant."""
    close = get_close_matches(word[:100].lower(), list(words), n=1)
    return close[0] if close else None


# ── kinds of parameters ──────────────────────────────────────────────────────────────────────────


def choice(name: str, about: str, choices: Iterable[str], **more: Any) -> Parameter:
    schema = {"type": "string", "enum": list(choices)}
    return Parameter(name=name, about=about, schema=schema, **more)


def flag(name: str, about: str, **more: Any) -> Parameter:
    """`true` or `false`. Written as words, for it is a text in an address."""
    return choice(name, about, ["true", "false"], read=lambda text: text == "true", **more)


def text(name: str, about: str, longest: int, **more: Any) -> Parameter:
    schema = {"type": "string", "maxLength": longest}
    return Parameter(name=name, about=about, schema=schema, **more)


def pattern(name: str, about: str, form: str, example: str, **more: Any) -> Parameter:
    """A text of a fixed form, given as a regular expression for the whole of it."""
    compiled = re.compile(form, re.ASCII)

    def read(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{value[:80]!r} has not the form of {example}")
        return value

    schema = {"type": "string", "pattern": f"^{form}$", "examples": [example]}
    return Parameter(name=name, about=about, schema=schema, read=read, **more)


def number(name: str, about: str, lowest: int, highest: int, **more: Any) -> Parameter:
    def read(value: str) -> int:
        digits = value if re.fullmatch("0|[1-9][0-9]{0,18}", value) else ""
        if not digits or not lowest <= int(digits) <= highest:
            raise ValueError(f"{value[:80]!r} is not a whole number from {lowest} to {highest}")
        return int(digits)

    schema = {"type": "integer", "minimum": lowest, "maximum": highest}
    return Parameter(name=name, about=about, schema=schema, read=read, **more)


def share(name: str, about: str, **more: Any) -> Parameter:
    """A number from 0 to 1."""

    def read(value: str) -> float:
        if not re.fullmatch(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", value):
            raise ValueError(f"{value[:80]!r} is not a number from 0 to 1, such as 0.5")
        return float(value)

    schema = {"type": "number", "minimum": 0, "maximum": 1}
    return Parameter(name=name, about=about, schema=schema, read=read, **more)


def slug(name: str, about: str, noun: NounKind, **more: Any) -> Parameter:
    def read(value: str) -> str:
        value = normalize("NFC", value)
        if not value.strip() or "\0" in value:
            raise ValueError("a slug is missing" if not value.strip() else "is not a slug")
        return value

    schema = {"type": "string", "minLength": 1, "maxLength": SLUG_LENGTH}
    return Parameter(name=name, about=about, schema=schema, read=read, noun=noun, **more)


def language(name: str, about: str, **more: Any) -> Parameter:
    def read(value: str) -> str:
        if not value.strip():
            raise ValueError("a language is missing; und finds texts of unknown language")
        return canonical_language(value)

    schema = {"type": "string", "minLength": 2, "maxLength": 35, "examples": ["pt-BR"]}
    return Parameter(name=name, about=about, schema=schema, read=read, **more)


def moment(name: str, about: str, **more: Any) -> Parameter:
    schema = {
        "type": "string",
        "maxLength": 40,
        "anyOf": [{"format": "date"}, {"format": "date-time"}],
        "examples": ["2024-03-31", "2024-03-31T18:30:00Z"],
    }
    return Parameter(name=name, about=about, schema=schema, read=read_moment, **more)


def read_moment(value: str) -> Moment:
    """`2024-03-31` or `2024-03-31T18:30:00Z`; any offset. Raises ValueError with the reason."""
    try:
        if _DAY.fullmatch(value):
            return _day(date.fromisoformat(value))
        if not (match := _TIME.fullmatch(value)):
            raise ValueError
        if not match[4]:
            raise InvalidQueryError("", f"{value!r} has no offset from UTC; add Z or %2B02:00")
        return Moment(datetime.fromisoformat(value.upper()).astimezone(UTC))
    except InvalidQueryError as error:
        raise ValueError(error.detail) from error
    except (ValueError, OverflowError) as error:
        advice = "write 2024-03-31 or 2024-03-31T18:30:00Z (a + in an address is written %2B)"
        raise ValueError(f"{value[:80]!r} is not a date or time; {advice}") from error


def _day(day: date) -> Moment:
    start = datetime.combine(day, time.min, UTC)
    return Moment(start, start + timedelta(days=1) if day < date.max else LAST_MOMENT)


FORMAT: Final = choice(
    "format",
    "The form of the answer, whatever the Accept header says: json for programs, html for people.",
    ["json", "html"],
)
