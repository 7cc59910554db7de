"""Rules that take away what a page prints around an article."""

import re
from collections.abc import Iterator

from articles.ingestion.cleaning.edits import Edit
from articles.ingestion.dates import find_leading_date
from articles.text import is_title

_NETWORKS = (
    "facebook|twitter|x|whatsapp|linkedin|telegram|instagram|pinterest|reddit|tumblr|email|e-mail"
    "|print|copy link|messenger|youtube|tiktok|threads|bluesky|mastodon|share"
)
# Whole lines only, and only at the end of a text: the same words may well occur in a story.
_LINES = (
    # English
    r"exit mobile version|(?:skip|back|return) to (?:top|content|main content|homepage)",
    r"advertisement|advertising|sponsored(?: content)?",
    r"(?:story|article) continues (?:below|after) (?:this )?ad(?:vertisement)?",
    r"(?:please )?share(?: (?:this|on|via)\b[^.]{0,60})?|click to (?:share|print|email)\b.{0,60}",
    r"(?:tweet|pin it|print|e-?mail|whatsapp|like this|loading)",
    r"(?:print|save|e-?mail) (?:this )?(?:article|page|story)",
    r"(?:follow|like|join) us on\b.{0,80}",
    r"(?:subscribe|sign up|register) (?:now|here|today|(?:to|for) (?:our|the|a|free)\b.{0,80})",
    r"subscribe|newsletter|click (?:here )?to (?:subscribe|sign up)\b.{0,80}",
    rf"(?:{_NETWORKS})(?: (?:{_NETWORKS}))+",
    r"(?:read|see|show|load|view) more(?: (?:stories|articles|news|comments))?",
    r"continue reading.{0,40}|(?:leave|post|add|write) (?:a|your) (?:comment|reply)",
    r"(?:related|recommended|more|most read|trending) (?:articles?|stories|news|posts?|content)",
    r"(?:\d+ )?comments?(?: \(\d+\))?|(?:accept|manage|reject) (?:all )?cookies",
    r"(?:(?:this|our) (?:web)?site uses|we use) cookies\b.{0,300}|cookie (?:policy|settings)",
    r"by (?:using|continuing)\b.{0,80}\byou (?:agree|consent|accept)\b.{0,60}\bcookies\b.{0,200}",
    r"(?:©|\(c\)|copyright\b).{0,80}(?:\d{4}|all rights reserved).{0,40}|all rights reserved\.?",
    # French
    r"publicité|partage[rz](?: (?:sur|cet)\b[^.]{0,60})?|(?:à )?lire (?:aussi|la suite)",
    r"(?:s['’]abonner|abonnez-vous|inscrivez-vous) (?:à|pour)\b.{0,80}",
    r"(?:ce site utilise|nous utilisons) (?:des|les) cookies\b.{0,300}",
    # Spanish
    r"publicidad|compartir(?: (?:en|este)\b[^.]{0,60})?|(?:leer|ver|seguir leyendo) más",
    r"suscríbe(?:te|se) (?:a|ahora|para)\b.{0,80}",
    r"(?:este sitio (?:web )?utiliza|utilizamos) cookies\b.{0,300}",
    # German
    r"anzeige|werbung|(?:artikel )?teilen(?: (?:auf|via)\b[^.]{0,60})?",
    r"(?:weiterlesen|mehr lesen|lesen sie auch)|newsletter (?:abonnieren|bestellen).{0,60}",
    r"abonnieren(?: sie (?:unseren|den|hier)\b.{0,80})?|jetzt (?:abonnieren|anmelden)",
    r"(?:wir verwenden|diese (?:web)?seite verwendet) cookies\b.{0,300}",
    # Italian, Portuguese, Russian, Arabic
    r"pubblicità|condividi(?: su\b[^.]{0,60})?|leggi (?:anche|tutto|di più)",
    r"publicidade|compartilh(?:e|ar)(?: (?:no|em)\b[^.]{0,60})?|leia (?:mais|também)",
    r"реклама|поделиться[^.]{0,40}|читать (?:далее|также|полностью)",
    r"إعلان|شارك(?: (?:على|المقال)\b.{0,40})?|اقرأ (?:المزيد|أيضا|أيضًا)",
)
_FURNITURE = re.compile("|".join(_LINES), re.IGNORECASE)
# The headline of another story; a sentence, which ends with a stop, may well be of this one.
_TEASER = re.compile(
    r"(?:read (?:more|also|next)|also read|see also|more on this(?: story)?|related(?: story)?"
    r"|lire aussi|à lire aussi|lee también|leer más|lesen sie auch|mehr dazu|leia também"
    r"|leggi anche|читайте также|اقرأ أيضا)\s*[:：]\s*\S.{0,150}(?<![.!。؟])",
    re.IGNORECASE,
)
_LONGEST_LINE = 500
_BY = re.compile(r"(?:By|BY|by)(?::\s*|\s+)(?=\S)")
_DECORATION = re.compile(r"[\s*|:…•«»‹›<>–—!]+|\.{2,}|(?<!\w)-+|-+(?!\w)")


def leading_date(text: str) -> Iterator[Edit]:
    """The date line that opens a scraped text (` date 2024-03-31 `, `Friday, January 4, 2019`)."""
    _, end = find_leading_date(text)
    if end:
        yield Edit(0, text[:end])


def trailing_furniture(text: str) -> Iterator[Edit]:
    """Lines of the page at the end: `Exit mobile version`, share, subscribe, cookies, copyright."""
    end = len(text.rstrip())
    while end:
        start = text.rfind("\n", 0, end) + 1
        if end - start > _LONGEST_LINE or not _is_furniture(text[start:end]):
            break
        end = len(text[:start].rstrip())
    if text[end:].strip():
        yield Edit(end, text[end:])


def _is_furniture(line: str) -> bool:
    bare = " ".join(_DECORATION.sub(" ", line).split())
    return bool(_FURNITURE.fullmatch(bare) or _TEASER.fullmatch(line.strip()))


def byline_prefix(text: str) -> Iterator[Edit]:
    """The word before a name: `By Ada Quill`."""
    if match := _BY.match(text):
        yield Edit(0, match[0])


def title_line(text: str) -> Iterator[Edit]:
    """A title alone on the first line, with a longer paragraph after it."""
    title, gap, rest = text.partition("\n\n")
    if is_title(title) and len(rest.partition("\n\n")[0]) > len(title):
        yield Edit(0, title + gap)
