"""Another archive over HTTP: its change feed, and what it shows at its addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, LocationParseError

from articles.errors import LoadError
from articles.vocabulary import ArticleStatus, ChangeAction, ChangeKind

PAGE: Final = 200  # changes; one transaction here
CONNECTIONS: Final = 4
VERSION: Final = 1
PLURALS: Final[Mapping[str, str]] = {
    ChangeKind.ARTICLE: "articles",
    ChangeKind.SOURCE: "sources",
    ChangeKind.ENTITY: "entities",
    ChangeKind.TAG: "tags",
}
TIMEOUT: Final = urllib3.Timeout(connect=10, read=60)  # seconds
# Seconds between tries: none, 1, 2, 4 … 60; where the answer says Retry-After, as long as it says.
PATIENCE: Final = urllib3.Retry(
    total=10,
    redirect=0,
    backoff_factor=0.5,
    backoff_max=60,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET",),
    raise_on_status=False,
    raise_on_redirect=False,
)


# At first it is more probably a slip in the address.
FIRST_PATIENCE: Final = PATIENCE.new(total=2)


class UnreachableError(LoadError):
    """The other archive does not answer; it may later."""


class Name(NamedTuple):
    """What a row of the feed is about: an article by its uid, a noun by its slug."""

    kind: ChangeKind
    key: str


class Fate(Enum):
    HERE = "here"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class State:
    """What something is now. `body` is its representation, or of a withdrawal what is told of it;
    `slug` where a former slug leads."""

    fate: Fate
    body: Mapping[str, Any] = field(default_factory=dict)
    slug: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the feed; `raw` is all of it as it was read."""

    name: Name
    action: ChangeAction
    position: int
    raw: Mapping[str, Any]


def base_address(url: str) -> str:
    """The API's base address, from any address of an archive. LoadError: it cannot be one."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise LoadError(f"{url}: is not an address ({error})") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise LoadError(f"{url}: is not an address; write https://archive.example/")
    if parts.username or parts.password:
        raise LoadError("An address with a password would be remembered: use --token instead")
    path, _, rest = parts.path.partition("/api/")
    if rest and (version := re.match(r"v(\d+)(/|$)", rest)) and int(version[1]) != VERSION:
        raise LoadError(f"{url}: this newsroom follows version {VERSION} of the API only")
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/api/v{VERSION}/"


class Archive:
    """Asks another archive. It waits as long as it is told to, and tries again what may pass.

    Raises UnreachableError where it does not answer, LoadError for what is no newsroom.
    """

    def __init__(self, url: str, token: str = "") -> None:
        self.address = base_address(url)
        headers = {"User-Agent": "newsroom-follow", "Accept": "application/json"}
        headers |= {"Accept-Encoding": "gzip"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._pool = urllib3.PoolManager(
            maxsize=CONNECTIONS, block=True, headers=headers, timeout=TIMEOUT
        )

    def check(self) -> None:
        """LoadError: there is no API with a change feed at the address."""
        status, body, _ = self._get("", is_root=True)
        if status != 200 or not {"articles", "changes"} <= body.keys():
            told = "its API has no change feed" if "articles" in body else f"answers {status}"
            raise LoadError(f"{self.address}: is no newsroom that can be followed ({told})")

    def changes(self, after: int) -> list[Row]:
        """The next rows of the feed after a position, at most PAGE."""
        status, body, _ = self._get(f"changes/?after={after}&page_size={PAGE}")
        if status != 200:
            raise LoadError(f"{self.address}changes/: answers {status}")
        try:
            return [
                Row(
                    Name(ChangeKind(raw["kind"]), str(raw["key"])),
                    ChangeAction(raw["action"]),
                    int(raw["position"]),
                    raw,
                )
                for raw in body["results"]
            ]
        except (KeyError, TypeError, ValueError) as error:
            raise LoadError(
                f"{self.address}changes/: says what this version does not understand ({error!r})"
            ) from error

    def fetch_all(self, names: Iterable[Name]) -> dict[Name, State]:
        """What each of them is now, a few at a time."""
        wanted = list(names)
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            return dict(zip(wanted, threads.map(self.fetch, wanted), strict=True))

    def fetch(self, name: Name) -> State:
        path = f"{PLURALS[name.kind]}/{quote(name.key, safe='')}/"
        status, body, location = self._get(path)
        match status:
            case 200:
                # A token may show what the public does not see.
                if name.kind == ChangeKind.ARTICLE and body["status"] != ArticleStatus.PUBLISHED:
                    return State(Fate.GONE)
                return State(Fate.HERE, body)
            case 301 | 308:
                slug = unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2])
                return State(Fate.MOVED, slug=slug)
            case 410:
                return State(Fate.WITHDRAWN, body)
            case 404:
                return State(Fate.GONE)
        raise LoadError(f"{self.address}{path}: answers {status}")

    def _get(self, path: str, *, is_root: bool = False) -> tuple[int, dict[str, Any], str]:
        """Status, JSON object (empty where there is none) and Location."""
        address = self.address + path
        try:
            patience = FIRST_PATIENCE if is_root else PATIENCE
            answer = self._pool.request("GET", address, redirect=False, retries=patience)
            status, location = answer.status, answer.headers.get("Location", "")
        except LocationParseError as error:
            raise LoadError(f"{address}: is not an address") from error
        except HTTPError as error:
            raise UnreachableError(f"{address}: does not answer ({_reason(error)})") from error
        if status in PATIENCE.status_forcelist:
            raise UnreachableError(f"{address}: answers {status}; run it again later")
        if status in {401, 403}:
            raise LoadError(f"{address}: answers {status}; is the --token right?")
        if is_root and location:
            raise LoadError(f"{address}: is at {location} now; follow that address")
        return status, _json(answer.data, address, status), location


def _json(data: bytes, address: str, status: int) -> dict[str, Any]:
    try:
        body = json.loads(data or b"{}")
    except ValueError:
        body = None
    if isinstance(body, dict):
        return body
    if status == 404:
        return {}
    raise LoadError(f"{address}: is no newsroom (it answers {status} without a JSON object)")


def _reason(error: HTTPError) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason).rpartition(": ")[2] or type(error).__name__
