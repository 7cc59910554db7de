"""The database engine `newsroom.embedded_postgres.backend`."""
