"""What differs between two texts, in passages short enough to be read beside each other."""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Final, NamedTuple

MOST_PASSAGES: Final = 10
LONGEST_PASSAGE: Final = 600  # characters
WORDS_AROUND: Final = 6  # that a passage shows before and after what differs
CHARACTERS_AROUND: Final = 40  # the same of texts too long for a comparison by words
LONGEST_COMPARED: Final = 20_000  # characters
MOST_PAIRS: Final = 10_000  # of equal items: what a comparison costs grows with them

# Scripts that write no blanks between words are compared character by character.
_UNSPACED: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+\s*|\s+")


class Passage(NamedTuple):
    """The same place before and after, with a little around it; one of them may be empty."""

    before: str
    after: str


def passages(before: str, after: str) -> tuple[list[Passage], bool]:
    """At most MOST_PASSAGES, in the order of the text, and whether these are all.

    Lines are compared first, then the words of those that differ. Blank lines do not count.
    """
    found = list(islice(_passages(before, after), MOST_PASSAGES + 1))
    return found[:MOST_PASSAGES], len(found) <= MOST_PASSAGES


def _passages(before: str, after: str) -> Iterator[Passage]:
    sides = ([line for line in text.split("\n") if line.strip()] for text in (before, after))
    for block in _blocks(*sides, around=0):
        old, new = ("\n".join(lines) for lines in block)
        if max(len(old), len(new)) > LONGEST_COMPARED:
            yield _ends_apart(old, new)
            continue
        for words in _blocks(_WORD.findall(old), _WORD.findall(new), around=WORDS_AROUND):
            yield Passage(*(_cut("".join(side)) for side in words))


def _blocks(
    one: list[str], other: list[str], *, around: int
) -> Iterator[tuple[list[str], list[str]]]:
    """The parts of two lists that differ, each with `around` items of what is the same."""
    head, tail = _shared_ends(one, other)
    first = max(0, head - around)
    one, other = (side[first : len(side) - max(0, tail - around)] for side in (one, other))
    counts = Counter(one), Counter(other)
    if sum(number * counts[1][item] for item, number in counts[0].items()) > MOST_PAIRS:
        yield one, other
        return
    for group in SequenceMatcher(None, one, other, autojunk=False).get_grouped_opcodes(around):
        steps = [step for step in group if around or step[0] != "equal"]
        if steps:
            start, end = steps[0], steps[-1]
            yield one[start[1] : end[2]], other[start[3] : end[4]]


def _ends_apart(old: str, new: str) -> Passage:
    head, tail = _shared_ends(old, new)
    first = max(0, head - CHARACTERS_AROUND)
    last = max(0, tail - CHARACTERS_AROUND)
    return Passage(*(_cut(text[first : len(text) - last]) for text in (old, new)))


def _shared_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many items at the start and at the end are the same."""
    shortest = min(len(one), len(other))
    head = bisect(range(1, shortest + 1), 0, key=lambda n: one[:n] != other[:n])
    rest = shortest - head
    tail = bisect(range(1, rest + 1), 0, key=lambda n: one[-n:] != other[-n:])
    return head, tail


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST_PASSAGE else text[:LONGEST_PASSAGE].rstrip() + " […]"
