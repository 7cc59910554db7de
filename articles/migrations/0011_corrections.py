import articles.models.triggers
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from articles.models.change_functions import ANNOUNCE
from articles.models.redaction_functions import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0010_unknown_names'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.TextField(help_text='Public: what was wrong, and what is right.')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('editor', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('origin', models.CharField(choices=[('source', 'Source'), ('machine', 'Machine'), ('editor', 'Editor')], db_default='editor', default='editor', editable=False, max_length=10)),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(editable=False, unique=True)),
                ('reason', models.TextField(editable=False)),
                ('editor', models.TextField(editable=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='keep_edits',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='decision',
            name='append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='duplicatedecision',
            name='append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledgerbatch',
            name='append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledgerentry',
            name='append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='storylinedecision',
            name='append_only',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='keep_edits', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NEW; END IF;\n            IF OLD."uid" IS DISTINCT FROM NEW."uid" THEN\n                RAISE EXCEPTION \'% of % % never changes\', \'uid\', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = \'integrity_constraint_violation\';\n            END IF;\n            IF OLD."origin" IS DISTINCT FROM NEW."origin" THEN\n                RAISE EXCEPTION \'% of % % never changes\', \'origin\', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = \'integrity_constraint_violation\';\n            END IF;\n            IF OLD."external_id" IS DISTINCT FROM NEW."external_id" AND NOT (coalesce(current_setting(\'newsroom.redaction\', true), \'\') = \'on\' AND NEW."external_id" = NEW.uid::text) THEN\n                RAISE EXCEPTION \'% of % % never changes\', \'external_id\', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = \'integrity_constraint_violation\';\n            END IF;\n            NEW.created_at := OLD.created_at;\n            IF (OLD."source_id", OLD."headline", OLD."headline_derived", OLD."summary", OLD."bylines", OLD."body", OLD."language", OLD."published_at", OLD."published_precision", OLD."original_url", OLD."status", OLD."publish_at", OLD."withdrawn_at", OLD."withdrawn_reason", OLD."withdrawn_note") IS DISTINCT FROM (NEW."source_id", NEW."headline", NEW."headline_derived", NEW."summary", NEW."bylines", NEW."body", NEW."language", NEW."published_at", NEW."published_precision", NEW."original_url", NEW."status", NEW."publish_at", NEW."withdrawn_at", NEW."withdrawn_reason", NEW."withdrawn_note") THEN\n                NEW.updated_at := now();\n                IF NEW.edited_fields = OLD.edited_fields THEN\n                    NEW.edited_fields := CASE WHEN coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\') IN (\'admin\', \'sql\') THEN ARRAY(\n                        SELECT DISTINCT field FROM unnest(\n                            OLD.edited_fields || array_remove(ARRAY[CASE WHEN OLD."source_id" IS DISTINCT FROM NEW."source_id" THEN \'source\' END, CASE WHEN OLD."headline" IS DISTINCT FROM NEW."headline" THEN \'headline\' END, CASE WHEN OLD."headline_derived" IS DISTINCT FROM NEW."headline_derived" THEN \'headline_derived\' END, CASE WHEN OLD."summary" IS DISTINCT FROM NEW."summary" THEN \'summary\' END, CASE WHEN OLD."bylines" IS DISTINCT FROM NEW."bylines" THEN \'bylines\' END, CASE WHEN OLD."body" IS DISTINCT FROM NEW."body" THEN \'body\' END, CASE WHEN OLD."language" IS DISTINCT FROM NEW."language" THEN \'language\' END, CASE WHEN OLD."published_at" IS DISTINCT FROM NEW."published_at" THEN \'published_at\' END, CASE WHEN OLD."published_precision" IS DISTINCT FROM NEW."published_precision" THEN \'published_precision\' END, CASE WHEN OLD."original_url" IS DISTINCT FROM NEW."original_url" THEN \'original_url\' END, CASE WHEN OLD."status" IS DISTINCT FROM NEW."status" THEN \'status\' END, CASE WHEN OLD."publish_at" IS DISTINCT FROM NEW."publish_at" THEN \'publish_at\' END, CASE WHEN OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" THEN \'withdrawn_at\' END, CASE WHEN OLD."withdrawn_reason" IS DISTINCT FROM NEW."withdrawn_reason" THEN \'withdrawn_reason\' END, CASE WHEN OLD."withdrawn_note" IS DISTINCT FROM NEW."withdrawn_note" THEN \'withdrawn_note\' END], NULL)\n                        ) AS field ORDER BY field)\n                    WHEN OLD.edited_fields = \'{}\' THEN OLD.edited_fields\n                    ELSE ARRAY(\n                        SELECT field FROM unnest(OLD.edited_fields) AS field\n                        WHERE field <> ALL (array_remove(ARRAY[CASE WHEN OLD."source_id" IS DISTINCT FROM NEW."source_id" THEN \'source\' END, CASE WHEN OLD."headline" IS DISTINCT FROM NEW."headline" THEN \'headline\' END, CASE WHEN OLD."headline_derived" IS DISTINCT FROM NEW."headline_derived" THEN \'headline_derived\' END, CASE WHEN OLD."summary" IS DISTINCT FROM NEW."summary" THEN \'summary\' END, CASE WHEN OLD."bylines" IS DISTINCT FROM NEW."bylines" THEN \'bylines\' END, CASE WHEN OLD."body" IS DISTINCT FROM NEW."body" THEN \'body\' END, CASE WHEN OLD."language" IS DISTINCT FROM NEW."language" THEN \'language\' END, CASE WHEN OLD."published_at" IS DISTINCT FROM NEW."published_at" THEN \'published_at\' END, CASE WHEN OLD."published_precision" IS DISTINCT FROM NEW."published_precision" THEN \'published_precision\' END, CASE WHEN OLD."original_url" IS DISTINCT FROM NEW."original_url" THEN \'original_url\' END, CASE WHEN OLD."status" IS DISTINCT FROM NEW."status" THEN \'status\' END, CASE WHEN OLD."publish_at" IS DISTINCT FROM NEW."publish_at" THEN \'publish_at\' END, CASE WHEN OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" THEN \'withdrawn_at\' END, CASE WHEN OLD."withdrawn_reason" IS DISTINCT FROM NEW."withdrawn_reason" THEN \'withdrawn_reason\' END, CASE WHEN OLD."withdrawn_note" IS DISTINCT FROM NEW."withdrawn_note" THEN \'withdrawn_note\' END], NULL)))\n                    END;\n                END IF;\n            END IF;\n            \n            IF OLD.status = \'published\' AND coalesce(OLD.publish_at <= now(), true)\n                AND NOT (NEW.status = \'published\' AND coalesce(NEW.publish_at <= now(), true)) THEN\n                NEW.was_public := true;\n            END IF;\n            IF NEW.headline <> OLD.headline AND NEW.headline_derived = OLD.headline_derived\n                AND coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\')\n                    IN (\'admin\', \'sql\') THEN\n                NEW.headline_derived := false;\n            END IF;\n                \n            RETURN NEW;\n        ', hash='7b8198f90a855da86cf3d6a469701952a165c930', operation='UPDATE', pgid='pgtrigger_keep_edits_32f38', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_insert', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows a\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE a.body <> '' OR a.summary <> '' OR a.bylines <> '{}' OR a.original_url <> '' OR a.headline <> 'Redacted' OR a.status <> 'withdrawn' OR a.external_id <> a.uid::text OR a.withdrawn_note <> '') THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='0f2ee9522b2c379cb496c312ac3d0e52accef5e8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_no_redacted_insert_b4c69', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_update', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows a\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE a.body <> '' OR a.summary <> '' OR a.bylines <> '{}' OR a.original_url <> '' OR a.headline <> 'Redacted' OR a.status <> 'withdrawn' OR a.external_id <> a.uid::text OR a.withdrawn_note <> '') THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='ab29a2584de143d60c793eed292a9a91d0873d58', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_no_redacted_update_7a7a8', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_insert', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='b5e388c331258e80acfbc4d9ecd6b0aced055cc0', level='STATEMENT', operation='INSERT', pgid='pgtrigger_no_redacted_insert_8b310', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_cleaningstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_update', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='17c9d96080e847a9f857b4b5649213366b18a572', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_no_redacted_update_3aa32', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_cleaningstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF coalesce(current_setting('newsroom.redaction', true), '') = 'on' AND NEW.quote = '' AND NEW.reason = '' AND NEW.target = '' AND to_jsonb(OLD) - '{quote,reason,target}'::text[] = to_jsonb(NEW) - '{quote,reason,target}'::text[] AND EXISTS (SELECT FROM articles_redaction x WHERE x.uid = OLD.article_uid) THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='f793069381c3dfa26fb6905acb10a3b9b758472b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bd3b7', table='articles_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='duplicatedecision',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF coalesce(current_setting('newsroom.redaction', true), '') = 'on' AND NEW.reason = '' AND to_jsonb(OLD) - '{reason}'::text[] = to_jsonb(NEW) - '{reason}'::text[] AND EXISTS (SELECT FROM articles_redaction x WHERE x.uid IN (OLD.first_uid, OLD.second_uid)) THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='fc8a63fb2c05eadc2e665a9ecbffd34546f5c2c1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2eb3c', table='articles_duplicatedecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerbatch',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF OLD.position IS NULL AND NEW.position IS NOT NULL AND to_jsonb(OLD) - 'position' = to_jsonb(NEW) - 'position' OR coalesce(current_setting('newsroom.redaction', true), '') = 'on' AND NEW.note = '' AND to_jsonb(OLD) - '{note}'::text[] = to_jsonb(NEW) - '{note}'::text[] AND EXISTS (SELECT FROM articles_redaction x WHERE EXISTS (SELECT FROM articles_ledgerentry e WHERE e.batch_id = OLD.id AND position(x.uid::text IN e.key) > 0)) THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='ee5a29c0d6eb9d7e732cd7a3353a8c018decd98d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b3579', table='articles_ledgerbatch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF coalesce(current_setting('newsroom.redaction', true), '') = 'on'\n    AND to_jsonb(OLD) - '{key,before,after}'::text[]\n        = to_jsonb(NEW) - '{key,before,after}'::text[]\n    AND (NEW.key = OLD.key OR OLD.kind IN ('mention', 'tagging')\n        AND NEW.key = split_part(OLD.key, '/', 1) || '/')\n    AND ledger_is_emptied(OLD.before, NEW.before) AND ledger_is_emptied(OLD.after, NEW.after)\n    AND EXISTS (SELECT FROM articles_redaction x WHERE position(x.uid::text IN OLD.key) > 0) THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='b02d7087808f25f381fdcbacc70f3f04440687f2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d6a73', table='articles_ledgerentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_insert', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='fcfe66ddedb8c8b3f6fdad9b36d3a3ab78975e89', level='STATEMENT', operation='INSERT', pgid='pgtrigger_no_redacted_insert_2ded2', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_mention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_update', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='700574b8d872935e8640c6d2523c5fa5c3071e61', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_no_redacted_update_20428', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_mention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_insert', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='43316cfffebefd1f82c0cf05450d3ee737e3a767', level='STATEMENT', operation='INSERT', pgid='pgtrigger_no_redacted_insert_319b5', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_rawtext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_update', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='ffa6f57215eb0a51c05efbe0cf0356e77c418441', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_no_redacted_update_2dbd7', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_rawtext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='storylinedecision',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF coalesce(current_setting('newsroom.redaction', true), '') = 'on' AND NEW.reason = '' AND to_jsonb(OLD) - '{reason}'::text[] = to_jsonb(NEW) - '{reason}'::text[] AND EXISTS (SELECT FROM articles_redaction x WHERE x.uid = OLD.article_uid) THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='984f68e76cdda4c445f02b10c3e12f31932f3baf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_48667', table='articles_storylinedecision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_insert', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='5617e5ea4d9001f23939a1f3efd32b5813ef0d42', level='STATEMENT', operation='INSERT', pgid='pgtrigger_no_redacted_insert_58315', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_update', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='7deec476cd07cb5bdb243686410690e1469b0407', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_no_redacted_update_6c6ce', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_tagging', when='AFTER')),
        ),
        migrations.AddField(
            model_name='correction',
            name='article',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='articles.article'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redaction',
            trigger=pgtrigger.compiler.Trigger(name='only_while_redacting', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF NOT coalesce(current_setting('newsroom.redaction', true), '') = 'on' AND NOT EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN\n                        RAISE EXCEPTION 'articles are redacted by manage.py redact_article only'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='af3c80dd3b55a445118921c266668c2ede3c1b38', operation='INSERT', pgid='pgtrigger_only_while_redacting_f5f21', table='articles_redaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redaction',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF false THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='4e2a2ea4671008d94f3c3ccdd83512657bc301ee', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cc99d', table='articles_redaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redaction',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='55c16bc52a0814948fc286b0cee390edd5d5c73e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_cc698', table='articles_redaction', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('note__regex', '\\S')), name='correction_has_a_note', violation_error_message='note is missing.'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['source', 'machine', 'editor'])), name='correction_origin_is_a_known_word', violation_error_message='origin must be one of: source, machine, editor.'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(models.F('article'), models.F('at'), name='article_is_corrected_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('origin', 'machine'), _negated=True), name='correction_is_of_no_machine'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='by_editors', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF 'editor' IN (NEW.origin, CASE TG_OP WHEN 'UPDATE' THEN OLD.origin END)\n                        AND NOT coalesce(nullif(current_setting('newsroom.way', true), ''), 'sql') IN ('admin', 'sql') AND NOT EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN\n                        RAISE EXCEPTION 'only editors correct what editors have published'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='5dddafcd0531f5228f7413674e162d54888edf6c', operation='INSERT OR UPDATE', pgid='pgtrigger_by_editors_60fb9', table='articles_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_insert', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='12d409a68401d7c76eac8f1fdf4ad519db9563f1', level='STATEMENT', operation='INSERT', pgid='pgtrigger_no_redacted_insert_e3246', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_correction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='no_redacted_update', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NOT EXISTS (SELECT FROM articles_redaction) THEN\n                    RETURN NULL;\n                END IF;\n                IF EXISTS (SELECT FROM new_rows r JOIN articles_article a ON a.id = r.article_id\n                    JOIN articles_redaction x ON x.uid = a.uid WHERE true) THEN\n                    RAISE EXCEPTION 'this article was redacted: nothing of it comes back'\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NULL;\n            ", hash='449e0a021ea48a209af6afa3bfcc2450c322a0ca', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_no_redacted_update_f2baa', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_correction', when='AFTER')),
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
