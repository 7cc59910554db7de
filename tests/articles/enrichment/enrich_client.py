"""A process on a database of the test server that enriches with two workers, of which one ends
early: a process of its own, for one that has compared texts works alone.

argv: the database, and how: `die` (kill -9, after a few articles) or `fail` (an exception).
"""

import os
import signal
import sys
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()

from django.core.management import execute_from_command_line  # noqa: E402

from articles.enrichment import work  # noqa: E402
from articles.models import Enrichment  # noqa: E402

parent, finish = os.getpid(), work.finish


def die(*arguments: Any) -> None:
    finish(*arguments)
    if os.getpid() != parent and Enrichment.objects.filter(is_stale=False).count() > 15:
        os.kill(os.getpid(), signal.SIGKILL)


def fail(*_: Any) -> None:
    raise RuntimeError("no such thing")


work.AT_ONCE = 7
if sys.argv[2] == "die":
    work.finish = die
else:
    work._compare_block = fail
execute_from_command_line(["manage.py", "enrich_articles", "--quiet", "--processes", "2"])
