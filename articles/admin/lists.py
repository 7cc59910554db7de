"""Lists that stay fast at a million rows: counts stop, pages end, only indexed columns sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, Paginator
from django.db.models import IntegerField, QuerySet, Subquery
from django.utils.functional import cached_property

from articles.admin.numbers import whole
from articles.models.summaries import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model
    from django.http import HttpRequest

    AnyPaginator = Paginator[Any]
else:
    AnyPaginator = Paginator

COUNTED = 10_000
PAGES = 100
AT_ONCE = 1_000  # rows that one action may change


def capped(number: int) -> str:
    """A count for people: `1,234`, or `10,000+` where counting stopped. What is more than that was
    counted beforehand."""
    return f"{COUNTED:,}+" if number == COUNTED + 1 else f"{number:,}"


class BoundedPaginator(AnyPaginator):
    """Counts at most COUNTED + 1 rows and ends at page PAGES; a page beyond is the last one."""

    beyond = 0
    """The page that was asked for, where there is none."""

    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet):
            # A generator of pages asks for no order, and none is needed to count.
            return self.object_list.order_by()[: COUNTED + 1].count()
        return len(self.object_list)

    @cached_property
    def num_pages(self) -> int:
        return min(self._all_pages, PAGES)

    @property
    def is_cut(self) -> bool:
        """Whether there is more than the last page shows."""
        return self._all_pages > PAGES

    @property
    def _all_pages(self) -> int:
        return max(1, -(-self.count // self.per_page))

    def validate_number(self, number: Any) -> int:
        try:
            return super().validate_number(number)
        except EmptyPage:
            if int(number) > 0:
                self.beyond = int(number)
                return self.num_pages
            raise


class CappedCount(Subquery):
    """How many rows a sliced subquery has."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def count_each(rows: Iterable[Model], of_row: QuerySet[Any]) -> dict[Any, int]:
    """For each row's key the number of rows of `of_row` (which refers to it by `OuterRef("pk")`).

    What a summary knows to be many is not counted here. One query besides; each count stops at
    COUNTED + 1.
    """
    shown = list(rows)
    if not shown:
        return {}
    model = type(shown[0])
    known = _known(str(model._meta.model_name))
    keys = model._base_manager.filter(pk__in=[row.pk for row in shown if row.pk not in known])
    counts = keys.values_list("pk", CappedCount(of_row.order_by()[: COUNTED + 1]))
    return {**known, **dict(counts)}


def _known(noun: str) -> dict[Any, int]:
    summary = Summary.read("busy")
    counts: dict[str, int] = summary.data.get(noun, {}) if summary else {}
    return {int(key): count for key, count in counts.items()}


class BoundedChangeList(ChangeList):
    """The list of a `NounAdmin`, which says what a row needs and what is counted for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_popup:
            self.title = str(self.opts.verbose_name_plural).capitalize()

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str | None] | None = None
    ) -> QuerySet[Any]:
        """Refuse what PostgreSQL cannot even compare; Django then shows the whole list."""
        for name, values in request.GET.lists():
            if name != SEARCH_VAR and any("\0" in value for value in values):
                raise IncorrectLookupParameters(name)
        marked = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if not all(key == "0" or whole(key) for key in marked):  # "0" stands for all of them
            raise BadRequest("What was marked is no row of this list: mark it again.")
        return super().get_queryset(request, exclude_parameters)

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        return self.model_admin.for_list(qs)  # type: ignore[attr-defined, no-any-return]

    def get_ordering_field(self, field_name: Any) -> Any:
        """A typed address must not sort by a column without an index either."""
        if field_name not in (self.sortable_by or ()):
            return None
        return super().get_ordering_field(field_name)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if self.page_num > self.paginator.num_pages:
            self.paginator.beyond, self.page_num = self.page_num, self.paginator.num_pages
        self.result_list = self.model_admin.counted(list(self.result_list))  # type: ignore[attr-defined]

    @property
    def count_text(self) -> str:
        one, many = self.nouns
        return f"{capped(self.result_count)} {one if self.result_count == 1 else many}"

    @property
    def nouns(self) -> tuple[str, str]:
        """What one row of the list is called, and several."""
        named = (str(self.opts.verbose_name), str(self.opts.verbose_name_plural))
        return getattr(self.model_admin, "nouns", named)

    @property
    def may_select_all(self) -> bool:
        """Whether an action may be asked for all rows of the list, on every page."""
        return self.result_count <= getattr(self.model_admin, "bears", AT_ONCE)

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter hides rows."""
        return bool(self.query or self.has_active_filters)
