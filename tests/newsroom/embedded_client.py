"""A Django process on the embedded PostgreSQL below argv[1], for tests of several processes.

It runs every line of its input as SQL and answers with the first value of the result. Two lines are
no SQL: `create test database`, and `disconnect`.
"""

import sys
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from newsroom import embedded_postgres


def answer(line: str) -> object:
    if line == "create test database":
        return connection.creation.create_test_db(verbosity=0, autoclobber=True)
    if line == "disconnect":
        connection.close()
        return None
    with connection.cursor() as cursor:
        cursor.execute(line)
        row = cursor.fetchone()
    return row[0] if row else None


if __name__ == "__main__":
    settings.configure(DATABASES={"default": embedded_postgres.configure(Path(sys.argv[1]))})
    django.setup()
    for line in sys.stdin:
        print(answer(line.strip()), flush=True)
