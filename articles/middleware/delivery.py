"""How answers of the API and the feeds travel: compressed, and only if the client has them not yet.

Entity tags are of the content itself, for what an answer shows of other rows has no date of its
own (RFC 9110, 8.8.3 and 13.1.2). Pages with forms are left alone: compressing a secret beside
what a stranger may choose would tell it (BREACH).
"""

from __future__ import annotations

import re
import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, cast

from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

DELIVERED: Final = ("/api/", "/feeds/", "/sitemap")
SAFE: Final = ("GET", "HEAD")
SHORTEST: Final = 500  # bytes below which compressing gains nothing: it all fits one packet
LEVEL: Final = 5  # of zlib: level 6 takes half as long again for one percent
GZIP_FORMAT: Final = 31  # zlib's word for the widest window and a gzip header without a time
ACCEPTS: Final = re.compile(r"(?:^|,)\s*(gzip|x-gzip|\*)\s*(?:;\s*q\s*=\s*([0-9.]+)\s*)?(?=,|$)")
# A 304 repeats what a 200 would say, but for what describes the content that it leaves out.
OF_CONTENT: Final = frozenset(
    {
        "content-type",
        "content-length",
        "content-encoding",
        "content-language",
        "content-disposition",
    }
)


class DeliveryMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path_info.startswith(DELIVERED):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        wants_gzip = accepts_gzip(request.headers.get("Accept-Encoding", ""))
        if response.streaming:
            return stream(cast("StreamingHttpResponse", response), wants_gzip)
        return deliver(request, cast("HttpResponse", response), wants_gzip)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding allows gzip: by its name, else by `*` (RFC 9110, 12.5.3)."""
    weights = {
        name.lower().removeprefix("x-"): weight for name, weight in ACCEPTS.findall(header.lower())
    }
    weight = str(weights.get("gzip", weights.get("*", "0")))
    return weight.strip("0.") != "" or weight == ""


def deliver(request: HttpRequest, response: HttpResponse, wants_gzip: bool) -> HttpResponse:
    compressed = wants_gzip and may_compress(response) and len(response.content) >= SHORTEST
    if response.status_code == 200 and request.method in SAFE:
        tag = response.headers.get("ETag") or tag_of(response.content)
        if compressed and not tag.startswith("W/"):
            tag = f"W/{tag}"  # the same content in other bytes
        response.headers["ETag"] = tag
        if is_known(tag, request.headers.get("If-None-Match", "")):
            return not_modified(response)
    if compressed:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_FORMAT)
        response.content = packer.compress(response.content) + packer.flush()
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
    return response


def tag_of(content: bytes) -> str:
    return f'"{blake2b(content, digest_size=16).hexdigest()}"'


def may_compress(response: HttpResponseBase) -> bool:
    return "Content-Encoding" not in response.headers


def is_known(tag: str, header: str) -> bool:
    """Whether If-None-Match names the tag, by weak comparison."""
    told = parse_etags(header) if header else []
    return told == ["*"] or tag.removeprefix("W/") in {it.removeprefix("W/") for it in told}


def not_modified(response: HttpResponse) -> HttpResponse:
    answer = HttpResponseNotModified()
    del answer.headers["Content-Type"]
    for name, value in response.items():
        if name.lower() not in OF_CONTENT:
            answer.headers[name] = value
    answer.cookies = response.cookies
    return answer


def stream(response: StreamingHttpResponse, wants_gzip: bool) -> StreamingHttpResponse:
    """Compress as it comes: no more is held than zlib's window."""
    if wants_gzip and may_compress(response):
        if response.is_async:
            pieces = cast("AsyncIterable[bytes]", response.streaming_content)
            response.streaming_content = packed_later(pieces)
        else:
            response.streaming_content = packed(cast("Iterable[bytes]", response.streaming_content))
        response.headers["Content-Encoding"] = "gzip"
        del response.headers["Content-Length"]
        if "ETag" in response.headers and not response.headers["ETag"].startswith("W/"):
            response.headers["ETag"] = f"W/{response.headers['ETag']}"
    return response


def packed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_FORMAT)
    for piece in pieces:
        if data := packer.compress(piece):
            yield data
    yield packer.flush()


async def packed_later(pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_FORMAT)
    async for piece in pieces:
        if data := packer.compress(piece):
            yield data
    yield packer.flush()
