"""A process on a database of the test server: it serves it, or follows another archive into it.

argv: the database, then `serve`, or `watch` and the address, or `follow`, the address, and before
which statement the process kills itself (0: never). A server says its port, a follower how many
statements it took.
"""

import os
import signal
import sys
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["ALLOWED_HOSTS"] = "127.0.0.1"

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.DATABASES["default"]["CONN_MAX_AGE"] = 60  # a connection costs more than an answer
django.setup()

# A shell that starts the tests in the background lets what they start ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

from django.core.management import call_command, execute_from_command_line  # noqa: E402
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection  # noqa: E402

from articles.ingestion.follow import client  # noqa: E402


class Silent(WSGIRequestHandler):
    disable_nagle_algorithm = True  # the answer waits for no acknowledgement of its head

    def log_message(self, *args: Any) -> None:
        pass


def serve() -> None:
    with ThreadedWSGIServer(("127.0.0.1", 0), Silent) as server:
        server.set_app(get_wsgi_application())
        print(server.server_port, flush=True)
        server.serve_forever()


def follow(address: str, last: int) -> None:
    client.PAGE = 7
    statements = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        if statements == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)

    with connection.execute_wrapper(count):
        call_command("follow_archive", address, quiet=True)
    print(statements)


if __name__ == "__main__":
    if sys.argv[2] == "serve":
        serve()
    elif sys.argv[2] == "watch":
        execute_from_command_line(["manage.py", "follow_archive", sys.argv[3], "--watch", "1"])
    else:
        follow(sys.argv[3], int(sys.argv[4]))
