"""Rules that mend characters: broken encodings, markup, what cannot be seen, normal forms."""

import html
import re
from collections.abc import Iterator
from unicodedata import category, is_normalized, normalize

import ftfy
from ftfy.chardata import CHARMAP_ENCODINGS

from articles.ingestion.cleaning.edits import Edit, differences

# ── mojibake ─────────────────────────────────────────────────────────────────────────────────────


def _characters(*codes: int, without: str = "") -> str:
    """What these bytes look like in the encodings that ftfy undoes, as members of a regex class."""
    names = [name for name in CHARMAP_ENCODINGS if name != without]
    return re.escape("".join({char for name in names for char in bytes(codes).decode(name)}))


_LEADS, _TRAILS = _characters(*range(0xC2, 0xF5)), _characters(*range(0x80, 0xC0))
# Only this can be UTF-8 misread. Most texts have none of it, and ftfy need not read them at all:
# a lead and a trail, one of them perhaps lost to a blank or a question mark, or a C1 control.
_MISREAD = re.compile(
    rf"[{_LEADS}][{_TRAILS}\x1a\ufffd]"
    rf"|[{_characters(0xC2, 0xC3, 0xC5, 0xCE, 0xD0, 0xD9, without='macroman')}][ ?]"
    rf"|[{_characters(0xE0, 0xE1, 0xE2, 0xE3, 0xF0, without='macroman')}] [{_TRAILS}]"
    r"|[\x80-\x9f]"
)


def mojibake(text: str) -> Iterator[Edit]:
    """UTF-8 that was read as another encoding (`cafÃ©`), line by line."""
    if text.isascii() or not _MISREAD.search(text):
        return
    start = 0
    for line in text.split("\n"):
        if _MISREAD.search(line):
            yield from differences(start, line, ftfy.fix_encoding(line))
        start += len(line) + 1


# ── markup ───────────────────────────────────────────────────────────────────────────────────────

_PARAGRAPH_TAGS = (
    "p|div|h[1-6]|ul|ol|dl|table|section|article|aside|main|header|footer|nav|blockquote|pre|figure"
    "|figcaption|form|iframe|noscript|html|head|body|title"
)
_LINE_TAGS = "br|hr|li|dt|dd|tr|caption"
_CELL_TAGS = "td|th|option"
_INLINE_TAGS = (
    "a|abbr|acronym|address|audio|b|big|button|center|cite|code|col|colgroup|del|em|embed|fieldset"
    "|font|i|img|input|ins|kbd|label|legend|link|mark|meta|nobr|object|param|picture|q|s|samp"
    "|script|select|small|source|span|strike|strong|style|sub|summary|sup|svg|path|tbody|textarea"
    "|tfoot|thead|time|tt|u|var|video|wbr"
)
# An attribute needs its `=` (a few known ones do not): `a<b and c>d` is no tag.
_ATTRIBUTE = (
    r"(?:[\w:.@-]{1,60}\s*=\s*(?:\"[^\"<>]{0,4000}\"|'[^'<>]{0,4000}'|[^\s\"'<>=`]{1,4000})"
    r"|async|defer|controls|hidden|disabled|checked|allowfullscreen)"
)
TAG = re.compile(
    rf"</?(?:(?P<paragraph>{_PARAGRAPH_TAGS})|(?P<line>{_LINE_TAGS})|(?P<cell>{_CELL_TAGS})"
    rf"|{_INLINE_TAGS})(?:\s+{_ATTRIBUTE})*\s*/?>",
    re.IGNORECASE,
)
_REFERENCE = r"&(?:amp;)*(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});"
_MARKUP = re.compile(f"{TAG.pattern}|{_REFERENCE}", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--|<(?P<name>script|style)\b[^<>]{0,1000}>", re.IGNORECASE)
_CLOSING = {
    "": re.compile(r"-->"),
    "script": re.compile(r"</script\s{0,10}>", re.IGNORECASE),
    "style": re.compile(r"</style\s{0,10}>", re.IGNORECASE),
}


def html_remnants(text: str) -> Iterator[Edit]:
    """Tags of HTML, comments, scripts, and character references (`&amp;`)."""
    if "<" not in text and "&" not in text:
        return
    end = 0
    for start, stop in (*_hidden_parts(text), (len(text), len(text))):
        yield from _markup(text, end, start)
        if stop > start:
            yield Edit(start, text[start:stop])
        end = stop


def _markup(text: str, start: int, stop: int) -> Iterator[Edit]:
    for match in _MARKUP.finditer(text, start, stop):
        if match[0][0] == "&":
            plain = _referenced(match[0])
        else:
            gap = "\n\n" if match["paragraph"] else "\n" if match["line"] else ""
            plain = gap or (" " if match["cell"] else "")
        if plain != match[0]:
            yield Edit(match.start(), match[0], plain)


def _referenced(reference: str) -> str:
    while (plain := html.unescape(reference)) != reference:
        reference = plain
    return plain


def _hidden_parts(text: str) -> Iterator[tuple[int, int]]:
    """Where comments, scripts and styles stand, if they are closed."""
    position = 0
    unclosed: set[str] = set()  # looked for once, not again from each opening
    while match := _HIDDEN.search(text, position):
        name = (match["name"] or "").lower()
        closing = None if name in unclosed else _CLOSING[name].search(text, match.end())
        position = closing.end() if closing else match.end()
        if closing:
            yield match.start(), position
        else:
            unclosed.add(name)


# ── characters that cannot be seen ───────────────────────────────────────────────────────────────

UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e007f]+"
)
# Scripts that join letters or stack them need ZWNJ and ZWJ: Arabic, Syriac, the Indic family, …
_JOINING = re.compile(
    "[\u0600-\u07ff\u0860-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\uabff\ufb50-\ufdff\ufe70-\ufefc"
    "\U00010a00-\U00011fff]"
)
_WITHOUT_BLANKS = re.compile("[\u0e00-\u109f\u1780-\u17ff]")  # Thai, Lao, Tibetan, Burmese, Khmer
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")
_DIRECTION_MARKS = "\u200e\u200f\u061c"
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,6}\U000e007f")  # England, Scotland, Wales


def unseen_characters(text: str) -> Iterator[Edit]:
    """Control characters, zero-width blanks, soft hyphens, byte-order marks, bidi embeddings.

    Kept where they belong: ZWNJ and ZWJ beside scripts that need them and within emoji, zero-width
    blanks between letters of scripts without blanks, the marks LRM, RLM and ALM in a text with
    right-to-left letters, the tags of flags. Embeddings, overrides and isolates go: they work in
    pairs that any excerpt breaks, and pages isolate a text by their own markup.
    """
    if (text.isascii() and text.replace("\n", "").isprintable()) or not UNSEEN.search(text):
        return
    flags = {match.start() + 1: match.end() for match in _FLAG.finditer(text)}
    is_right_to_left = _RIGHT_TO_LEFT.search(text) is not None
    for match in UNSEEN.finditer(text):
        start, end = match.span()
        if flags.get(start) == end:
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        kept = "".join(
            char
            for char in dict.fromkeys(match[0])
            if _belongs(char, before, after) or (is_right_to_left and char in _DIRECTION_MARKS)
        )
        if kept != match[0]:
            yield Edit(start, match[0], kept)


def _belongs(char: str, before: str, after: str) -> bool:
    if char == "\u200b":
        return bool(_WITHOUT_BLANKS.match(before) and _WITHOUT_BLANKS.match(after))
    if char not in "\u200c\u200d":
        return False
    if _JOINING.match(before) or _JOINING.match(after):
        return True
    return char == "\u200d" and _is_emoji(before, after)


def _is_emoji(before: str, after: str) -> bool:
    """Whether both sides of a joiner are pictures, the first perhaps with a skin tone."""
    if not before or not after or category(after) != "So":
        return False
    return category(before) == "So" or before == "\ufe0f" or "\U0001f3fb" <= before <= "\U0001f3ff"


# ── normal form ──────────────────────────────────────────────────────────────────────────────────

_WORD = re.compile(r"\S+|\s+")  # nothing composes across a blank


def normal_form(text: str) -> Iterator[Edit]:
    """Unicode normalisation form C: letters and marks composed, so that equal words are equal."""
    if is_normalized("NFC", text):
        return
    for match in _WORD.finditer(text):
        yield from differences(match.start(), match[0], normalize("NFC", match[0]))
