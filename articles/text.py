"""Pure string work for every floor: slugs, excerpts, sections, headlines, languages."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from unicodedata import category, normalize

import langcodes

SLUG_LENGTH = 80
LANGUAGE_LENGTH = 35  # of a tag; RFC 5646, 4.4.1
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"  # a canonical one, as columns keep it
HEADLINE_LENGTH = 110
_CLAUSE_LENGTH = 70  # a headline shorter than this says too little to end at a clause

_TITLE_WORDS, _TITLE_LENGTH, _SENTENCE_CASE_WORDS = 12, 100, 8
_CASELESS_TITLE_LENGTH = 40  # without letter case a line says less for itself: it must be shorter
_SENTENCE_LENGTH = 2000  # how far the first sentence is looked for
_LEAD_LENGTH = 20_000  # how far the lead is looked for

_WORD = re.compile(r"[^ \t\r\n]+")
_BLANK_LINES = re.compile(r"\n\s*\n")
_TERMINALS = ".!?…。！？｡؟۔।॥։።။"  # the end of a sentence in the scripts that mark it
_NOT_TITLE_ENDS = _TERMINALS + ",;:،؛，；：、-–—"
_CLOSERS = "\"'”’»›)]」』）》"
_TRAILING = _NOT_TITLE_ENDS.replace("?", "").replace("؟", "").replace("？", "")

_SENTENCE_END = re.compile(
    rf"[.!?…؟۔।॥։።။]+[{re.escape(_CLOSERS)}]*(?=\s|\Z)"
    rf"|[。！？｡]+[{re.escape(_CLOSERS)}]*"
    r"|\n\s*\n"
)
_OPENERS = re.compile(r"[\s\"'“”‘’«‹(\[¿¡]*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")
_ABBREVIATION = re.compile(
    r"(?:mr|mrs|ms|mme|mlle|sra|dr|st|prof|gen|sen|rep|gov|pres|lt|col|sgt|capt|rev|hon|jr|sr"
    r"|nos?|vs|inc|ltd|co|corp|bros|dept|est|approx|fig|vol|ca|cf|etc|bzw|nr|str|usw"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|г|ул|им|тыс|млн|млрд)\Z",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:،؛](?=\s)|[，；：]|\s[—–-]+(?=\s)")
_OPENING_PHRASE = re.compile(
    r"(?:In|On|At|After|Amid|As|Before|By|Despite|During|Following|For|Since|When|While|With)\b"
)
_DATELINE_PREFIX = re.compile(r"(?P<place>[^\n]{2,60}?)\s*(?:--|[—–-])\s+(?=\S)")
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][^\n,()—–]{1,40}?)(?:,\s*[^\W_][^\n,()—–]{0,20}){0,2}"
    r"\s*(?P<agency>\([^\n()]{1,40}\))?[\s.:—–-]*\Z"
)
_BYLINE = re.compile(r"(?:By|BY)\s+[A-Z][^\n]{1,80}\Z")


def fingerprint(headline: str, body: str) -> str:
    """SHA-256 (hex) of the body, or of the headline without one; the database computes the same."""
    return hashlib.sha256((body or headline).encode()).hexdigest()


def word_count(text: str) -> int:
    """How many words stand between blanks; the database computes the same."""
    return len(_WORD.findall(text))


# ── slugs ────────────────────────────────────────────────────────────────────────────────────────


def slugify(name: str) -> str:
    """A name as a slug: letters, marks and digits of every script, lower-case, NFC, hyphens.

    At most 80 characters, cut at a hyphen where one is near. '' for a name with nothing to keep.
    Django's own slugify drops the vowel signs of Indic scripts, and different names become one.
    """
    words = [""]
    lowered = name.lower().replace("i\u0307", "i")  # what lower() makes of the Turkish capital İ
    for char in normalize("NFC", lowered):
        kind = category(char)
        if char in "'’ʼ" or kind == "Cf" or "\ufe00" <= char <= "\ufe0f":
            continue
        if kind[0] in "LN" or (kind in ("Mn", "Mc") and words[-1]):
            words[-1] += char
        elif words[-1]:
            words.append("")
    return _cut_slug(normalize("NFC", "-".join(word for word in words if word)), SLUG_LENGTH)


def slug_variant(slug: str, number: int) -> str:
    """`slug-2` and so on for a slug that is taken, still within 80 characters."""
    suffix = f"-{number}"
    return _cut_slug(slug, SLUG_LENGTH - len(suffix)) + suffix


def _cut_slug(slug: str, length: int) -> str:
    if len(slug) <= length:
        return slug
    hyphen = slug.rfind("-", length // 2, length + 1)
    return slug[:hyphen] if hyphen > 0 else _cut(slug, length).rstrip("-")


def _cut(text: str, limit: int) -> str:
    """The first `limit` characters, fewer where the cut would part a letter from its marks."""
    length = limit
    while 0 < length < len(text) and (category(text[length])[0] == "M" or text[length] == "\u200d"):
        length -= 1
    return text[:length] or text[:limit]


# ── excerpts ─────────────────────────────────────────────────────────────────────────────────────


def excerpt(text: str, length: int) -> str:
    """The text on one line, at most `length` characters; cut between words, a cut shown as `…`."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    blank = line.rfind(" ", length // 2, length)
    kept = line[:blank] if blank > 0 else _cut(line, length - 1)
    return kept.rstrip(_TRAILING + " ") + "…"


# ── sections ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or sentence and where it stands: `body[start:end] == text`, in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """Paragraphs under one heading (None before the first); `start` and `end` span both."""

    heading: str | None
    start: int
    end: int
    paragraphs: tuple[Paragraph, ...]


def paragraphs(body: str) -> list[Paragraph]:
    """What stands between blank lines, without the blanks around it."""
    gaps = [match.span() for match in _BLANK_LINES.finditer(body)]
    found = []
    for (_, start), (end, _) in pairwise([(0, 0), *gaps, (len(body), len(body))]):
        piece = body[start:end]
        if text := piece.strip():
            offset = start + len(piece) - len(piece.lstrip())
            found.append(Paragraph(text, offset, offset + len(text)))
    return found


def sections(body: str) -> list[Section]:
    """The body cut at its headings. A heading is a title line with a longer paragraph after it."""
    parts = paragraphs(body)
    headings = _headings(parts)
    cuts = [0, *(index for index in headings if index), len(parts)]
    found = []
    for first, last in pairwise(cuts):
        members = parts[first:last]
        if members:
            heading = members[0].text if first in headings else None
            own = tuple(members[1:] if heading else members)
            found.append(Section(heading, members[0].start, members[-1].end, own))
    return found


def _headings(parts: list[Paragraph]) -> list[int]:
    """Indexes of the headings. Title lines in a row are a list or captions: none of them counts."""
    titles = [False, *(is_title(part.text) for part in parts), False]
    return [
        index
        for index, (part, following) in enumerate(pairwise(parts))
        if titles[index : index + 3] == [False, True, False]
        and len(following.text) > len(part.text)
        and (_has_case(part.text) or following.text.rstrip(_CLOSERS)[-1:] in _TERMINALS)
    ]


def is_title(line: str) -> bool:
    """Whether a line reads like a title: short, capitalised; no sentence, quotation or byline."""
    words = line.split()
    if not words or "\n" in line or len(words) > _TITLE_WORDS or len(line) > _TITLE_LENGTH:
        return False
    if not line[0].isalnum() or line[-1] in _NOT_TITLE_ENDS or _BYLINE.match(line):
        return False
    if not _has_case(line):
        return len(line) <= _CASELESS_TITLE_LENGTH and any(char.isalpha() for char in line)
    if words[0][0].islower():
        return False
    long_words = [word for word in words if len(word) > 3]
    capitalised = sum(not word[0].islower() for word in long_words)
    return len(words) <= _SENTENCE_CASE_WORDS or capitalised >= 0.75 * len(long_words)


def _has_case(text: str) -> bool:
    return text.lower() != text.upper()


# ── headlines ────────────────────────────────────────────────────────────────────────────────────


def first_sentence(text: str) -> str:
    """The first sentence, or the first paragraph where none ends (at most 2,000 characters)."""
    text = text.strip()[:_SENTENCE_LENGTH]
    for match in _SENTENCE_END.finditer(text):
        if match[0][0] == "\n" or _ends_sentence(text, match):
            return text[: match.end()].strip()
    return text


def sentences(body: str) -> list[Paragraph]:
    """The sentences of all paragraphs, each with where it stands."""
    found = []
    for part in paragraphs(body):
        begin = 0
        ends = [m.end() for m in _SENTENCE_END.finditer(part.text) if _ends_sentence(part.text, m)]
        for end in [*ends, len(part.text)]:
            piece = part.text[begin:end]
            if text := piece.strip():
                start = part.start + begin + len(piece) - len(piece.lstrip())
                found.append(Paragraph(text, start, start + len(text)))
            begin = end
    return found


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if not any(char.isalnum() for char in text[: match.start()]):
        return False
    rest = _OPENERS.match(text, match.end())
    following = text[rest.end() : rest.end() + 1] if rest else ""
    if following.islower():
        return False
    if not match[0].startswith(".") or match[0].startswith(".."):
        return True
    before = text[max(0, match.start() - 20) : match.start()].split()
    word = before[-1].lstrip("\"'“‘«(") if before else ""
    is_short = bool(_ABBREVIATION.match(word) or _INITIALS.match(word))
    is_ordinal = word.isdigit() and len(word) <= 2  # `am 3. Mai`
    return not following or not (is_short or is_ordinal)


def derive_headline(body: str) -> str:
    """A headline for a text without one: its first sentence, at most 110 characters, no full stop.

    A byline, a date or a dateline before the lead is passed over. Never '' for a visible text.
    """
    lead = _lead(body)
    sentence = first_sentence(lead)
    rest = lead[len(sentence) :].strip()
    if rest and _is_dateline(sentence):
        sentence = first_sentence(rest)
    headline = " ".join(sentence.split()).rstrip(_TRAILING + " ")
    if len(headline) > HEADLINE_LENGTH:
        headline = _shorten(headline)
    return headline or excerpt(body, HEADLINE_LENGTH)


def _lead(body: str) -> str:
    """From the first paragraph that is neither byline nor dateline on, without its dateline."""
    head = body[:_LEAD_LENGTH]
    for part in paragraphs(head):
        if _BYLINE.match(part.text) or _is_dateline(part.text):
            continue
        prefix = _DATELINE_PREFIX.match(part.text)
        start = part.start
        if prefix and _is_dateline(prefix["place"]) and not part.text[prefix.end()].islower():
            start += prefix.end()
        return head[start:]
    return head


def _is_dateline(text: str) -> bool:
    """`CAIRO`, `WASHINGTON, D.C.`, `Cairo (Newswire)`, `NEW YORK, March 31`: no sentence."""
    match = _DATELINE.match(text)
    if not match or len(match["place"].split()) > 3:
        return False
    return match["place"].isupper() or match["agency"] is not None


def _shorten(sentence: str) -> str:
    """A long sentence without its opening phrase, ended at a clause or else between words (`…`)."""
    ends = _clause_ends(sentence)
    if _OPENING_PHRASE.match(sentence) and ends and ends[0] < _CLAUSE_LENGTH:
        # "In a first for the region, talks …": the news stands after the opening phrase.
        rest = sentence[ends[0] + 1 :].lstrip(" —–-")
        sentence = rest[:1].upper() + rest[1:]
        ends = _clause_ends(sentence)
    if len(sentence) <= HEADLINE_LENGTH:
        return sentence
    fitting = [end for end in ends if _CLAUSE_LENGTH <= end <= HEADLINE_LENGTH]
    return sentence[: fitting[-1]] if fitting else excerpt(sentence, HEADLINE_LENGTH)


def _clause_ends(sentence: str) -> list[int]:
    """Offsets at which a clause ends outside of brackets and quotation marks."""
    ends = []
    for match in _CLAUSE_END.finditer(sentence):
        head = sentence[: match.start()]
        pairs = (("(", ")"), ("[", "]"), ("«", "»"), ("“", "”"), ("「", "」"))
        if head.count('"') % 2 == 0 and all(head.count(a) == head.count(b) for a, b in pairs):
            ends.append(match.start())
    return ends


# ── languages ────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1024)
def canonical_language(tag: str) -> str:
    """A language tag in its canonical form of BCP 47: `fra-CA` → `fr-CA`, `arb` → `ar`, '' → `und`.

    The usual member of a macrolanguage takes its code (`cmn` → `zh`, `prs` → `fa-AF`), as in CLDR,
    so that a filter finds what readers call Chinese or Persian. Raises ValueError with the reason.
    """
    if not tag.strip():
        return "und"
    try:
        canonical = langcodes.standardize_tag(tag.strip(), macro=True)
        known = langcodes.tag_is_valid(canonical) and not langcodes.get(canonical).extlangs
    except ValueError:
        raise ValueError(
            f"{tag[:40]!r} is not a language tag; write BCP 47 such as 'en', 'pt-BR' or 'zh-Hant'"
        ) from None
    if not known:
        raise ValueError(f"{tag[:40]!r} names no registered language, script or region of BCP 47")
    if not re.fullmatch(LANGUAGE_TAG, canonical):  # x-… and the like
        raise ValueError(f"{tag[:40]!r} names no language; write 'und' where it is unknown")
    if len(canonical) > LANGUAGE_LENGTH:
        raise ValueError(f"{tag[:40]!r}… is longer than {LANGUAGE_LENGTH} characters")
    return canonical
