import articles.models.triggers
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0007_duplicates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Enrichment',
            fields=[
                ('article', models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='enrichment', serialize=False, to='articles.article')),
                ('is_stale', models.BooleanField(db_default=True, default=True, editable=False)),
                ('text', models.CharField(blank=True, db_default='', default='', editable=False, max_length=64)),
                ('configuration', models.CharField(blank=True, db_default='', default='', editable=False, max_length=16)),
                ('is_paired', models.BooleanField(db_default=False, default=False, editable=False, help_text='Its text was compared with those of other articles.')),
                ('at', models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='EnrichmentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.UUIDField(editable=False, unique=True)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('engines', models.JSONField(default=dict, editable=False, help_text='Versions by engine.')),
                ('configuration', models.CharField(editable=False, max_length=16)),
                ('vocabulary', models.BigIntegerField(editable=False)),
                ('counts', models.JSONField(default=dict, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Salience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.FloatField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('engine', models.CharField(editable=False, max_length=20)),
                ('text', models.CharField(editable=False, help_text='SHA-256 of what it read.', max_length=64)),
                ('confidence', models.FloatField(editable=False)),
                ('before', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('after', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('candidates', models.JSONField(default=list, editable=False)),
                ('reasons', models.JSONField(default=list, editable=False)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mention',
            name='ledger_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='mention',
            name='ledger_update',
        ),
        migrations.AddField(
            model_name='mention',
            name='is_lost',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='The text has changed, and the words stand in it no more.', verbose_name='lost'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='by_editors', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF NOT coalesce(nullif(current_setting('newsroom.way', true), ''), 'sql') IN ('admin', 'sql') AND NOT EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN\n                        RAISE EXCEPTION 'only editors decide on links'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='6d3cf553b231b6e9e46ed7b30bcc2e379ed6eaa8', operation='INSERT', pgid='pgtrigger_by_editors_b75f8', table='articles_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'mention\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(e.slug, \'\') || coalesce(\'@\' || r.start || \'-\' || r."end", \'\'), \'update\', CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', o."origin") ELSE \'{}\' END || CASE WHEN o."state" IS DISTINCT FROM r."state" THEN jsonb_build_object(\'state\', o."state") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', o."article_id") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', o."entity_id") ELSE \'{}\' END || CASE WHEN o."start" IS DISTINCT FROM r."start" THEN jsonb_build_object(\'start\', o."start") ELSE \'{}\' END || CASE WHEN o."end" IS DISTINCT FROM r."end" THEN jsonb_build_object(\'end\', o."end") ELSE \'{}\' END || CASE WHEN o."quote" IS DISTINCT FROM r."quote" THEN jsonb_build_object(\'quote\', o."quote") ELSE \'{}\' END || CASE WHEN o."is_lost" IS DISTINCT FROM r."is_lost" THEN jsonb_build_object(\'is_lost\', o."is_lost") ELSE \'{}\' END, CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', r."origin") ELSE \'{}\' END || CASE WHEN o."state" IS DISTINCT FROM r."state" THEN jsonb_build_object(\'state\', r."state") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', r."article_id") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', r."entity_id") ELSE \'{}\' END || CASE WHEN o."start" IS DISTINCT FROM r."start" THEN jsonb_build_object(\'start\', r."start") ELSE \'{}\' END || CASE WHEN o."end" IS DISTINCT FROM r."end" THEN jsonb_build_object(\'end\', r."end") ELSE \'{}\' END || CASE WHEN o."quote" IS DISTINCT FROM r."quote" THEN jsonb_build_object(\'quote\', r."quote") ELSE \'{}\' END || CASE WHEN o."is_lost" IS DISTINCT FROM r."is_lost" THEN jsonb_build_object(\'is_lost\', r."is_lost") ELSE \'{}\' END\n                FROM old_rows o FULL JOIN new_rows r USING (id) LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE (o."origin", o."state", o."created_at", o."article_id", o."entity_id", o."start", o."end", o."quote", o."is_lost") IS DISTINCT FROM (r."origin", r."state", r."created_at", r."article_id", r."entity_id", r."start", r."end", r."quote", r."is_lost") AND ((o.origin <> \'machine\' OR o.state <> \'suggested\') OR (r.origin <> \'machine\' OR r.state <> \'suggested\'));\n            RETURN NULL;\n        ', hash='221f0e6b72620cf3cd0d19080097184f4e4c4b6f', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_3f1f4', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_mention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'mention\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(e.slug, \'\') || coalesce(\'@\' || r.start || \'-\' || r."end", \'\'), \'delete\', jsonb_build_object(\'origin\', r."origin", \'state\', r."state", \'created_at\', r."created_at", \'article_id\', r."article_id", \'entity_id\', r."entity_id", \'start\', r."start", \'end\', r."end", \'quote\', r."quote", \'is_lost\', r."is_lost"), NULL\n                FROM old_rows r LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE (r.origin <> \'machine\' OR r.state <> \'suggested\');\n            RETURN NULL;\n        ', hash='3988cffad973c874d522187c1cc1420ed0937fac', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_8d1bc', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_mention', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='enrichment',
            index=models.Index(models.F('article'), condition=models.Q(('is_stale', True)), name='enrichment_waiting'),
        ),
        migrations.AddIndex(
            model_name='enrichment',
            index=models.Index(models.F('article'), condition=models.Q(('is_paired', False)), name='enrichment_unpaired'),
        ),
        migrations.AddIndex(
            model_name='enrichmentrun',
            index=models.Index(fields=['-started_at'], name='enrichment_run_by_time'),
        ),
        migrations.AddField(
            model_name='salience',
            name='article',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='saliences', to='articles.article'),
        ),
        migrations.AddField(
            model_name='salience',
            name='entity',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='saliences', to='articles.entity'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='alias',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='suggestions', to='articles.alias'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='mention',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='suggestion', to='articles.mention'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='run',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='articles.enrichmentrun'),
        ),
        migrations.AddField(
            model_name='suggestion',
            name='tagging',
            field=models.OneToOneField(editable=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='suggestion', to='articles.tagging'),
        ),
        migrations.AddIndex(
            model_name='salience',
            index=models.Index(models.F('entity'), models.F('score'), name='salience_by_entity'),
        ),
        migrations.AddConstraint(
            model_name='salience',
            constraint=models.UniqueConstraint(models.F('article'), models.F('entity'), name='article_has_a_salience_once'),
        ),
        migrations.AddConstraint(
            model_name='salience',
            constraint=models.CheckConstraint(condition=models.Q(('score__range', (0, 1))), name='salience_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mention__isnull', False), ('tagging__isnull', True)), models.Q(('mention__isnull', True), ('tagging__isnull', False)), _connector='OR'), name='suggestion_is_of_one_link'),
        ),
        migrations.AddConstraint(
            model_name='suggestion',
            constraint=models.CheckConstraint(condition=models.Q(('confidence__range', (0, 1))), name='suggestion_confidence_is_a_share'),
        ),
    ]
