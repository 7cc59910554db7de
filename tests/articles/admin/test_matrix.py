"""Who may do what at the desk: every page and every action, for every group.

Pages are read from the URL conf and actions from the register, so that one that is new fails here
until it is said who may use it. S superusers, E editors, C contributors, V viewers, N people of the
staff in no group; whoever is no staff or has not logged in is led to the login everywhere.
"""

import re
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import (
    Article,
    Correction,
    Decision,
    DuplicatePair,
    Entity,
    LedgerBatch,
    LedgerEntry,
    LoadConflict,
    LoadRun,
    Redirect,
    Source,
    Storyline,
    StorylineArticle,
    Tag,
    Tagging,
    Token,
    UnknownName,
    Upload,
    declare_duplicates,
    recording,
)
from articles.models.bulk_work import seal_of
from articles.models.groups import CONTRIBUTORS, EDITORS, VIEWERS, make_groups
from articles.vocabulary import ArticleStatus, LinkState, Origin, Way
from tests.articles.admin.browser import address, read_form
from tests.factories import make_article, make_entity, make_mention, make_source, make_tag
from tests.factories import make_tagging as tag_it

PEOPLE = {"S": None, "E": EDITORS, "C": CONTRIBUTORS, "V": VIEWERS, "N": None}
NOUNS = ("source", "article", "entity", "tag", "storyline")
RECORDS = (
    "ledgerbatch", "ledgerentry", "decision", "redirect", "unknownname", "duplicatepair", "loadrun",
)  # fmt: skip
SLUGGED = ("source", "entity", "tag")

# Who may look at a page; and of those who may send its form, where it has one.
LOOK = {
    "index": "SECVN",
    "password_change": "SECVN",
    "password_change_done": "SECVN",
    "jsi18n": "SECVN",
    "autocomplete": "SECV",
    "app_list": "SECV",
    "view_on_site": "",  # no row has such an address
    **{f"articles_{it}_{page}": "SECV" for it in (*NOUNS, *RECORDS)
       for page in ("changelist", "change", "history")},
    **{f"articles_{it}_{page}": "SE" for it in NOUNS for page in ("add", "delete")},
    **{f"articles_{it}_{page}": "" for it in RECORDS for page in ("add", "delete")},
    "articles_article_add": "SEC",
    "articles_article_withdraw": "SE",
    "articles_article_cleaning": "SE",
    "articles_article_judge": "",  # only its form is sent
    **{f"articles_{it}_{page}": "SECV" for it in NOUNS for page in ("compare", "deleted")},
    **{f"articles_{it}_restore": "SE" for it in NOUNS},
    **{f"articles_{it}_download": "SECV" for it in (*SLUGGED, "article")},
    **{f"articles_{it}_merge": "SE" for it in SLUGGED},
    "articles_entity_split": "SE",
    "articles_run": "SECV",
    "articles_run_undo": "SE",
    "articles_queue": "SECV",
    "articles_queue_undo": "",
    **{f"articles_loadrun_{page}": "SE" for page in ("upload", "plan", "rejects", "file")},
    "kept_form": "",  # there is none by this word
    "refresh": "",
    **{f"articles_token_{page}": "SE" for page in ("changelist", "change", "history", "add")},
    "articles_token_delete": "",
    "articles_token_revoke": "SE",
    **{f"auth_{it}_{page}": "S" for it in ("user", "group")
       for page in ("changelist", "change", "history", "add", "delete")},
    "auth_user_password_change": "S",
}  # fmt: skip
SEND = {
    "password_change": "SECVN",
    **{f"articles_{it}_{page}": "SE" for it in NOUNS for page in ("add", "change", "delete")},
    **{f"articles_{it}_{page}": "" for it in RECORDS for page in ("add", "change", "delete")},
    "articles_article_add": "SEC",
    "articles_article_withdraw": "SE",
    "articles_article_judge": "SE",
    **{f"articles_{it}_restore": "SE" for it in NOUNS},
    **{f"articles_{it}_merge": "SE" for it in SLUGGED},
    "articles_entity_split": "SE",
    "articles_run_undo": "SE",
    "articles_queue": "SEC",
    "articles_queue_undo": "SEC",
    "articles_duplicatepair_change": "SE",  # the pair is of articles that readers see
    "articles_loadrun_upload": "SE",
    "refresh": "SECV",
    "articles_token_add": "SE",
    "articles_token_change": "",
    "articles_token_delete": "",
    "articles_token_revoke": "SE",
    **{f"auth_{it}_{page}": "S" for it in ("user", "group")
       for page in ("add", "change", "delete")},
    "auth_user_password_change": "S",
}  # fmt: skip
# The doors themselves: tested in `test_desk` and `test_logins`.
DOORS = {"login", "logout", None}
ACTIONS = {
    ("article", "publish_selected"): "SE",
    ("article", "withdraw_selected"): "SE",
    **{("article", f"{what}_selected"): "SE" for what in ("tag", "untag", "language", "source")},
    ("article", "enrich_selected"): "SEC",
    **{(it, "merge_selected"): "SE" for it in SLUGGED},
    ("duplicatepair", "accept_selected"): "SEC",
    ("duplicatepair", "reject_selected"): "SEC",
    ("storyline", "accept_selected"): "SEC",
    ("storyline", "reject_selected"): "SEC",
    ("unknownname", "never_suggest"): "SEC",
    **{("unknownname", f"make_{kind}"): "SE"
       for kind in ("person", "organisation", "place", "event", "work", "other")},
    ("token", "revoke_selected"): "SE",
    ("user", "delete_selected"): "S",
    ("group", "delete_selected"): "S",
}  # fmt: skip


@pytest.fixture(autouse=True)
def groups(db):
    make_groups(apps)  # a test that empties the database may have taken the migration's


@pytest.fixture
def rows(groups):
    """A row of each kind, the key under which its pages stand."""
    source, entity, tag = make_source("Wire"), make_entity("Cairo"), make_tag("Peace")
    article = make_article("Talks", source=source, body="In Cairo.")
    mention = make_mention(article, entity, origin=Origin.MACHINE, state=LinkState.SUGGESTED)
    mention.accept("anna")
    tag.slug = "peace-now"
    tag.save()
    token, _ = Token.objects.issue("Mirror", created_by="ann")
    name = UnknownName.objects.create(
        key="rosa", quote="Rosa", articles=1, finds=1, confidence=1, rank=1
    )
    storyline = Storyline.objects.create(name="Affair", slug="affair")
    run = uuid4()
    with recording(Way.ADMIN, actor="anna", run=run):
        for model, field in [(Source, "name"), (Article, "headline"), (Entity, "name"),
                             (Storyline, "name")]:  # fmt: skip
            model.objects.update(**{field: "Renamed"})
    upload = Upload.objects.create(
        actor="anna", name="a.jsonl", size=1, sha256="x", data=b"x", load=None
    )
    pair = declare_duplicates(article, make_article("Talks again", source=source), "anna")
    load = LoadRun.objects.create(run=uuid4(), actor="anna", digest="x")
    made = (
        pair, load, upload, storyline, LedgerBatch.objects.get(run=run),
        source, article, entity, tag,
        LedgerEntry.objects.earliest("pk"), Decision.objects.get(), Redirect.objects.get(), name,
        token, User.objects.create_user("other"), Group.objects.create(name="Others"),
    )  # fmt: skip
    return {row._meta.model_name: row for row in made}


def login(letter):
    user = User.objects.create_user(
        f"person-{letter}", password="a-password-9", is_staff=True, is_superuser=letter == "S"
    )
    if PEOPLE[letter]:
        user.groups.add(Group.objects.get(name=PEOPLE[letter]))
    client = Client()
    client.force_login(user)
    return client


def patterns():
    """The desk's patterns, all of them."""

    def walk(found):
        for pattern in found:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern

    return list(walk(admin.site.get_urls()))


def page(name, rows):
    """The address of the page by this name."""
    model = name.split("_")[1] if "_" in name else ""
    if name == "autocomplete":
        return reverse("admin:autocomplete") + (
            "?app_label=articles&model_name=article&field_name=source&term=w"
        )
    if name == "app_list":
        return reverse("admin:app_list", args=["articles"])
    if name == "view_on_site":
        kind = ContentType.objects.get_for_model(Source)
        return reverse("admin:view_on_site", args=[kind.pk, rows["source"].pk])
    special = {
        "articles_run": lambda: [rows["ledgerbatch"].run],
        "articles_run_undo": lambda: [rows["ledgerbatch"].run],
        "kept_form": lambda: ["none"],
    }
    if name in special:
        return reverse(f"admin:{name}", args=special[name]())
    if name.endswith("_download"):
        return reverse(f"admin:{name}", args=["csv"])
    if name.startswith("articles_loadrun_") and name.endswith(("_plan", "_rejects", "_file")):
        return reverse(f"admin:{name}", args=[rows["upload"].pk])
    if name.endswith("_restore"):
        return reverse(f"admin:{name}", args=[rows[model].pk, last_entry(rows[model])])
    if name.endswith(("_deleted", "_merge", "_loadrun_upload", "queue", "queue_undo", "refresh")):
        return reverse(f"admin:{name}")
    needs_row = model in rows and not name.endswith(("_changelist", "_add"))
    return reverse(f"admin:{name}", args=[rows[model].pk] if needs_row else [])


def last_entry(row):
    return LedgerEntry.objects.of(row).exclude(action="insert").values_list("pk", flat=True)[0]


def is_let_in(response):
    assert response.status_code in {200, 302, 400, 403, 404, 405}, response.status_code
    assert not response.headers.get("Location", "").startswith("/admin/login/")
    return response.status_code in {200, 302, 400}


def test_every_page_is_in_the_matrix():
    assert {it.name for it in patterns()} == LOOK.keys() | DOORS


def test_every_action_is_in_the_matrix():
    found = {
        (model._meta.model_name, action if isinstance(action, str) else action.__name__)
        for model, desk in admin.site._registry.items()
        for action in desk.actions
    }
    deleting = {("user", "delete_selected"), ("group", "delete_selected")}
    assert found | deleting == ACTIONS.keys()


@pytest.mark.parametrize("letter", PEOPLE)
def test_who_sees_which_page(rows, letter):
    client = login(letter)
    let_in = {name for name in LOOK if is_let_in(client.get(page(name, rows)))}
    assert let_in == {name for name, letters in LOOK.items() if letter in letters}


@pytest.mark.parametrize("letter", PEOPLE)
def test_who_sends_which_form(rows, letter):
    """An empty form is not good enough to change anything, but for the question of deleting."""
    client = login(letter)
    let_in = {name for name in SEND if is_let_in(client.post(page(name, rows)))}
    assert let_in == {name for name, letters in SEND.items() if letter in letters}


@pytest.mark.parametrize("who", ["nobody", "no staff", "inactive"])
def test_strangers_are_led_to_the_login_everywhere(rows, who):
    client = Client()
    if who != "nobody":
        client.force_login(
            User.objects.create_user("x", is_staff=who == "inactive", is_active=who == "no staff")
        )
    for name in LOOK:
        for ask in (client.get, client.post):
            response = ask(page(name, rows))
            if response.status_code == 405:
                continue
            assert response.status_code == 302, name
            assert response.headers["Location"].startswith("/admin/login/"), name


@pytest.mark.parametrize("letter", PEOPLE)
def test_who_is_offered_which_action(rows, letter):
    client = login(letter)
    offered = set()
    for model, desk in admin.site._registry.items():
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        listed = client.get(reverse(f"admin:{label}_changelist"))
        if listed.status_code == 200:
            request = listed.wsgi_request
            offered |= {(model._meta.model_name, name) for name in desk.get_actions(request)}
    assert offered == {it for it, letters in ACTIONS.items() if letter in letters}


def done(client, model, name, row, **more):
    """Send an action, whether it is offered or not."""
    values = {"action": name, "_selected_action": row.pk, **more}
    client.post(address(f"{model}_changelist"), values)
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("letter", PEOPLE)
def test_what_actions_do_for_whom(letter):
    client = login(letter)
    draft, public = make_article(status=ArticleStatus.DRAFT), make_article()
    more = {"step": "apply", "shown": seal_of([draft.pk])}
    published = done(client, "article", "publish_selected", draft, **more).status
    given = {"step": "apply", "shown": seal_of([public.pk]), "reason": "An error."}
    withdrawn = done(client, "article", "withdraw_selected", public, **given).status
    assert (published == "published") == (withdrawn == "withdrawn") == (letter in "SE")
    suggested = Storyline.objects.create(
        name="New", slug="new", origin=Origin.MACHINE, state=LinkState.SUGGESTED
    )
    accepted = done(client, "storyline", "accept_selected", suggested).state == "accepted"
    assert accepted == (letter in "SEC")
    curated = Storyline.objects.create(name="Old", slug="old")
    rejected = done(client, "storyline", "reject_selected", curated).state == "rejected"
    assert rejected == (letter in "SE")  # what readers see only editors take away
    names = [
        UnknownName.objects.create(key=it, quote=it, articles=1, finds=1, confidence=1, rank=1)
        for it in ("Rosa", "Otto")
    ]
    never = done(client, "unknownname", "never_suggest", names[0]).state == "rejected"
    made = done(client, "unknownname", "make_person", names[1]).state == "accepted"
    assert (never, made) == (letter in "SEC", letter in "SE")
    token, _ = Token.objects.issue("Mirror", created_by="ann")
    revoked = done(client, "token", "revoke_selected", token, confirmed="yes").revoked_at
    assert bool(revoked) == (letter in "SE")


@pytest.mark.parametrize("letter", "SEC")
def test_drafts_are_anybodys_and_what_readers_see_the_editors(letter):
    client = login(letter)
    draft, public = make_article(status=ArticleStatus.DRAFT, body="Cairo."), make_article()
    gone = make_article()
    gone.withdraw("An error.")
    url = address("article_change", draft.pk)
    form = read_form(client, url, "article_form")
    sent = {
        **form,
        "headline": "Reworded",
        "status": "published",
        "publish_at_0": f"{timezone.now().year + 1}-01-01",
        "publish_at_1": "00:00",
        "taggings-0-tag": make_tag("Peace").pk,
    }
    assert client.post(url, sent).status_code == 302
    draft.refresh_from_db()
    assert draft.headline == "Reworded"
    assert Tagging.objects.filter(article=draft).exists()
    # A contributor's form has no word on who sees the article, whatever is sent.
    assert ("status" in form) == (letter != "C")
    assert draft.status == ("draft" if letter == "C" else "published")
    assert (draft.publish_at is None) == (letter == "C")
    for article in (public, gone):
        url = address("article_change", article.pk)
        page = client.get(url)
        assert ('name="headline"' in page.text) == (letter != "C")
        assert ('value="Save"' in page.text) == (letter != "C")
        assert ("/withdraw/" in page.text) == (letter != "C" and article == public)
        refused = client.post(url, {"headline": "Reworded"}).status_code == 403
        assert refused == (letter == "C")
    assert not Article.objects.filter(headline="Reworded").exclude(pk=draft.pk).exists()


def test_a_contributor_begins_a_draft_and_deletes_nothing():
    client = login("C")
    url = address("article_add")
    form = read_form(client, url, "article_form")
    assert "status" not in form
    values = {**form, "headline": "New", "body": "Text.", "source": make_source("Wire").pk}
    assert client.post(url, {**values, "status": "published"}).status_code == 302
    article = Article.objects.get()
    assert article.status == "draft"
    for row in (article, make_tag("Peace"), make_entity("Cairo"), article.source):
        url = address(f"{row._meta.model_name}_delete", row.pk)
        assert client.post(url, {"post": "yes"}).status_code == 403
    assert Tag.objects.exists()
    assert Entity.objects.exists()


def test_a_viewer_sees_an_article_with_all_that_hangs_on_it():
    client = login("V")
    article = make_article("Talks", body="In Cairo.")
    make_mention(article, make_entity("Cairo"))
    tag_it(article, make_tag("Peace"))
    Correction.objects.create(article=article, note="It was ten.")
    page = client.get(address("article_change", article.pk)).text
    for words in ("Cairo", "Peace", "It was ten."):
        assert words in page
    assert not re.findall(
        r"<(?:textarea|select|input(?! type=.(?:hidden|submit)))[^>]* name=", page
    )
    assert 'value="Save"' not in page


# ── verdicts: every door says the same ───────────────────────────────────────────────────────────

JSON = {"Accept": "application/json"}


def in_queue(client, show, key, verb="accept", headers=None):
    url = f"{reverse('admin:articles_queue')}?show={show}"
    values = {**key, "verb": verb, "until": str(2**60), "is_correction": "minor"}
    return client.post(url, values, headers=headers)


def on_page(client, article, about, headers=None):
    return client.post(address("article_judge", article.pk), {"accept": about}, headers=headers)


def in_form(client, article, about):
    return client.post(address("article_change", article.pk), {"accept": about})


DOORS_OF_A_MENTION = {
    "the queue": lambda client, it: in_queue(client, "mentions", group_of(it)),
    "the queue, by a script": lambda client, it: in_queue(
        client, "mentions", group_of(it), headers=JSON
    ),
    "a ticked example": lambda client, it: in_queue(
        client, "mentions", {**group_of(it), "item": it.pk}
    ),
    "the page": lambda client, it: on_page(client, it.article, f"mention-{it.pk}-suggested"),
    "the page, by a script": lambda client, it: on_page(
        client, it.article, f"mention-{it.pk}-suggested", JSON
    ),
    "the form": lambda client, it: in_form(client, it.article, f"mention-{it.pk}-suggested"),
    "the entity on the page": lambda client, it: on_page(
        client, it.article, f"entity-{it.entity_id}-suggested-1"
    ),
}


def group_of(mention):
    return {"entity": mention.entity_id, "quote": mention.quote}


def suggestion(status):
    article = make_article(body="In Cairo.", status=status)
    given = {"origin": Origin.MACHINE, "state": LinkState.SUGGESTED}
    return make_mention(article, make_entity("Cairo"), **given)


@pytest.mark.parametrize("door", DOORS_OF_A_MENTION)
@pytest.mark.parametrize("letter", PEOPLE)
def test_a_mention_is_judged_by_the_same_people_at_every_door(letter, door):
    client = login(letter)
    for status, letters in (("draft", "SEC"), ("published", "SE"), ("withdrawn", "SE")):
        mention = suggestion("published" if status == "withdrawn" else status)
        if status == "withdrawn":
            mention.article.withdraw("An error.")
        DOORS_OF_A_MENTION[door](client, mention)
        mention.refresh_from_db()
        assert (mention.state == LinkState.ACCEPTED) == (letter in letters), (status, door)


def test_a_contributor_is_told_what_waits_for_an_editor():
    client = login("C")
    public = suggestion(ArticleStatus.PUBLISHED)
    page = client.get(f"{reverse('admin:articles_queue')}?show=mentions")
    assert "You judge on drafts" in page.text
    answer = in_queue(client, "mentions", group_of(public), headers=JSON).json()
    assert "what concerns other articles waits for an editor" in answer["warning"]
    assert not Decision.objects.exists()


def test_a_contributor_changes_no_name_by_way_of_the_queue():
    client, mention = login("C"), suggestion(ArticleStatus.DRAFT)
    for verb, more in (("never", {}), ("create", {"new_kind": "place"})):
        in_queue(client, "mentions", {**group_of(mention), **more}, verb)
    name = UnknownName.objects.create(
        key="rosa", quote="Rosa", articles=1, finds=1, confidence=1, rank=1
    )
    for verb in ("create", "relink"):
        given = {"unknown": name.pk, "new_kind": "person", "choice": mention.entity.slug}
        in_queue(client, "names", given, verb)
    mention.refresh_from_db()
    name.refresh_from_db()
    assert (mention.state, name.state) == ("suggested", "suggested")
    assert Entity.objects.get().aliases.get().standing == "review"


DOORS_OF_A_PAIR = {
    "the queue": lambda client, it: in_queue(
        client, "duplicates", {"source": it.first.source_id, "what": it.first.source_id}
    ),
    "its page": lambda client, it: client.post(
        address("duplicatepair_change", it.pk), {"accept": f"pair-{it.pk}-suggested"}
    ),
    "its list": lambda client, it: client.post(
        address("duplicatepair_changelist"),
        {"action": "accept_selected", "_selected_action": [it.pk]},
    ),
    "an article's page": lambda client, it: on_page(client, it.first, f"pair-{it.pk}-suggested"),
}


@pytest.mark.parametrize("door", DOORS_OF_A_PAIR)
@pytest.mark.parametrize("letter", PEOPLE)
def test_a_pair_is_judged_by_the_same_people_at_every_door(letter, door):
    client, source = login(letter), make_source("Wire")
    for other, letters in (("draft", "SEC"), ("published", "SE")):
        first, second = (make_article(source=source, status=status) for status in ("draft", other))
        pair = DuplicatePair.objects.create(
            first=first, second=second, first_share=0.9, second_share=0.8, passages=[],
            first_fingerprint=first.fingerprint, second_fingerprint=second.fingerprint,
            engine="shingles", version="1", configuration="x", run=uuid4(),
        )  # fmt: skip
        DOORS_OF_A_PAIR[door](client, pair)
        pair.refresh_from_db()
        assert (pair.state == LinkState.ACCEPTED) == (letter in letters), (other, door)


def test_a_contributor_ties_no_draft_to_what_readers_see():
    client, draft = login("C"), make_article(status="draft")
    public, other = make_article(), make_article(status="draft")
    for article in (public, other):
        given = {"declare": "1", "same_as": str(article.uid)}
        client.post(address("article_change", draft.pk), given)
    assert {DuplicatePair.objects.get().first, DuplicatePair.objects.get().second} == {draft, other}


@pytest.mark.parametrize("letter", PEOPLE)
def test_a_storyline_is_judged_by_the_same_people_at_every_door(letter):
    client = login(letter)
    for status, letters in (("draft", "SEC"), ("published", "SE")):
        for door in ("queue", "list"):
            storyline = Storyline.objects.create(
                name="New", slug=f"new-{status}-{door}", origin=Origin.MACHINE,
                state=LinkState.SUGGESTED,
            )  # fmt: skip
            StorylineArticle.objects.create(
                storyline=storyline, article=make_article(status=status), origin=Origin.MACHINE,
                state=LinkState.SUGGESTED,
            )  # fmt: skip
            if door == "queue":
                in_queue(client, "storylines", {"storyline": storyline.pk})
            else:
                done(client, "storyline", "accept_selected", storyline)
            storyline.refresh_from_db()
            assert (storyline.state == LinkState.ACCEPTED) == (letter in letters), (status, door)


CONFLICTS = [
    ("draft", "headline", "Theirs", "SEC"),
    ("draft", "status", "published", "SE"),
    ("published", "headline", "Theirs", "SE"),
    ("published", "status", "draft", "SE"),
]


@pytest.mark.parametrize(("status", "field", "theirs", "letters"), CONFLICTS)
@pytest.mark.parametrize("letter", PEOPLE)
def test_theirs_is_taken_by_whoever_may_write_it_by_hand(letter, status, field, theirs, letters):
    client, article = login(letter), make_article(status=status)
    load = LoadRun.objects.create(run=uuid4(), actor="anna", digest="x")
    Article.objects.filter(pk=article.pk).update(edited_fields=[field])
    LoadConflict.objects.create(load=load, article=article, field=field, theirs=theirs)
    key = {"source": article.source_id, "what": field}
    in_queue(client, "conflicts", key)
    article.refresh_from_db()
    assert (getattr(article, field) == theirs) == (letter in letters)
    form = client.get(address("article_change", article.pk)).text
    assert (f'name="{field}"' in form) == (letter in letters), "the form says the same"


def test_a_status_may_be_taken_only_by_whoever_also_takes_from_readers():
    """As on the article's page: publishing is one right, and withdrawing another."""
    article = make_article()
    load = LoadRun.objects.create(run=uuid4(), actor="anna", digest="x")
    Article.objects.filter(pk=article.pk).update(edited_fields=["status"])
    LoadConflict.objects.create(load=load, article=article, field="status", theirs="draft")
    client = login("E")
    editor = User.objects.get(username="person-E")
    editor.groups.clear()
    names = ["change_article", "view_article", "publish_article", "judge_suggestion"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=names))
    in_queue(client, "conflicts", {"source": article.source_id, "what": "status"})
    article.refresh_from_db()
    assert article.status == "published"
    assert 'name="status"' not in client.get(address("article_change", article.pk)).text
