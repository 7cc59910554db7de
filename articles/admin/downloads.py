"""“Download this list”: what a list's search and filters leave, in its order, as a file.

CSV and JSON Lines are streams; a workbook is made in a temporary file first, for its directory
stands at its end. Articles are records of the interface, that `load_articles` takes as they are.
"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path
from django.utils import timezone

from articles.admin.nouns import NounAdmin
from articles.export.records import lines, told
from articles.export.tables import (
    MOST_ROWS,
    Table,
    TooManyRowsError,
    csv_pieces,
    jsonl_pieces,
    write_xlsx,
)
from articles.models.records import RECORD_MEMBERS, record_cells, stream_rows, stream_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.contrib.admin.views.main import ChangeList
    from django.db.models.expressions import Combinable
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import URLPattern

BROKEN: Final = "The download broke off here: it is not whole. Ask again."


class Format(NamedTuple):
    name: str
    label: str
    media_type: str


CSV: Final = Format("csv", "CSV", "text/csv; charset=utf-8")
JSONL: Final = Format("jsonl", "JSON Lines", "application/x-ndjson; charset=utf-8")
XLSX: Final = Format(
    "xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
FORMATS: Final = {each.name: each for each in (CSV, JSONL, XLSX)}


class DownloadAdmin(NounAdmin):
    """The list of a noun that can be downloaded. `download_columns`: names, and where they are."""

    download_formats = tuple(FORMATS.values())
    download_columns: ClassVar[Mapping[str, str | Combinable]] = {}

    def get_urls(self) -> list[URLPattern]:
        meta = self.opts
        download = path(
            "download/<str:name>/",
            self.admin_site.admin_view(self.download_view),
            name=f"{meta.app_label}_{meta.model_name}_download",
        )
        return [download, *super().get_urls()]

    def download_view(self, request: HttpRequest, name: str) -> HttpResponseBase:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if name not in FORMATS:
            raise Http404(f"downloads are {', '.join(FORMATS)}")
        try:
            # The list itself judges the parameters, so that a download holds what it shows.
            shown = self.get_changelist_instance(request)
            return self._answer(shown, FORMATS[name])
        except IncorrectLookupParameters:
            messages.error(request, "The list cannot be narrowed in that way.")
        except TooManyRowsError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(f"../../?{request.GET.urlencode()}")
        return HttpResponseRedirect("../../")

    def _answer(self, shown: ChangeList, wanted: Format) -> HttpResponseBase:
        file = f"{self.opts.verbose_name_plural}-{timezone.now():%Y-%m-%d}.{wanted.name}"
        if wanted is XLSX:
            return FileResponse(
                self._workbook(shown),
                as_attachment=True,
                filename=file,
                content_type=wanted.media_type,
            )
        pieces = self.csv_of(shown) if wanted is CSV else self.jsonl_of(shown)
        broken = f"{BROKEN}\r\n" if wanted is CSV else f'{{"error": "{BROKEN}"}}\n'
        return StreamingHttpResponse(
            told(pieces, broken),
            content_type=wanted.media_type,
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )

    def _workbook(self, shown: ChangeList) -> Any:
        if shown.queryset.order_by()[: MOST_ROWS + 1].count() > MOST_ROWS:
            raise TooManyRowsError
        file = TemporaryFile()  # noqa: SIM115  the response closes it
        try:
            write_xlsx(self.table_of(shown), file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    # ── what a noun may say otherwise ────────────────────────────────────────────────────────

    def csv_of(self, shown: ChangeList) -> Iterator[str]:
        return csv_pieces(self.table_of(shown))

    def jsonl_of(self, shown: ChangeList) -> Iterator[str]:
        return jsonl_pieces(self.table_of(shown))

    def table_of(self, shown: ChangeList) -> Table:
        """All rows of the list, whatever its page."""
        plain = shown.queryset.select_related(None).prefetch_related(None)
        rows = plain.values_list(*self.download_columns.values())
        return Table(tuple(self.download_columns), stream_values(rows))


class RecordDownloadAdmin(DownloadAdmin):
    """The list of articles, as records of the interface."""

    def table_of(self, shown: ChangeList) -> Table:
        statement = record_cells(shown.queryset, _order(shown))
        return Table(RECORD_MEMBERS, stream_rows(statement))

    def jsonl_of(self, shown: ChangeList) -> Iterator[str]:
        return lines(shown.queryset, _order(shown))


def _order(shown: ChangeList) -> str:
    """The list's order in the records' words."""
    first = next(iter(shown.queryset.query.order_by), "")
    return f"{first},-pk" if first in {"published_at", "-published_at"} else "-pk"
