"""The database is asked whether it can keep the archive's promises."""

import pytest
from django.core.checks import run_checks
from django.db import connection

from articles.checks import check_text


@pytest.mark.django_db
def test_this_database_passes():
    assert check_text(databases=["default"]) == []
    assert not [m for m in run_checks(databases=["default"]) if m.id.startswith("articles.")]


def test_without_a_database_nothing_is_asked():
    assert check_text() == []


@pytest.mark.django_db(transaction=True)
def test_the_c_locale_is_refused():
    """In such a database “Times” is not found by `time`, nor É by é."""
    here = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS test_locale_c")
        cursor.execute(
            "CREATE DATABASE test_locale_c TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    connection.close()
    connection.settings_dict["NAME"] = "test_locale_c"
    try:
        (message,) = check_text(databases=["default"])
    finally:
        connection.close()
        connection.settings_dict["NAME"] = here
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE test_locale_c")
    assert message.id == "articles.E002"
    assert "C.UTF-8" in message.hint
