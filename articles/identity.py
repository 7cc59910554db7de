"""What identifies an article for ever: its origin and external id, and the uid made of them."""

from hashlib import sha256
from unicodedata import normalize
from urllib.parse import urlsplit, urlunsplit
from uuid import NAMESPACE_URL, UUID, uuid5

EXTERNAL_ID_LENGTH = 500


def article_uid(origin: str, external_id: str) -> UUID:
    """The same in every archive; never computed again once a row has it (RFC 9562, version 5)."""
    return uuid5(NAMESPACE_URL, normalize("NFC", f"newsroom:{origin}/{external_id}"))


def derived_external_id(url: str, headline: str, body: str) -> str:
    """The id of a record without one: its normal url, else SHA-256 (hex) of its text as received.

    The text is headline, NUL, body in UTF-8: NUL stands in neither, so the boundary is certain.
    A url too long for an id (500 characters) is hashed as well.
    """
    if not url:
        return sha256(f"{headline}\0{body}".encode()).hexdigest()
    normal = normalize("NFC", _normal_url(url))
    too_long = len(normal) > EXTERNAL_ID_LENGTH
    return sha256(normal.encode()).hexdigest() if too_long else normal


def _normal_url(url: str) -> str:
    """The url with its host in lower case, without fragment and `utm_*` parameters."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    query = "&".join(pair for pair in parts.query.split("&") if not pair.lower().startswith("utm_"))
    return urlunsplit((parts.scheme, account + at + host.lower(), parts.path, query, ""))
