"""The text of a story marked up as NITF or XHTML, wherever it comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from articles.ingestion.readers.markup import from_element, is_block, local_name


@dataclass(frozen=True, slots=True)
class Story:
    """What a marked-up text says of itself; the body has paragraphs separated by blank lines."""

    body: str = ""
    headline: str = ""
    bylines: tuple[str, ...] = ()
    summary: str = ""


def parse_story(text: str) -> Story | None:
    """The story of a text of XML; None where it is not well-formed or declares entities."""
    try:
        return story_of(fromstring(text.strip().encode(), forbid_dtd=False))
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None


def story_of(element: Element) -> Story | None:
    """The story in an element of NITF or XHTML, or of paragraphs alone; None for other markup."""
    content = first(element, "body.content")
    if content is not None:
        return _nitf(element, content)
    body = first(element, "body")
    if body is not None:
        return Story(from_element(body))
    if len(element) and not any(is_block(local_name(part)) for part in element.iter()):
        return None
    return Story(from_element(element))


def _nitf(element: Element, content: Element) -> Story:
    head = first(element, "body.head")
    if head is None:
        head = Element("body.head")
    parts = [
        *(from_element(line) for line in every(head, "dateline")),
        from_element(content),
        *(from_element(line) for line in every(element, "tagline")),
    ]
    headline, summary = first(head, "hl1"), first(head, "abstract")
    if headline is None:
        headline = first(head, "hedline")
    return Story(
        body="\n\n".join(part for part in parts if part),
        headline=" ".join(from_element(headline).split()) if headline is not None else "",
        bylines=tuple(filter(None, map(_byline, every(head, "byline")))),
        summary=from_element(summary) if summary is not None else "",
    )


def _byline(element: Element) -> str:
    """The name without the job title, which stands in an element of its own."""
    titles = [" ".join(from_element(title).split()) for title in every(element, "byttl")]
    text = " ".join(from_element(element).split())
    name = text
    for title in titles:
        name = name.replace(title, "") if title else name
    return name.strip(" ,;") or text


def first(element: Element, name: str) -> Element | None:
    """The first element of this name, itself included, in any namespace."""
    return next(every(element, name), None)


def every(element: Element, name: str) -> Iterator[Element]:
    """All elements of this name, itself included, in the order of the document."""
    return (part for part in element.iter() if local_name(part) == name)
