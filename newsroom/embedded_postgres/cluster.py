"""The data directory: how a new one comes to be, and which programs may open an old one."""

import locale
import shutil
import sys
from pathlib import Path

from newsroom.embedded_postgres import binaries
from newsroom.embedded_postgres.accounts import Account
from newsroom.embedded_postgres.errors import EmbeddedPostgresError

ROLE = DATABASE = "newsroom"

# Single-user mode reads one statement a line. The role makes test databases; it is no superuser.
CONTENTS = f"create role {ROLE} login createdb\ncreate database {DATABASE} owner {ROLE}\n"


def create(data: Path, programs: Path, account: Account) -> None:
    """Make a cluster with its role and its database; half of one never gets the final name."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(f"creating the embedded PostgreSQL in {data}\n")
    new = data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    account.own(new)
    # Who is let in is settled by the directory of the socket, which only the account may enter.
    access = ["--username=postgres", "--auth-local=trust", "--auth-host=reject"]
    content = ["--encoding=UTF8", "--data-checksums", *_locale(programs, account)]
    code, said = account.run(programs / "initdb", "-D", new, *access, *content)
    if code == 0:
        single = ["--single", "-D", str(new), "-c", "exit_on_error=on", "postgres"]
        code, said = account.run(programs / "postgres", *single, stdin=CONTENTS)
    if code:
        raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot be made in {new}.\n{said}")
    new.rename(data)


def check_version(data: Path, programs: Path, account: Account) -> None:
    """EmbeddedPostgresError if the data were written by another major version, or are none."""
    if not (data / "PG_VERSION").is_file():
        raise EmbeddedPostgresError(f"{data} holds no PostgreSQL data. Move it away to begin anew.")
    written_by = (data / "PG_VERSION").read_text().strip()
    major = binaries.major_version(programs, account)
    if written_by != str(major):
        tool = "python -m newsroom.embedded_postgres"
        raise EmbeddedPostgresError(
            f"{data} was written by PostgreSQL {written_by}, and the programs in {programs} are "
            f"version {major}. To keep the archive, dump it with the programs of {written_by}:\n"
            f"  {binaries.VARIABLE}=<their directory> {tool} pg_dump -f newsroom.sql\n"
            f"then move {data} away and load the dump:\n"
            f"  {tool} psql -f newsroom.sql"
        )


def _locale(programs: Path, account: Account) -> list[str]:
    # In the C locale, which containers have, “curly quotes” are letters and searches miss words.
    libc = f"--locale={_utf8_locale()}"
    if binaries.major_version(programs, account) < 17:
        return [libc]
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", libc]


def _utf8_locale() -> str:
    """A locale of the system that knows Unicode's letters (macOS may lack the first)."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_CTYPE, before)
        return name
    return "C"
