"""Numbers that a form or an address gives: a key, a page, a place in a list."""

from __future__ import annotations

from typing import Final

LARGEST: Final = 2**63 - 1
"""What the database takes for a key."""


def whole(given: object, most: int = LARGEST) -> int:
    """The number, 1 or more, in ASCII digits; 0 for all else, and for more than `most`.

    Digits are counted before they are read: Python refuses to read thousands of them, and reads
    those of other scripts.
    """
    if not isinstance(given, str) or len(given) > len(str(LARGEST)):
        return 0
    if not (given.isascii() and given.isdecimal()):
        return 0
    return number if (number := int(given)) <= most else 0
