"""Extensions and functions that the tables stand on.

A change of `search.vector` needs a migration of its own that replaces the functions and rewrites
the generated column: this one has run everywhere.
"""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension, UnaccentExtension
from django.db import migrations

from articles.models.ledger import DROP_FUNCTIONS, FUNCTIONS
from articles.models.ledger_migrations import DROP_RENAMED, RENAMED
from articles.search import vector

FINGERPRINT = """
create function article_fingerprint(headline text, body text) returns text
    language sql immutable parallel safe
    return encode(sha256(convert_to(coalesce(nullif(body, ''), headline), 'UTF8')), 'hex');
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        BtreeGinExtension(),
        migrations.RunSQL(vector.create_sql(), vector.drop_sql()),
        migrations.RunSQL(FINGERPRINT, "drop function article_fingerprint(text, text);"),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(RENAMED, DROP_RENAMED),
    ]
