
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0013_model_spans'),
    ]

    operations = [
        migrations.CreateModel(
            name='Summary',
            fields=[
                ('name', models.CharField(editable=False, max_length=40, primary_key=True, serialize=False)),
                ('data', models.JSONField(editable=False)),
                ('at', models.DateTimeField(editable=False)),
                ('took_ms', models.PositiveIntegerField(editable=False)),
            ],
            options={
                'verbose_name_plural': 'summaries',
            },
        ),
        migrations.AlterField(
            model_name='article',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.source'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('source'), models.F('published_at'), name='article_by_source'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(models.F('entity'), models.F('created_at'), condition=models.Q(('state', 'suggested')), name='waiting_mention_by_entity'),
        ),
        migrations.AddIndex(
            model_name='tagging',
            index=models.Index(models.F('tag'), models.F('created_at'), condition=models.Q(('state', 'suggested')), name='waiting_tagging_by_tag'),
        ),
    ]
