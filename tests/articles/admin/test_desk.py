"""The desk as a whole: its doors, its pages under the Content-Security-Policy, its queries."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles.models import Article, LedgerEntry
from articles.vocabulary import LinkState, Origin
from tests.articles.admin.browser import address, query_names, read_form
from tests.factories import (
    make_article,
    make_entity,
    make_mention,
    make_source,
    make_tag,
    make_tagging,
)

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE)
INLINE_STYLE = re.compile(r"<style|<[^>]+\sstyle\s*=", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE)
ELSEWHERE = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//', re.IGNORECASE)


@pytest.fixture
def article(db: None) -> Article:
    article = make_article(body="Talks in Cairo.", source=make_source("Wire"))
    make_mention(article, make_entity("Cairo"), origin=Origin.MACHINE, state=LinkState.SUGGESTED)
    make_tagging(article, make_tag("Politics", parent=make_tag("Society")))
    return article


def pages(article: Article) -> list[str]:
    rows = {
        "source": article.source.pk,
        "article": article.pk,
        "entity": article.mentions.get().entity_id,
        "tag": article.taggings.get().tag_id,
    }
    entry = LedgerEntry.objects.order_by("pk").first()
    records = ("ledgerentry", "decision", "redirect")
    return [
        "/admin/",
        "/admin/articles/",
        *(reverse(f"admin:{name}") for name in ("password_change", "password_change_done")),
        *(reverse(f"admin:auth_{name}") for name in ("user_changelist", "group_add")),
        reverse("admin:auth_user_change", args=[User.objects.get().pk]),
        *(address(f"{noun}_{page}") for noun in rows for page in ("changelist", "add")),
        *(
            address(f"{noun}_{page}", key)
            for noun, key in rows.items()
            for page in ("change", "history", "delete")
        ),
        *(address(f"{record}_changelist") for record in records),
        address("ledgerentry_change", entry.pk if entry else 0),
        address("article_withdraw", article.pk),
        address("article_changelist") + "?q=talks&precision=unknown&published_from=2024-01-01",
        address("article_change", article.pk) + "?_popup=1",
    ]


def test_nothing_is_written_into_a_page_that_its_policy_forbids(desk: Client, article: Article):
    for url in pages(article):
        response = desk.get(url)
        assert response.status_code == 200, url
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        for pattern in (INLINE_SCRIPT, INLINE_STYLE, HANDLER, ELSEWHERE):
            assert not pattern.search(response.text), (url, pattern.pattern)


def test_answers_to_a_form_are_clean_as_well(desk: Client, article: Article):
    url = address("article_changelist")
    asked = desk.post(url, {"action": "withdraw_selected", "_selected_action": [article.pk]})
    refused = desk.post(address("article_add"), {})
    for response in (asked, refused):
        assert response.status_code == 200
        assert not INLINE_SCRIPT.search(response.text)
        assert not INLINE_STYLE.search(response.text)


def test_only_staff_comes_in_and_logging_out_works(client: Client, desk: Client, article: Article):
    for url in pages(article):
        response = client.get(url)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/admin/login/")
    login = client.get("/admin/login/")
    assert "Newsroom" in login.text
    assert not INLINE_SCRIPT.search(login.text)
    assert desk.post(reverse("admin:logout")).status_code == 200
    assert desk.get("/admin/").status_code == 302


def test_a_password_is_changed_under_the_rules(desk: Client):
    url = reverse("admin:password_change")
    old, new = "a-password-9", "another-password-9"
    weak = desk.post(url, {"old_password": old, "new_password1": "123", "new_password2": "123"})
    assert "too short" in weak.text
    values = {"old_password": old, "new_password1": new, "new_password2": new}
    assert desk.post(url, values).status_code == 302
    assert User.objects.get().check_password(new)


def test_the_front_lists_the_nouns_in_order_and_leads_to_site_and_api(desk: Client):
    page = desk.get("/admin/")
    archive, accounts = page.context["app_list"]
    names = [model["object_name"] for model in archive["models"]]
    assert names[:5] == ["ReviewQueue", "Source", "Article", "Entity", "Tag"]
    assert accounts["app_label"] == "auth"
    assert '<a href="/">Site</a>' in page.text
    assert '<a href="/api/v1/docs/">API</a>' in page.text


def test_a_viewer_sees_and_changes_nothing(client: Client, article: Article):
    viewer = User.objects.create_user("vera", password="a-password-9", is_staff=True)
    viewer.user_permissions.set(
        Permission.objects.filter(
            codename__in=["view_article", "view_mention", "view_tagging", "view_source"]
        )
    )
    client.force_login(viewer)
    page = client.get(address("article_change", article.pk))
    assert page.status_code == 200
    assert 'name="headline"' not in page.text
    assert 'name="accept"' not in page.text
    assert client.post(address("article_change", article.pk), {}).status_code == 403
    assert client.post(address("article_withdraw", article.pk), {"reason": "x"}).status_code == 403
    assert "withdraw_selected" not in client.get(address("article_changelist")).text
    assert client.get(address("entity_changelist")).status_code == 403


SESSION = ["select django_session", "select auth_user"]
LAST_ENTRY = "select articles_ledgerentry"  # what the form was opened on
CHANGE_PAGE = {
    "article": [
        "select articles_article",
        "count articles_tagging", "count articles_mention",
        # the text with its marks, and the panels
        "select articles_mention", "select articles_change", "select articles_enrichment",
        "select articles_enrichmentrun", "select articles_unknownname",
        "select articles_duplicatepair",
        "select articles_duplicatemember", "select articles_storylinearticle",
        "select articles_rawtext", "select articles_cleaningstep", "select articles_ledgerentry",
        "count articles_mention",  # what is related
        LAST_ENTRY,
        "select articles_tagging", "count articles_mention", "select articles_mention",
        "select articles_source", "select articles_correction",
    ],
    "entity": ["select articles_entity", "select articles_alias", LAST_ENTRY],
    "source": ["select articles_source", LAST_ENTRY],
    "tag": ["select articles_tag"] * 2 + ["select articles_tagalias", LAST_ENTRY],
}  # fmt: skip


@pytest.mark.parametrize("noun", CHANGE_PAGE)
def test_a_change_page_asks_the_same_queries_however_many_links(
    desk: Client, article: Article, noun: str
):
    mention, tagging = article.mentions.get(), article.taggings.get()
    key = {
        "article": article.pk,
        "entity": mention.entity_id,
        "source": article.source_id,
        "tag": tagging.tag_id,
    }[noun]
    desk.get(address(f"{noun}_change", key))  # Django remembers content types from then on
    for more in (0, 5):
        for number in range(more):
            make_mention(article, make_entity(), quote="Talks")
            make_tagging(article, make_tag())
            mention.entity.aliases.create(spelling=f"Alias {number}")
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address(f"{noun}_change", key)).status_code == 200
        assert sorted(query_names(queries)) == sorted(SESSION + CHANGE_PAGE[noun])


def test_judging_many_links_does_not_ask_for_each(desk: Client, article: Article):
    url = address("article_change", article.pk)
    numbers = []
    for more in (0, 8):
        for _ in range(more):
            make_mention(article, make_entity(), quote="Talks")
            make_tagging(article, make_tag())
        values = read_form(desk, url, "article_form")
        with CaptureQueriesContext(connection) as queries:
            assert desk.post(url, values).status_code == 302
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]
