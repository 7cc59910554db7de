"""Two editors on one row: what the first changed, what the second wrote, and what both began from.

The form says which entry of the ledger was the row's last when it was opened. What came after it
is theirs; what differs from it in the form is mine. Fields that only one of us changed are settled
by that; where both did, the second to save chooses, and until then nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.forms import CheckboxInput, MultiWidget, SelectMultiple

from articles.admin.differences import changed
from articles.admin.history import SILENT_COLUMNS
from articles.admin.numbers import whole
from articles.models import LedgerEntry
from articles.models.ledger import earlier_states

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, QueryDict
    from django.utils.safestring import SafeString

THEIRS: Final = "theirs"
MINE: Final = "mine"
BOTH: Final = "both-changed"  # names of the fields on which the form asks for a choice
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Compared:
    """A field that one of us changed, or both. The three values are as words."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    is_both: bool
    is_theirs: bool

    @property
    def their_change(self) -> SafeString:
        return changed(self.base, self.theirs)

    @property
    def my_change(self) -> SafeString:
        return changed(self.base, self.mine)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Who changed the row while it was edited, and all fields that differ."""

    who: tuple[str, ...]
    base_entry: int
    fields: tuple[Compared, ...] = ()
    is_known: bool = True
    both: tuple[str, ...] = field(default=())

    @property
    def words(self) -> str:
        theirs = ", ".join(it.label for it in self.fields if it.is_theirs) or "it"
        who = " and ".join(self.who)
        told = f"Nothing is saved yet: {who} changed {theirs} while you were editing."
        if self.both:
            return f"{told} Choose for each field that both of you changed, then save again."
        return f"{told} Look over what stands here now, then save again."


def settle(desk: Any, request: HttpRequest, row: Any) -> Comparison | None:
    """Bring the posted form and the row together. None: it may be saved as it is posted now.

    The posted data are changed: fields that only others changed take their values, and so do those
    of which the editor chose theirs.
    """
    data = request.POST.copy()
    asked = [name for name in data.get(BOTH, "").split(",") if name]
    forms = Forms(desk, request, row)
    for name in asked:
        if data.get(f"keep-{name}") == THEIRS and name in forms.names:
            take(data, forms.current, name)
    open_names = [n for n in asked if data.get(f"keep-{n}") not in {MINE, THEIRS}]
    is_stale = row.updated_at.isoformat() != data.get("seen", "") or (
        "seen_entry" in data and last_entry(row) != whole(data["seen_entry"])
    )
    found = None
    if is_stale or open_names:
        entry = whole(data.get("seen_entry" if is_stale else "base_entry"))
        found = compare(forms, data, row, entry, None if is_stale else open_names)
    request.POST = data  # type: ignore[assignment]
    return found


class Forms:
    """The form as posted, as the row is now, and as it was when it was opened."""

    def __init__(self, desk: Any, request: HttpRequest, row: Any) -> None:
        self.kind = desk.get_form(request, row, change=True)
        self.current = self.kind(instance=row)
        columns = {f.name for f in row._meta.concrete_fields}
        self.names = [name for name in self.current.fields if name in columns]

    def posted(self, data: QueryDict, row: Any) -> Any:
        return self.kind(data, instance=type(row)(pk=row.pk))

    def of_state(self, row: Any, state: dict[str, Any]) -> Any:
        values = {
            f.attname: state[f.column] for f in row._meta.concrete_fields if f.column in state
        }
        return self.kind(instance=type(row)(pk=row.pk, **values))


def compare(
    forms: Forms, data: QueryDict, row: Any, entry: int, only: list[str] | None
) -> Comparison:
    """Three ways, field by field; what only others changed is put into the data."""
    state = state_at(row, entry)
    base = forms.of_state(row, state) if state is not None else None
    posted = forms.posted(data, row)
    found = []
    for name in forms.names:
        if only is not None and name not in only:
            continue
        told = _compared(name, base, forms.current, posted)
        if told is None:
            continue
        if told.is_theirs and not told.is_both:
            take(data, forms.current, name)
        found.append(told)
    return Comparison(
        who_changed(row, entry),
        entry,
        tuple(found),
        state is not None,
        tuple(it.name for it in found if it.is_both),
    )


def _compared(name: str, base: Any, current: Any, posted: Any) -> Compared | None:
    """None: nobody changed the field, or both to the same."""
    here = posted.fields[name]
    mine = posted[name].data
    is_same = not here.has_changed(current[name].initial, mine)
    if base is None:  # changed past the ledger: nobody can say by whom
        is_theirs = is_mine = not is_same
    else:
        is_theirs = here.has_changed(current[name].initial, written(base[name]))
        is_mine = here.has_changed(base[name].initial, mine)
    if (is_same and is_theirs) or not (is_theirs or is_mine):
        return None
    return Compared(
        name,
        str(posted[name].label),
        in_words(base[name], base[name].initial) if base is not None else "",
        in_words(current[name], current[name].initial),
        in_words(posted[name], _cleaned(here, mine)),
        is_theirs and is_mine,
        is_theirs,
    )


def _cleaned(here: Any, data: Any) -> Any:
    try:
        return here.clean(data)
    except ValidationError:
        return data


def written(bound: Any) -> Any:
    """What a browser would send of a field that nobody touched."""
    widget = bound.field.widget
    return widget.value_from_datadict(as_posted(bound), {}, bound.html_name)


def as_posted(bound: Any) -> dict[str, Any]:
    """The same, by the names of the inputs."""
    return _inputs(bound.field.widget, bound.html_name, bound.value())


def _inputs(widget: Any, name: str, value: Any) -> dict[str, Any]:
    widget = getattr(widget, "widget", widget)  # of the admin's wrapper around a related field
    if isinstance(widget, MultiWidget):
        values = value if isinstance(value, list) else widget.decompress(value) or []
        suffixes: list[str] = widget.widgets_names  # type: ignore[attr-defined]
        parts = zip(widget.widgets, suffixes, values, strict=True)
        return {
            key: text
            for part, suffix, one in parts
            for key, text in _inputs(part, name + suffix, one).items()
        }
    if isinstance(widget, CheckboxInput):
        return {name: "on"} if value else {}
    if isinstance(widget, SelectMultiple):
        return {name: [str(one) for one in value or ()]}
    shown = widget.format_value(value)
    if isinstance(shown, list | tuple):
        shown = shown[0] if shown else ""
    return {name: "" if shown is None else str(shown)}


def take(data: QueryDict, form: Any, name: str) -> None:
    """Put the value of a form's field into the posted data."""
    for key in [key for key in data if key == name or key.startswith(f"{name}_")]:
        if key == name or key.removeprefix(f"{name}_").isdecimal():
            del data[key]
    for key, text in as_posted(form[name]).items():
        if isinstance(text, list):
            data.setlist(key, text)
        else:
            data[key] = text


def in_words(bound: Any, value: Any) -> str:
    """A field's value for people."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    queryset = getattr(bound.field, "queryset", None)
    if queryset is not None and not hasattr(value, "pk"):
        return str(queryset.filter(pk=value).first() or f"#{value}")
    choices = dict(getattr(bound.field, "choices", None) or ()) if queryset is None else {}
    return str(choices.get(value, value))[:LONGEST]


# ── the ledger ───────────────────────────────────────────────────────────────────────────────────


def last_entry(row: Model) -> int:
    """The row's newest entry; 0 where the ledger has nothing of it."""
    return LedgerEntry.objects.of(row).values_list("pk", flat=True).first() or 0


def state_at(row: Model, entry: int) -> dict[str, Any] | None:
    """The row's values just after an entry. None: what changed since is not in the ledger."""
    state = None
    for later, before in earlier_states(row._meta.model_name or "", row.pk):
        if later.pk <= entry:
            break
        state = before
    return state


def who_changed(row: Model, entry: int) -> tuple[str, ...]:
    """Whoever changed the row after an entry, the first first."""
    later = LedgerEntry.objects.of(row).filter(pk__gt=entry).select_related("batch")
    actors = [it.batch.actor for it in later[:50] if set(it.after or {"": 0}) - SILENT_COLUMNS]
    return tuple(dict.fromkeys(reversed(actors))) or ("Somebody",)
