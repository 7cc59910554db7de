"""What a person sees who waits for a load."""

import io
import os
from collections.abc import Iterator

import pytest

from articles.ingestion.document import Fault, Reject
from articles.ingestion.plan import BatchPlan
from articles.ingestion.progress import Display, say
from articles.ingestion.report import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at(records: int, share: float = 0.0, refused: int = 0, batch: int = 500) -> Progress:
    plan = BatchPlan(rejects=[Reject((Fault("a", 1, "", "x"),))] * batch)
    total = 1_000 if share else 0
    return Progress(records, {"rejected": refused}, int(share * total), total, plan)


def clock(*seconds: float) -> Iterator[float]:
    return iter(seconds)


def shown(
    stream: io.StringIO, *updates: Progress, seconds: list[float], quiet: bool = False
) -> str:
    ticks = clock(0.0, *seconds)
    display = Display(stream, "loading", is_quiet=quiet, clock=lambda: next(ticks))
    for progress in updates:
        display.update(progress)
    return stream.getvalue()


def test_without_a_terminal_a_line_every_few_seconds() -> None:
    text = shown(
        io.StringIO(),
        at(500, 0.1),
        at(1_000, 0.2, refused=3),
        at(1_500, 0.3),
        at(12_000, 0.5),
        seconds=[1, 5, 6, 10],
    )
    assert text.splitlines() == [
        "loading: 1,000 records, 200/s, 3 rejected, 20%, 0:20 left",
        "loading: 12,000 records, 1,200/s, 50%, 0:10 left",
    ]


def test_on_a_terminal_a_bar_in_one_line() -> None:
    text = shown(Terminal(), at(500, 0.25, refused=2), seconds=[5])
    assert text.startswith("\r\x1b[Kloading: 500 records, 100/s, 2 rejected, 25%, 0:15 left [")
    bar = text[text.index("[", 5) + 1 : -1]
    assert bar.count("#") == len(bar) // 4
    assert "\n" not in text


def test_a_bar_is_never_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = shown(Terminal(), at(500, 0.25), seconds=[5])
    assert len(text.removeprefix("\r\x1b[K")) == 19


def test_of_inputs_of_unknown_size_no_share_is_told() -> None:
    assert shown(io.StringIO(), at(600, batch=600), seconds=[6]) == "loading: 600 records, 100/s\n"


def test_records_of_an_earlier_run_do_not_count_for_the_rate() -> None:
    text = shown(io.StringIO(), at(10_000, batch=0), at(10_600), seconds=[0, 6])
    assert text == "loading: 10,600 records, 100/s\n"


def test_quiet_is_quiet_but_for_what_is_said() -> None:
    for stream in (io.StringIO(), Terminal()):
        assert shown(stream, at(500), at(1_000), seconds=[9, 99], quiet=True) == ""
        Display(stream, "loading", is_quiet=True).say("a fault")
        assert stream.getvalue() == "a fault\n"


def test_what_is_said_takes_the_place_of_the_bar() -> None:
    stream = Terminal()
    ticks = clock(0, 5)
    display = Display(stream, "loading", clock=lambda: next(ticks))
    display.update(at(500))
    display.say("a fault")
    assert stream.getvalue().endswith("\r\x1b[Ka fault\n")


def test_nothing_said_can_command_a_terminal() -> None:
    stream = io.StringIO()
    say(stream, "a\x1b[2Jb\rc\u202ed\ud800 Käse 新聞 می\u200cخواهم")
    assert stream.getvalue() == r"a\x1b[2Jb\rc\u202ed\ud800 Käse 新聞 می" + "\u200cخواهم\n"


def test_a_stream_that_cannot_show_a_letter_shows_its_code() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, "ascii")
    say(stream, "Käse")
    assert raw.getvalue() == b"K\\xe4se\n"


def test_a_stream_that_nobody_reads_is_given_up() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        say(stream, "nobody hears this")
        say(stream, "nor this")
