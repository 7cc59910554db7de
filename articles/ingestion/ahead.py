"""Reading ahead: the next item is made in a thread while the database works on the last one."""

import gc
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from types import TracebackType
from typing import Generic, Self, TypeVar

T = TypeVar("T")

# Allocations between two searches for cycles, of which records and rows have none.
_RARELY = 200_000


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for cyclic garbage rarely: among many new objects it takes a quarter of the
    time. What is not in a cycle goes at once, as ever."""
    before = gc.get_threshold()
    gc.set_threshold(_RARELY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Ahead(Generic[T]):
    """Items, the next of which is made as soon as it is asked for, or `start` is called.

    Python computes in one thread at a time: to start when this one is about to wait for the
    database costs nothing, to start earlier slows down both.
    """

    def __init__(self, items: Iterator[T]) -> None:
        self._items = items
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._next: Future[list[T]] | None = None

    def start(self) -> None:
        """Begin to make the next item, if that has not begun."""
        self._begun()

    def __iter__(self) -> Iterator[T]:
        while items := self._begun().result():
            self._next = None
            yield from items

    def _begun(self) -> Future[list[T]]:
        self._next = self._next or self._thread.submit(lambda: list(islice(self._items, 1)))
        return self._next

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown()
