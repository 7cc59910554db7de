"""The README's loading chapter is true: its examples are run as they stand, in their order."""

import io
import re
import shlex
from pathlib import Path

import pytest
from django.core.management import BaseCommand, CommandError, call_command

from articles.ingestion.readers import READERS
from articles.management.commands.load_articles import Command
from articles.models import Article

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
CHAPTER = README[README.index("### Articles from files") : README.index("\n## Curate")]
COMMAND = ".venv/bin/python manage.py load_articles "

Example = tuple[str, list[str]]


def blocks(text: str) -> list[tuple[str, str, str]]:
    """Language, name of file and text of each fenced block."""
    return re.findall(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def examples(console: str) -> list[Example]:
    """The commands of a console block, each with the lines that it is said to print."""
    found: list[Example] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    return found


def run(command: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """The exit code and the lines of one command, typed in the working directory."""
    if command.startswith("curl "):
        fetching, _, command = command.partition(" | ")
        data = Path(fetching.rpartition("/")[2]).read_bytes()
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    if command.startswith("sed "):
        _, _, script, name = shlex.split(command)
        text = Path(name).read_text("utf-8")
        for old, new in re.findall(r"s/(.*?)/(.*?)/", script):
            text = text.replace(old, new, 1)
        Path(name).write_text(text, "utf-8")
        return 0, []
    assert command.startswith(COMMAND), command
    out = io.StringIO()
    try:
        call_command(
            "load_articles", *shlex.split(command.removeprefix(COMMAND)), stdout=out, stderr=out
        )
    except CommandError as error:
        return error.returncode, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.mark.django_db
def test_the_examples_do_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trafilatura", reason="the example of HTML needs the extra")
    monkeypatch.chdir(tmp_path)
    for language, name, text in blocks(CHAPTER):
        if name:
            assert len(text.splitlines()) <= 2, f"{name} is no short example"
            Path(name).write_text(text, "utf-8")
            continue
        assert language == "console"
        for command, said in examples(text):
            if "PATH …" in command:
                continue
            code, printed = run(command, monkeypatch)
            assert [line for line in said if line not in printed] == [], command
            assert code == int(" 1 rejected" in "".join(said)), command
    assert Article.objects.count() == 12


def test_every_format_has_an_example() -> None:
    wanted = {"text": "Raw text", "jsonl": "JSON Lines", "json": "JSON", "csv": "CSV, TSV"}
    wanted |= {"feed": "Feeds", "ninjs": "ninjs", "newsml": "NewsML-G2", "html": "HTML pages"}
    assert wanted.keys() == READERS.keys()
    for title in wanted.values():
        example, command = blocks(CHAPTER[CHAPTER.index(f"\n**{title}") :])[:2]
        assert example[1], title
        assert command[0] == "console", title


def test_every_option_is_told_of() -> None:
    def options(command: BaseCommand) -> set[str]:
        return set(command.create_parser("manage.py", "x")._option_string_actions)

    for option in options(Command()) - options(BaseCommand()):
        assert f"{option}`" in CHAPTER or f"{option} " in CHAPTER, option
