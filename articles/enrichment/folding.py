"""Text in the form in which spellings are compared: one kind of blank, hyphen and apostrophe.

Nearly every text folds character by character, so that places stay what they are. One that holds
runs of blanks, parted marks, invisible characters or optional vowel signs is shortened, and knows
for each character left where it came from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from unicodedata import normalize

_SAME: Final = {
    "'": "’‘ʼ´`′",
    "-": "‐‑–−﹣",  # an en dash between words parts or joins them as a hyphen does
    " ": "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006"
    "\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
    "ی": "يى",  # keyboards of Arabic and of Persian write one letter in two ways
    "ک": "ك",
}
_ASCII_BLANKS: Final = {ord(blank): " " for blank in _SAME[" "] if blank.isascii()}
_PAIRS: Final = [(other, one) for one, others in _SAME.items() for other in others]
# Characters that Unicode writes otherwise when composed: one for one, or as several.
_RANGES: Final = ((0x340, 0x1000), (0x1F00, 0x2400), (0xF900, 0xFB50), (0x2F800, 0x2FA20))
_COMPOSED: Final = {
    char: normalize("NFC", char) for ends in _RANGES for char in map(chr, range(*ends))
}
_OTHER: Final = {char: one for char, one in _COMPOSED.items() if one != char and len(one) == 1}
_OTHERS: Final = re.compile(f"[{''.join(_OTHER)}]")
_SEVERAL: Final = "".join(char for char, several in _COMPOSED.items() if len(several) > 1)

_WIDE: Final = re.compile("[\uff01-\uff5e]")  # Latin letters as wide as Han characters

# Vowel signs that Arabic and Hebrew may write or leave out, and the stretch of an Arabic line.
_OPTIONAL: Final = "\u0640\u064b-\u0652\u0670\u05b0-\u05bd\u05bf\u05c1\u05c2\u05c7"
_SIGNS: Final = re.compile(f"[{_OPTIONAL}]+")
_INVISIBLE: Final = (
    "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff"
)
_COMPOSING: Final = "\u0300-\u036f\u0653-\u0655\u093c\u09bc\u0a3c\u0b3c\u3099\u309a"
_SHORTENED: Final = re.compile(
    rf"(?P<blanks>\s{{2,}})|(?P<optional>[{_OPTIONAL}]+)|(?P<invisible>[{_INVISIBLE}]+)"
    rf"|(?P<cluster>\w[{_COMPOSING}]+|[\u1100-\u11ff]{{2,}}|[{_SEVERAL}])"
)
_NEEDS_SHORTENING: Final = re.compile(
    rf"[^\S\n]\s|\n[^\S\n]|[{_OPTIONAL}{_INVISIBLE}{_COMPOSING}\u1100-\u11ff{_SEVERAL}]"
)
_BLANKS_ASIDE: Final = re.compile(r"[^\S\n]\s|\n[^\S\n]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text: `plain` in its own case, `lower` in small letters, equally long.

    `moved` are the characters from which on the text stood elsewhere, `back` where each of them
    stood, and `ends` where those ended that stand for several; empty where nothing moved.
    """

    plain: str
    lower: str
    moved: Sequence[int] = ()
    back: Sequence[int] = ()
    ends: Mapping[int, int] = field(default_factory=dict)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as it was."""
        if not self.moved:
            return start, end
        return self._start(start), self.ends.get(end - 1) or self._start(end - 1) + 1

    def _start(self, at: int) -> int:
        index = bisect_right(self.moved, at) - 1
        return self.back[index] + at - self.moved[index]


def fold(text: str) -> Folded:
    """The text as spellings are compared. Blank lines stay two blanks, which no name holds."""
    if text.isascii():
        if _BLANKS_ASIDE.search(text):
            return _shorten(text)
        plain = text.translate(_ASCII_BLANKS)
        return Folded(plain, plain.lower())
    if _NEEDS_SHORTENING.search(text):
        return _shorten(text)
    plain = _same_characters(text)
    return Folded(plain, small(plain))


def _same_characters(text: str) -> str:
    for other, one in _PAIRS:
        if other in text:
            text = text.replace(other, one)
    text = _OTHERS.sub(lambda match: _OTHER[match[0]], text)
    return _WIDE.sub(lambda match: chr(ord(match[0]) - 0xFEE0), text)


def small(plain: str) -> str:
    """Small letters, one for each: of all letters only İ has two, and sigma has a final form."""
    return plain.replace("İ", "i").lower().replace("ς", "σ")


def _shorten(text: str) -> Folded:
    parts: list[str] = []
    moved, back = [0], [0]
    ends: dict[int, int] = {}
    position = length = 0
    for match in _SHORTENED.finditer(text):
        begin, end = match.span()
        piece = _shortened(match)
        if piece == match[0]:
            continue
        parts += text[position:begin], piece
        length += begin - position
        for at in range(length, length + len(piece)):
            moved.append(at)
            back.append(begin)
            ends[at] = end
        length += len(piece)
        if match["optional"] and length:
            ends[length - 1] = end  # a sign belongs to the letter before it
        moved.append(length)
        back.append(end)
        position = end
    parts.append(text[position:])
    plain = _same_characters("".join(parts))
    return Folded(plain, small(plain), moved, back, ends)


def _shortened(match: re.Match[str]) -> str:
    """One blank for a run of them within a paragraph, composed letters, nothing for the unseen."""
    if match["blanks"]:
        return " " if match[0].count("\n") < 2 else match[0]
    return _SIGNS.sub("", normalize("NFC", match["cluster"] or ""))


def fold_spelling(spelling: str) -> tuple[str, str]:
    """A curated spelling folded as texts are: in its own case, and in small letters."""
    folded = fold(" ".join(normalize("NFC", spelling).split()))
    return folded.plain, folded.lower
