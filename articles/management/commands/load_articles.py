"""`manage.py load_articles PATH …`: load files, folders or standard input."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, TextIO

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, ProgrammingError

from articles.errors import ArchiveError, LoadError
from articles.ingestion.apart import kept_apart
from articles.ingestion.choices import DEFAULTS, FORMATS, as_loading, settle_choices
from articles.ingestion.cleaning import RULES
from articles.ingestion.document import Reject
from articles.ingestion.inputs import Input, find_inputs
from articles.ingestion.loader import Loading, load
from articles.ingestion.outputs import opened_output
from articles.ingestion.plan_file import PlanFile, PlanWriter, open_plan
from articles.ingestion.planned import (
    apply_plan,
    check_inputs,
    check_plan,
    describe_inputs,
    reread,
)
from articles.ingestion.progress import Display, say
from articles.ingestion.rejects import rejects_file
from articles.ingestion.report import LoadReport, Progress
from articles.ingestion.summary import Summary
from articles.management.enriching import enrich_after_load
from articles.models.summaries import refresh_after_writing
from articles.vocabulary import ArticleStatus

SOME_LEFT, COULD_NOT_RUN, INTERRUPTED = 1, 2, 130

OnReject = Callable[[Reject], None]


class Command(BaseCommand):
    help = (
        "Load articles from files, folders or standard input (-). Good records are loaded, bad "
        "ones are named with all their faults. Unchanged articles are not touched, and fields "
        "that an editor changed are kept. Faults and progress go to standard error, the summary "
        "to standard output. Exit code 0: all loaded; 1: some records rejected or in conflict with "
        "an editor; 2: could not run; 130: interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("paths", nargs="*", metavar="PATH", help="file, folder, or - for standard input")
        add("--source", metavar="S", help="slug or name, for records without one")
        add("--format", metavar="F", help=f"{', '.join(FORMATS)} (default: auto, by content)")
        add(
            "--create-missing",
            action="store_true",
            default=None,
            help="create unknown sources, tags and entities",
        )
        add(
            "--status",
            metavar="S",
            help=f"of new articles whose records have none: {', '.join(ArticleStatus.values)} "
            "(default: published)",
        )
        add("--timezone", metavar="Z", help="IANA zone of times without an offset")
        add("--encoding", metavar="E", help="of text that is not UTF-8, such as windows-1252")
        add(
            "--map",
            action="append",
            metavar="THEIRS=OURS",
            help="what a dump calls its members; THEIRS= leaves one out; can be repeated",
        )
        add("--rejects", type=Path, metavar="FILE", help="write rejected records as JSON Lines")
        add("--plan", action="store_true", help="show what would change; the archive stays as is")
        add("--plan-file", type=Path, metavar="FILE", help="plan, and write the plan to a file")
        add("--apply", type=Path, metavar="FILE", help="do exactly what a plan file says")
        add("--quiet", action="store_true", help="no progress; faults and summary stay")
        add(
            "--enrich",
            action="store_true",
            help="then let the machine read what was created or updated, as enrich_articles does",
        )
        add("--list-rules", action="store_true", help="list the rules of cleaning")

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except BrokenPipeError as error:  # nobody reads the last message any more
            reason = error.__context__
            sys.exit(reason.returncode if isinstance(reason, CommandError) else SOME_LEFT)

    def handle(self, *args: Any, **options: Any) -> None:
        out: TextIO = options.get("stdout") or sys.stdout
        if options["list_rules"]:
            for rule in RULES.values():
                say(out, f"{rule.name:20} {rule.reason}")
            return
        run = _Run(options, options.get("stderr") or sys.stderr)
        try:
            report = run.start()
        except KeyboardInterrupt:
            _stop(f"Stopped after {run.records:,} records; {run.way_on}.", INTERRUPTED)
        except (Error, psycopg.Error) as error:
            _stop(_database_words(error, run), COULD_NOT_RUN, error)
        except ArchiveError as error:
            _stop(str(error), COULD_NOT_RUN, error)
        except OSError as error:
            _stop(f"{error.filename or 'files'}: {error.strerror or error}", COULD_NOT_RUN, error)
        except Exception as error:  # whatever an input may hold, its user sees no traceback
            reason = f"{type(error).__name__}: {error}"
            advice = f"{run.way_on}, with --traceback to see where"
            _stop(f"Unforeseen {reason} after {run.records:,} records; {advice}.", 2, error)
        self._end(report, run, out, options)

    @staticmethod
    def _end(report: LoadReport, run: _Run, out: TextIO, options: dict[str, Any]) -> None:
        for line in run.summary.lines(report):
            say(out, line)
        if options["enrich"]:
            enrich_after_load(report.run, out, run.stream, is_quiet=options["quiet"])
        if not run.is_plan:
            refresh_after_writing()
        if not report.is_complete:
            _stop(_left_words(report, options["rejects"]), SOME_LEFT)


class _Run:
    """One load, plan or application of a plan, as the command line asks for it."""

    def __init__(self, options: dict[str, Any], stream: TextIO) -> None:
        self.summary = Summary()
        self.records = 0
        self.is_plan = bool(options["plan"] or options["plan_file"])
        self._options = options
        self.stream = stream

    @property
    def way_on(self) -> str:
        if self.is_plan:
            return "nothing was changed; run it again"
        if self._options["apply"]:
            return "what was loaded stays; plan again and apply that to go on"
        return "what was loaded stays; run it again to go on"

    def start(self) -> LoadReport:
        """Raises LoadError for options, inputs or outputs with which nothing can run."""
        options = self._options
        if self.is_plan and options["apply"]:
            raise LoadError("--apply does what a plan says; it cannot stand with --plan")
        if self.is_plan and options["enrich"]:
            raise LoadError("--enrich reads what was loaded; a plan loads nothing")
        plan = open_plan(options["apply"]) if options["apply"] else None
        given = {name: options[name] for name in DEFAULTS}
        choices = settle_choices(given, plan.header["options"] if plan else None)
        loading = as_loading(choices, _user(), self.is_plan)
        inputs = self._inputs()
        with rejects_file(options["rejects"]) as on_reject, self._display() as display:

            def refuse(reject: Reject) -> None:
                for fault in reject.faults:
                    display.say(str(fault))
                on_reject(reject)

            if plan:
                return self._apply(plan, inputs, loading, refuse, display)
            if options["plan_file"]:
                return self._plan(choices, inputs, loading, refuse, display)
            return load(inputs, loading, _standard_input(), refuse, self._follow(display))

    def _inputs(self) -> list[Input]:
        options = self._options
        if not options["paths"]:
            raise LoadError("PATH is missing: name files, folders, or - for standard input")
        files = {
            f"--{name.replace('_', '-')}": options[name]
            for name in ("plan_file", "apply", "rejects")
            if options[name]
        }
        standard = getattr(sys.stdin, "buffer", None)
        inputs = find_inputs(options["paths"], lambda words: say(self.stream, words))
        inputs = kept_apart(inputs, options["paths"], files, standard)
        if not inputs:
            raise LoadError(f"{', '.join(options['paths'])}: no files to load")
        return inputs

    def _plan(
        self,
        choices: Mapping[str, Any],
        inputs: list[Input],
        loading: Loading,
        refuse: OnReject,
        display: Display,
    ) -> LoadReport:
        path: Path = self._options["plan_file"]
        with (
            opened_output(path, "--plan-file") as write,
            reread(inputs, _standard_input()) as files,
        ):
            described = describe_inputs(files)
            writer = PlanWriter(write, {"options": choices, "inputs": described})
            follow = self._follow(display)

            def keep(progress: Progress) -> None:
                writer.add(progress.plan)
                follow(progress)

            report = load(files, loading, _standard_input(), refuse, keep)
            writer.finish(report.counts)
        return report

    def _apply(
        self,
        plan: PlanFile,
        inputs: list[Input],
        loading: Loading,
        refuse: OnReject,
        display: Display,
    ) -> LoadReport:
        with reread(inputs, _standard_input()) as files:
            check_inputs(plan, describe_inputs(files))
            with self._display("checking") as checking:
                check_plan(plan, files, loading, checking.update)
            return apply_plan(plan, files, loading, refuse, self._follow(display))

    def _display(self, title: str = "") -> AbstractContextManager[Display]:
        title = title or ("planning" if self.is_plan else "loading")
        return closing(Display(self.stream, title, is_quiet=self._options["quiet"]))

    def _follow(self, display: Display) -> Callable[[Progress], None]:
        def follow(progress: Progress) -> None:
            self.records = progress.records
            self.summary.add(progress.plan)
            display.update(progress)

        return follow


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise LoadError("standard input is closed")
    return sys.stdin.buffer


def _stop(message: str, code: int, error: Exception | None = None) -> NoReturn:
    raise CommandError(message, returncode=code) from error


def _database_words(error: Exception, run: _Run) -> str:
    reason = str(error).strip()
    if isinstance(error, ProgrammingError):
        return f"The database is not ready: {reason.splitlines()[0]}. Run manage.py migrate."
    if not run.records:
        return f"The database does not answer: {reason}\nWhen it does, {run.way_on}."
    return f"The database was lost after {run.records:,} records; {run.way_on}.\n{reason}"


def _left_words(report: LoadReport, rejects: Path | None) -> str:
    words = "Not every record would be loaded" if report.is_plan else "Not every record was loaded"
    if not report.counts["rejected"]:
        return f"{words}."
    if rejects:
        return f"{words}: correct those in {rejects}, and load that file."
    return f"{words}: --rejects FILE keeps the rejected ones, to be corrected and loaded."


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user need not have a name
        return "loader"
