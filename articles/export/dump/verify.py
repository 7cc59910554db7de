"""Verify a dump without a database: name the file and the record of whatever is damaged."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from articles.export.dump.manifest import NAME, Manifest, from_line, numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from articles.export.dump.manifest import File


def verify(folder: Path) -> Iterator[str]:
    """What is damaged, missing or too much. DumpError: the manifest itself cannot be used."""
    manifest = Manifest.read(folder)
    for file in manifest.files:
        yield from _verify_file(folder / file.name, file)
    known = {NAME, *(file.name for file in manifest.files)}
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield f"{path.name}: not in the manifest"


def _verify_file(path: Path, file: File) -> Iterator[str]:
    digest, rows, is_damaged = hashlib.sha256(), 0, False
    try:
        for rows, line in numbered_lines(path):
            digest.update(line)
            if from_line(line) is None:
                is_damaged = True
                yield f"{file.name}: record {rows}: damaged"
    except OSError as error:
        yield f"{file.name}: cannot be read ({error.strerror})"
        return
    if rows != file.rows:
        yield f"{file.name}: {rows:,} records, the manifest says {file.rows:,}"
    elif digest.hexdigest() != file.sha256 and not is_damaged:
        yield f"{file.name}: not the file that was written, though each record is whole"
