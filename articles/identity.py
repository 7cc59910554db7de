"""What identifies an article for ever: its origin and external id, and the uid made of them."""

from hashlib import sha256
from unicodedata import normalize
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5


def article_uid(origin: str, external_id: str) -> UUID:
    """The same in every archive; never computed again once a row has it (RFC 9562, version 5)."""
    return uuid5(NAMESPACE_URL, normalize("NFC", f"newsroom:{origin}/{external_id}"))


def derived_external_id(url: str, headline: str, body: str) -> str:
    """An id for a record that brings none: its address, else the hash of its text as received.

    The host is lower-cased, the fragment and `utm_*` parameters are dropped. The texts are hashed
    with a unit separator between them, so that a word cannot wander from one into the other.
    """
    if url:
        parts = urlsplit(url)
        query = [
            pair for pair in parts.query.split("&") if pair and not pair.lower().startswith("utm_")
        ]
        host = parts.netloc.rpartition("@")
        netloc = f"{host[0]}{host[1]}{host[2].lower()}"
        return parts._replace(netloc=netloc, query="&".join(query), fragment="").geturl()
    return sha256(f"{headline}\x1f{body}".encode(errors="surrogatepass")).hexdigest()
