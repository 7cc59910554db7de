"""HTML, XHTML and NITF to plain text: paragraphs separated by blank lines."""

import html
import re
from xml.etree.ElementTree import Element

# Names of HTML, NITF (hl1, tagline …) and of what trafilatura gives (head, quote, list).
_PARAGRAPHS = (
    "address|article|aside|blockquote|body|bq|caption|center|dd|details|dir|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|h1|h2|h3|h4|h5|h6|head|header|hedline|hl1|hl2|html|list|main"
    "|media|menu|nav|note|ol|p|pre|quote|section|summary|table|tagline|ul"
    "|body.content|body.end|body.head|content|media-caption"
)
_LINES = "br|hr|item|lb|li|option|row|tr"
_CELLS = "cell|td|th"
_GAPS = {
    name: gap
    for names, gap in ((_PARAGRAPHS, "\n\n"), (_LINES, "\n"), (_CELLS, " "), ("q", '"'))
    for name in names.split("|")
}
_DROPPED = frozenset(
    (
        *("audio", "canvas", "iframe", "math", "noscript", "object", "script", "style", "svg"),
        *("template", "textarea", "title", "video"),
        *("media-metadata", "media-object", "media-reference"),
    )
)

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BLANKS_OF_A_LINE = re.compile(r"[ \t\f]+")
_LINE_ENDS = re.compile(r"[ \xa0]*\n[ \xa0]*")
_BLANK_LINES = re.compile(r"\n{3,}")
# Of more digits there are no characters, and Python refuses to read very many.
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_NAME = re.compile(r"</?(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)")
_ATTRIBUTE_OR_END = re.compile(r"=\s*([\"'])|>")


def from_html(text: str) -> str:
    """The visible text of HTML, a whole page or a fragment, however broken.

    Scripts, styles, titles and what a browser embeds are left out; links keep their text. A tag or
    comment that is never closed takes nothing with it.
    """
    return _Tags(text).read()


def from_element(element: Element) -> str:
    """The visible text of an element of XHTML or NITF."""
    text = _Text()
    todo: list[Element | tuple[str, str]] = [element]
    while todo:  # not by recursion: markup may be nested more deeply than Python calls
        node = todo.pop()
        if isinstance(node, tuple):
            name, tail = node
            text.end(name)
            text.data(tail)
            continue
        name, tail = local_name(node), "" if node is element else node.tail or ""
        if name in _DROPPED:
            text.data(tail)
            continue
        text.start(name)
        text.data(node.text or "")
        todo.append((name, tail))
        todo.extend(reversed(node))
    return text.read()


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def without_first_line(text: str, line: str) -> str:
    """A text without a first line that repeats its headline; the text if that is all it has."""
    first, _, rest = text.lstrip().partition("\n")
    is_same = " ".join(first.split()) == " ".join(line.split())
    return rest.strip() if is_same and rest.strip() else text


def is_block(name: str) -> bool:
    """Whether an element of this name is a paragraph of its own or holds paragraphs."""
    return _GAPS.get(name) == "\n\n"


class _Text:
    """Gathers text between tags into paragraphs and lines."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._preformatted = 0

    def start(self, name: str) -> None:
        self._pieces.append(_GAPS.get(name, ""))
        self._preformatted += name == "pre"

    def end(self, name: str) -> None:
        gap = _GAPS.get(name, "")
        self._pieces.append(gap if gap != "\n" else "")
        self._preformatted -= name == "pre" and self._preformatted > 0

    def data(self, text: str) -> None:
        blanks = _BLANKS_OF_A_LINE if self._preformatted else _BLANKS
        self._pieces.append(blanks.sub(" ", text))

    def read(self) -> str:
        text = _LINE_ENDS.sub("\n", _BLANKS_OF_A_LINE.sub(" ", "".join(self._pieces)))
        return _BLANK_LINES.sub("\n\n", text).strip()


class _Tags:
    """Reads tags in one pass whose time grows with the length only.

    The standard library's parser needs minutes for 100 KB of opening tags that are never closed.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._text = _Text()
        self._last_end = source.rfind(">")
        self._respects_quotes = True
        self._unclosed: set[str] = set()  # looked for once, not again from each opening

    def read(self) -> str:
        source, position = self._source, 0
        while (start := source.find("<", position)) >= 0:
            self._data(source[position:start])
            position = self._markup(start)
        self._data(source[position:])
        return self._text.read()

    def _data(self, text: str) -> None:
        self._text.data(_REFERENCE.sub(lambda match: html.unescape(match[0]), text))

    def _markup(self, start: int) -> int:
        """Where the text goes on after what begins with `<` at `start`."""
        source = self._source
        if source.startswith("<!--", start):
            return self._after("-->", start + 4)
        if source.startswith("<![CDATA[", start):
            after = self._after("]]>", start + 9)
            self._text.data(source[start + 9 : max(after - 3, start + 9)])
            return after
        match = _NAME.match(source, start)
        if start > self._last_end or not (match or source[start + 1 : start + 2] in ("!", "?")):
            self._text.data("<")
            return start + 1
        if not match:
            return source.find(">", start) + 1
        return self._tag(match)

    def _tag(self, match: re.Match[str]) -> int:
        name, after = match[1].lower(), self._tag_end(match.end()) + 1
        if self._source.startswith("</", match.start()):
            self._text.start("br") if name == "br" else self._text.end(name)
        elif name not in _DROPPED:
            self._text.start(name)
        elif not self._source.endswith("/>", 0, after):
            closing = self._find_closing(name, after)
            after = after if closing < 0 else self._tag_end(closing) + 1
        return after

    def _find_closing(self, name: str, position: int) -> int:
        if name in self._unclosed:
            return -1
        closing = re.compile(f"</{re.escape(name)}(?![\\w.-])", re.IGNORECASE)
        if match := closing.search(self._source, position):
            return match.end()
        self._unclosed.add(name)
        return -1

    def _after(self, mark: str, position: int) -> int:
        """Where the text goes on after a mark; at `position` if the mark does not come."""
        found = -1 if mark in self._unclosed else self._source.find(mark, position)
        if found < 0:
            self._unclosed.add(mark)
            return position
        return found + len(mark)

    def _tag_end(self, position: int) -> int:
        """Where the `>` of a tag stands; one within a quoted attribute is passed over."""
        start = position
        while self._respects_quotes:
            match = _ATTRIBUTE_OR_END.search(self._source, position)
            if match and not match[1]:
                return match.start()
            closing = self._source.find(match[1], match.end()) if match else -1
            # A quote without its partner: from here on quotes mean nothing.
            self._respects_quotes = closing >= 0
            position = closing + 1
        found = self._source.find(">", start)
        return found if found >= 0 else start - 1
