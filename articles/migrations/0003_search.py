"""Marks and grams in the search vector, so that every word is found fast at any size.

A generated column is not altered but made anew: the table is rewritten, once.
"""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from articles.search import vector

def column(*names):
    return models.GeneratedField(
        db_persist=True,
        expression=models.Func(*(models.F(name) for name in names), function="article_search"),
        output_field=django.contrib.postgres.search.SearchVectorField(),
        serialize=False,
    )


FIELDS = ("language", "headline", "summary", "bylines", "body")
INDEX = django.contrib.postgres.indexes.GinIndex(fields=["search"], name="article_search")


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_initial")]
    operations = [
        migrations.RunSQL(vector.add_marks_sql(), vector.drop_marks_sql()),
        migrations.RemoveIndex("article", "article_search"),
        migrations.RemoveField("article", "search"),
        migrations.AddField("article", "search", column(*FIELDS, "published_at", "uid")),
        migrations.RunSQL(vector.DROP_WORDS, vector.words_sql()),
        # GIN is built in as few passes as fit in memory.
        migrations.RunSQL("SET LOCAL maintenance_work_mem = '256MB'", migrations.RunSQL.noop),
        migrations.AddIndex("article", INDEX),
    ]
