"""Who asks, as far as an address tells: pure work on what a request says of its way."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address


def client_address(peer: str, told: str, proxies: int) -> str:
    """The client's address: `peer` spoke to us, `told` is X-Forwarded-For by trusted proxies.

    Each proxy adds to X-Forwarded-For who spoke to it, so that the last entries, as many as there
    are trusted proxies, are true; what stands before them anybody can write. Of IPv6 the network
    counts (/64), for that is what one customer has.
    """
    entries = [it.strip() for it in told.rsplit(",", proxies)[-proxies:]] if proxies else []
    found = (_parsed(entries[0]) if told and entries else None) or _parsed(peer)
    if found is None:
        return "unknown"  # a Unix socket tells no address
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64)
    return str(found)


def _parsed(entry: str) -> IPv4Address | IPv6Address | None:
    """An address, with or without brackets and a port."""
    host = entry[1:].partition("]")[0] if entry.startswith("[") else entry
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        return ip_address(host)
    except ValueError:
        return None
