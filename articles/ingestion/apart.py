"""Outputs kept apart from inputs, and from each other: none may replace what is to be read."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

import orjson

from articles.errors import LoadError
from articles.ingestion.inputs import STANDARD_INPUT, Input
from articles.ingestion.plan_file import FORMAT
from articles.ingestion.rejects import FAULTS

_LONGEST_LINE = 32_000_000


def kept_apart(
    inputs: Iterable[Input],
    paths: Iterable[str],
    files: Mapping[str, Path],
    standard_input: BinaryIO | None,
) -> list[Input]:
    """The inputs without the command's own files, which may stand in a folder that is read.

    `paths` are those that were named, `files` the command's own by their options. Raises LoadError
    for one that is an input, or is given for two options.
    """
    inputs, named = list(inputs), {_real(path) for path in paths if path != STANDARD_INPUT}
    options: dict[str, str] = {}
    for option, file in files.items():
        own = _real(file)
        if own in options:
            raise LoadError(f"{option} {file}: is the file of {options[own]}; choose another file")
        options[own] = option
        rest = [item for item in inputs if not item.path or _real(item.path) != own]
        is_read = own in named or (len(rest) < len(inputs) and not _is_ours(file))
        if is_read or (_has_standard(inputs) and _is_same(file, standard_input)):
            raise LoadError(f"{option} {file}: is one of the inputs; choose another file")
        inputs = rest
    return inputs


def _real(path: str | Path) -> str:
    return os.path.realpath(path)


def _has_standard(inputs: Iterable[Input]) -> bool:
    return any(item.path is None for item in inputs)


def _is_same(file: Path, stream: BinaryIO | None) -> bool:
    """Whether a stream is of this very file, as in `… - < file`."""
    try:
        if stream is None or not file.is_file():  # a terminal may well be both
            return False
        return os.path.samestat(file.stat(), os.fstat(stream.fileno()))
    except (OSError, ValueError):
        return False


def _is_ours(file: Path) -> bool:
    """Whether a load wrote this file: rejects, perhaps none, or a plan."""
    try:
        with file.open("rb") as stream:
            line = stream.readline(_LONGEST_LINE)
        first = orjson.loads(line) if line else {FAULTS: []}
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and (FAULTS in first or first.get("format") == FORMAT)
