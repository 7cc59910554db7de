"""Charts of the desk as plain numbers: a template writes them down as SVG, a style sheet colours
them. No words stand within a drawing, so that it may be stretched to any width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT: Final = 100
STEP: Final = 10
_GAP: Final = 1.5
_LEAST: Final = 1.0  # what is there is seen, however little it is beside the others
LEVELS: Final = 4


class Bar(NamedTuple):
    """One bar, in the units of its drawing, with what a pointer is told of it."""

    x: str
    y: str
    width: str
    height: str
    label: str
    number: str
    address: str = ""


class Columns(NamedTuple):
    """Bars side by side; `most` is the count that the highest stands for."""

    bars: list[Bar]
    width: int
    most: str
    first: str
    last: str

    @property
    def shown(self) -> list[Bar]:
        """The bars that are not empty."""
        return [bar for bar in self.bars if bar.height != "0"]


class Cell(NamedTuple):
    """A day in a strip: `level` 0 is none, LEVELS the most."""

    x: str
    level: int
    label: str
    number: str


def columns(counts: Sequence[tuple[str, int]], addresses: Sequence[str] = ()) -> Columns:
    """A chart of counts by label, from left to right."""
    most = max((count for _, count in counts), default=0)
    bars = []
    for number, (label, count) in enumerate(counts):
        height = part(count, most, HEIGHT)
        bars.append(
            Bar(
                _number(number * STEP + _GAP / 2),
                _number(HEIGHT - height),
                _number(STEP - _GAP),
                _number(height),
                label,
                f"{count:,}",
                addresses[number] if addresses else "",
            )
        )
    labels = [label for label, _ in counts] or [""]
    return Columns(bars, STEP * max(1, len(counts)), f"{most:,}", labels[0], labels[-1])


def part(count: int, most: int, length: int) -> float:
    """How long a bar is for a count, beside one of `length` for the most."""
    if count <= 0 or most <= 0:
        return 0
    return max(_LEAST, length * count / most)


def width_of(count: int, most: int) -> str:
    """The width of a lying bar, of a hundred."""
    return _number(part(count, most, 100))


def strip(counts: Sequence[tuple[str, int]], since: int = 0) -> list[Cell]:
    """A row of cells, each darker the more there was; what was before `since` has none."""
    most = max((count for _, count in counts), default=0)
    return [
        Cell(_number(number * STEP), _level(count, most), label, f"{count:,}")
        for number, (label, count) in enumerate(counts)
        if number >= since
    ]


def _level(count: int, most: int) -> int:
    return -(-LEVELS * count // most) if count else 0


def _number(value: float) -> str:
    """As SVG wants it, in every language of the page."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
