"""The received text beside the clean one, and each step of its cleaning, to be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin.article_panels import removed_words
from articles.admin.corrections import Question, write_correction
from articles.admin.differences import changed
from articles.admin.links import move_mentions
from articles.admin.numbers import whole
from articles.admin.texts import plain
from articles.errors import ArchiveError
from articles.ingestion.cleaning.putting_back import PutBack, put_back
from articles.ingestion.texts import clean_of, raw_of, steps_of
from articles.models import Article, CleaningStep

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TOLD: Final = 5
MOST_STEPS: Final = 100
NO_BYLINE: Final = "The byline that was cleaned is not there any more."


def cleaning_view(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
    question = Question(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (not article.is_public or question.is_valid()):
        if _put_back(desk, request, article) and article.is_public:
            write_correction(request, article, question)
        return HttpResponseRedirect(reverse("admin:articles_article_cleaning", args=[article.pk]))
    raw, clean = raw_of(article), clean_of(article)
    rows = CleaningStep.objects.filter(article=article).order_by("field", "position")
    context = {
        **desk.admin_site.each_context(request),
        "title": "Raw text and cleaning",
        "subtitle": str(article),
        "opts": desk.opts,
        "media": desk.media,
        "original": article,
        "question": question if article.is_public else None,
        "steps": [
            {"step": step, "count": len(step.edits), "words": removed_words(step)}
            for step in rows[:MOST_STEPS]
        ],
        "is_edited": clean != article.body,
        "by_rules": changed(raw, clean),
        "by_editors": changed(clean, article.body) if clean != article.body else "",
        "raw": raw[:RAW_SHOWN],
        "is_cut": len(raw) > RAW_SHOWN,
    }
    return TemplateResponse(request, "admin/articles/article/cleaning.html", context)


RAW_SHOWN: Final = 50_000


def _put_back(desk: Any, request: HttpRequest, article: Article) -> bool:
    """Whether something was put back."""
    try:
        step = _step(article, request.POST.get("step", ""))
        Article.objects.select_for_update().only("pk").get(pk=article.pk)
        article.refresh_from_db(fields=["body", "headline", "summary", "bylines", "edited_fields"])
        found = put_back_step(article, step)
    except ArchiveError as error:
        desk.message_user(request, str(error), messages.WARNING)
        return False
    if found.done:
        desk.log_change(request, article, f"Put back what {step.rule} had taken away.")
    _tell(desk, request, step, found, "stands there again", "History can undo it.")
    return bool(found.done)


def put_back_written(desk: Any, request: HttpRequest, article: Article) -> str:
    """Put it back into what is being written in the article's form, to be saved with it."""
    try:
        step = _step(article, request.POST.get("put_back", ""))
        name, _, index = step.field.partition("[")
        data = request.POST.copy()
        lines = [plain(data.get(name, ""))]
        if name == "bylines":
            lines = [line.strip() for line in lines[0].split("\n") if line.strip()]
        place = _place(index)
        if place >= len(lines):
            raise ArchiveError(NO_BYLINE)
        found = without(article, step, lines[place])
    except ArchiveError as error:
        desk.message_user(request, str(error), messages.WARNING)
        return "#cleaning"
    lines[place] = found.text
    data[name] = "\n".join(lines)
    request.POST = data  # type: ignore[assignment]
    _tell(desk, request, step, found, "stands in the form again", "Save to keep it.")
    return "#cleaning"


def _step(article: Article, given: str) -> CleaningStep:
    step = CleaningStep.objects.filter(article=article, pk=whole(given)).first()
    if step is None:
        raise ArchiveError("This step is no longer on record: a load has replaced it.")
    return step


def _tell(
    desk: Any, request: HttpRequest, step: CleaningStep, found: PutBack, stands: str, then: str
) -> None:
    """What was put back, and what was not."""
    if found.done:
        words = f"What the rule “{step.rule}” took away from the {step.field} {stands}"
        places = f"{found.done} place{'' if found.done == 1 else 's'}"
        desk.message_user(request, f"{words} ({places}). {then}", messages.SUCCESS)
    for refused in found.refused[:TOLD]:
        shown = refused.words.strip()[:60] or "blanks"
        told = f"“{shown}” was not put back: {refused.reason}."
        desk.message_user(request, told, messages.WARNING)
    if len(found.refused) > TOLD:
        more = f"And {len(found.refused) - TOLD} more were not put back."
        desk.message_user(request, more, messages.WARNING)


def put_back_step(article: Article, step: CleaningStep) -> PutBack:
    """Write the field as it would be without the step. ArchiveError: it cannot be said how."""
    name, _, index = step.field.partition("[")
    stored = _value(article, name, index)
    found = without(article, step, stored)
    if found.text != stored:
        _write(article, name, index, found.text)
    return found


def without(article: Article, step: CleaningStep, text: str) -> PutBack:
    """What has become of the field, as it would be without the step."""
    name, _, index = step.field.partition("[")
    steps = steps_of(article, step.field)
    rows = CleaningStep.objects.filter(article=article, field=step.field).order_by("position")
    number = list(rows.values_list("pk", flat=True)).index(step.pk)
    if name != "body" and name in article.edited_fields:
        raise ArchiveError(
            f"An editor has changed the {name} since: what was received of it is not kept, so that "
            "nobody can say where this stood. Write it by hand."
        )
    clean = clean_of(article) if name == "body" else _value(article, name, index)
    return put_back(clean, text, steps, number)


def _value(article: Article, name: str, index: str) -> str:
    if name != "bylines":
        return str(getattr(article, name))
    place = _place(index)
    if place >= len(article.bylines):
        raise ArchiveError(NO_BYLINE)
    return str(article.bylines[place])


def _place(index: str) -> int:
    """Of a byline among the others, by the end of its field's name, such as `2]`; else 0."""
    return max(int(index.rstrip("]") or 1) - 1, 0)


def _write(article: Article, name: str, index: str, text: str) -> None:
    if name == "bylines":
        article.bylines[_place(index)] = text
    else:
        setattr(article, name, text)
    before = article.body
    if name == "body":
        before = Article.objects.values_list("body", flat=True).get(pk=article.pk)
    article.save(update_fields=[name])
    if name == "body":
        move_mentions(article, before)
