"""Every page that people see: `{names}` stand for what the archive of `world` holds.

A page of the URL conf must stand in `PAGES` or, when it is none that people look at, in `NO_PAGES`.
"""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

NOUNS = {
    "source": "{source}", "article": "{article}", "entity": "{entity}", "tag": "{tag}",
    "storyline": "{storyline}",
}  # fmt: skip
RECORDS = {
    "ledgerbatch": "{batch}", "duplicatepair": "{pair}", "ledgerentry": "{entry}",
    "decision": "{decision}", "redirect": "{redirect}", "unknownname": "{name}",
    "loadrun": "{loadrun}", "token": "{token}",
}  # fmt: skip
TABS = (
    "mentions", "sure", "taggings", "names", "duplicates", "storylines", "headlines", "undated",
    "conflicts", "cleaning",
)  # fmt: skip
DESK = "/admin/articles"


def _noun(name: str, key: str) -> list[str]:
    one = f"{DESK}/{name}/{key}"
    many = [f"{DESK}/{name}/", f"{DESK}/{name}/add/", f"{DESK}/{name}/deleted/"]
    return [*many, *(f"{one}/{page}/" for page in ("change", "history", "compare", "delete"))]


def _record(name: str, key: str) -> list[str]:
    pages = [f"{DESK}/{name}/", f"{DESK}/{name}/{key}/change/"]
    return pages if name in NO_HISTORY else [*pages, f"{DESK}/{name}/{key}/history/"]


NO_HISTORY = {"ledgerbatch"}
PUBLIC = [
    "/",
    "/admin/login/",
    "/nothing/here/",
    "/api/v1/",
    "/api/v1/docs/",
    "/api/v1/changes/",
    "/api/v1/articles/?q=talks&facets=source,tag,entity&highlight=true",
    "/api/v1/articles/?nonsense=1",
    "/api/v1/articles/{uid}/",
    "/api/v1/articles/{uid}/related/",
    "/api/v1/articles/{uid}/revisions/",
    *(f"/api/v1/{it}/" for it in ("sources", "entities", "tags", "storylines")),
    "/api/v1/sources/{source_slug}/",
    "/api/v1/entities/{entity_slug}/",
    "/api/v1/tags/{tag_slug}/",
    "/api/v1/storylines/the-talks/",
    "/api/v1/nothing/here/",
]
EDITORS = [
    "/admin/",
    "/admin/articles/",
    "/admin/password_change/",
    "/admin/kept/{kept}/",
    *(page for noun in NOUNS.items() for page in _noun(*noun)),
    *(page for record in RECORDS.items() for page in _record(*record)),
    *(f"{DESK}/queue/?show={tab}" for tab in TABS),
    f"{DESK}/loadrun/upload/",
    f"{DESK}/loadrun/upload/{{upload}}/",
    f"{DESK}/run/{{run}}/",
    f"{DESK}/run/{{run}}/undo/",
    f"{DESK}/article/?q=talks&status=published",
    f"{DESK}/article/?q=nothing-at-all",
    f"{DESK}/article/{{arabic}}/change/",
    f"{DESK}/article/{{withdrawn}}/change/",
    f"{DESK}/article/{{article}}/withdraw/",
    f"{DESK}/article/{{article}}/cleaning/",
    f"{DESK}/article/{{article}}/restore/{{entry}}/",
    f"{DESK}/source/merge/?row={{source}}&survivor={{other_source}}",
    f"{DESK}/entity/merge/?row={{entity}}&row={{other_entity}}&survivor={{entity}}",
    f"{DESK}/tag/merge/?row={{tag}}&survivor={{other_tag}}",
    f"{DESK}/entity/{{entity}}/split/?quote=Cairo",
    f"{DESK}/token/add/",
    f"{DESK}/token/{{token}}/revoke/",
    f"{DESK}/tag/add/?_popup=1",
    f"{DESK}/tag/99999/change/",
    f"{DESK}/decision/add/",
    *(f"/admin/auth/{it}/" for it in ("user", "group")),
    *(f"/admin/auth/{it}/add/" for it in ("user", "group")),
    *(f"/admin/auth/{it}/{page}/"
      for it in ("user/{user}", "group/{group}") for page in ("change", "history", "delete")),
    "/admin/auth/user/{user}/password/",
    "/admin/password_change/done/",
]  # fmt: skip

# Not looked at: why, and which.
NO_PAGES = {
    "for programs": {
        "admin:autocomplete", "admin:jsi18n", "articles-ndjson", "articles-csv", "schema",
        "articles-atom", "articles-json", "sitemap", "sitemap-part", "robots", "healthz", "readyz",
        "admin:articles_loadrun_rejects", "admin:articles_loadrun_file",
        *(f"admin:articles_{it}_download" for it in ("source", "article", "entity", "tag")),
    },
    "forms that lead back to their page": {
        "admin:refresh", "admin:articles_queue_undo", "admin:logout",
        "admin:articles_article_judge",
    },
    "like the page of articles, which is looked at": {
        f"admin:articles_{it}_restore" for it in ("source", "entity", "tag", "storyline")
    },
    "refused to everybody, as adding decisions is": {
        *(f"admin:articles_{it}_{page}" for it in RECORDS for page in ("add", "delete")),
        "admin:articles_ledgerbatch_history",
    } - {"admin:articles_token_add", "admin:articles_decision_add"},
    "a way to no page of ours": {"admin:view_on_site"},
}  # fmt: skip


def named() -> Iterator[str]:
    """The names of the URL conf, with their namespaces."""

    def walk(patterns: list[URLPattern | URLResolver], space: str) -> Iterator[str]:
        for it in patterns:
            if isinstance(it, URLResolver):
                yield from walk(it.url_patterns, f"{it.namespace}:" if it.namespace else space)
            elif it.name:
                yield space + it.name

    yield from walk(get_resolver().url_patterns, "")
