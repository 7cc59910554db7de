"""Reading ahead: the same items, made in another thread while this one is busy."""

import gc
from collections.abc import Iterator
from threading import Event, current_thread, main_thread

import pytest

from articles.ingestion.ahead import Ahead, rare_collections


def test_the_items_come_in_their_order() -> None:
    with Ahead(iter(range(5))) as ahead:
        assert list(ahead) == [0, 1, 2, 3, 4]


def test_an_item_is_made_before_it_is_asked_for_once_it_is_started() -> None:
    made = Event()

    def items() -> Iterator[int]:
        assert current_thread() is not main_thread()
        yield 1
        made.set()
        yield 2

    with Ahead(items()) as ahead:
        first = next(iter(ahead))
        assert (first, made.is_set()) == (1, False)
        ahead.start()
        assert made.wait(10)
        assert list(ahead) == [2]


def test_what_making_an_item_raises_is_raised_where_it_is_wanted() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    got = []
    with pytest.raises(ValueError, match="torn"), Ahead(items()) as ahead:
        for item in ahead:
            got.append(item)
            ahead.start()
    assert got == [1]


def test_cycles_are_looked_for_as_before_afterwards() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="x"), rare_collections():
        assert gc.get_threshold() != before
        raise ValueError("x")
    assert gc.get_threshold() == before
