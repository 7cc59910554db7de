"""Where a name may begin and end within a text, in every script.

| beside the name | holds |
|---|---|
| a letter, digit or mark of a script with spaces | no boundary |
| Han, kana, Thai, Lao, Tibetan, Burmese, Khmer | a boundary; none in katakana or before a mark |
| letters for *and*, *in*, *to* in Arabic or Hebrew | a boundary of a longer name: `clitic` |
| a Korean particle | a boundary: `particle` |
| a hyphen and small letters (`Cairo-based`, `pro-EU`) | a boundary |
| a hyphen and a capital (`Jean-Paul`, `Israel-Hamas`) | `hyphen`: it depends on the other side |
| `'s`, `'ll`; `l'`, `d'`; Turkish suffixes; a closing quotation mark | a boundary |
| any other apostrophe with letters (`O'Brien`, `Xi'an`) | no boundary |
| `@`, `_`, `&`, a full stop within an address | no boundary |

Texts are folded (articles.enrichment.folding): there is one apostrophe and one hyphen.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

HYPHEN: Final = "hyphen"
CLITIC: Final = "clitic"
PARTICLE: Final = "particle"

_SIMPLE: Final = "\u0590"  # below it are scripts that set blanks between words
_LEAST_WITH_CLITIC: Final = 3  # letters of a name before which one letter may be a word
_ELISION: Final = re.compile(
    r"(?<!\w)(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu|dell|nell|all|dall|sull|coll|un|quest|sant)'\Z",
    re.IGNORECASE,
)
_CONTRACTION: Final = re.compile(r"'(?:s|S|ll|d|re|ve|m)?(?!\w)")
_PREFIX_WORD: Final = re.compile(r"[^\W_]+\Z")
_PARTICLE: Final = re.compile(
    "(?:은|는|이|가|을|를|의|에|에서|에게|에는|에도|에서는|와|과|로|으로|도|만|부터|까지|측|측은|산"
    "|이나|나|라고|이라고|인|에선|처럼|보다|및|발|행|군|군은|군이|당국)(?![가-힣])"
)
_SUFFIXED_AFTER_APOSTROPHE: Final = ("tr", "az", "uz", "tk", "crh")
_CLITICS: Final = re.compile(r"(?<!\w)(?:[وف]?[بلک]|[وف]|ו?[בלמהכש]|ו)\Z")


def is_letter(char: str) -> bool:
    """Whether the character is part of a word: letter, digit or mark."""
    return char.isalnum() or category(char)[0] == "M"


def is_spaceless(char: str) -> bool:
    """Whether the script of the character sets no blanks between words."""
    code = ord(char)
    if code < 0x0E00:
        return False
    return (
        code < 0x10A0  # Thai, Lao, Tibetan, Burmese
        or 0x1780 <= code < 0x1800  # Khmer
        or 0x3005 <= code < 0x3008  # 々 and the like
        or 0x3040 <= code < 0x3100  # kana
        or is_han(char)
    )


def is_han(char: str) -> bool:
    code = ord(char)
    return 0x3400 <= code < 0xA000 or 0xF900 <= code < 0xFB00 or 0x20000 <= code < 0x40000


def is_katakana(char: str) -> bool:
    return "\u30a1" <= char <= "\u30ff" and char != "・"


def is_within_word(text: str, start: int, end: int) -> bool:
    """Whether a letter of Latin, Greek or Cyrillic script goes on before or after: quickly no."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return (before.isalnum() and before < _SIMPLE and text[start] < _SIMPLE) or (
        after.isalnum() and after < _SIMPLE and text[end - 1] < _SIMPLE
    )


def begins(text: str, start: int, end: int) -> str | None:
    """'' where a name may begin, a word for what stands before it, None where it may not."""
    before = text[start - 1] if start else " "
    if before == " ":
        return ""
    if is_letter(before):
        return _begins_after_letter(text, start, end)
    if before == "'":
        return "" if not _letter_at(text, start - 2) or _elides(text, start) else None
    if before == "-":
        return _begins_after_hyphen(text, start)
    if before in "@_" or (before in "&:" and _letter_at(text, start - 2)):
        return None
    if before == "." and _letter_at(text, start - 2):
        return "" if text[start].isupper() and text[start - 2].islower() else None
    return None if text[max(0, start - 3) : start] == "://" else ""


def ends(text: str, start: int, end: int, language: str = "und") -> str | None:
    """'' where a name may end, a word for what stands after it, None where it may not."""
    after = text[end] if end < len(text) else " "
    if after == " ":
        return ""
    if is_letter(after):
        return _ends_before_letter(text, end)
    following = text[end + 1 : end + 2]
    if after == "'":
        if _CONTRACTION.match(text, end) or not _letter_at(text, end + 1):
            return ""
        return "" if language.partition("-")[0] in _SUFFIXED_AFTER_APOSTROPHE else None
    if after == "-":
        return HYPHEN if following.isupper() else ""
    if after in "@_" or (after in "&$" and following.isalnum()):
        return None
    if after == "." and following.isalnum() and not following.isupper():
        return None
    return ""


def _begins_after_letter(text: str, start: int, end: int) -> str | None:
    before, first = text[start - 1], text[start]
    at = start - 1
    while at > 0 and category(text[at])[0] == "M":
        at -= 1
    if is_spaceless(text[at]) or is_spaceless(first):
        joined = is_katakana(first) and is_katakana(before)
        return None if joined or category(first)[0] == "M" else ""
    is_long = end - start >= _LEAST_WITH_CLITIC
    return CLITIC if is_long and _CLITICS.search(text, max(0, start - 2), start) else None


def _ends_before_letter(text: str, end: int) -> str | None:
    after, last = text[end], text[end - 1]
    if category(after)[0] == "M":
        return None
    if is_spaceless(after) or is_spaceless(last):
        return None if is_katakana(after) and is_katakana(last) else ""
    if "가" <= last <= "힣":
        return PARTICLE if _PARTICLE.match(text, end) else None
    return None


def _begins_after_hyphen(text: str, start: int) -> str:
    word = _PREFIX_WORD.search(text, max(0, start - 30), start - 1)
    return HYPHEN if word and word[0][0].isupper() else ""


def _elides(text: str, start: int) -> bool:
    return bool(_ELISION.search(text, max(0, start - 8), start))


def _letter_at(text: str, at: int) -> bool:
    return 0 <= at < len(text) and is_letter(text[at])
