"""A process that loads a file, for tests that kill it or its database.

argv: where (`name:DATABASE` of the test server, or `root:DIRECTORY` of an embedded one), what
(`load`, `migrate` or `state`), and for a load the file, how many records a batch has, and before
which statement the process kills itself (0: never). A load answers with a line after each batch.
"""

import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django
from django.conf import settings

from newsroom import embedded_postgres

kind, _, place = sys.argv[1].partition(":")
databases = settings.DATABASES
if kind == "root":
    databases["default"] = embedded_postgres.configure(Path(place))
else:
    databases["default"]["NAME"] = place
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from articles.ingestion import batches  # noqa: E402
from articles.ingestion.inputs import Input  # noqa: E402
from articles.ingestion.loader import Loading, load  # noqa: E402
from tests.articles.ingestion.loads import state  # noqa: E402


def load_file(path: Path, size: int, last: int) -> None:
    batches.BATCH = size
    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        if statements == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        load(
            [Input(path.name, path)],
            Loading(create_missing=True),
            io.BytesIO(),
            on_batch=lambda progress: print(progress.records, flush=True),
        )
    print(f"statements {statements}")


if __name__ == "__main__":
    if sys.argv[2] == "migrate":
        call_command("migrate", verbosity=0)
    elif sys.argv[2] == "load":
        load_file(Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    else:
        print(json.dumps(state()))
