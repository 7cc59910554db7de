"""A form that was sent when the session had ended, or that was refused: kept until its editor is
back.

Each form of the desk carries its editor's name, signed. What comes without it was not written in a
form that we gave to somebody, and is not kept; what was kept is shown to the same name only, and
sent again by pressing a button, with a new token against forgery.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin.judging import AT_ONCE
from articles.models import KeptForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

FIELD: Final = "editor"
LOOK: Final = "_look"
"""Among the posted fields: show the form filled in, and save nothing yet."""

SIGNED_FOR: Final = 7 * 24 * 3600
_SALT: Final = "newsroom.editor"
_NOT_KEPT: Final = frozenset({"csrfmiddlewaretoken", FIELD, LOOK})
_BUTTONS: Final = ("_save", "_continue", "_addanother", "_saveasnew")
_SHORT: Final = 300
_MOMENTS: Final = {"published_at": "Published", "publish_at": "Embargo until"}
_HALVES: Final = {"0": "day", "1": "time"}


def editor_mark(name: str) -> str:
    """The editor's name, signed: what a form carries."""
    return signing.dumps(name, salt=_SALT)


def marked_editor(mark: str) -> str | None:
    """Whom the form was given to. None: nobody, or too long ago."""
    try:
        return str(signing.loads(mark, salt=_SALT, max_age=SIGNED_FOR))
    except signing.BadSignature:
        return None


def keep_posted(request: HttpRequest) -> str | None:
    """Keep the posted form. Returns the address at which its editor finds it; None: not kept."""
    editor = marked_editor(request.POST.get(FIELD, ""))
    path = request.get_full_path()
    if editor is None or not path.startswith(reverse("admin:index")):
        return None
    fields = [
        (name, [str(value) for value in values])
        for name, values in request.POST.lists()
        if name not in _NOT_KEPT and "password" not in name.lower()
    ]
    token = KeptForm.objects.keep(editor, path, fields)
    return None if token is None else reverse("admin:kept_form", args=[token])


def keep_until_login(request: HttpRequest) -> HttpResponse | None:
    """Lead to the login, and from there back to what was written."""
    address = keep_posted(request)
    if address is None:
        return None
    messages.warning(
        request, "Your session has ended. What you wrote is kept: log in to go on with it."
    )
    answer = HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': address})}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def kept_view(desk: Any, request: HttpRequest, token: str) -> HttpResponse:
    """What was written, with a button that sends it on to where it belongs."""
    kept = KeptForm.objects.of(request.user.get_username()).filter(token=token).first()
    if kept is None:
        raise Http404("Nothing is kept here for you.")
    if request.method == "POST":
        kept.delete()
        messages.info(request, "What was kept has been thrown away.")
        return HttpResponseRedirect(reverse("admin:index"))
    is_form = kept.path.partition("?")[0].endswith(("/change/", "/add/"))
    names = {name for name, _ in kept.fields}
    left = {*_BUTTONS, *AT_ONCE} if is_form else set()
    context = {
        **desk.each_context(request),
        "title": "What you wrote is here",
        "kept": kept,
        "fields": [
            (name, value) for name, values in kept.fields for value in values
            if name not in left
        ],
        "shown": [
            (_label(name), value[:_SHORT], len(value) > _SHORT)
            for name, values in kept.fields
            for value in values
            if name not in left and _is_for_people(name) and value.strip() and not value.isdecimal()
        ],
        "look": LOOK if is_form else "",
        "is_undone": is_form and not names.isdisjoint(AT_ONCE),
    }  # fmt: skip
    return TemplateResponse(request, "admin/articles/kept_form.html", context)


def _is_for_people(name: str) -> bool:
    technical = ("seen", "seen_entry", "base_entry", "both-changed")
    if name in technical or "__prefix__" in name:
        return False
    return not (name.startswith(("_", "initial-")) or name.endswith(("_FORMS", "-id", "-seen")))


def _label(name: str) -> str:
    field, _, half = name.rpartition("_")
    if field in _MOMENTS and half in _HALVES:
        return f"{_MOMENTS[field]}: {_HALVES[half]}"
    return name.replace("_", " ").replace("-", " ").capitalize()
