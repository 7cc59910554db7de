"""What every door of the API does: read its parameters, answer, and say what it is."""

from collections.abc import Callable, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import resolve, reverse
from django.utils.cache import patch_vary_headers
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from articles.api import serializers
from articles.api.members import chosen
from articles.api.pagination import Page, counted
from articles.api.parameters import FORMAT, Parameter, choice, read_parameters
from articles.search.query import Search

ADDRESSES: Final = {
    "articles": "article-list",
    "sources": "source-list",
    "entities": "entity-list",
    "tags": "tag-list",
    "storylines": "storyline-list",
    "changes": "change-list",
    "articles_ndjson": "articles-ndjson",
    "articles_csv": "articles-csv",
    "articles_atom": "articles-atom",
    "articles_json_feed": "articles-json",
    "sitemap": "sitemap",
    "schema": "schema",
    "docs": "docs",
}


class Door(APIView):
    """`operation` and `answer` name it in the OpenAPI document, `may` says how else it answers."""

    name: ClassVar[str | None] = None  # the title of its page; None: made of the class's name
    parameters: ClassVar[Sequence[Parameter]] = (FORMAT,)
    operation: ClassVar[str]
    answer: ClassVar[type[BaseSerializer[Any]]]
    may: ClassVar[Sequence[HTTPStatus]] = ()
    page: ClassVar[str] = ""  # the template of what a person reads above the answer
    asked: dict[str, Any]
    chosen: tuple[str, ...]  # members of the answer, or of each result of a list

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            self.asked = read_parameters(request.query_params, self.parameters)
            self.chosen = chosen(self.asked, self.parameters)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """What is withdrawn must be gone at once: a copy may be kept, but not shown unasked. What
        a token opens is its bearer's alone."""
        whose = "private" if "Authorization" in self.request.headers else "public"
        response.headers.setdefault("Cache-Control", f"{whose}, no-cache")
        patch_vary_headers(response, ["Authorization"])
        return super().finalize_response(request, response, *args, **kwargs)

    def address(self, name: str) -> str:
        return self.request.build_absolute_uri(reverse(name))

    def listed(
        self, page: Page, results: list[Any], matches: QuerySet[Any] | Search[Any], **more: Any
    ) -> Response:
        """The answer of a list; `matches` are the rows of all pages, to be counted if asked."""
        count = counted(matches) if self.asked.get("count") else None
        answer = {
            "next": page.next,
            "previous": page.previous,
            "count": count,
            **more,
            "results": results,
        }
        links = [(page.next, "next"), (page.previous, "prev")]  # RFC 8288 and its relations
        header = ", ".join(f'<{address}>; rel="{name}"' for address, name in links if address)
        return Response(answer, headers={"Link": header} if header else None)


class Root(Door):
    """The addresses of this API, which anybody may read: sources, articles, entities and tags."""

    name = "API"
    operation = "get_root"
    answer = serializers.Root

    def get(self, request: Request) -> Response:
        return Response({word: self.address(name) for word, name in ADDRESSES.items()})


class Document(APIView):
    """What is the same for all: it takes `format` alone, and no token is looked at."""

    schema = None
    authentication_classes = []
    parameters: ClassVar[Sequence[Parameter]]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in {"GET", "HEAD"}:
            read_parameters(request.query_params, self.parameters)


class Schema(Document):
    """This interface as an OpenAPI document: JSON, or YAML with `?format=yaml`."""

    renderer_classes = [
        OpenApiJsonRenderer2,
        OpenApiJsonRenderer,
        OpenApiYamlRenderer2,
        OpenApiYamlRenderer,
    ]
    parameters = (choice("format", "The form of the document.", ["json", "yaml"]),)

    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        kind = cast("Callable[[], Any]", type(renderer))
        return HttpResponse(written(kind), content_type=renderer.media_type)


@cache
def written(renderer: Callable[[], Any]) -> bytes:
    """The document. It changes with the code only, and making it takes half a second."""
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    content: bytes = renderer().render(document, renderer_context={})
    return content


class Docs(Document):
    """The OpenAPI document for people, to try out. Its script is a file: no page holds one."""

    renderer_classes = [TemplateHTMLRenderer]
    parameters = (choice("format", "The form of the page.", ["html"]),)

    def get(self, request: Request) -> Response:
        return Response(template_name="articles/api_docs.html")


class Missing(APIView):
    """Every address that is no door: to where a slash leads if it lacks one, else 404."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in {"GET", "HEAD"}:
            raise Http404

    def get(self, request: Request, path: str) -> Response:
        address = f"{request.path_info}/"
        if path.endswith("/") or resolve(address).url_name == "missing":
            raise Http404
        location = request.get_full_path(force_append_slash=True)
        return Response(status=HTTPStatus.MOVED_PERMANENTLY, headers={"Location": location})
