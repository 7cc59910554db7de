"""What a browser without scripts would do with a page: read its form, send it, name its queries."""

import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


class FormReader(HTMLParser):
    """The names and values that a page's form would send, with the line ends of a browser."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id, self.inside, self.values = form_id, False, {}
        self.textarea: str | None = None
        self.select: str | None = None
        self.buttons: dict[str, tuple[str, str]] = {}
        self.button: tuple[str, str] | None = None  # whose words are its label

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = dict(pairs)
        if tag == "button" and given.get("form") == self.form_id:
            sends = (given.get("name") or "", given.get("value") or "")
            if given.get("aria-label"):
                self.buttons[given["aria-label"] or ""] = sends
            else:
                self.button = sends
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not (given["form"] == self.form_id if "form" in given else self.inside):
            return
        name = given.get("name")
        if tag == "input" and name and given.get("type") != "submit":
            is_box = given.get("type") in {"checkbox", "radio"}
            if not is_box or "checked" in given:
                self.values[name] = given.get("value") or ("on" if is_box else "")
        elif tag == "textarea" and name:
            self.textarea, self.values[name] = name, ""
        elif tag == "select":
            self.select = name
            self.values[name] = ""
        elif tag == "option" and self.select and "selected" in given:
            self.values[self.select] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "textarea" and self.textarea:
            text = self.values[self.textarea].removeprefix("\n")
            self.values[self.textarea] = text.replace("\r\n", "\n").replace("\n", "\r\n")
            self.textarea = None
        if tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.button:
            self.buttons[data.strip()], self.button = self.button, None
        if self.textarea:
            self.values[self.textarea] += data


def address(page: str, *args: Any) -> str:
    return reverse(f"admin:articles_{page}", args=args)


def read_form(client: Client, url: str, form_id: str) -> dict[str, str]:
    reader = FormReader(form_id)
    reader.feed(client.get(url).text)
    if "correction_note" in reader.values:  # a question without a default: most tests say this
        reader.values["is_correction"] = "minor"
    return reader.values


def save(client: Client, noun: str, pk: int | None = None, **changes: Any) -> Any:
    """Open the page of a row (or of a new one), change fields, press Save."""
    url = address(f"{noun}_change", pk) if pk else address(f"{noun}_add")
    values = read_form(client, url, f"{noun}_form")
    unknown = set(changes) - set(values)
    assert not unknown, f"the form has no {unknown}: {sorted(values)}"
    return client.post(url, {**values, **changes})


def buttons(client: Client, url: str, form_id: str = "article_form") -> dict[str, tuple[str, str]]:
    """The buttons that a page has outside or inside a form to send it: name and value by label."""
    reader = FormReader(form_id)
    reader.feed(client.get(url).text)
    return reader.buttons


def press(client: Client, article: Any, label: str, asked: str = "", **changes: Any) -> Any:
    """Write in an article's form and press one of its verdicts, without a script."""
    url = address("article_change", article.pk) + asked
    reader = FormReader("article_form")
    reader.feed(client.get(url).text)
    name, value = reader.buttons[label]
    return client.post(url, {**reader.values, **changes, name: value})


def merge_form(client: Client, survivor: Any, *others: Any) -> dict[str, Any]:
    """What the page of a merge would send once it has shown what moves."""
    page = address(f"{survivor._meta.model_name}_merge")
    keys = [survivor.pk, *(other.pk for other in others)]
    asked = "&".join([f"survivor={survivor.pk}", *(f"row={key}" for key in keys)])
    return {**read_form(client, f"{page}?{asked}", "merge_form"), "row": keys}


def merge(client: Client, survivor: Any, *others: Any, **changes: Any) -> Any:
    """See what would move, then merge."""
    values = merge_form(client, survivor, *others) | changes
    return client.post(address(f"{survivor._meta.model_name}_merge"), values, follow=True)


def errors(response: Any) -> str:
    """Every error on the page, in one string; "" for a page that was saved."""
    found = re.findall(r'<ul class="errorlist[^>]*>(.*?)</ul>', response.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text) for text in found)


def shown(response: Any) -> list[str]:
    """The rows of a list, as the words of their objects."""
    return [str(row) for row in response.context["cl"].result_list]


def query_names(queries: CaptureQueriesContext) -> list[str]:
    """`select articles_tag` and so on, in order; a capped count says so."""
    names = []
    for query in queries.captured_queries:
        sql = query["sql"]
        verb = sql.split(maxsplit=1)[0].lower()
        if verb in {"savepoint", "release"}:
            continue
        table = re.search(r'(?:FROM|INTO|UPDATE) "?(\w+)"?', sql)
        counted = "count " if "count(" in sql.lower() else "loose " if "RECURSIVE" in sql else ""
        names.append(f"{counted or verb + ' '}{table[1] if table else ''}")
    return names
