"""A client of the API that only follows the change feed and fetches what it names."""

from typing import Any
from urllib.parse import quote, unquote

from django.test import Client

from tests.articles.api.conforming import ROOT, glance

PLURAL = {"article": "articles", "source": "sources", "entity": "entities", "tag": "tags"}
Name = tuple[str, str]  # kind and key


class Mirror:
    """`things` are representations by kind and key, `leads` where a former slug leads, `gone` what
    is said of articles that are no more."""

    def __init__(self) -> None:
        self.position = 0
        self.things: dict[Name, Any] = {}
        self.leads: dict[Name, str] = {}
        self.gone: dict[Name, str] = {}

    def read(self, page_size: int = 5) -> bool:
        """One page of the feed. Returns whether there was anything in it."""
        page = glance(f"changes/?after={self.position}&page_size={page_size}")
        for row in page["results"]:
            assert row["position"] > self.position, (row, self.position)
            self.position = row["position"]
            self.fetch((row["kind"], row["key"]))
        return bool(page["results"])

    def fetch(self, name: Name) -> None:
        kind, key = name
        for known in (self.things, self.leads, self.gone):
            known.pop(name, None)
        response = Client().get(f"{ROOT}{PLURAL[kind]}/{quote(key, safe='')}/")
        if response.status_code == 200:
            self.things[name] = response.json()
        elif response.status_code == 301:
            self.leads[name] = unquote(response.headers["Location"].rstrip("/").rpartition("/")[2])
        elif response.status_code == 410:
            self.gone[name] = response.json()["detail"]
        else:
            assert response.status_code == 404, response.content

    def resolved(self, kind: str, slug: str) -> str:
        """The slug to which a slug leads."""
        seen = set()
        while (kind, slug) in self.leads and slug not in seen:
            seen.add(slug)
            slug = self.leads[kind, slug]
        return slug

    def shown(self) -> dict[Name, Any]:
        """What it would show: nouns by reference, and without what follows from other things."""
        return {name: self._shown(name[0], thing) for name, thing in self.things.items()}

    def _shown(self, kind: str, thing: Any) -> Any:
        if kind != "article":
            own = {member: value for member, value in thing.items() if member in NOUN_MEMBERS}
            if own.get("parent"):
                own["parent"] = self.resolved("tag", own["parent"]["slug"])
            return own
        own = {member: thing[member] for member in ARTICLE_MEMBERS}
        own["source"] = self.resolved("source", thing["source"]["slug"])
        own["tags"] = sorted(self.resolved("tag", tag["slug"]) for tag in thing["tags"])
        own["entities"] = sorted(self.resolved("entity", it["slug"]) for it in thing["entities"])
        own["mentions"] = sorted(
            (self.resolved("entity", it["entity"]), str(it["start"]), str(it["end"]), it["quote"])
            for it in thing["mentions"]
        )
        return own


ARTICLE_MEMBERS = [
    "uid",
    "url",
    "origin",
    "external_id",
    "headline",
    "summary",
    "bylines",
    "language",
    "published_at",
    "published_precision",
    "status",
    "original_url",
    "body",
    "sections",
]
NOUN_MEMBERS = [
    "slug",
    "name",
    "url",
    "kind",
    "homepage",
    "country",
    "language",
    "timezone",
    "description",
    "wikidata_id",
    "aliases",
    "parent",
    "media_topic",
]


def whole_archive() -> Mirror:
    """What the archive's lists and details show, read without the feed."""
    copy = Mirror()
    for kind, plural in PLURAL.items():
        address: str | None = f"{plural}/?page_size=200"
        while address:
            page = glance(address)
            for thing in page["results"]:
                copy.fetch((kind, thing["uid" if kind == "article" else "slug"]))
            address = page["next"]
    return copy
