"""Days at the desk: written and shown year first, whatever the browser's language."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from articles.models import Article
from tests.articles.admin.browser import address, errors, read_form, save, shown
from tests.factories import make_article

WHEN = datetime(2024, 3, 31, 9, 5, tzinfo=UTC)
HINT = "year-month-day, such as 2024-03-31"


def test_a_form_shows_the_day_year_first(desk: Client, db: None):
    article = make_article(published_at=WHEN, publish_at=WHEN)
    values = read_form(desk, address("article_change", article.pk), "article_form")
    for name in ("published_at", "publish_at"):
        assert (values[f"{name}_0"], values[f"{name}_1"]) == ("2024-03-31", "09:05:00")
    page = unescape(desk.get(address("article_change", article.pk)).text)
    for name in ("published_at", "publish_at"):
        row = page[page.index(f'name="{name}_0"') :]
        assert "Year-month-day" in row[: row.index("form-row")]
    # the calendar of the form writes what the form reads
    catalogue = desk.get(reverse("admin:jsi18n")).text
    assert re.search(r'"DATE_INPUT_FORMATS": \[\s*"%Y-%m-%d"\s*\]', catalogue)


@pytest.mark.parametrize("name", ["published_at", "publish_at"])
@pytest.mark.parametrize("day", ["31/03/2024", "03/04/2024", "31.3.2024", "24-03-31", "yesterday"])
def test_a_day_that_can_be_read_in_two_ways_is_refused(desk: Client, db: None, name: str, day: str):
    article = make_article(status="draft")
    response = save(desk, "article", article.pk, **{f"{name}_0": day, f"{name}_1": ""})
    assert HINT in errors(response)
    assert f'value="{day}"' in response.text  # to be mended
    assert getattr(Article.objects.get(pk=article.pk), name) is None


def test_a_day_is_written_as_it_is_shown(desk: Client, db: None):
    article = make_article(status="draft")
    given = {"published_at_0": "2024-03-31", "published_at_1": "09:05"}
    assert save(desk, "article", article.pk, **given).status_code == 302
    assert Article.objects.get(pk=article.pk).published_at == WHEN


@pytest.mark.parametrize(
    ("page", "names"),
    [("article", ("published_from", "published_to")), ("ledgerbatch", ("from", "to"))],
)
def test_a_list_is_narrowed_by_days_year_first(desk: Client, db: None, page: str, names):
    url = address(f"{page}_changelist")
    text = unescape(desk.get(url).text)
    for name in names:
        (given,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', text)
        assert 'type="text"' in given
        assert 'aria-describedby="' in given
    assert "Year-month-day" in text
    refused = unescape(desk.get(url, {names[0]: "31/03/2024"}).text)
    assert HINT in refused


def test_the_list_finds_what_it_is_asked_for(desk: Client, db: None):
    article, _ = make_article(published_at=WHEN), make_article(published_at=WHEN.replace(day=1))
    url = address("article_changelist")
    response = desk.get(url, {"published_from": "2024-03-31", "published_to": "2024-03-31"})
    assert shown(response) == [str(article)]
    assert 'value="2024-03-31"' in response.text


def test_the_queue_asks_for_a_day_year_first(desk: Client, db: None):
    article = make_article(published_at=None, published_precision="unknown")
    url = f"{reverse('admin:articles_queue')}?show=undated"
    page = desk.get(url)
    (given,) = re.findall(rf'<input[^>]* name="field-{article.pk}"[^>]*>', page.text)
    assert 'type="text"' in given
    assert "Year-month-day" in page.text
    key = page.context["groups"][0].key
    values = {**key, "until": str(2**60), "one": f"write:{article.pk}"}
    refused = desk.post(url, {**values, f"field-{article.pk}": "31/03/2024"}, follow=True)
    assert HINT in refused.text
    desk.post(url, {**values, f"field-{article.pk}": "2024-03-31"})
    assert Article.objects.get().published_at == WHEN.replace(hour=0, minute=0)
