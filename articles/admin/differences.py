"""Differences as the desk shows them: `<ins>` and `<del>`, said aloud as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.differences import ADDED, SAME, words_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from articles.differences import Piece

AROUND = 160  # characters kept on either side of a change
MOST = 400  # changes shown; a text with more is better read whole
LONGEST = 4000  # characters shown of one change

SAID = '<span class="visually-hidden">[{}: </span>{}<span class="visually-hidden">]</span>'
EMPTY = SafeString("")
ADDITION, REMOVAL = f"<ins>{SAID}</ins>", f"<del>{SAID}</del>"


def changed(before: str, after: str) -> SafeString:
    """Both texts as one, with what differs marked and long stretches in common left out."""
    return shown(words_changed(before, after))


def shown(pieces: Iterable[Piece]) -> SafeString:
    """The pieces as HTML, their words escaped. Nothing changed: ''."""
    pieces = list(pieces)
    changes = sum(piece.kind != SAME for piece in pieces)
    if not changes:
        return EMPTY
    last = _last_shown(pieces)
    parts = [_piece(piece, n == 0, n == len(pieces) - 1) for n, piece in enumerate(pieces[:last])]
    if last < len(pieces):
        more = sum(piece.kind != SAME for piece in pieces[last:])
        parts.append(format_html('<span class="quiet"> … and {} more changes</span>', more))
    return format_html('<div class="diff" dir="auto">{}</div>', _joined(parts))


def _last_shown(pieces: list[Piece]) -> int:
    seen = 0
    for n, piece in enumerate(pieces):
        seen += piece.kind != SAME
        if seen > MOST:
            return n
    return len(pieces)


def _piece(piece: Piece, is_first: bool, is_last: bool) -> SafeString:
    if piece.kind == SAME:
        return format_html("{}", _around(piece.text, is_first, is_last))
    pattern, word = (ADDITION, "added") if piece.kind == ADDED else (REMOVAL, "removed")
    text = piece.text if len(piece.text) <= LONGEST else f"{piece.text[:LONGEST]} […]"
    return format_html(pattern, word, text)


def _around(text: str, is_first: bool, is_last: bool) -> str:
    """What stands in both: of a long stretch the ends that adjoin a change."""
    head = 0 if is_first else AROUND
    tail = 0 if is_last else AROUND
    if len(text) <= head + tail + AROUND:
        return text
    opening = text[:head].rpartition(" ")[0] or text[:head]
    closing = text[len(text) - tail :] if tail else ""
    return f"{opening} […] {closing.partition(' ')[2] or closing}"


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
