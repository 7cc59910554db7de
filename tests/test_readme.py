"""The README is true: every target, command, option, variable and file that it names exists."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from articles.api import filters, nouns, views
from articles.search.vector import DICTIONARIES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
SETTINGS = (ROOT / "newsroom" / "settings.py").read_text()


def test_targets():
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", README))
    assert {"demo", "test", "check", "bench"} <= named
    for target in named:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), f"make {target}"


def command_lines() -> list[tuple[str, list[str]]]:
    lines = re.findall(r"manage\.py ([a-z_]+)([^`\n|]*)", README)
    return [(name, re.findall(r"--[a-z-]+", rest)) for name, rest in lines]


def test_commands_and_their_options():
    assert {"seed_archive", "load_articles", "migrate"} <= {name for name, _ in command_lines()}
    for name, options in command_lines():
        app = get_commands()[name]
        command = load_command_class(app, name) if isinstance(app, str) else app
        known = command.create_parser("manage.py", name)._option_string_actions
        assert set(options) <= set(known), (name, options)


def test_every_command_of_ours_is_documented():
    documented = {name for name, _ in command_lines()} | {"demo"}
    ours = {name for name, app in get_commands().items() if app == "articles"}
    assert ours <= documented


def test_languages():
    """The chapter on search names every language that has a dictionary, and no other."""
    start = README.index("dictionaries serve") + len("dictionaries serve")
    listed = README[start : README.index("Texts in other languages")]
    assert set(re.findall(r"[A-Z][a-z]+", listed)) == {
        name.capitalize() for name in DICTIONARIES.values()
    }


def test_environment_variables():
    named = set(re.findall(r"`((?:DJANGO|DATABASE|ALLOWED|CSRF|API|TRUSTED)_[A-Z_]+)`", README))
    used = set(re.findall(r'"((?:DJANGO|DATABASE|ALLOWED|CSRF|API|TRUSTED)_[A-Z_]+)"', SETTINGS))
    assert named == used


def rows_of(title: str) -> dict[str, str]:
    """The two columns of the table under a heading cell."""
    start = README.index(f"| {title}")
    lines = README[start : README.index("\n\n", start)].splitlines()[2:]
    return dict(re.findall(r"^\| (.*?) \| (.*) \|$", "\n".join(lines), re.MULTILINE))


def words_of(text: str) -> set[str]:
    return set(re.findall(r"`([a-z_]+)`", text))


def test_parameters():
    """The tables of parameters name those that are declared, and no other."""
    named = set()
    for cell, about in rows_of("parameters of articles").items():
        named |= words_of(cell)
        if "__in`" in about:
            named |= {word for word in words_of(about) if "__" in word}
    assert named == {it.name for it in filters.ARTICLE_PARAMETERS}
    shared = words_of(
        README[README.index("| parameters of | besides") :].partition("and `format`")[0]
    )
    for noun, cell in rows_of("parameters of | besides").items():
        declared = getattr(
            filters, f"{ {'entities': 'entity'}.get(noun, noun[:-1]) }_PARAMETERS".upper()
        )
        assert words_of(cell) | shared | {"format"} == {it.name for it in declared}, noun


def test_parameters_of_one():
    one = README[README.index("One article takes") :].partition("\n")[0]
    article, noun = (words_of(part) for part in one.split(";"))
    assert article == {it.name for it in views.ArticleDetail.parameters}
    for door in (nouns.SourceDetail, nouns.EntityDetail, nouns.TagDetail):
        assert noun == {it.name for it in door.parameters}


def test_choices_of_parameters():
    rows = rows_of("parameters of articles")
    declared = {it.name: it for it in filters.ARTICLE_PARAMETERS}
    for name in ("ordering", "format"):
        told = set(re.findall(r"`(-?[a-z_]+)`", rows[f"`{name}`"])) - {"q"}
        assert told == set(declared[name].choices), name


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z_.]+(?:/[a-z_.]*)+)`", README))))
def test_paths(path):
    if path.startswith((".venv", ".postgres")):
        pytest.skip("made by the first run")
    assert (ROOT / path).exists(), path
