"""Files that are sent to the desk: of one that is too large no more is kept than shows that it is.

Django's own handlers, which come after this one, write what is larger than a few megabytes to a
temporary file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

if TYPE_CHECKING:
    from django.http import HttpRequest

LARGEST: Final = 20 * 1024 * 1024
"""Bytes of one file."""

PATIENCE: Final = 10 * LARGEST
"""Bytes of a request that is heard to its end, so that its sender hears why it is refused; a
larger one is cut off."""


class LimitedUploadHandler(FileUploadHandler):
    length: int = 0
    kept: int = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803  as Django names it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.length = content_length

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.kept += len(raw_data)
        if self.kept > LARGEST:
            self.request.has_too_large_file = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=self.length > PATIENCE)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def is_file_too_large(request: HttpRequest) -> bool:
    """Whether a file of the request was refused; to be asked after its form was read."""
    return getattr(request, "has_too_large_file", False)
