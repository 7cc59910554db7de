"""Workers side by side: they share what was read of the names, for they are forked from it."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import threading
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.db import connections

from articles.enrichment.work import Engines, work
from articles.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from articles.enrichment.annotate import Annotated


class EnrichmentError(ArchiveError):
    """A worker ended before its work did; what it had finished is kept."""


def in_processes(engines: Engines, count: int) -> Iterator[Annotated]:
    """What each worker has done, as it comes. Raises EnrichmentError where one ends early.

    Each has a pipe of its own, which ends when the worker does: a killed one keeps nobody waiting.
    A process that has itself compared texts has threads of the signing library, which a fork does
    not take along and would wait for: it works alone.
    """
    if _has_foreign_threads():
        yield from work(engines)
        return
    connections.close_all()
    gc.collect()
    gc.freeze()  # what is collected no more is not written, and stays shared
    workers: dict[Connection[Any, Any], Any] = {}
    try:
        for _ in range(count):
            _start(engines, workers)
        yield from _results(workers)
    finally:
        gc.unfreeze()
        for process in workers.values():
            process.terminate()
        for process in workers.values():
            process.join()


def _has_foreign_threads() -> bool:
    """Whether something but Python has started threads, as far as the system tells."""
    tasks = Path("/proc/self/task")
    return tasks.is_dir() and len(list(tasks.iterdir())) > threading.active_count()


def _start(engines: Engines, workers: dict[Connection[Any, Any], Any]) -> None:
    fork = multiprocessing.get_context("fork")
    results, writer = fork.Pipe(duplex=False)
    others = [*workers, results]
    process = fork.Process(target=_worker, args=(engines, writer, others), daemon=True)
    process.start()
    writer.close()
    workers[results] = process


def _results(workers: dict[Connection[Any, Any], Any]) -> Iterator[Annotated]:
    at_work = list(workers)
    while at_work:
        for ready in wait(at_work):
            results = cast("Connection[Any, Any]", ready)
            try:
                done = results.recv()
            except EOFError:
                process = workers[results]
                process.join()
                raise EnrichmentError(f"a worker ended early: {_end(process)}") from None
            if done is None:
                at_work.remove(results)
            elif isinstance(done, str):
                raise EnrichmentError(f"a worker ended early: {done}")
            else:
                yield done


def _end(process: Any) -> str:
    code = process.exitcode
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _worker(engines: Engines, writer: Connection[Any, Any], others: Sequence[Any]) -> None:
    """Work in a process of its own. Its parent ends it, not the terminal."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for reader in others:  # so that a worker without a parent finds nobody to write to, and ends
        reader.close()
    try:
        for done in work(engines):
            writer.send(done)
        writer.send(None)
    except BrokenPipeError:
        pass
    except Exception as error:
        writer.send(f"{type(error).__name__}: {error}")
    finally:
        connections.close_all()
