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
from articles.errors import ArchiveError
from articles.ingestion.cleaning.putting_back import PutBack, put_back
from articles.ingestion.texts import clean_of, raw_of, steps_of
from articles.models import Article, CleaningStep

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TOLD: Final = 5
MOST_STEPS: Final = 100


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
    given = request.POST.get("step", "")
    key = int(given) if given.isdecimal() and len(given) < 18 else 0
    step = CleaningStep.objects.filter(article=article, pk=key).first()
    try:
        if step is None:
            raise ArchiveError("This step is no longer on record: a load has replaced it.")
        Article.objects.select_for_update().only("pk").get(pk=article.pk)
        article.refresh_from_db(fields=["body", "headline", "summary", "bylines", "edited_fields"])
        found = put_back_step(article, step)
    except ArchiveError as error:
        desk.message_user(request, str(error), messages.WARNING)
        return False
    if found.done:
        desk.log_change(request, article, f"Put back what {step.rule} had taken away.")
        words = f"What the rule “{step.rule}” took away from the {step.field} stands there again"
        desk.message_user(
            request, f"{words} ({found.done} places). History can undo it.", messages.SUCCESS
        )
    for refused in found.refused[:TOLD]:
        shown = refused.words.strip()[:60] or "blanks"
        told = f"“{shown}” was not put back: {refused.reason}."
        desk.message_user(request, told, messages.WARNING)
    if len(found.refused) > TOLD:
        more = f"And {len(found.refused) - TOLD} more were not put back."
        desk.message_user(request, more, messages.WARNING)
    return bool(found.done)


def put_back_step(article: Article, step: CleaningStep) -> PutBack:
    """Write the field as it would be without the step. ArchiveError: it cannot be said how."""
    name, _, index = step.field.partition("[")
    steps = steps_of(article, step.field)
    rows = CleaningStep.objects.filter(article=article, field=step.field).order_by("position")
    number = list(rows.values_list("pk", flat=True)).index(step.pk)
    if name == "body":
        clean, text = clean_of(article), article.body
    elif name in article.edited_fields:
        raise ArchiveError(
            f"An editor has changed the {name} since: what was received of it is not kept, so that "
            "nobody can say where this stood. Write it by hand."
        )
    else:
        clean = text = _value(article, name, index)
    found = put_back(clean, text, steps, number)
    if found.text != text:
        _write(article, name, index, found.text)
    return found


def _value(article: Article, name: str, index: str) -> str:
    if name != "bylines":
        return str(getattr(article, name))
    names, place = article.bylines, int(index.rstrip("]") or 0) - 1
    if not 0 <= place < len(names):
        raise ArchiveError("The byline that was cleaned is not there any more.")
    return str(names[place])


def _write(article: Article, name: str, index: str, text: str) -> None:
    if name == "bylines":
        article.bylines[int(index.rstrip("]")) - 1] = text
    else:
        setattr(article, name, text)
    before = article.body
    if name == "body":
        before = Article.objects.values_list("body", flat=True).get(pk=article.pk)
    article.save(update_fields=[name])
    if name == "body":
        move_mentions(article, before)
