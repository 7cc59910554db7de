"""Entity tags and 304, compression, caching, and scripts of other pages (CORS)."""

import asyncio
import gzip
import zlib

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from articles.middleware.delivery import DeliveryMiddleware, accepts_gzip, is_known
from articles.models import Entity, Token
from tests.articles.api.conforming import ROOT
from tests.factories import make_article, make_entity, make_mention, make_tag

pytestmark = pytest.mark.django_db

FEEDS = ("/feeds/articles.atom", "/feeds/articles.json")


@pytest.fixture
def paths():
    article = make_article("One", body="Something of Cairo. " * 50, summary="Long. " * 100)
    make_mention(article, make_entity("Cairo"))
    make_tag("Peace")
    return [
        f"{ROOT}articles/", f"{ROOT}articles/{article.uid}/", f"{ROOT}tags/peace/", f"{ROOT}tags/",
        f"{ROOT}schema/", f"{ROOT}docs/", ROOT, f"{ROOT}articles/?format=ninjs",
        f"{ROOT}articles/?format=html", FEEDS[1],
    ]  # fmt: skip


# ── entity tags ──────────────────────────────────────────────────────────────────────────────────


def test_what_the_client_has_is_not_sent_again(client, paths):
    for path in paths:
        got = client.get(path)
        tag = got.headers["ETag"]
        assert tag.startswith('"'), path
        assert "Last-Modified" not in got.headers
        for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"x" , W/{tag}', "*"):
            for ask in (client.get, client.head):
                answer = ask(path, headers={"if-none-match": known})
                assert (answer.status_code, answer.content) == (304, b""), (path, known)
                assert answer.headers["ETag"] == tag
                for name in ("Cache-Control", "Vary", "Content-Security-Policy"):
                    assert answer.headers[name] == got.headers[name], (path, name)
                assert "Content-Type" not in answer.headers
        for other in ('"other"', tag.strip('"'), f"x{tag}", '"*"', "", 'W/"other", "more"'):
            assert client.get(path, headers={"if-none-match": other}).status_code == 200, other
        assert client.head(path).headers["ETag"] == tag


def test_a_renamed_entity_changes_the_tag_of_its_articles(client, paths):
    _, detail, *_ = paths
    tag = client.get(detail).headers["ETag"]
    Entity.objects.update(name="al-Qāhira")
    assert client.get(detail, headers={"if-none-match": tag}).status_code == 200


def test_forms_have_tags_of_their_own(client, paths):
    forms = ("json", "jsonld", "ninjs", "html")
    tags = {client.get(f"{paths[1]}?format={form}").headers["ETag"] for form in forms}
    assert len(tags) == len(forms)


def test_problems_have_none(client):
    for path in (f"{ROOT}articles/?x=1", f"{ROOT}nothing/", f"{ROOT}tags/none/"):
        answer = client.get(path, headers={"if-none-match": "*"})
        assert answer.status_code in {400, 404}
        assert "ETag" not in answer.headers
    answer = client.post(f"{ROOT}tags/", headers={"if-none-match": "*"})
    assert answer.status_code == 405


@given(st.text("ab", min_size=1), st.lists(st.text("ab", min_size=1)), st.booleans())
def test_a_tag_is_known_if_it_is_listed(tag, others, is_weak):
    listed = ", ".join(f'W/"{it}"' if len(it) % 2 else f'"{it}"' for it in others)
    assert is_known(f'W/"{tag}"' if is_weak else f'"{tag}"', listed) == (tag in others)


# ── compression ──────────────────────────────────────────────────────────────────────────────────


def test_answers_are_compressed_for_whoever_takes_it(client, paths):
    for path in [*paths, FEEDS[0]]:
        plain = client.get(path)
        small = client.get(path, headers={"accept-encoding": "br, gzip;q=0.8"})
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert "Accept-Encoding" in small.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        if len(plain.content) < 500:
            assert small.content == plain.content
            continue
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.content) == plain.content
        assert len(small.content) < len(plain.content) / 1.5
        assert small.headers["Content-Length"] == str(len(small.content))
        # The same content in other bytes: a strong tag would promise the same bytes.
        tag = small.headers["ETag"]
        assert tag == f"W/{plain.headers['ETag']}"
        again = {"accept-encoding": "gzip", "if-none-match": tag}
        answer = client.get(path, headers=again)
        assert (answer.status_code, answer.headers["ETag"]) == (304, tag)


def test_a_long_problem_is_compressed_too(client):
    answer = client.get(f"{ROOT}articles/?x=1", headers={"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert b'"status":400' in gzip.decompress(answer.content)


def test_pages_with_forms_are_left_alone(client):
    answer = client.get("/admin/login/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip", True),
        ("x-gzip", True),
        ("GZIP", True),
        ("deflate, gzip;q=1.0, *;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip ; q=0.000", False),
        ("gzip;q=0.001", True),
        ("*", True),
        ("*;q=0", False),
        ("*, gzip;q=0", False),
        ("gzip;q=0.5, *;q=0", True),
        ("br, deflate", False),
        ("notgzip", False),
        ("identity", False),
    ],
)
def test_accept_encoding(header, accepted):
    assert accepts_gzip(header) is accepted


@given(st.text())
def test_no_accept_encoding_fails(header):
    accepts_gzip(header)


def through(response, **headers):
    request = RequestFactory().get("/api/v1/articles.ndjson", headers=headers or None)
    return DeliveryMiddleware(lambda _: response)(request)


@pytest.mark.parametrize("headers", [{}, {"accept-encoding": "gzip"}])
def test_a_stream_is_passed_on_as_it_comes(headers):
    made = []

    def lines():
        for number in range(100_000):
            made.append(number)
            yield f'{{"number": {number}, "noise": "{hash(number * 7919) % 10**18:x}"}}\n'.encode()

    answer = through(StreamingHttpResponse(lines()), **headers)
    assert not made
    pieces = iter(answer.streaming_content)
    next(pieces)
    next(pieces)
    assert len(made) < 20_000, "the stream was gathered before it was sent"
    assert "ETag" not in answer.headers
    assert "Content-Length" not in answer.headers


def test_a_compressed_stream_is_whole():
    source = (b"line %d\n" % number for number in range(5000))
    answer = through(StreamingHttpResponse(source), **{"accept-encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    packed = b"".join(answer.streaming_content)
    expected = b"".join(b"line %d\n" % number for number in range(5000))
    assert zlib.decompress(packed, 31) == expected
    assert gzip.decompress(packed) == expected


def test_an_asynchronous_stream_is_compressed_too():
    async def lines():
        for number in range(5000):
            yield b"line %d\n" % number

    async def gathered(answer):
        return b"".join([piece async for piece in answer])

    answer = through(StreamingHttpResponse(lines()), **{"accept-encoding": "gzip"})
    assert gzip.decompress(asyncio.run(gathered(answer))).count(b"\n") == 5000


def test_what_is_compressed_already_stays():
    response = HttpResponse(gzip.compress(b"x" * 5000), headers={"Content-Encoding": "gzip"})
    assert gzip.decompress(through(response, **{"accept-encoding": "gzip"}).content) == b"x" * 5000


def test_a_tag_that_a_door_gives_is_kept():
    response = HttpResponse(b"x", headers={"ETag": '"own"'})
    assert through(response).headers["ETag"] == '"own"'
    response = HttpResponse(b"x", headers={"ETag": '"own"'})
    assert through(response, **{"if-none-match": '"own"'}).status_code == 304


# ── caching ──────────────────────────────────────────────────────────────────────────────────────


def test_caches_may_keep_what_is_public_and_ask_each_time(client):
    _, secret = Token.objects.issue("Mirror", created_by="ann")
    for path in ("articles/", "tags/", "", "articles/?x=1", "tags/none/"):
        answer = client.get(ROOT + path)
        assert answer.headers["Cache-Control"] == "public, no-cache", path
        assert {"Accept", "Authorization", "Accept-Encoding"} <= {
            name.strip() for name in answer.headers["Vary"].split(",")
        }
        answer = client.get(ROOT + path, headers={"authorization": f"Bearer {secret}"})
        assert answer.headers["Cache-Control"] == "private, no-cache", path
    assert client.get(f"{ROOT}schema/").headers["Cache-Control"] == "public, max-age=300"


# ── other pages' scripts ─────────────────────────────────────────────────────────────────────────

ELSEWHERE = {"origin": "https://elsewhere.example"}


@pytest.mark.parametrize("path", [f"{ROOT}articles/", f"{ROOT}schema/", *FEEDS, f"{ROOT}nothing/"])
def test_scripts_of_any_page_may_read(client, path):
    for ask in (client.get, client.head):
        answer = ask(path, headers=ELSEWHERE)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        exposed = answer.headers["Access-Control-Expose-Headers"]
        for name in ("ETag", "Link", "RateLimit", "RateLimit-Policy", "Retry-After", "Location"):
            assert name in exposed.split(", ")
    known = client.get(path, headers={**ELSEWHERE, "if-none-match": "*"})
    assert known.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get(path).headers


def test_a_browser_asking_first_is_told(client):
    asking = {
        **ELSEWHERE,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization, if-none-match",
    }
    answer = client.options(f"{ROOT}articles/", headers=asking)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


def test_the_desk_is_closed_to_them(client):
    for path in ("/admin/login/", "/", "/healthz"):
        assert "Access-Control-Allow-Origin" not in client.get(path, headers=ELSEWHERE).headers


# ── methods ──────────────────────────────────────────────────────────────────────────────────────


def test_the_body_of_a_get_is_ignored():
    make_tag("Peace")
    answer = Client().generic("GET", f"{ROOT}tags/", b'{"q": "none"}', "application/json")
    assert [it["slug"] for it in answer.json()["results"]] == ["peace"]
    answer = Client().generic("GET", f"{ROOT}tags/", b"\xff{", "application/json")
    assert answer.status_code == 200


def test_lists_link_their_pages(client):
    for number in range(3):
        make_tag(f"Tag {number}")
    first = client.get(f"{ROOT}tags/?page_size=1")
    assert first.headers["Link"] == f'<{first.json()["next"]}>; rel="next"'
    second = client.get(first.json()["next"])
    told = second.json()
    assert (
        second.headers["Link"] == f'<{told["next"]}>; rel="next", <{told["previous"]}>; rel="prev"'
    )
    assert "Link" not in client.get(f"{ROOT}tags/").headers


def test_a_wrong_host_is_a_problem(client):
    for path in (f"{ROOT}articles/", f"{ROOT}schema/", "/api/other"):
        answer = client.get(path, headers={"host": "elsewhere.example:x"})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == 400
    assert client.get("/api/v2/articles/").headers["Content-Type"] == "application/problem+json"
    assert client.get("/nothing").headers["Content-Type"].startswith("text/html")
