"""Why a command could not run, in words for who gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import ProgrammingError

if TYPE_CHECKING:
    from pathlib import Path


def database_words(error: Exception) -> str:
    reason = str(error).strip()
    if isinstance(error, ProgrammingError):
        return f"The database is not ready: {reason.splitlines()[0]}. Run manage.py migrate."
    return f"The database does not answer: {reason}"


def file_words(path: Path, error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"{path}: is not UTF-8: it holds the byte 0x{error.object[error.start]:02x}"
    return f"{path}: {error.strerror or error}"
