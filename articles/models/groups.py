"""The groups of people at the desk and what each may, as migrations make them.

A migration gives; what an operator takes away or adds afterwards stays as it is. A permission that
comes later is given by the migration that brings it, with `grant`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.management import create_permissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EDITORS: Final = "Editors"
CONTRIBUTORS: Final = "Contributors"
VIEWERS: Final = "Viewers"

# What Django's own four (add, change, delete, view) cannot say, by the model that declares it.
WORDS: Final = {
    "article": {
        "publish_article": "Can publish articles and change published ones",
        "withdraw_article": "Can withdraw articles",
        "bulk_change": "Can change many articles at once",
    },
    "source": {"merge_source": "Can merge and split sources"},
    "entity": {"merge_entity": "Can merge and split entities"},
    "tag": {"merge_tag": "Can merge and split tags"},
    "ledgerbatch": {"undo_run": "Can undo changes and runs"},
    "loadrun": {"upload_load": "Can upload files to be loaded"},
    "suggestion": {"judge_suggestion": "Can judge what a machine suggests"},
}

# Whoever comes to the desk sees what it is about, but for the tokens of API clients.
SEEN: Final = (
    "alias", "article", "change", "cleaningstep", "correction", "decision", "duplicatecluster",
    "duplicatedecision", "duplicatepair", "enrichmentrun", "entity", "ledgerbatch", "ledgerentry",
    "loadconflict", "loadfault", "loadrun", "mention", "namedecision", "rawtext",
    "redirect", "salience", "source", "storyline", "storylinearticle", "storylinedecision",
    "suggestion", "tag", "tagalias", "tagging", "unknownname",
)  # fmt: skip
EDITED: Final = (
    "alias", "article", "correction", "entity", "mention", "source", "storyline",
    "storylinearticle", "tag", "tagalias", "tagging",
)  # fmt: skip
_VIEWED: Final = {(model, f"view_{model}") for model in SEEN}

MAY: Final[Mapping[str, Iterable[tuple[str, str]]]] = {
    EDITORS: {
        *_VIEWED,
        *((model, f"{verb}_{model}") for model in EDITED for verb in ("add", "change", "delete")),
        *((model, word) for model, words in WORDS.items() for word in words),
        *(("token", f"{verb}_token") for verb in ("view", "add", "change")),
    },
    # Drafts with their links, and a word on what a machine suggests.
    CONTRIBUTORS: {
        *_VIEWED,
        *(("article", f"{verb}_article") for verb in ("add", "change")),
        *(("mention", f"{verb}_mention") for verb in ("add", "change")),
        *(("tagging", f"{verb}_tagging") for verb in ("add", "change")),
        ("suggestion", "judge_suggestion"),
    },
    VIEWERS: _VIEWED,
}


def declared(model: str) -> list[tuple[str, Any]]:
    """A model's own permissions, for its `Meta`."""
    return list(WORDS[model].items())


def make_groups(apps: Any) -> None:
    """Make the groups that do not exist; those of an operator stay as they are."""
    for name, permissions in MAY.items():
        _, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        if is_new:
            grant(apps, name, permissions)


def grant(apps: Any, name: str, permissions: Iterable[tuple[str, str]]) -> None:
    """Give a group permissions, (model, codename) each, as far as their models exist by now.

    Nothing where an operator has removed the group.
    """
    group = apps.get_model("auth", "Group").objects.filter(name=name).first()
    if group is None:
        return
    # Django would write them only after all migrations.
    config = apps.get_app_config("articles")
    config.models_module = getattr(config, "models_module", True)
    create_permissions(config, verbosity=0, apps=apps)
    rows = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="articles")
    known = {(row.content_type.model, row.codename): row for row in rows.select_related()}
    group.permissions.add(*(known[pair] for pair in permissions if pair in known))
