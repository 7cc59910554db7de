"""What a person who waits for the machine is told, and what `--enrich` does after a load."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TextIO

import psycopg
from django.core.management.base import CommandError
from django.db import Error

from articles.enrichment.enrich import Begun, enrich_loaded
from articles.ingestion.progress import say

if TYPE_CHECKING:
    from collections import Counter
    from uuid import UUID

    from articles.enrichment.annotate import Annotated

SECONDS_BETWEEN_LINES: Final = 10
SECONDS_BETWEEN_BARS: Final = 0.2
_CLEAR: Final = "\r\x1b[K"
_LATER: Final = "what was loaded stays, and `enrich_articles` reads the rest"


class Telling:
    """A bar on a terminal, a line every ten seconds elsewhere, one line at the end.

    `progress` and `faults` may be another stream than what the last line goes to.
    """

    def __init__(
        self, begun: Begun, out: TextIO, progress: TextIO, faults: TextIO, *, is_quiet: bool
    ) -> None:
        self._out, self._progress, self._faults = out, progress, faults
        self._total, self._texts, self._is_quiet = begun.articles, begun.texts, is_quiet
        self._has_bar = progress.isatty() and not is_quiet
        self._start = self._last = time.monotonic()
        self._done = self._compared = self._modelled = 0

    def told(self, batch: Annotated) -> None:
        for uid, reason in batch.failed:
            self._clear()
            say(self._faults, f"not read: {uid}: {reason}")
        if batch.articles and not self._done:  # reading begins after the model's reading
            self._start = self._last
        self._done += batch.articles
        self._compared += batch.compared
        self._modelled += batch.modelled
        now = time.monotonic()
        pause = SECONDS_BETWEEN_BARS if self._has_bar else SECONDS_BETWEEN_LINES
        if self._is_quiet or now - self._last < pause:
            return
        self._last = now
        if self._has_bar:
            self._progress.write(f"{_CLEAR}{self._words(now)}")
            self._progress.flush()
        else:
            say(self._progress, self._words(now))

    def _words(self, now: float) -> str:
        seconds = max(now - self._start, 0.001)
        if self._modelled < self._texts and not self._done:
            return (
                f"enriching: {self._modelled:,} of {self._texts:,} texts read by the model, "
                f"{self._modelled / seconds:,.0f}/s"
            )
        rate = self._done / seconds
        left = max(self._total - self._done, 0) / max(rate, 0.001)
        return (
            f"enriching: {self._done:,} of {self._total:,} articles read, {rate:,.0f}/s, "
            f"{round(left) // 60}:{round(left) % 60:02} left, {self._compared:,} compared"
        )

    def end(self, counts: Counter[str]) -> None:
        self._clear()
        if not self._is_quiet:
            modelled = f"{counts['modelled']} read by the model; " if self._texts else ""
            say(
                self._out,
                f"Done: {counts['articles']} articles read; {modelled}"
                f"mentions: {counts['created']} new, {counts['updated']} updated, "
                f"{counts['deleted']} gone, {counts['moved']} moved, {counts['lost']} lost; "
                f"tags: {counts['tags']} written; duplicates: {counts['pairs']} pairs written",
            )

    def _clear(self) -> None:
        if self._has_bar:
            self._progress.write(_CLEAR)
            self._progress.flush()


def enrich_after_load(run: UUID, out: TextIO, err: TextIO, *, is_quiet: bool) -> None:
    """Let the machine read what a load has made or changed, and tell it.

    Raises CommandError where it does not come to its end. What it cannot read is told, and waits:
    it was loaded all the same.
    """
    try:
        begun, work = enrich_loaded(run)
        telling = Telling(begun, out, err, err, is_quiet=is_quiet)
        telling.end(work(telling.told))
    except KeyboardInterrupt:
        raise CommandError(f"Stopped while enriching; {_LATER}.", returncode=130) from None
    except (Error, psycopg.Error) as error:
        words = f"The database was lost while enriching; {_LATER}.\n{error}"
        raise CommandError(words, returncode=2) from error
