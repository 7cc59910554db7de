"""How many examples hypothesis tries: a part of them in the quick suite, all in the long proofs."""

import os

THOROUGH = bool(os.environ.get("NEWSROOM_THOROUGH"))


def examples(number: int) -> int:
    """`number` in `make test-slow`, a fifth of it (but not under ten) in `make test`."""
    return number if THOROUGH else min(number, max(10, number // 5))
