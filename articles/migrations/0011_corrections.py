import articles.models.triggers
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from articles.models.change_functions import ANNOUNCE


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0010_unknown_names'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.TextField(help_text='Public: what was wrong, and what is right.')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('editor', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('origin', models.CharField(choices=[('source', 'Source'), ('machine', 'Machine'), ('editor', 'Editor')], db_default='editor', default='editor', editable=False, max_length=10)),
                ('article', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='articles.article')),
            ],
            options={
                'ordering': ['at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('note__regex', '\\S')), name='correction_has_a_note', violation_error_message='note is missing.'), models.CheckConstraint(condition=models.Q(('origin__in', ['source', 'machine', 'editor'])), name='correction_origin_is_a_known_word', violation_error_message='origin must be one of: source, machine, editor.'), models.UniqueConstraint(models.F('article'), models.F('at'), name='article_is_corrected_once_at_a_time'), models.CheckConstraint(condition=models.Q(('origin', 'machine'), _negated=True), name='correction_is_of_no_machine')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='by_editors', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF 'editor' IN (NEW.origin, CASE TG_OP WHEN 'UPDATE' THEN OLD.origin END)\n                        AND NOT coalesce(nullif(current_setting('newsroom.way', true), ''), 'sql') IN ('admin', 'sql') AND NOT EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN\n                        RAISE EXCEPTION 'only editors correct what editors have published'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='5dddafcd0531f5228f7413674e162d54888edf6c', operation='INSERT OR UPDATE', pgid='pgtrigger_by_editors_60fb9', table='articles_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'correction\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || r.id, \'insert\', NULL, NULL\n                FROM new_rows r LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='15311339da80b6b15a583a7fce8a5fad6337ca42', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_bf12f', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'correction\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || r.id, \'update\', CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', o."article_id") ELSE \'{}\' END || CASE WHEN o."note" IS DISTINCT FROM r."note" THEN jsonb_build_object(\'note\', o."note") ELSE \'{}\' END || CASE WHEN o."at" IS DISTINCT FROM r."at" THEN jsonb_build_object(\'at\', o."at") ELSE \'{}\' END || CASE WHEN o."editor" IS DISTINCT FROM r."editor" THEN jsonb_build_object(\'editor\', o."editor") ELSE \'{}\' END || CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', o."origin") ELSE \'{}\' END, CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', r."article_id") ELSE \'{}\' END || CASE WHEN o."note" IS DISTINCT FROM r."note" THEN jsonb_build_object(\'note\', r."note") ELSE \'{}\' END || CASE WHEN o."at" IS DISTINCT FROM r."at" THEN jsonb_build_object(\'at\', r."at") ELSE \'{}\' END || CASE WHEN o."editor" IS DISTINCT FROM r."editor" THEN jsonb_build_object(\'editor\', r."editor") ELSE \'{}\' END || CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', r."origin") ELSE \'{}\' END\n                FROM old_rows o FULL JOIN new_rows r USING (id) LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE (o."article_id", o."note", o."at", o."editor", o."origin") IS DISTINCT FROM (r."article_id", r."note", r."at", r."editor", r."origin") AND (true OR true);\n            RETURN NULL;\n        ', hash='f4dd031e6640b12bdbc6eddf157367e11d0d18b3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_a8537', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'correction\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || r.id, \'delete\', jsonb_build_object(\'article_id\', r."article_id", \'note\', r."note", \'at\', r."at", \'editor\', r."editor", \'origin\', r."origin"), NULL\n                FROM old_rows r LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='8f350c0ad5c3e8dbd776f539777c0f5d51d0ec94', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_8080c', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='7923dd245587af63ebce90005167e3530ad9081b', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_e7fda', table='articles_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='6eb2d1288d396be3f7d962ad1701a0f5c65be01d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_0347e', table='articles_correction', when='BEFORE')),
        ),
        migrations.RunSQL(ANNOUNCE, migrations.RunSQL.noop),
    ]
