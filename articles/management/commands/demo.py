"""manage.py demo: from an empty database to a served, seeded archive."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import BaseCommand, CommandError, call_command

from articles.models.groups import EDITORS

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

HOST = "127.0.0.1"
EDITOR = "editor"


class Command(BaseCommand):
    help = "Migrate, seed, make a demo editor and serve on loopback. Run again: loses nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (8000)")
        parser.add_argument("--no-serve", action="store_true", help="prepare everything, then end")
        parser.add_argument(
            "--yes", action="store_true", help="use the database that DATABASE_URL names"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if os.environ.get("DATABASE_URL") and not options["yes"]:
            raise CommandError(
                "DATABASE_URL is set: the demo would seed that database and add an editor to it. "
                "Unset it to use the embedded PostgreSQL, or add --yes if you mean it."
            )
        if not options["no_serve"]:
            refuse_taken_port(options["port"])
        call_command("migrate", verbosity=0)
        call_command("seed_archive", stdout=self.stdout)
        password = demo_editor()
        self.stdout.write(f"\nEditor:   {EDITOR}\nPassword: {password}")
        if options["no_serve"]:
            return
        self.stdout.write(f"Archive:  http://{HOST}:{options['port']}/  (Ctrl-C ends it)\n")
        self.stdout.flush()
        sys.exit(serve(options["port"]))


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            other = port + 1 if 0 < port < 65_535 else 8001
            raise CommandError(
                f"Port {port} on {HOST} cannot be used: {getattr(error, 'strerror', error)}. "
                f"Choose another: make demo PORT={other} (or manage.py demo --port {other})."
            ) from error


def kept_secret(name: str) -> tuple[str, bool]:
    """A random secret kept in `.postgres/`, readable to its owner only; and whether it is new."""
    path = Path(settings.BASE_DIR) / ".postgres" / name
    if path.exists():
        return path.read_text().strip(), False
    path.parent.mkdir(mode=0o700, exist_ok=True)
    value = secrets.token_urlsafe(48 if name == "secret_key" else 12)
    # Created with its mode, so that nobody can read it even for a moment.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value + "\n")
    return value, True


def demo_editor() -> str:
    """The demo editor's password, to print; or a note where somebody has changed it."""
    password, is_new = kept_secret("editor_password")
    editor, is_created = get_user_model().objects.get_or_create(
        username=EDITOR, defaults={"is_staff": True, "is_superuser": True}
    )
    if is_created:
        editor.groups.set(Group.objects.filter(name=EDITORS))
    # Somebody else's database may hold somebody else's editor.
    if is_created or (is_new and not os.environ.get("DATABASE_URL")):
        editor.set_password(password)
        editor.save(update_fields=["password"])
    return password if editor.check_password(password) else "(changed since; ask who changed it)"


def serve(port: int) -> int:
    """Serve until told to stop; this process holds the embedded database meanwhile."""
    environment = os.environ | {
        "DJANGO_SECRET_KEY": kept_secret("secret_key")[0],
        "DJANGO_DEBUG": "0",
        "DJANGO_HTTPS": "0",
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "CSRF_TRUSTED_ORIGINS": "",
    }
    command = [sys.executable, "-m", "gunicorn", "newsroom.wsgi", "--workers=2", "--threads=4"]
    server = subprocess.Popen(
        [*command, f"--bind={HOST}:{port}", "--log-level=warning", "--limit-request-line=8190"],
        cwd=settings.BASE_DIR,
        env=environment,
    )
    # Ctrl-C in a terminal reaches the server as well, a signal to this process alone does not.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.terminate())
    return server.wait()
