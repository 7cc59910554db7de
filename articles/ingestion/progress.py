"""How far a load is, for the person who waits: a bar on a terminal, else a line now and then."""

import io
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from articles.ingestion.report import Progress

SECONDS_BETWEEN_LINES = 5.0
SECONDS_BETWEEN_BARS = 0.1
LONGEST_BAR = 40  # characters

_CLEAR = "\r\x1b[K"

# What moves the cursor, hides or turns round the rest of a line of a terminal.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def say(stream: TextIO, text: str) -> None:
    """Write one line, with what a terminal would obey written out, as in `\\x1b`.

    A stream that nobody reads any more (`… | head`) is given up: a load must not end for it.
    """
    _write(stream, _UNSAFE.sub(lambda match: ascii(match[0])[1:-1], text) + "\n")


def _write(stream: TextIO, text: str) -> None:
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            stream.write(text.encode("ascii", "backslashreplace").decode())
        stream.flush()
    except OSError:
        _give_up(stream)


def _give_up(stream: TextIO) -> None:
    """What is still held, and all that comes, goes nowhere."""
    with suppress(OSError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class Display:
    """Shows the progress of one load on a stream. `title` says what is being done.

    `is_quiet`: only what `say` is told is shown.
    """

    def __init__(
        self,
        stream: TextIO,
        title: str,
        *,
        is_quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stream = stream
        self._title = title
        self._is_quiet = is_quiet
        self._has_bar = stream.isatty() and not is_quiet
        self._clock = clock
        self._start = self._last = clock()
        self._skipped: int | None = None  # records of an earlier run, which took no time now

    def update(self, progress: Progress) -> None:
        """Called after each batch."""
        if self._skipped is None:
            self._skipped = progress.records - progress.plan.records
        now = self._clock()
        if self._is_quiet or now - self._last < self._pause:
            return
        self._last = now
        if self._has_bar:
            self._draw(self._words(progress, now), _share(progress))
        else:
            say(self._stream, self._words(progress, now))

    def say(self, text: str) -> None:
        """Write a line, in the place of the bar if there is one."""
        self.close()
        say(self._stream, text)

    def close(self) -> None:
        """Take the bar away."""
        if self._has_bar:
            _write(self._stream, _CLEAR)

    @property
    def _pause(self) -> float:
        return SECONDS_BETWEEN_BARS if self._has_bar else SECONDS_BETWEEN_LINES

    def _draw(self, words: str, share: float | None) -> None:
        width = shutil.get_terminal_size().columns - 1
        room = min(width - len(words) - 3, LONGEST_BAR)
        if share is not None and room > 0:
            words += f" [{'#' * int(room * share):.<{room}}]"
        _write(self._stream, _CLEAR + words[:width])

    def _words(self, progress: Progress, now: float) -> str:
        """As in `loading: 12,000 records, 830/s, 3 rejected, 45%, 0:32 left`."""
        seconds = max(now - self._start, 0.001)
        rate = (progress.records - (self._skipped or 0)) / seconds
        parts = [f"{progress.records:,} records", f"{rate:,.0f}/s"]
        if rejected := progress.counts.get("rejected"):
            parts.append(f"{rejected:,} rejected")
        if share := _share(progress):
            parts += [f"{share:.0%}", f"{_duration(seconds * (1 - share) / share)} left"]
        return f"{self._title}: {', '.join(parts)}"


def _share(progress: Progress) -> float | None:
    """How much of the inputs has been read, None where that is not known."""
    if not progress.bytes_total:
        return None
    return min(progress.bytes_read / progress.bytes_total, 1.0)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
