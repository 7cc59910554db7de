"""Django's PostgreSQL engine, with a server that starts when it is first needed."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psycopg
from django.db.backends.postgresql import base, client

from newsroom.embedded_postgres import server


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell` with the psql that belongs to the server."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """The command line and the environment of psql, once the server is up."""
        server().ensure()
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        return [str(server().programs / "psql"), *arguments[1:]], environment


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that ensures the server first."""

    client_class = DatabaseClient

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A psycopg connection; EmbeddedPostgresError if there can be no server."""
        if server().is_held:
            # The usual case, at no cost. It fails if the server was killed in the meantime.
            with suppress(psycopg.OperationalError):
                return super().get_new_connection(conn_params)
        server().ensure()
        return super().get_new_connection(conn_params)
