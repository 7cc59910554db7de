"""What the benchmark of the desk asks for: every page of the URL conf, and what is heavy of each.

The small rows come from the accessibility tests' list of pages, which fails for a new page that it
does not know; what such pages cost at most is asked with the largest rows of the archive besides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib import admin
from django.contrib.admin.filters import FieldListFilter, SimpleListFilter
from django.test import Client
from django.urls import resolve, reverse

from articles.models import Article, LedgerBatch, LedgerEntry
from tests.accessibility.pages import DESK, EDITORS, NO_PAGES, TABS, named

FREQUENT: Final = "ba"
RARE: Final = "Bababa Bababa"
FORMS: Final = {
    f"admin:{name}"
    for name in (
        "refresh", "articles_queue_undo", "logout", "articles_article_judge",
        "view_on_site", "articles_decision_delete",
    )
}  # fmt: skip
"""They answer no GET with a page, or no page of ours."""


@dataclass(frozen=True)
class Asked:
    """A page, by its address; with `data` what is sent to it as a form."""

    address: str
    data: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        step = " ".join(str(self.data[it]) for it in ("action", "step", "post") if it in self.data)
        return f"{self.address} {f'[{step}]' if self.data else ''}".strip()


def asked(client: Client, keys: dict[str, Any]) -> list[Asked]:
    """All pages, each once."""
    addresses = [page.format(**keys) for page in EDITORS]
    addresses += list(_of_programs(keys))
    for model in admin.site._registry:
        addresses += list(_list(client, model))
    addresses += [*_objects(keys), *_queue(client, keys), *_runs(keys), *_pickers()]
    found = [Asked(it) for it in dict.fromkeys(addresses)]
    return [*found, *_previews(keys)]


def missing(pages: list[Asked]) -> set[str]:
    """Pages of the desk that nobody asks for: they must be added here, or to the small ones."""
    looked_at = {resolve(urlsplit(page.address).path).view_name for page in pages}
    refused = NO_PAGES["refused to everybody, as adding decisions is"]
    desk = {name for name in named() if name.startswith("admin:")}
    return desk - looked_at - refused - FORMS - {"admin:login"}


def _of_programs(keys: dict[str, Any]) -> Iterator[str]:
    yield reverse("admin:jsi18n")
    for page in ("file", "rejects"):
        yield reverse(f"admin:articles_loadrun_{page}", args=[keys["upload"]])
    for noun in ("source", "article", "entity", "tag"):
        for kind in ("csv", "jsonl"):
            yield reverse(f"admin:articles_{noun}_download", args=[kind])


# ── lists ────────────────────────────────────────────────────────────────────────────────────────


def _list(client: Client, model: Any) -> Iterator[str]:
    """A list with each choice of its filters, words, orders, and its last page."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answer: Any = client.get(address)
    shown = answer.context_data["cl"]
    yield from (f"{address}{query}" for query in ("", "?p=100", "?_popup=1", "?_facets=True"))
    for spec in shown.filter_specs:
        if isinstance(spec, SimpleListFilter | FieldListFilter):
            for choice in list(spec.choices(shown))[1:]:
                yield address + choice["query_string"]
                yield f"{address}{choice['query_string']}&p=100"
    for place, column in enumerate(shown.list_display):
        if column in (shown.sortable_by or ()):
            for order in (f"?o={place}", f"?o=-{place}", f"?o={place}&p=100"):
                yield address + order
    if shown.search_fields:
        for words in (FREQUENT, RARE, "qqqqq", f"{FREQUENT}&p=100"):
            yield f"{address}?q={words}"
    yield from (address + query for query in SPECIAL.get(model._meta.model_name, ()))


SPECIAL: Final = {
    "article": (
        "?source=1000", "?source=1199", "?source=1000&p=100", "?tag=1000", "?tag=1399",
        "?tag=1000&p=100", "?entity=1000", "?entity=5000", "?entity=1000&p=100",
        "?published_from=2019-01-01&published_to=2019-01-31", "?published_to=2016-01-01",
        "?entity=1000&tag=1000&source=1000&q=le", "?q=le&status=draft", "?q=le&source=1199",
        "?q=le+ba", "?q=%22le+ba%22", "?q=le&o=-2", "?q=le&o=2&p=100", "?q=le&language=fr",
        "?language=fr&status=withdrawn", "?source=1000&precision=unknown&o=2",
        "?entity=1000&o=2", "?tag=1000&o=-2", "?tag=1000&language=de&status=draft",
        "?q=synthetic-1-77/5000077",
    ),
    "ledgerbatch": (
        "?actor=editor+3", "?actor=cron", "?actor=nobody", "?from=2026-01-01&to=2099-01-01",
        "?actor=editor+3&way=load", "?actor=cron&p=100", "?way=load&from=2026-01-01",
    ),
    "ledgerentry": ("?kind=mention&action=delete", "?kind=article&action=update"),
    "entity": ("?q=name-7", "?q=Q42", "?kind=place&q=ba&is_reviewed__exact=0"),
}  # fmt: skip


# ── rows with much on them ───────────────────────────────────────────────────────────────────────


def _objects(keys: dict[str, Any]) -> Iterator[str]:
    """The largest of each noun; besides an article like most others."""
    first = keys["first"]
    rows = {
        "source": [1000, 1150], "article": [first, first + keys["size"] // 2 + 8],
        "entity": [1000, 1500], "tag": [1000, 1300], "storyline": [1001, 1010],
    }  # fmt: skip
    for noun, several in rows.items():
        for row in several:
            for page in ("change", "history", "history/?p=10", "compare", "delete"):
                yield f"{DESK}/{noun}/{row}/{page}" + ("" if "?" in page else "/")
        entry = LedgerEntry.objects.filter(kind=noun, row=several[0], action="update").last()
        if entry:
            yield reverse(f"admin:articles_{noun}_restore", args=[several[0], entry.pk])
    for row in rows["article"]:
        yield f"{DESK}/article/{row}/withdraw/"
        yield f"{DESK}/article/{row}/cleaning/"
    for row in rows["entity"]:
        yield f"{DESK}/entity/{row}/split/"
    yield f"{DESK}/entity/1000/split/?quote=Bababa"
    for noun, rest in (("source", "1199"), ("entity", "1500"), ("entity", "1000"), ("tag", "1300")):
        yield f"{DESK}/{noun}/merge/?row=1002&row={rest}&survivor=1002"
    for noun, kind in (("article", "csv"), ("article", "jsonl"), ("entity", "csv")):
        yield f"{DESK}/{noun}/download/{kind}/?q={FREQUENT}"
    yield f"{DESK}/article/download/csv/?entity=1000"
    yield f"{DESK}/loadrun/1999/change/"
    yield f"{DESK}/loadrun/1999/change/?p=100"


def _runs(keys: dict[str, Any]) -> Iterator[str]:
    for way in ("load", "command", "admin"):
        batch = LedgerBatch.objects.filter(way=way, run__isnull=False, id__gte=100000).first()
        if batch:
            yield from (f"{DESK}/run/{batch.run}/{page}" for page in ("", "undo/", "?p=100"))
            yield f"{DESK}/article/?run={batch.run}"
            yield f"{DESK}/ledgerentry/?run={batch.run}"
            yield f"{DESK}/ledgerentry/?batch={batch.pk}"


def _queue(client: Client, keys: dict[str, Any]) -> Iterator[str]:
    for tab in TABS:
        page = f"{DESK}/queue/?show={tab}"
        yield from (page, f"{page}&p=2", f"{page}&p=20", f"{page}&p=100")
        for group in client.get(page).context_data["groups"][:2]:
            yield f"{page}&{group.address}"
            yield f"{page}&{group.address}&fragment=1"
    yield f"{DESK}/queue/?show=mentions&entity=1000"


def _pickers() -> Iterator[str]:
    """What the fields say that find rows by typing."""
    fields = {
        ("article", "source"), ("tagging", "tag"), ("mention", "entity"), ("tag", "parent"),
        ("storylinearticle", "article"),
    }  # fmt: skip
    for model, name in sorted(fields):
        address = f"/admin/autocomplete/?app_label=articles&model_name={model}&field_name={name}"
        for term in ("", "o", FREQUENT, RARE, "Bab", "qqqqq", "le"):
            yield f"{address}&term={term}"
        yield f"{address}&term={FREQUENT}&page=2"


# ── forms whose answer is a page ─────────────────────────────────────────────────────────────────


def _previews(keys: dict[str, Any]) -> Iterator[Asked]:
    """What bulk work would do to few articles, to some thousands, and to too many."""
    values = {
        "tag_selected": {"tag": 1300},
        "untag_selected": {"tag": 1000},
        "publish_selected": {},
        "withdraw_selected": {"reason": "An error."},
        "language_selected": {"language": "fr"},
        "source_selected": {"source": 1100},
    }
    few = list(Article.objects.order_by("-pk").values_list("pk", flat=True)[:20])
    for action, data in values.items():
        sent = {"action": action, "step": "preview", **data}
        yield Asked(f"{DESK}/article/", sent | {"_selected_action": few})
        for query in ("?source=1003", "?entity=1002", "?tag=1000"):
            all_rows = {"select_across": "1", "_selected_action": ["0"]}
            yield Asked(f"{DESK}/article/{query}", sent | all_rows)
    yield Asked(f"{DESK}/entity/", {"action": "merge_selected", "_selected_action": [1001, 1002]})
