"""The options of a load: what is allowed, and what a plan says of them."""

from typing import Any

import pytest

from articles.errors import LoadError
from articles.ingestion.choices import DEFAULTS, as_loading, parse_map, settle_choices


def test_what_is_not_given_is_the_default() -> None:
    assert settle_choices(dict.fromkeys(DEFAULTS)) == DEFAULTS
    loading = as_loading(DEFAULTS, "mona", is_plan=True)
    assert (loading.format, loading.options.status, loading.is_plan) == ("auto", "published", True)


def test_members_are_renamed_or_left_out() -> None:
    pairs = ["title=headline", "id=", "places=entities:place", "a=b=headline", "id="]
    with pytest.raises(LoadError, match="'b=headline' is none of"):
        parse_map(pairs)
    del pairs[3]
    assert parse_map(pairs) == {"title": "headline", "id": "", "places": "entities:place"}


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        ("title", "write theirs=ours"),
        ("=body", "write theirs=ours"),
        ("headline=title", "'title' is none of source, external_id.*Theirs stands before"),
        ("x=bodi", "the nearest is 'body'"),
        ("x=entities:town", "entities:place"),
        ("x=tags:place", "entities:place"),
    ],
)
def test_a_mapping_at_fault_says_what_is_allowed(pair: str, reason: str) -> None:
    with pytest.raises(LoadError, match=f"--map .*{reason}"):
        parse_map([pair])


def test_a_member_cannot_be_mapped_to_two() -> None:
    with pytest.raises(LoadError, match="'t' is mapped to 'body' as well"):
        parse_map(["t=body", "t=summary"])


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("format", "word", "--format: 'word' is none of auto, text, jsonl, json, csv"),
        ("format", "jsnl", "the nearest is 'jsonl'"),
        ("status", "printed", "--status: 'printed' is none of draft, published, withdrawn"),
        ("timezone", "Cairo", "--timezone: 'Cairo' is no IANA zone such as Africa/Cairo"),
        ("timezone", "../../etc/passwd", "--timezone"),
        ("timezone", "a\0b", "--timezone"),
        ("source", "half\ud800", "--source: .*half of a surrogate pair"),
        ("source", "x" * 201, "--source: 201 characters long; at most 200"),
        ("encoding", "klingon", "--encoding: 'klingon' is no encoding of text such as utf-8"),
        ("encoding", "base64", "--encoding"),
        ("encoding", "a\0b", "--encoding"),
        ("encoding", "undefined", "--encoding"),
    ],
)
def test_an_option_at_fault_says_what_is_allowed(option: str, value: str, reason: str) -> None:
    with pytest.raises(LoadError, match=reason):
        as_loading(settle_choices({option: value}), "mona", is_plan=False)


@pytest.mark.parametrize("name", ["UTF-8", "utf8", "U8"])
def test_an_encoding_has_one_name(name: str) -> None:
    assert settle_choices({"encoding": name}) == DEFAULTS


def test_the_options_of_a_plan_need_not_be_repeated() -> None:
    planned = {**DEFAULTS, "source": "wire", "map": {"title": "headline"}}
    assert settle_choices({"source": None, "map": None}, planned) == planned
    assert settle_choices({"source": "wire", "map": ["title=headline"]}, planned) == planned


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"source": "other"}, "--source: the plan was made with 'wire'"),
        ({"map": ["a=body"]}, "--map: the plan was made with --map title=headline"),
        ({"create_missing": True}, "--create-missing: the plan was made with none"),
        ({"timezone": "Africa/Cairo"}, "--timezone: the plan was made with none"),
    ],
)
def test_other_options_than_those_of_the_plan_are_a_mistake(
    given: dict[str, Any], reason: str
) -> None:
    planned = {**DEFAULTS, "source": "wire", "map": {"title": "headline"}}
    with pytest.raises(LoadError, match=f"{reason}; leave the option out"):
        settle_choices(given, planned)
