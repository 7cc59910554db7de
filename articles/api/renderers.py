"""The forms of an answer: JSON for programs, a page for people."""

import re
from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from rest_framework.renderers import BaseRenderer

from articles.text import sections

TOKEN: Final = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")(?P<key>:)?|(?P<word>[\w.+-]+)')


class JsonRenderer(BaseRenderer):
    """JSON in UTF-8; times as RFC 3339 in UTC with `Z`."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, option=orjson.OPT_UTC_Z)


class HtmlRenderer(BaseRenderer):
    """The same answer as a page to explore the API with: links are links, parameters are told.

    It needs no script and no style of its own, so that the strictest policy lets it be.
    """

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        if data is None:
            return ""
        context = renderer_context or {}
        view, request, response = context["view"], context["request"], context["response"]
        parameters = getattr(view, "parameters", ())
        asked = request.GET.copy()
        asked["format"] = "json"
        return render_to_string(
            "articles/api.html",
            {
                "title": _title(data, view, response),
                "about": coded(view.get_view_description()),
                "path": request.path,
                "address": request.get_full_path(),
                "json_address": f"{request.path}?{asked.urlencode()}",
                "status": f"{response.status_code} {response.reason_phrase}",
                "failed": response.exception,
                "parameters": [(it.name, coded(it.about), it.choices) for it in parameters],
                "searchable": any(it.name == "q" for it in parameters),
                "q": request.GET.get("q", ""),
                "data": data,
                "noun": getattr(getattr(view, "noun", None), "kind", ""),
                "page": "" if response.exception else getattr(view, "page", ""),
                "sections": sections(data["body"]) if data.get("body") else (),
                "answer": painted(data),
            },
        )


def _title(data: Any, view: Any, response: Any) -> str:
    if response.exception:
        return str(data.get("title", response.reason_phrase))
    return str(data.get("headline") or data.get("name") or view.get_view_name())


def coded(text: str) -> SafeString:
    """A text as HTML, what stands between backquotes marked as code."""
    plain_and_code = enumerate(text.split("`"))
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", it) if i % 2 else it,) for i, it in plain_and_code),
    )


def painted(data: Any) -> SafeString:
    """Indented JSON as HTML, its tokens marked with classes and its addresses as links."""
    json = orjson.dumps(data, option=orjson.OPT_UTC_Z | orjson.OPT_INDENT_2).decode()
    pieces: list[tuple[str]] = []
    at = 0
    for match in TOKEN.finditer(json):
        pieces += [(json[at : match.start()],), (_token(match),)]
        at = match.end()
    return format_html_join("", "{}", [*pieces, (json[at:],)])


def _token(match: re.Match[str]) -> SafeString:
    if match["word"]:
        return format_html('<span class="word">{}</span>', match["word"])
    if match["key"]:
        return format_html('<span class="key">{}</span>:', match["text"])
    if match["text"].startswith(('"http://', '"https://')):
        address = orjson.loads(match["text"])
        return format_html('"<a href="{}" rel="nofollow noreferrer">{}</a>"', address, address)
    return format_html('<span class="text">{}</span>', match["text"])
