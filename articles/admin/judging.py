"""One decision at once, from a button on an article's page: a link, a pair, what stands for all.

A button says what it is about and in which state its editor saw it, so that nobody judges what
somebody else has judged meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponseRedirect, JsonResponse
from django.urls import reverse

from articles.errors import ArchiveError
from articles.models import (
    Decision,
    DuplicateDecision,
    DuplicatePair,
    Mention,
    StorylineArticle,
    StorylineDecision,
    Tagging,
)
from articles.vocabulary import LinkState

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from articles.models import Article

VERDICTS: Final = {"accept": LinkState.ACCEPTED, "reject": LinkState.REJECTED}


class Judged(NamedTuple):
    """What a button led to. `place` is where on the page it stands."""

    place: str
    state: str
    words: str
    is_done: bool


def judge(article: Article, editor: str, verb: str, about: str) -> Judged:
    """Decide on what a button names, such as `mention-12-suggested`. ArchiveError: nothing such."""
    kind, _, rest = about.partition("-")
    key, _, seen = rest.partition("-")
    kinds: dict[str, QuerySet[Any]] = {
        "mention": article.mentions.select_related("entity"),
        "tagging": article.taggings.select_related("tag"),
        "storyline": article.storyline_places.select_related("storyline"),
        "pair": DuplicatePair.objects.of(article)
        .select_related("first", "second")
        .defer("passages", "first__body", "first__search", "second__body", "second__search"),
    }
    if verb not in VERDICTS or kind not in kinds or not key.isdecimal() or len(key) > 18:
        raise ArchiveError("This button is not known: reload the page.")
    thing = kinds[kind].select_for_update(of=("self",)).filter(pk=int(key)).first()
    if thing is None:
        raise ArchiveError("What you decided on has been removed in the meantime.")
    place, verdict = f"{kind}-{thing.pk}", VERDICTS[verb]
    if thing.state == verdict:
        return Judged(place, thing.state, f"It is {thing.state} already.", True)
    if seen and thing.state != seen:
        words = f"{decided_by(thing)} made this {thing.state} meanwhile. Nothing was changed."
        return Judged(place, thing.state, words, False)
    thing.decide(verdict, editor)
    return Judged(place, thing.state, f"“{name_of(thing)}” is {thing.state}.", True)


def name_of(thing: Any) -> str:
    if isinstance(thing, Mention):
        return thing.quote or str(thing.entity)
    if isinstance(thing, Tagging):
        return str(thing.tag)
    return str(thing.storyline) if isinstance(thing, StorylineArticle) else "The pair"


def decided_by(thing: Any) -> str:
    """Whose word the state of a link follows."""
    last: Any
    if isinstance(thing, StorylineArticle):
        last = StorylineDecision.objects.filter(
            row=thing.storyline_id, article_uid=thing.article.uid
        )
    elif isinstance(thing, DuplicatePair):
        last = DuplicateDecision.objects.filter(row=thing.pk)
    else:
        last = Decision.objects.filter(kind=thing.link_kind, row=thing.pk)
    decision = last.order_by("-pk").first()
    return decision.editor if decision else "The machine"


def judge_view(desk: Any, request: HttpRequest, article: Article) -> HttpResponse:
    """Answer a button: with JSON to a script, else by going back to where it stood."""
    verb = next((name for name in VERDICTS if name in request.POST), "")
    try:
        judged = judge(article, request.user.get_username(), verb, request.POST.get(verb, ""))
    except ArchiveError as error:
        judged = Judged("", "", str(error), False)
    if request.headers.get("Accept") == "application/json":
        status = 200 if judged.is_done else 409
        return JsonResponse(judged._asdict(), status=status)
    level = messages.SUCCESS if judged.is_done else messages.WARNING
    desk.message_user(request, judged.words, level)
    address = reverse("admin:articles_article_change", args=[article.pk])
    kind, _, key = judged.place.partition("-")
    asked = f"?mention={key}" if kind == "mention" else ""
    return HttpResponseRedirect(f"{address}{asked}#{judged.place}")
