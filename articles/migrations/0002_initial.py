import articles.models.article_queries
import articles.models.curated
import articles.models.sources
import articles.models.triggers
import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("articles", "0001_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name='Alias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edited_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, editable=False, help_text='Fields last changed by an editor; no load overwrites them.', size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('spelling', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('name', 'Name'), ('acronym', 'Acronym'), ('demonym', 'Demonym'), ('surname', 'Surname')], default='name', max_length=10)),
                ('case_rule', models.CharField(choices=[('exact', 'Exact'), ('ignore', 'Ignore')], default='exact', help_text='Exact: only as written here. Ignore: in capitals and small letters alike.', max_length=10)),
                ('standing', models.CharField(choices=[('review', 'Review'), ('accept', 'Accept'), ('never', 'Never')], default='review', help_text='What becomes of an unambiguous find: an editor reviews it, it is accepted, or it is never made.', max_length=10)),
            ],
            options={
                'verbose_name_plural': 'aliases',
                'ordering': ['spelling', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edited_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, editable=False, help_text='Fields last changed by an editor; no load overwrites them.', size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('uid', models.UUIDField(editable=False, unique=True)),
                ('origin', models.CharField(editable=False, help_text="The source's slug at the first load.", max_length=80)),
                ('external_id', models.CharField(blank=True, help_text="The source's own id; derived when it is left empty.", max_length=500)),
                ('headline', models.CharField(blank=True, max_length=1000)),
                ('headline_derived', models.BooleanField(db_default=False, default=False, editable=False, help_text="Made from the text's first sentence; an editor's own headline ends that.")),
                ('summary', models.TextField(blank=True, db_default='', default='')),
                ('bylines', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, help_text='Names, separated by commas.', size=None)),
                ('body', models.TextField(blank=True, help_text='Plain text; blank lines separate paragraphs.')),
                ('language', models.CharField(db_default='und', default='und', max_length=35, validators=[articles.models.sources.validate_language])),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('published_precision', models.CharField(choices=[('exact', 'Exact'), ('day', 'Day'), ('unknown', 'Unknown')], db_default='unknown', default='unknown', max_length=10)),
                ('original_url', models.URLField(blank=True, max_length=2000, verbose_name='original address')),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], db_default='draft', default='draft', max_length=10)),
                ('publish_at', models.DateTimeField(blank=True, help_text='Until then no reader sees the article.', null=True, verbose_name='embargo until')),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_reason', models.TextField(blank=True, db_default='', default='', editable=False, help_text='Public.')),
                ('withdrawn_note', models.TextField(blank=True, db_default='', default='', editable=False, help_text='Internal.')),
                ('was_public', models.BooleanField(db_default=False, default=False, editable=False, help_text='Readers saw it before its present status; its address then answers 410.')),
                ('word_count', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(models.Func(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('body'), models.Value('\n'), models.Value(' ')), models.Value('\t'), models.Value(' ')), models.Value('\r'), models.Value(' ')), models.Value(' '), function='string_to_array'), models.Value(''), function='array_remove'), function='cardinality', output_field=models.IntegerField()), output_field=models.IntegerField(), serialize=False)),
                ('fingerprint', models.GeneratedField(db_persist=True, expression=models.Func(models.F('headline'), models.F('body'), function='article_fingerprint'), help_text='SHA-256 of the body, or of the headline of an article without one.', output_field=models.CharField(max_length=64), serialize=False)),
                ('search', models.GeneratedField(db_persist=True, expression=models.Func(models.F('language'), models.F('headline'), models.F('summary'), models.F('bylines'), models.F('body'), function='article_search'), output_field=django.contrib.postgres.search.SearchVectorField(), serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Entity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edited_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, editable=False, help_text='Fields last changed by an editor; no load overwrites them.', size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('slug', models.CharField(blank=True, max_length=80, unique=True, validators=[articles.models.curated.validate_slug])),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('person', 'Person'), ('organisation', 'Organisation'), ('place', 'Place'), ('event', 'Event'), ('work', 'Work'), ('other', 'Other')], default='other', max_length=20)),
                ('description', models.TextField(blank=True)),
                ('wikidata_id', models.CharField(blank=True, help_text='Such as Q85.', max_length=20, null=True, unique=True, verbose_name='Wikidata id')),
                ('is_reviewed', models.BooleanField(db_default=True, default=True, help_text='Off for entities that a load created and no editor has looked at.', verbose_name='reviewed')),
            ],
            options={
                'verbose_name_plural': 'entities',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='LedgerBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(editable=False, null=True, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('actor', models.TextField(editable=False)),
                ('way', models.CharField(choices=[('admin', 'Admin'), ('load', 'Load'), ('command', 'Command'), ('sql', 'Sql')], editable=False, max_length=10)),
                ('run', models.UUIDField(editable=False, null=True)),
                ('note', models.TextField(blank=True, db_default='', editable=False)),
            ],
            options={
                'verbose_name_plural': 'ledger batches',
            },
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(editable=False, max_length=20)),
                ('row', models.BigIntegerField(editable=False)),
                ('key', models.TextField(editable=False)),
                ('action', models.CharField(choices=[('insert', 'Insert'), ('update', 'Update'), ('delete', 'Delete')], editable=False, max_length=10)),
                ('before', models.JSONField(editable=False, null=True)),
                ('after', models.JSONField(editable=False, null=True)),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
            },
        ),
        migrations.CreateModel(
            name='LedgerRestore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.BigIntegerField(editable=False, unique=True)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='LoadConflict',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.TextField(editable=False)),
                ('theirs', models.JSONField(editable=False, help_text='What the record says.', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LoadFault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.TextField(editable=False)),
                ('record', models.BigIntegerField(editable=False, null=True)),
                ('line', models.BigIntegerField(editable=False, null=True)),
                ('field', models.TextField(blank=True, editable=False)),
                ('reason', models.TextField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='LoadKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='LoadRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run', models.UUIDField(editable=False, unique=True)),
                ('actor', models.TextField(editable=False)),
                ('state', models.CharField(choices=[('running', 'Running'), ('finished', 'Finished')], default='running', editable=False, max_length=10)),
                ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('finished_at', models.DateTimeField(editable=False, null=True)),
                ('options', models.JSONField(default=dict, editable=False)),
                ('inputs', models.JSONField(default=list, editable=False, help_text='Name, size in bytes and SHA-256 of each input.')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('records', models.PositiveBigIntegerField(default=0, editable=False, help_text='How many records are done, good and bad.')),
                ('counts', models.JSONField(default=dict, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('source', 'Source'), ('machine', 'Machine'), ('editor', 'Editor')], db_default='editor', default='editor', editable=False, max_length=10)),
                ('state', models.CharField(choices=[('suggested', 'Suggested'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], db_default='accepted', default='accepted', editable=False, max_length=10)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('start', models.PositiveIntegerField(blank=True, null=True)),
                ('end', models.PositiveIntegerField(blank=True, null=True)),
                ('quote', models.TextField(blank=True, db_default='', default='')),
            ],
        ),
        migrations.CreateModel(
            name='RawText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(editable=False)),
                ('clean_fingerprint', models.CharField(editable=False, max_length=64)),
                ('sha256', models.GeneratedField(db_persist=True, expression=models.Func(models.Value(''), models.F('text'), function='article_fingerprint'), output_field=models.CharField(max_length=64), serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='Redirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('source', 'Source'), ('entity', 'Entity'), ('tag', 'Tag')], editable=False, max_length=10)),
                ('old_slug', models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edited_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, editable=False, help_text='Fields last changed by an editor; no load overwrites them.', size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('slug', models.CharField(blank=True, max_length=80, unique=True, validators=[articles.models.curated.validate_slug])),
                ('name', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('agency', 'Agency'), ('newspaper', 'Newspaper'), ('magazine', 'Magazine'), ('broadcaster', 'Broadcaster'), ('website', 'Website'), ('institution', 'Institution'), ('other', 'Other')], default='other', max_length=20)),
                ('homepage', models.URLField(blank=True, max_length=500)),
                ('country', models.CharField(blank=True, help_text='ISO 3166-1 code of two letters, such as EG.', max_length=2)),
                ('language', models.CharField(default='und', help_text='BCP 47 tag that articles get when they bring none; und: unknown.', max_length=35, validators=[articles.models.sources.validate_language])),
                ('timezone', models.CharField(blank=True, help_text='IANA zone for times without an offset, such as Africa/Cairo.', max_length=50, validators=[articles.models.sources.validate_timezone])),
                ('notes', models.TextField(blank=True, help_text='Internal, never public.')),
                ('cleaning_off', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, help_text='Names of rules, separated by commas: manage.py load_articles --list-rules.', size=None, verbose_name='cleaning rules switched off')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edited_fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}', output_field=models.TextField()), default=list, editable=False, help_text='Fields last changed by an editor; no load overwrites them.', size=None)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('slug', models.CharField(blank=True, max_length=80, unique=True, validators=[articles.models.curated.validate_slug])),
                ('name', models.CharField(max_length=200)),
                ('media_topic', models.CharField(blank=True, help_text='Code in the IPTC Media Topic vocabulary, such as medtop:20000065.', max_length=20, null=True, unique=True, verbose_name='IPTC Media Topic')),
                ('description', models.TextField(blank=True)),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Tagging',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(choices=[('source', 'Source'), ('machine', 'Machine'), ('editor', 'Editor')], db_default='editor', default='editor', editable=False, max_length=10)),
                ('state', models.CharField(choices=[('suggested', 'Suggested'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], db_default='accepted', default='accepted', editable=False, max_length=10)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='CleaningStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(editable=False, max_length=20)),
                ('position', models.PositiveSmallIntegerField(editable=False)),
                ('rule', models.CharField(editable=False, max_length=40)),
                ('reason', models.TextField(editable=False)),
                ('edits', models.JSONField(editable=False)),
                ('article', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='cleaning_steps', to='articles.article')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mention', 'Mention'), ('tagging', 'Tagging')], editable=False, max_length=20)),
                ('row', models.BigIntegerField(editable=False)),
                ('article_uid', models.UUIDField(editable=False)),
                ('target', models.TextField(editable=False, help_text='Slug of the entity or tag at the time.')),
                ('quote', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('verdict', models.CharField(choices=[('suggested', 'Suggested'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], editable=False, max_length=10)),
                ('editor', models.TextField(editable=False)),
                ('reason', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'indexes': [models.Index(models.F('kind'), models.F('row'), models.F('id'), name='decision_by_link'), models.Index(models.F('article_uid'), models.F('kind'), models.F('target'), name='decision_by_article')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['mention', 'tagging'])), name='decision_kind_is_a_known_word', violation_error_message='kind must be one of: mention, tagging.'), models.CheckConstraint(condition=models.Q(('verdict__in', ['suggested', 'accepted', 'rejected'])), name='decision_verdict_is_a_known_word', violation_error_message='verdict must be one of: suggested, accepted, rejected.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='state_follows', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n                    IF NEW.kind = 'mention' THEN\n                        UPDATE articles_mention SET state = NEW.verdict WHERE id = NEW.row;\n                    ELSE\n                        UPDATE articles_tagging SET state = NEW.verdict WHERE id = NEW.row;\n                    END IF;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'no % %: nothing to decide', NEW.kind, NEW.row\n                            USING ERRCODE = 'foreign_key_violation';\n                    END IF;\n                    RETURN NULL;\n                ", hash='cd43f297e041cdbce7d342e6d671f2ab486d244a', operation='INSERT', pgid='pgtrigger_state_follows_413a4', table='articles_decision', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF false THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='937e8b3765b371d09824802270be66803da33324', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bd3b7', table='articles_decision', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='decision',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='706776119145769a7246fc12a0383219d7dc788c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_8447e', table='articles_decision', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='entity',
            index=models.Index(models.F('id'), condition=models.Q(('is_reviewed', False)), name='entity_waiting_for_review'),
        ),
        migrations.AddIndex(
            model_name='entity',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), name='gin_trgm_ops'), name='entity_name_trigrams'),
        ),
        migrations.AddConstraint(
            model_name='entity',
            constraint=models.CheckConstraint(condition=models.Q(('slug__regex', '^[^\\s/?#,;:&%+.\\\\\\"\'<>]+$')), name='entity_slug_fits_an_address'),
        ),
        migrations.AddConstraint(
            model_name='entity',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '\\S')), name='entity_has_a_name', violation_error_message='name is missing.'),
        ),
        migrations.AddConstraint(
            model_name='entity',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'organisation', 'place', 'event', 'work', 'other'])), name='entity_kind_is_a_known_word', violation_error_message='kind must be one of: person, organisation, place, event, work, other.'),
        ),
        migrations.AddConstraint(
            model_name='entity',
            constraint=models.CheckConstraint(condition=models.Q(('wikidata_id__isnull', True), ('wikidata_id__regex', '^Q[1-9]\\d*$'), _connector='OR'), name='entity_wikidata_id_is_an_item', violation_error_message='A Wikidata id is Q and a number, such as Q85.'),
        ),
        migrations.AddField(
            model_name='alias',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='articles.entity'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='keep_edits', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NEW; END IF;\n            NEW.created_at := OLD.created_at;\n            IF (OLD."slug", OLD."name", OLD."kind", OLD."description", OLD."wikidata_id", OLD."is_reviewed") IS DISTINCT FROM (NEW."slug", NEW."name", NEW."kind", NEW."description", NEW."wikidata_id", NEW."is_reviewed") THEN\n                NEW.updated_at := now();\n                IF NEW.edited_fields = OLD.edited_fields THEN\n                    NEW.edited_fields := CASE WHEN coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\') IN (\'admin\', \'sql\') THEN ARRAY(\n                        SELECT DISTINCT field FROM unnest(\n                            OLD.edited_fields || array_remove(ARRAY[CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN \'slug\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN \'kind\' END, CASE WHEN OLD."description" IS DISTINCT FROM NEW."description" THEN \'description\' END, CASE WHEN OLD."wikidata_id" IS DISTINCT FROM NEW."wikidata_id" THEN \'wikidata_id\' END, CASE WHEN OLD."is_reviewed" IS DISTINCT FROM NEW."is_reviewed" THEN \'is_reviewed\' END], NULL)\n                        ) AS field ORDER BY field)\n                    WHEN OLD.edited_fields = \'{}\' THEN OLD.edited_fields\n                    ELSE ARRAY(\n                        SELECT field FROM unnest(OLD.edited_fields) AS field\n                        WHERE field <> ALL (array_remove(ARRAY[CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN \'slug\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN \'kind\' END, CASE WHEN OLD."description" IS DISTINCT FROM NEW."description" THEN \'description\' END, CASE WHEN OLD."wikidata_id" IS DISTINCT FROM NEW."wikidata_id" THEN \'wikidata_id\' END, CASE WHEN OLD."is_reviewed" IS DISTINCT FROM NEW."is_reviewed" THEN \'is_reviewed\' END], NULL)))\n                    END;\n                END IF;\n            END IF;\n            \n            RETURN NEW;\n        ', hash='9a5eaebc799d86eb96e6c6ceaee27a09a130e684', operation='UPDATE', pgid='pgtrigger_keep_edits_359f6', table='articles_entity', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='keep_redirect', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            DELETE FROM articles_redirect WHERE kind = 'entity' AND old_slug = NEW.slug;\n            IF TG_OP = 'UPDATE' THEN\n                IF OLD.slug <> NEW.slug THEN\n                    INSERT INTO articles_redirect (kind, old_slug, entity_id)\n                    VALUES ('entity', OLD.slug, NEW.id);\n                END IF;\n            END IF;\n            RETURN NULL;\n        ", hash='b829f347032a0a4eedcbd03f14e88dc0a5ad5562', operation='INSERT OR UPDATE OF "slug"', pgid='pgtrigger_keep_redirect_6a1ab', table='articles_entity', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'entity\', r.id, r.slug, \'insert\', NULL, NULL\n                FROM new_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='bb158960668f617162a913e657066186a3e4e9fa', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_59d36', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_entity', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'entity\', r.id, r.slug, \'update\', CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', o."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."slug" IS DISTINCT FROM r."slug" THEN jsonb_build_object(\'slug\', o."slug") ELSE \'{}\' END || CASE WHEN o."name" IS DISTINCT FROM r."name" THEN jsonb_build_object(\'name\', o."name") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', o."kind") ELSE \'{}\' END || CASE WHEN o."description" IS DISTINCT FROM r."description" THEN jsonb_build_object(\'description\', o."description") ELSE \'{}\' END || CASE WHEN o."wikidata_id" IS DISTINCT FROM r."wikidata_id" THEN jsonb_build_object(\'wikidata_id\', o."wikidata_id") ELSE \'{}\' END || CASE WHEN o."is_reviewed" IS DISTINCT FROM r."is_reviewed" THEN jsonb_build_object(\'is_reviewed\', o."is_reviewed") ELSE \'{}\' END, CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', r."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."slug" IS DISTINCT FROM r."slug" THEN jsonb_build_object(\'slug\', r."slug") ELSE \'{}\' END || CASE WHEN o."name" IS DISTINCT FROM r."name" THEN jsonb_build_object(\'name\', r."name") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', r."kind") ELSE \'{}\' END || CASE WHEN o."description" IS DISTINCT FROM r."description" THEN jsonb_build_object(\'description\', r."description") ELSE \'{}\' END || CASE WHEN o."wikidata_id" IS DISTINCT FROM r."wikidata_id" THEN jsonb_build_object(\'wikidata_id\', r."wikidata_id") ELSE \'{}\' END || CASE WHEN o."is_reviewed" IS DISTINCT FROM r."is_reviewed" THEN jsonb_build_object(\'is_reviewed\', r."is_reviewed") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) \n                WHERE (o."edited_fields", o."created_at", o."slug", o."name", o."kind", o."description", o."wikidata_id", o."is_reviewed") IS DISTINCT FROM (r."edited_fields", r."created_at", r."slug", r."name", r."kind", r."description", r."wikidata_id", r."is_reviewed") AND (true OR true);\n            RETURN NULL;\n        ', hash='4e9510ee2fe51bef9a59e8288df01995cd7a9162', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_dc387', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_entity', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'entity\', r.id, r.slug, \'delete\', jsonb_build_object(\'edited_fields\', r."edited_fields", \'created_at\', r."created_at", \'slug\', r."slug", \'name\', r."name", \'kind\', r."kind", \'description\', r."description", \'wikidata_id\', r."wikidata_id", \'is_reviewed\', r."is_reviewed", \'updated_at\', r."updated_at"), NULL\n                FROM old_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='7065bae51556fb117c7289f102614621be2551c9', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_1eebc', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_entity', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='28c430d5c680446e8f718133daf20c1d6d1b48a8', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_e1746', table='articles_entity', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='entity',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='19d3f58ef8853feb10fec27a3833ec85052573a6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_4999c', table='articles_entity', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='ledgerbatch',
            index=models.Index(models.F('run'), condition=models.Q(('run__isnull', False)), name='ledger_batch_by_run'),
        ),
        migrations.AddConstraint(
            model_name='ledgerbatch',
            constraint=models.CheckConstraint(condition=models.Q(('way__in', ['admin', 'load', 'command', 'sql'])), name='ledger_batch_way_is_a_known_word', violation_error_message='way must be one of: admin, load, command, sql.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerbatch',
            trigger=pgtrigger.compiler.Trigger(name='seal', sql=articles.models.triggers.ArchiveTriggerSql(constraint='CONSTRAINT', func="\n                    PERFORM pg_advisory_xact_lock(7215);\n                    UPDATE articles_ledgerbatch SET position = nextval('articles_ledger_position')\n                    WHERE id = NEW.id AND position IS NULL;\n                    RETURN NULL;\n                ", hash='0bd7002b200004fdc702e3cf2d1299f3a024977f', operation='INSERT', pgid='pgtrigger_seal_217b5', table='articles_ledgerbatch', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerbatch',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF OLD.position IS NULL AND NEW.position IS NOT NULL AND to_jsonb(OLD) - 'position' = to_jsonb(NEW) - 'position' THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='4cede4d0c0050028aaf6f305a4ac55610f6f3ec2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b3579', table='articles_ledgerbatch', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerbatch',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='e774ee5f7d232e918faa3737cf3b43f9a78385a3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_378f8', table='articles_ledgerbatch', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='ledgerentry',
            name='batch',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='articles.ledgerbatch'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerrestore',
            trigger=pgtrigger.compiler.Trigger(name='only_when_empty', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF EXISTS (SELECT FROM articles_article)\n                        OR EXISTS (SELECT FROM articles_ledgerentry) THEN\n                        RAISE EXCEPTION 'a restore begins only in an empty archive'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    NEW.transaction := pg_current_xact_id()::text::bigint;\n                    NEW.at := now();\n                    RETURN NEW;\n                ", hash='2180ac851212b4180a7fe6e85a2f59a5ae9d5959', operation='INSERT', pgid='pgtrigger_only_when_empty_66bf7', table='articles_ledgerrestore', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerrestore',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF false THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='354a4b7bc8385596c8895131b5865641562fb802', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_79497', table='articles_ledgerrestore', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerrestore',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='e0f7564c32e6604aedd4785f73c979562346e68e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_82039', table='articles_ledgerrestore', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='loadconflict',
            name='article',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='load_conflicts', to='articles.article'),
        ),
        migrations.AddIndex(
            model_name='loadrun',
            index=models.Index(fields=['-started_at'], name='load_run_by_time'),
        ),
        migrations.AddConstraint(
            model_name='loadrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['running', 'finished'])), name='load_run_state_is_a_known_word', violation_error_message='state must be one of: running, finished.'),
        ),
        migrations.AddConstraint(
            model_name='loadrun',
            constraint=models.UniqueConstraint(models.F('digest'), condition=models.Q(('state', 'running')), name='load_runs_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='loadrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('finished_at__isnull', False)), _connector='OR'), name='load_run_that_has_ended_has_its_time'),
        ),
        migrations.AddField(
            model_name='loadkey',
            name='load',
            field=models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='articles.loadrun'),
        ),
        migrations.AddField(
            model_name='loadfault',
            name='load',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='faults', to='articles.loadrun'),
        ),
        migrations.AddField(
            model_name='loadconflict',
            name='load',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='conflicts', to='articles.loadrun'),
        ),
        migrations.AddField(
            model_name='mention',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='articles.article'),
        ),
        migrations.AddField(
            model_name='mention',
            name='entity',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='articles.entity'),
        ),
        migrations.AddField(
            model_name='rawtext',
            name='article',
            field=models.OneToOneField(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='raw_text', to='articles.article'),
        ),
        migrations.AddField(
            model_name='redirect',
            name='entity',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='articles.entity'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('slug__regex', '^[^\\s/?#,;:&%+.\\\\\\"\'<>]+$')), name='source_slug_fits_an_address'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '\\S')), name='source_has_a_name', violation_error_message='name is missing.'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['agency', 'newspaper', 'magazine', 'broadcaster', 'website', 'institution', 'other'])), name='source_kind_is_a_known_word', violation_error_message='kind must be one of: agency, newspaper, magazine, broadcaster, website, institution, other.'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('country', ''), ('country__regex', '^[A-Z]{2}$'), _connector='OR'), name='source_country_is_two_capital_letters', violation_error_message='Write the country as two capital letters, such as EG.'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$')), name='source_language_is_bcp47'),
        ),
        migrations.AddField(
            model_name='redirect',
            name='source',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='articles.source'),
        ),
        migrations.AddField(
            model_name='article',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='articles.source'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='keep_edits', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NEW; END IF;\n            NEW.created_at := OLD.created_at;\n            IF (OLD."slug", OLD."name", OLD."kind", OLD."homepage", OLD."country", OLD."language", OLD."timezone", OLD."notes", OLD."cleaning_off") IS DISTINCT FROM (NEW."slug", NEW."name", NEW."kind", NEW."homepage", NEW."country", NEW."language", NEW."timezone", NEW."notes", NEW."cleaning_off") THEN\n                NEW.updated_at := now();\n                IF NEW.edited_fields = OLD.edited_fields THEN\n                    NEW.edited_fields := CASE WHEN coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\') IN (\'admin\', \'sql\') THEN ARRAY(\n                        SELECT DISTINCT field FROM unnest(\n                            OLD.edited_fields || array_remove(ARRAY[CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN \'slug\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN \'kind\' END, CASE WHEN OLD."homepage" IS DISTINCT FROM NEW."homepage" THEN \'homepage\' END, CASE WHEN OLD."country" IS DISTINCT FROM NEW."country" THEN \'country\' END, CASE WHEN OLD."language" IS DISTINCT FROM NEW."language" THEN \'language\' END, CASE WHEN OLD."timezone" IS DISTINCT FROM NEW."timezone" THEN \'timezone\' END, CASE WHEN OLD."notes" IS DISTINCT FROM NEW."notes" THEN \'notes\' END, CASE WHEN OLD."cleaning_off" IS DISTINCT FROM NEW."cleaning_off" THEN \'cleaning_off\' END], NULL)\n                        ) AS field ORDER BY field)\n                    WHEN OLD.edited_fields = \'{}\' THEN OLD.edited_fields\n                    ELSE ARRAY(\n                        SELECT field FROM unnest(OLD.edited_fields) AS field\n                        WHERE field <> ALL (array_remove(ARRAY[CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN \'slug\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN \'kind\' END, CASE WHEN OLD."homepage" IS DISTINCT FROM NEW."homepage" THEN \'homepage\' END, CASE WHEN OLD."country" IS DISTINCT FROM NEW."country" THEN \'country\' END, CASE WHEN OLD."language" IS DISTINCT FROM NEW."language" THEN \'language\' END, CASE WHEN OLD."timezone" IS DISTINCT FROM NEW."timezone" THEN \'timezone\' END, CASE WHEN OLD."notes" IS DISTINCT FROM NEW."notes" THEN \'notes\' END, CASE WHEN OLD."cleaning_off" IS DISTINCT FROM NEW."cleaning_off" THEN \'cleaning_off\' END], NULL)))\n                    END;\n                END IF;\n            END IF;\n            \n            RETURN NEW;\n        ', hash='f9faaec79640a652549c0433c930dc893fe5159e', operation='UPDATE', pgid='pgtrigger_keep_edits_a8c26', table='articles_source', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='keep_redirect', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            DELETE FROM articles_redirect WHERE kind = 'source' AND old_slug = NEW.slug;\n            IF TG_OP = 'UPDATE' THEN\n                IF OLD.slug <> NEW.slug THEN\n                    INSERT INTO articles_redirect (kind, old_slug, source_id)\n                    VALUES ('source', OLD.slug, NEW.id);\n                END IF;\n            END IF;\n            RETURN NULL;\n        ", hash='7f20421de5fa268d09e9bd279b3b8d7647fca79f', operation='INSERT OR UPDATE OF "slug"', pgid='pgtrigger_keep_redirect_701b6', table='articles_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'source\', r.id, r.slug, \'insert\', NULL, NULL\n                FROM new_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='cb9a8b660c4d0dc692f3f532aebb751659d591b4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_c2180', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'source\', r.id, r.slug, \'update\', CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', o."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."slug" IS DISTINCT FROM r."slug" THEN jsonb_build_object(\'slug\', o."slug") ELSE \'{}\' END || CASE WHEN o."name" IS DISTINCT FROM r."name" THEN jsonb_build_object(\'name\', o."name") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', o."kind") ELSE \'{}\' END || CASE WHEN o."homepage" IS DISTINCT FROM r."homepage" THEN jsonb_build_object(\'homepage\', o."homepage") ELSE \'{}\' END || CASE WHEN o."country" IS DISTINCT FROM r."country" THEN jsonb_build_object(\'country\', o."country") ELSE \'{}\' END || CASE WHEN o."language" IS DISTINCT FROM r."language" THEN jsonb_build_object(\'language\', o."language") ELSE \'{}\' END || CASE WHEN o."timezone" IS DISTINCT FROM r."timezone" THEN jsonb_build_object(\'timezone\', o."timezone") ELSE \'{}\' END || CASE WHEN o."notes" IS DISTINCT FROM r."notes" THEN jsonb_build_object(\'notes\', o."notes") ELSE \'{}\' END || CASE WHEN o."cleaning_off" IS DISTINCT FROM r."cleaning_off" THEN jsonb_build_object(\'cleaning_off\', o."cleaning_off") ELSE \'{}\' END, CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', r."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."slug" IS DISTINCT FROM r."slug" THEN jsonb_build_object(\'slug\', r."slug") ELSE \'{}\' END || CASE WHEN o."name" IS DISTINCT FROM r."name" THEN jsonb_build_object(\'name\', r."name") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', r."kind") ELSE \'{}\' END || CASE WHEN o."homepage" IS DISTINCT FROM r."homepage" THEN jsonb_build_object(\'homepage\', r."homepage") ELSE \'{}\' END || CASE WHEN o."country" IS DISTINCT FROM r."country" THEN jsonb_build_object(\'country\', r."country") ELSE \'{}\' END || CASE WHEN o."language" IS DISTINCT FROM r."language" THEN jsonb_build_object(\'language\', r."language") ELSE \'{}\' END || CASE WHEN o."timezone" IS DISTINCT FROM r."timezone" THEN jsonb_build_object(\'timezone\', r."timezone") ELSE \'{}\' END || CASE WHEN o."notes" IS DISTINCT FROM r."notes" THEN jsonb_build_object(\'notes\', r."notes") ELSE \'{}\' END || CASE WHEN o."cleaning_off" IS DISTINCT FROM r."cleaning_off" THEN jsonb_build_object(\'cleaning_off\', r."cleaning_off") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) \n                WHERE (o."edited_fields", o."created_at", o."slug", o."name", o."kind", o."homepage", o."country", o."language", o."timezone", o."notes", o."cleaning_off") IS DISTINCT FROM (r."edited_fields", r."created_at", r."slug", r."name", r."kind", r."homepage", r."country", r."language", r."timezone", r."notes", r."cleaning_off") AND (true OR true);\n            RETURN NULL;\n        ', hash='ac189134733e364b25633b169bc8d23ccb153ffe', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_a1173', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'source\', r.id, r.slug, \'delete\', jsonb_build_object(\'edited_fields\', r."edited_fields", \'created_at\', r."created_at", \'slug\', r."slug", \'name\', r."name", \'kind\', r."kind", \'homepage\', r."homepage", \'country\', r."country", \'language\', r."language", \'timezone\', r."timezone", \'notes\', r."notes", \'cleaning_off\', r."cleaning_off", \'updated_at\', r."updated_at"), NULL\n                FROM old_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='3d168c5aa8716c94a32cdc1c18d8518d96f2fefd', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_e3471', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_source', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='739c641c3969d61ed63513a0b701edddc7968c66', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_91875', table='articles_source', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='9d04d3e29337bf4d42618dfcbbfebf430740e8f4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_3d74b', table='articles_source', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='tag',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='articles.tag'),
        ),
        migrations.AddField(
            model_name='redirect',
            name='tag',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='articles.tag'),
        ),
        migrations.AddField(
            model_name='tagging',
            name='article',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='articles.article'),
        ),
        migrations.AddField(
            model_name='tagging',
            name='tag',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='taggings', to='articles.tag'),
        ),
        migrations.AddIndex(
            model_name='cleaningstep',
            index=models.Index(models.F('rule'), models.F('article'), name='cleaning_step_by_rule'),
        ),
        migrations.AddConstraint(
            model_name='cleaningstep',
            constraint=models.UniqueConstraint(models.F('article'), models.F('field'), models.F('position'), name='cleaning_step_has_a_position_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'cleaningstep\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || r.field || \'/\' || r.position, \'insert\', NULL, NULL\n                FROM new_rows r LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='e37bafe55fe9c269e0fd626693e14f5049f1f563', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_37387', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_cleaningstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'cleaningstep\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || r.field || \'/\' || r.position, \'update\', CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', o."article_id") ELSE \'{}\' END || CASE WHEN o."field" IS DISTINCT FROM r."field" THEN jsonb_build_object(\'field\', o."field") ELSE \'{}\' END || CASE WHEN o."position" IS DISTINCT FROM r."position" THEN jsonb_build_object(\'position\', o."position") ELSE \'{}\' END || CASE WHEN o."rule" IS DISTINCT FROM r."rule" THEN jsonb_build_object(\'rule\', o."rule") ELSE \'{}\' END || CASE WHEN o."reason" IS DISTINCT FROM r."reason" THEN jsonb_build_object(\'reason\', o."reason") ELSE \'{}\' END || CASE WHEN o."edits" IS DISTINCT FROM r."edits" THEN jsonb_build_object(\'edits\', o."edits") ELSE \'{}\' END, CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', r."article_id") ELSE \'{}\' END || CASE WHEN o."field" IS DISTINCT FROM r."field" THEN jsonb_build_object(\'field\', r."field") ELSE \'{}\' END || CASE WHEN o."position" IS DISTINCT FROM r."position" THEN jsonb_build_object(\'position\', r."position") ELSE \'{}\' END || CASE WHEN o."rule" IS DISTINCT FROM r."rule" THEN jsonb_build_object(\'rule\', r."rule") ELSE \'{}\' END || CASE WHEN o."reason" IS DISTINCT FROM r."reason" THEN jsonb_build_object(\'reason\', r."reason") ELSE \'{}\' END || CASE WHEN o."edits" IS DISTINCT FROM r."edits" THEN jsonb_build_object(\'edits\', r."edits") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE (o."article_id", o."field", o."position", o."rule", o."reason", o."edits") IS DISTINCT FROM (r."article_id", r."field", r."position", r."rule", r."reason", r."edits") AND (true OR true);\n            RETURN NULL;\n        ', hash='1bf6bfdc997c5fcd06be2efdfec6301d80dbe5f6', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_24be1', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_cleaningstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'cleaningstep\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || r.field || \'/\' || r.position, \'delete\', jsonb_build_object(\'article_id\', r."article_id", \'field\', r."field", \'position\', r."position", \'rule\', r."rule", \'reason\', r."reason", \'edits\', r."edits"), NULL\n                FROM old_rows r LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='6e3011010dda7a13c71124547beeaccaa76a71d2', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_5b8dd', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_cleaningstep', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='eb9cf0f1c447cbe682d218807a673d9c35bc8534', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_08b57', table='articles_cleaningstep', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cleaningstep',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='6d14ad8912828dba860c758769bd6e9fec5efca8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_883a7', table='articles_cleaningstep', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='alias',
            index=models.Index(models.F('spelling'), name='alias_by_spelling'),
        ),
        migrations.AddIndex(
            model_name='alias',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('spelling'), name='gin_trgm_ops'), name='alias_trigrams'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.UniqueConstraint(models.F('entity'), models.F('spelling'), name='entity_has_a_spelling_once'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.CheckConstraint(condition=models.Q(('spelling__regex', '\\S')), name='alias_has_a_spelling', violation_error_message='spelling is missing.'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['name', 'acronym', 'demonym', 'surname'])), name='alias_kind_is_a_known_word', violation_error_message='kind must be one of: name, acronym, demonym, surname.'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.CheckConstraint(condition=models.Q(('case_rule__in', ['exact', 'ignore'])), name='alias_case_rule_is_a_known_word', violation_error_message='case_rule must be one of: exact, ignore.'),
        ),
        migrations.AddConstraint(
            model_name='alias',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['review', 'accept', 'never'])), name='alias_standing_is_a_known_word', violation_error_message='standing must be one of: review, accept, never.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alias',
            trigger=pgtrigger.compiler.Trigger(name='keep_edits', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NEW; END IF;\n            NEW.created_at := OLD.created_at;\n            IF (OLD."entity_id", OLD."spelling", OLD."kind", OLD."case_rule", OLD."standing") IS DISTINCT FROM (NEW."entity_id", NEW."spelling", NEW."kind", NEW."case_rule", NEW."standing") THEN\n                NEW.updated_at := now();\n                IF NEW.edited_fields = OLD.edited_fields THEN\n                    NEW.edited_fields := CASE WHEN coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\') IN (\'admin\', \'sql\') THEN ARRAY(\n                        SELECT DISTINCT field FROM unnest(\n                            OLD.edited_fields || array_remove(ARRAY[CASE WHEN OLD."entity_id" IS DISTINCT FROM NEW."entity_id" THEN \'entity\' END, CASE WHEN OLD."spelling" IS DISTINCT FROM NEW."spelling" THEN \'spelling\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN \'kind\' END, CASE WHEN OLD."case_rule" IS DISTINCT FROM NEW."case_rule" THEN \'case_rule\' END, CASE WHEN OLD."standing" IS DISTINCT FROM NEW."standing" THEN \'standing\' END], NULL)\n                        ) AS field ORDER BY field)\n                    WHEN OLD.edited_fields = \'{}\' THEN OLD.edited_fields\n                    ELSE ARRAY(\n                        SELECT field FROM unnest(OLD.edited_fields) AS field\n                        WHERE field <> ALL (array_remove(ARRAY[CASE WHEN OLD."entity_id" IS DISTINCT FROM NEW."entity_id" THEN \'entity\' END, CASE WHEN OLD."spelling" IS DISTINCT FROM NEW."spelling" THEN \'spelling\' END, CASE WHEN OLD."kind" IS DISTINCT FROM NEW."kind" THEN \'kind\' END, CASE WHEN OLD."case_rule" IS DISTINCT FROM NEW."case_rule" THEN \'case_rule\' END, CASE WHEN OLD."standing" IS DISTINCT FROM NEW."standing" THEN \'standing\' END], NULL)))\n                    END;\n                END IF;\n            END IF;\n            \n            RETURN NEW;\n        ', hash='988451fbf9109ed6adfe80dd47908fc39f3293ce', operation='UPDATE', pgid='pgtrigger_keep_edits_3b2db', table='articles_alias', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alias',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'alias\', r.id, coalesce(e.slug, r.entity_id::text) || \'/\' || r.spelling, \'insert\', NULL, NULL\n                FROM new_rows r LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='57aa5e0ba8fe3ff98cc80d969a1cd80a1042a497', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_57f44', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_alias', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alias',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'alias\', r.id, coalesce(e.slug, r.entity_id::text) || \'/\' || r.spelling, \'update\', CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', o."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', o."entity_id") ELSE \'{}\' END || CASE WHEN o."spelling" IS DISTINCT FROM r."spelling" THEN jsonb_build_object(\'spelling\', o."spelling") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', o."kind") ELSE \'{}\' END || CASE WHEN o."case_rule" IS DISTINCT FROM r."case_rule" THEN jsonb_build_object(\'case_rule\', o."case_rule") ELSE \'{}\' END || CASE WHEN o."standing" IS DISTINCT FROM r."standing" THEN jsonb_build_object(\'standing\', o."standing") ELSE \'{}\' END, CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', r."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', r."entity_id") ELSE \'{}\' END || CASE WHEN o."spelling" IS DISTINCT FROM r."spelling" THEN jsonb_build_object(\'spelling\', r."spelling") ELSE \'{}\' END || CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', r."kind") ELSE \'{}\' END || CASE WHEN o."case_rule" IS DISTINCT FROM r."case_rule" THEN jsonb_build_object(\'case_rule\', r."case_rule") ELSE \'{}\' END || CASE WHEN o."standing" IS DISTINCT FROM r."standing" THEN jsonb_build_object(\'standing\', r."standing") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE (o."edited_fields", o."created_at", o."entity_id", o."spelling", o."kind", o."case_rule", o."standing") IS DISTINCT FROM (r."edited_fields", r."created_at", r."entity_id", r."spelling", r."kind", r."case_rule", r."standing") AND (true OR true);\n            RETURN NULL;\n        ', hash='42fb86b05d6738208574766cfdccce29f51655a1', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_6cd6c', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_alias', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alias',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'alias\', r.id, coalesce(e.slug, r.entity_id::text) || \'/\' || r.spelling, \'delete\', jsonb_build_object(\'edited_fields\', r."edited_fields", \'created_at\', r."created_at", \'entity_id\', r."entity_id", \'spelling\', r."spelling", \'kind\', r."kind", \'case_rule\', r."case_rule", \'standing\', r."standing", \'updated_at\', r."updated_at"), NULL\n                FROM old_rows r LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='46fccee5f4eb162b4a4df33f4ffe29443fb3054e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_94e1a', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_alias', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alias',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='089bb8c52c885aa1d3061439dc1b2de387b718ef', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_8e42b', table='articles_alias', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='alias',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='deaa08b65ab714c71b7403b6881b733ba4c5280c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_f58dc', table='articles_alias', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(models.F('kind'), models.F('row'), models.F('id'), name='ledger_entry_by_row'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(models.F('kind'), models.F('key'), condition=models.Q(('action', 'delete')), name='ledger_deletion_by_key'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('action__in', ['insert', 'update', 'delete'])), name='ledger_entry_action_is_a_known_word', violation_error_message='action must be one of: insert, update, delete.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF TG_OP = 'UPDATE' THEN\n                    IF false THEN RETURN NEW; END IF;\n                END IF;\n                RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP\n                    USING ERRCODE = 'integrity_constraint_violation';\n            ", hash='5374659003425f37febf812be8a291239b7aada7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d6a73', table='articles_ledgerentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='5f69ad3fbcbd056afaa5fb54eff3c065f6295af0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_c8963', table='articles_ledgerentry', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='loadkey',
            constraint=models.UniqueConstraint(models.F('load'), models.F('uid'), name='load_has_a_key_once'),
        ),
        migrations.AddConstraint(
            model_name='loadconflict',
            constraint=models.UniqueConstraint(models.F('load'), models.F('article'), models.F('field'), name='load_conflicts_with_a_field_once'),
        ),
        migrations.AddIndex(
            model_name='mention',
            index=models.Index(models.F('entity'), models.F('article'), condition=models.Q(('state', 'accepted')), name='accepted_mention_by_entity'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['source', 'machine', 'editor'])), name='mention_origin_is_a_known_word', violation_error_message='origin must be one of: source, machine, editor.'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['suggested', 'accepted', 'rejected'])), name='mention_state_is_a_known_word', violation_error_message='state must be one of: suggested, accepted, rejected.'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(('origin', 'machine'), models.Q(('state', 'suggested'), _negated=True), _connector='OR'), name='mention_only_a_machine_suggests'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('article', 'entity', 'start', 'end'), name='article_mentions_an_entity_at_a_place_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end__isnull', True), ('quote', ''), ('start__isnull', True)), models.Q(('end__isnull', False), ('start__isnull', False), ('end', django.db.models.expressions.CombinedExpression(models.F('start'), '+', django.db.models.functions.text.Length('quote'))), ('end__gt', models.F('start')), ('start__gte', 0)), _connector='OR'), name='mention_span_is_positive_and_holds_its_quote', violation_error_message='A place in the text has a start, a later end, and the words between them.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='decided_by_decisions', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF NEW.state <> OLD.state AND pg_trigger_depth() < 2 AND NOT EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN\n                    RAISE EXCEPTION 'the state of % % follows from its decisions: add a decision',\n                        TG_TABLE_NAME, OLD.id USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NEW;\n            ", hash='801f7e166d5544721f5312babb28987eeb7eb724', operation='UPDATE OF "state"', pgid='pgtrigger_decided_by_decisions_768da', table='articles_mention', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'mention\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(e.slug, \'\') || coalesce(\'@\' || r.start || \'-\' || r."end", \'\'), \'insert\', NULL, NULL\n                FROM new_rows r LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE (r.origin <> \'machine\' OR r.state <> \'suggested\');\n            RETURN NULL;\n        ', hash='5f2658cfe8342b2d1e9f313a7b4a42cee89511d8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_dde4d', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_mention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'mention\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(e.slug, \'\') || coalesce(\'@\' || r.start || \'-\' || r."end", \'\'), \'update\', CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', o."origin") ELSE \'{}\' END || CASE WHEN o."state" IS DISTINCT FROM r."state" THEN jsonb_build_object(\'state\', o."state") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', o."article_id") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', o."entity_id") ELSE \'{}\' END || CASE WHEN o."start" IS DISTINCT FROM r."start" THEN jsonb_build_object(\'start\', o."start") ELSE \'{}\' END || CASE WHEN o."end" IS DISTINCT FROM r."end" THEN jsonb_build_object(\'end\', o."end") ELSE \'{}\' END || CASE WHEN o."quote" IS DISTINCT FROM r."quote" THEN jsonb_build_object(\'quote\', o."quote") ELSE \'{}\' END, CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', r."origin") ELSE \'{}\' END || CASE WHEN o."state" IS DISTINCT FROM r."state" THEN jsonb_build_object(\'state\', r."state") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', r."article_id") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', r."entity_id") ELSE \'{}\' END || CASE WHEN o."start" IS DISTINCT FROM r."start" THEN jsonb_build_object(\'start\', r."start") ELSE \'{}\' END || CASE WHEN o."end" IS DISTINCT FROM r."end" THEN jsonb_build_object(\'end\', r."end") ELSE \'{}\' END || CASE WHEN o."quote" IS DISTINCT FROM r."quote" THEN jsonb_build_object(\'quote\', r."quote") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE (o."origin", o."state", o."created_at", o."article_id", o."entity_id", o."start", o."end", o."quote") IS DISTINCT FROM (r."origin", r."state", r."created_at", r."article_id", r."entity_id", r."start", r."end", r."quote") AND ((o.origin <> \'machine\' OR o.state <> \'suggested\') OR (r.origin <> \'machine\' OR r.state <> \'suggested\'));\n            RETURN NULL;\n        ', hash='487caaa0cca155b23488148b6ead10fb5a13c39c', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_3f1f4', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_mention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'mention\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(e.slug, \'\') || coalesce(\'@\' || r.start || \'-\' || r."end", \'\'), \'delete\', jsonb_build_object(\'origin\', r."origin", \'state\', r."state", \'created_at\', r."created_at", \'article_id\', r."article_id", \'entity_id\', r."entity_id", \'start\', r."start", \'end\', r."end", \'quote\', r."quote"), NULL\n                FROM old_rows r LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_entity e ON e.id = r.entity_id\n                WHERE (r.origin <> \'machine\' OR r.state <> \'suggested\');\n            RETURN NULL;\n        ', hash='9dd47d99d8e36a631d04ad28218b38faf5ecbac4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_8d1bc', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_mention', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='e867bacba895d5b8163999fc5d514c64fe737883', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_c5392', table='articles_mention', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mention',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='bba29c405b2b7d74782e22e04ef02023aa7dd725', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_1caa2', table='articles_mention', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'rawtext\', r.id, coalesce(a.uid::text, r.article_id::text), \'insert\', NULL, NULL\n                FROM new_rows r LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='83be0c7ab9d78b5a45b3168f6a8693d5cd3b317b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_8411a', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_rawtext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'rawtext\', r.id, coalesce(a.uid::text, r.article_id::text), \'update\', CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', o."article_id") ELSE \'{}\' END || CASE WHEN o."text" IS DISTINCT FROM r."text" THEN jsonb_build_object(\'text\', o."text") ELSE \'{}\' END || CASE WHEN o."clean_fingerprint" IS DISTINCT FROM r."clean_fingerprint" THEN jsonb_build_object(\'clean_fingerprint\', o."clean_fingerprint") ELSE \'{}\' END, CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', r."article_id") ELSE \'{}\' END || CASE WHEN o."text" IS DISTINCT FROM r."text" THEN jsonb_build_object(\'text\', r."text") ELSE \'{}\' END || CASE WHEN o."clean_fingerprint" IS DISTINCT FROM r."clean_fingerprint" THEN jsonb_build_object(\'clean_fingerprint\', r."clean_fingerprint") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE (o."article_id", o."text", o."clean_fingerprint") IS DISTINCT FROM (r."article_id", r."text", r."clean_fingerprint") AND (true OR true);\n            RETURN NULL;\n        ', hash='d4645cb604cda6d4e8cae257052bf8f4df1f0b11', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_adfe1', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_rawtext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'rawtext\', r.id, coalesce(a.uid::text, r.article_id::text), \'delete\', jsonb_build_object(\'article_id\', r."article_id", \'text\', r."text", \'clean_fingerprint\', r."clean_fingerprint"), NULL\n                FROM old_rows r LEFT JOIN articles_article a ON a.id = r.article_id\n                WHERE true;\n            RETURN NULL;\n        ', hash='2b3c561d1493e119b4063f8f5f0d16bf997e7716', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_86e2b', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_rawtext', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='e8e72b11f7e651a8c1ce21495b1ec63241de8b5d', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_9b518', table='articles_rawtext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rawtext',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='49b798ae0f8310d3de1722376ffe611e7e0ade1f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_827cf', table='articles_rawtext', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='article',
            index=django.contrib.postgres.indexes.GinIndex(fields=['search'], name='article_search'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(articles.models.article_queries.SortKey(), models.F('uid'), condition=models.Q(('status', 'published')), name='public_article_by_date'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('source'), articles.models.article_queries.SortKey(), models.F('uid'), condition=models.Q(('status', 'published')), name='public_article_by_source'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('language'), articles.models.article_queries.SortKey(), models.F('uid'), condition=models.Q(('status', 'published')), name='public_article_by_language'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('updated_at'), models.F('uid'), condition=models.Q(('status', 'published')), name='public_article_by_update'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('published_at'), models.F('id'), name='article_by_date'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('id'), condition=models.Q(('headline_derived', True)), name='article_with_derived_headline'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('id'), condition=models.Q(('published_precision', 'day')), name='article_of_a_day'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('fingerprint'), name='article_by_fingerprint'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('status'), models.F('id'), name='article_by_status'),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(models.F('language'), name='article_by_language'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.UniqueConstraint(models.F('origin'), models.F('external_id'), name='article_origin_and_external_id_are_unique'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('origin__regex', '\\S')), name='article_has_an_origin', violation_error_message='origin is missing.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('external_id__regex', '\\S')), name='article_has_an_external_id', violation_error_message='external_id is missing.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'published', 'withdrawn'])), name='article_status_is_a_known_word', violation_error_message='status must be one of: draft, published, withdrawn.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('published_precision__in', ['exact', 'day', 'unknown'])), name='article_precision_is_a_known_word', violation_error_message='published_precision must be one of: exact, day, unknown.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('headline__regex', '\\S'), _connector='OR'), name='published_article_has_a_headline', violation_error_message='A published article needs a headline.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('headline', ''), _negated=True), models.Q(('body', ''), _negated=True), _connector='OR'), name='article_has_a_headline_or_a_body', violation_error_message='An article needs a headline or a body.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('published_precision', 'unknown')), models.Q(('published_at__isnull', False), models.Q(('published_precision', 'unknown'), _negated=True)), _connector='OR'), name='article_precision_is_unknown_without_a_date', violation_error_message='A date needs its precision, exact or day; an article without a date has the precision unknown.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_precision', 'day'), _negated=True), django.db.models.lookups.Exact(models.Func(models.F('published_at'), output_field=models.DecimalField(), template='mod(extract(epoch from %(expressions)s::timestamptz), 86400)'), 0), _connector='OR'), name='article_day_is_stored_as_midnight_utc', violation_error_message='A day without a time is written as 00:00 UTC.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_at__isnull', False), ('withdrawn_reason__regex', '\\S')), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_at__isnull', True)), _connector='OR'), name='withdrawn_article_has_a_time_and_a_public_reason', violation_error_message='Withdrawing needs a public reason.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('language__regex', '^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$')), name='article_language_is_bcp47'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('published_at__isnull', True), models.Q(('published_at__gte', datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('published_at__lte', datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))), _connector='OR'), name='article_published_at_is_in_the_years_1_to_9999', violation_error_message='A date lies in the years 1 to 9999.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('publish_at__isnull', True), models.Q(('publish_at__gte', datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('publish_at__lte', datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))), _connector='OR'), name='article_publish_at_is_in_the_years_1_to_9999', violation_error_message='A date lies in the years 1 to 9999.'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at__isnull', True), models.Q(('withdrawn_at__gte', datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('withdrawn_at__lte', datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone.utc))), _connector='OR'), name='article_withdrawn_at_is_in_the_years_1_to_9999', violation_error_message='A date lies in the years 1 to 9999.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='keep_edits', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NEW; END IF;\n            IF OLD."uid" IS DISTINCT FROM NEW."uid" THEN\n                RAISE EXCEPTION \'% of % % never changes\', \'uid\', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = \'integrity_constraint_violation\';\n            END IF;\n            IF OLD."origin" IS DISTINCT FROM NEW."origin" THEN\n                RAISE EXCEPTION \'% of % % never changes\', \'origin\', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = \'integrity_constraint_violation\';\n            END IF;\n            IF OLD."external_id" IS DISTINCT FROM NEW."external_id" THEN\n                RAISE EXCEPTION \'% of % % never changes\', \'external_id\', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = \'integrity_constraint_violation\';\n            END IF;\n            NEW.created_at := OLD.created_at;\n            IF (OLD."source_id", OLD."headline", OLD."headline_derived", OLD."summary", OLD."bylines", OLD."body", OLD."language", OLD."published_at", OLD."published_precision", OLD."original_url", OLD."status", OLD."publish_at", OLD."withdrawn_at", OLD."withdrawn_reason", OLD."withdrawn_note") IS DISTINCT FROM (NEW."source_id", NEW."headline", NEW."headline_derived", NEW."summary", NEW."bylines", NEW."body", NEW."language", NEW."published_at", NEW."published_precision", NEW."original_url", NEW."status", NEW."publish_at", NEW."withdrawn_at", NEW."withdrawn_reason", NEW."withdrawn_note") THEN\n                NEW.updated_at := now();\n                IF NEW.edited_fields = OLD.edited_fields THEN\n                    NEW.edited_fields := CASE WHEN coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\') IN (\'admin\', \'sql\') THEN ARRAY(\n                        SELECT DISTINCT field FROM unnest(\n                            OLD.edited_fields || array_remove(ARRAY[CASE WHEN OLD."source_id" IS DISTINCT FROM NEW."source_id" THEN \'source\' END, CASE WHEN OLD."headline" IS DISTINCT FROM NEW."headline" THEN \'headline\' END, CASE WHEN OLD."headline_derived" IS DISTINCT FROM NEW."headline_derived" THEN \'headline_derived\' END, CASE WHEN OLD."summary" IS DISTINCT FROM NEW."summary" THEN \'summary\' END, CASE WHEN OLD."bylines" IS DISTINCT FROM NEW."bylines" THEN \'bylines\' END, CASE WHEN OLD."body" IS DISTINCT FROM NEW."body" THEN \'body\' END, CASE WHEN OLD."language" IS DISTINCT FROM NEW."language" THEN \'language\' END, CASE WHEN OLD."published_at" IS DISTINCT FROM NEW."published_at" THEN \'published_at\' END, CASE WHEN OLD."published_precision" IS DISTINCT FROM NEW."published_precision" THEN \'published_precision\' END, CASE WHEN OLD."original_url" IS DISTINCT FROM NEW."original_url" THEN \'original_url\' END, CASE WHEN OLD."status" IS DISTINCT FROM NEW."status" THEN \'status\' END, CASE WHEN OLD."publish_at" IS DISTINCT FROM NEW."publish_at" THEN \'publish_at\' END, CASE WHEN OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" THEN \'withdrawn_at\' END, CASE WHEN OLD."withdrawn_reason" IS DISTINCT FROM NEW."withdrawn_reason" THEN \'withdrawn_reason\' END, CASE WHEN OLD."withdrawn_note" IS DISTINCT FROM NEW."withdrawn_note" THEN \'withdrawn_note\' END], NULL)\n                        ) AS field ORDER BY field)\n                    WHEN OLD.edited_fields = \'{}\' THEN OLD.edited_fields\n                    ELSE ARRAY(\n                        SELECT field FROM unnest(OLD.edited_fields) AS field\n                        WHERE field <> ALL (array_remove(ARRAY[CASE WHEN OLD."source_id" IS DISTINCT FROM NEW."source_id" THEN \'source\' END, CASE WHEN OLD."headline" IS DISTINCT FROM NEW."headline" THEN \'headline\' END, CASE WHEN OLD."headline_derived" IS DISTINCT FROM NEW."headline_derived" THEN \'headline_derived\' END, CASE WHEN OLD."summary" IS DISTINCT FROM NEW."summary" THEN \'summary\' END, CASE WHEN OLD."bylines" IS DISTINCT FROM NEW."bylines" THEN \'bylines\' END, CASE WHEN OLD."body" IS DISTINCT FROM NEW."body" THEN \'body\' END, CASE WHEN OLD."language" IS DISTINCT FROM NEW."language" THEN \'language\' END, CASE WHEN OLD."published_at" IS DISTINCT FROM NEW."published_at" THEN \'published_at\' END, CASE WHEN OLD."published_precision" IS DISTINCT FROM NEW."published_precision" THEN \'published_precision\' END, CASE WHEN OLD."original_url" IS DISTINCT FROM NEW."original_url" THEN \'original_url\' END, CASE WHEN OLD."status" IS DISTINCT FROM NEW."status" THEN \'status\' END, CASE WHEN OLD."publish_at" IS DISTINCT FROM NEW."publish_at" THEN \'publish_at\' END, CASE WHEN OLD."withdrawn_at" IS DISTINCT FROM NEW."withdrawn_at" THEN \'withdrawn_at\' END, CASE WHEN OLD."withdrawn_reason" IS DISTINCT FROM NEW."withdrawn_reason" THEN \'withdrawn_reason\' END, CASE WHEN OLD."withdrawn_note" IS DISTINCT FROM NEW."withdrawn_note" THEN \'withdrawn_note\' END], NULL)))\n                    END;\n                END IF;\n            END IF;\n            \n            IF OLD.status = \'published\' AND coalesce(OLD.publish_at <= now(), true)\n                AND NOT (NEW.status = \'published\' AND coalesce(NEW.publish_at <= now(), true)) THEN\n                NEW.was_public := true;\n            END IF;\n            IF NEW.headline <> OLD.headline AND NEW.headline_derived = OLD.headline_derived\n                AND coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\')\n                    IN (\'admin\', \'sql\') THEN\n                NEW.headline_derived := false;\n            END IF;\n                \n            RETURN NEW;\n        ', hash='4a340511e7bf7b4a8203a959e967a08c79f42f7d', operation='UPDATE', pgid='pgtrigger_keep_edits_32f38', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'article\', r.id, r.uid::text, \'insert\', NULL, NULL\n                FROM new_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='f963601de78ab2f3d31297d9059a16ed4cb24b2a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_11b92', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'article\', r.id, r.uid::text, \'update\', CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', o."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."uid" IS DISTINCT FROM r."uid" THEN jsonb_build_object(\'uid\', o."uid") ELSE \'{}\' END || CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', o."origin") ELSE \'{}\' END || CASE WHEN o."external_id" IS DISTINCT FROM r."external_id" THEN jsonb_build_object(\'external_id\', o."external_id") ELSE \'{}\' END || CASE WHEN o."source_id" IS DISTINCT FROM r."source_id" THEN jsonb_build_object(\'source_id\', o."source_id") ELSE \'{}\' END || CASE WHEN o."headline" IS DISTINCT FROM r."headline" THEN jsonb_build_object(\'headline\', o."headline") ELSE \'{}\' END || CASE WHEN o."headline_derived" IS DISTINCT FROM r."headline_derived" THEN jsonb_build_object(\'headline_derived\', o."headline_derived") ELSE \'{}\' END || CASE WHEN o."summary" IS DISTINCT FROM r."summary" THEN jsonb_build_object(\'summary\', o."summary") ELSE \'{}\' END || CASE WHEN o."bylines" IS DISTINCT FROM r."bylines" THEN jsonb_build_object(\'bylines\', o."bylines") ELSE \'{}\' END || CASE WHEN o."body" IS DISTINCT FROM r."body" THEN jsonb_build_object(\'body\', o."body") ELSE \'{}\' END || CASE WHEN o."language" IS DISTINCT FROM r."language" THEN jsonb_build_object(\'language\', o."language") ELSE \'{}\' END || CASE WHEN o."published_at" IS DISTINCT FROM r."published_at" THEN jsonb_build_object(\'published_at\', o."published_at") ELSE \'{}\' END || CASE WHEN o."published_precision" IS DISTINCT FROM r."published_precision" THEN jsonb_build_object(\'published_precision\', o."published_precision") ELSE \'{}\' END || CASE WHEN o."original_url" IS DISTINCT FROM r."original_url" THEN jsonb_build_object(\'original_url\', o."original_url") ELSE \'{}\' END || CASE WHEN o."status" IS DISTINCT FROM r."status" THEN jsonb_build_object(\'status\', o."status") ELSE \'{}\' END || CASE WHEN o."publish_at" IS DISTINCT FROM r."publish_at" THEN jsonb_build_object(\'publish_at\', o."publish_at") ELSE \'{}\' END || CASE WHEN o."withdrawn_at" IS DISTINCT FROM r."withdrawn_at" THEN jsonb_build_object(\'withdrawn_at\', o."withdrawn_at") ELSE \'{}\' END || CASE WHEN o."withdrawn_reason" IS DISTINCT FROM r."withdrawn_reason" THEN jsonb_build_object(\'withdrawn_reason\', o."withdrawn_reason") ELSE \'{}\' END || CASE WHEN o."withdrawn_note" IS DISTINCT FROM r."withdrawn_note" THEN jsonb_build_object(\'withdrawn_note\', o."withdrawn_note") ELSE \'{}\' END || CASE WHEN o."was_public" IS DISTINCT FROM r."was_public" THEN jsonb_build_object(\'was_public\', o."was_public") ELSE \'{}\' END, CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', r."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."uid" IS DISTINCT FROM r."uid" THEN jsonb_build_object(\'uid\', r."uid") ELSE \'{}\' END || CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', r."origin") ELSE \'{}\' END || CASE WHEN o."external_id" IS DISTINCT FROM r."external_id" THEN jsonb_build_object(\'external_id\', r."external_id") ELSE \'{}\' END || CASE WHEN o."source_id" IS DISTINCT FROM r."source_id" THEN jsonb_build_object(\'source_id\', r."source_id") ELSE \'{}\' END || CASE WHEN o."headline" IS DISTINCT FROM r."headline" THEN jsonb_build_object(\'headline\', r."headline") ELSE \'{}\' END || CASE WHEN o."headline_derived" IS DISTINCT FROM r."headline_derived" THEN jsonb_build_object(\'headline_derived\', r."headline_derived") ELSE \'{}\' END || CASE WHEN o."summary" IS DISTINCT FROM r."summary" THEN jsonb_build_object(\'summary\', r."summary") ELSE \'{}\' END || CASE WHEN o."bylines" IS DISTINCT FROM r."bylines" THEN jsonb_build_object(\'bylines\', r."bylines") ELSE \'{}\' END || CASE WHEN o."body" IS DISTINCT FROM r."body" THEN jsonb_build_object(\'body\', r."body") ELSE \'{}\' END || CASE WHEN o."language" IS DISTINCT FROM r."language" THEN jsonb_build_object(\'language\', r."language") ELSE \'{}\' END || CASE WHEN o."published_at" IS DISTINCT FROM r."published_at" THEN jsonb_build_object(\'published_at\', r."published_at") ELSE \'{}\' END || CASE WHEN o."published_precision" IS DISTINCT FROM r."published_precision" THEN jsonb_build_object(\'published_precision\', r."published_precision") ELSE \'{}\' END || CASE WHEN o."original_url" IS DISTINCT FROM r."original_url" THEN jsonb_build_object(\'original_url\', r."original_url") ELSE \'{}\' END || CASE WHEN o."status" IS DISTINCT FROM r."status" THEN jsonb_build_object(\'status\', r."status") ELSE \'{}\' END || CASE WHEN o."publish_at" IS DISTINCT FROM r."publish_at" THEN jsonb_build_object(\'publish_at\', r."publish_at") ELSE \'{}\' END || CASE WHEN o."withdrawn_at" IS DISTINCT FROM r."withdrawn_at" THEN jsonb_build_object(\'withdrawn_at\', r."withdrawn_at") ELSE \'{}\' END || CASE WHEN o."withdrawn_reason" IS DISTINCT FROM r."withdrawn_reason" THEN jsonb_build_object(\'withdrawn_reason\', r."withdrawn_reason") ELSE \'{}\' END || CASE WHEN o."withdrawn_note" IS DISTINCT FROM r."withdrawn_note" THEN jsonb_build_object(\'withdrawn_note\', r."withdrawn_note") ELSE \'{}\' END || CASE WHEN o."was_public" IS DISTINCT FROM r."was_public" THEN jsonb_build_object(\'was_public\', r."was_public") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) \n                WHERE (o."edited_fields", o."created_at", o."uid", o."origin", o."external_id", o."source_id", o."headline", o."headline_derived", o."summary", o."bylines", o."body", o."language", o."published_at", o."published_precision", o."original_url", o."status", o."publish_at", o."withdrawn_at", o."withdrawn_reason", o."withdrawn_note", o."was_public") IS DISTINCT FROM (r."edited_fields", r."created_at", r."uid", r."origin", r."external_id", r."source_id", r."headline", r."headline_derived", r."summary", r."bylines", r."body", r."language", r."published_at", r."published_precision", r."original_url", r."status", r."publish_at", r."withdrawn_at", r."withdrawn_reason", r."withdrawn_note", r."was_public") AND (true OR true);\n            RETURN NULL;\n        ', hash='c02b53ffecbeb78cab9b4d125b42b8c92ef4133e', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_27c86', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'article\', r.id, r.uid::text, \'delete\', jsonb_build_object(\'edited_fields\', r."edited_fields", \'created_at\', r."created_at", \'uid\', r."uid", \'origin\', r."origin", \'external_id\', r."external_id", \'source_id\', r."source_id", \'headline\', r."headline", \'headline_derived\', r."headline_derived", \'summary\', r."summary", \'bylines\', r."bylines", \'body\', r."body", \'language\', r."language", \'published_at\', r."published_at", \'published_precision\', r."published_precision", \'original_url\', r."original_url", \'status\', r."status", \'publish_at\', r."publish_at", \'withdrawn_at\', r."withdrawn_at", \'withdrawn_reason\', r."withdrawn_reason", \'withdrawn_note\', r."withdrawn_note", \'was_public\', r."was_public", \'updated_at\', r."updated_at"), NULL\n                FROM old_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='6e54005212893e8fc87749d86889196c33bb43ce', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_05447', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_article', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='8b73ca184526aedba942341aa3a1054f943eac9c', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_bc192', table='articles_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='67a253bdde86c6999bc2e9ad220ef88680a0d423', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_a4eb8', table='articles_article', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('slug__regex', '^[^\\s/?#,;:&%+.\\\\\\"\'<>]+$')), name='tag_slug_fits_an_address'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('name__regex', '\\S')), name='tag_has_a_name', violation_error_message='name is missing.'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('media_topic__isnull', True), ('media_topic__regex', '^medtop:\\d{8}$'), _connector='OR'), name='tag_media_topic_is_a_code', violation_error_message='Write the Media Topic as medtop: and eight digits.'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='tag_is_not_its_own_parent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='no_circle', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                    IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) OR NEW.parent_id IS NULL THEN RETURN NEW; END IF;\n                    -- Two moves at once could close a circle that neither of them sees.\n                    PERFORM pg_advisory_xact_lock(hashtext('articles_tag.parent'));\n                    IF EXISTS (\n                        WITH RECURSIVE above(id) AS (\n                            SELECT NEW.parent_id\n                            UNION\n                            SELECT t.parent_id FROM articles_tag t JOIN above USING (id)\n                            WHERE t.parent_id IS NOT NULL)\n                        SELECT FROM above WHERE id = NEW.id) THEN\n                        RAISE EXCEPTION 'tag % would stand above itself', NEW.slug\n                            USING ERRCODE = 'check_violation',\n                                CONSTRAINT = 'tag_tree_has_no_circle';\n                    END IF;\n                    RETURN NEW;\n                ", hash='56ddbf03eb8c24e8f83155178c077203bdb0f0fc', operation='INSERT OR UPDATE OF "parent_id"', pgid='pgtrigger_no_circle_fbce7', table='articles_tag', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='keep_edits', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NEW; END IF;\n            NEW.created_at := OLD.created_at;\n            IF (OLD."slug", OLD."name", OLD."parent_id", OLD."media_topic", OLD."description") IS DISTINCT FROM (NEW."slug", NEW."name", NEW."parent_id", NEW."media_topic", NEW."description") THEN\n                NEW.updated_at := now();\n                IF NEW.edited_fields = OLD.edited_fields THEN\n                    NEW.edited_fields := CASE WHEN coalesce(nullif(current_setting(\'newsroom.way\', true), \'\'), \'sql\') IN (\'admin\', \'sql\') THEN ARRAY(\n                        SELECT DISTINCT field FROM unnest(\n                            OLD.edited_fields || array_remove(ARRAY[CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN \'slug\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."parent_id" IS DISTINCT FROM NEW."parent_id" THEN \'parent\' END, CASE WHEN OLD."media_topic" IS DISTINCT FROM NEW."media_topic" THEN \'media_topic\' END, CASE WHEN OLD."description" IS DISTINCT FROM NEW."description" THEN \'description\' END], NULL)\n                        ) AS field ORDER BY field)\n                    WHEN OLD.edited_fields = \'{}\' THEN OLD.edited_fields\n                    ELSE ARRAY(\n                        SELECT field FROM unnest(OLD.edited_fields) AS field\n                        WHERE field <> ALL (array_remove(ARRAY[CASE WHEN OLD."slug" IS DISTINCT FROM NEW."slug" THEN \'slug\' END, CASE WHEN OLD."name" IS DISTINCT FROM NEW."name" THEN \'name\' END, CASE WHEN OLD."parent_id" IS DISTINCT FROM NEW."parent_id" THEN \'parent\' END, CASE WHEN OLD."media_topic" IS DISTINCT FROM NEW."media_topic" THEN \'media_topic\' END, CASE WHEN OLD."description" IS DISTINCT FROM NEW."description" THEN \'description\' END], NULL)))\n                    END;\n                END IF;\n            END IF;\n            \n            RETURN NEW;\n        ', hash='fab462cedd2578aebbb6df331262c3fdd92ec1c7', operation='UPDATE', pgid='pgtrigger_keep_edits_3e991', table='articles_tag', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='keep_redirect', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            DELETE FROM articles_redirect WHERE kind = 'tag' AND old_slug = NEW.slug;\n            IF TG_OP = 'UPDATE' THEN\n                IF OLD.slug <> NEW.slug THEN\n                    INSERT INTO articles_redirect (kind, old_slug, tag_id)\n                    VALUES ('tag', OLD.slug, NEW.id);\n                END IF;\n            END IF;\n            RETURN NULL;\n        ", hash='9a59a5716068973b9eeab3a37f72fd3ba22d31d3', operation='INSERT OR UPDATE OF "slug"', pgid='pgtrigger_keep_redirect_4ffb4', table='articles_tag', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'tag\', r.id, r.slug, \'insert\', NULL, NULL\n                FROM new_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='ebe81536a6655acc1413c0349bd2ccaa2292678a', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_5389a', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_tag', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'tag\', r.id, r.slug, \'update\', CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', o."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."slug" IS DISTINCT FROM r."slug" THEN jsonb_build_object(\'slug\', o."slug") ELSE \'{}\' END || CASE WHEN o."name" IS DISTINCT FROM r."name" THEN jsonb_build_object(\'name\', o."name") ELSE \'{}\' END || CASE WHEN o."parent_id" IS DISTINCT FROM r."parent_id" THEN jsonb_build_object(\'parent_id\', o."parent_id") ELSE \'{}\' END || CASE WHEN o."media_topic" IS DISTINCT FROM r."media_topic" THEN jsonb_build_object(\'media_topic\', o."media_topic") ELSE \'{}\' END || CASE WHEN o."description" IS DISTINCT FROM r."description" THEN jsonb_build_object(\'description\', o."description") ELSE \'{}\' END, CASE WHEN o."edited_fields" IS DISTINCT FROM r."edited_fields" THEN jsonb_build_object(\'edited_fields\', r."edited_fields") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."slug" IS DISTINCT FROM r."slug" THEN jsonb_build_object(\'slug\', r."slug") ELSE \'{}\' END || CASE WHEN o."name" IS DISTINCT FROM r."name" THEN jsonb_build_object(\'name\', r."name") ELSE \'{}\' END || CASE WHEN o."parent_id" IS DISTINCT FROM r."parent_id" THEN jsonb_build_object(\'parent_id\', r."parent_id") ELSE \'{}\' END || CASE WHEN o."media_topic" IS DISTINCT FROM r."media_topic" THEN jsonb_build_object(\'media_topic\', r."media_topic") ELSE \'{}\' END || CASE WHEN o."description" IS DISTINCT FROM r."description" THEN jsonb_build_object(\'description\', r."description") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) \n                WHERE (o."edited_fields", o."created_at", o."slug", o."name", o."parent_id", o."media_topic", o."description") IS DISTINCT FROM (r."edited_fields", r."created_at", r."slug", r."name", r."parent_id", r."media_topic", r."description") AND (true OR true);\n            RETURN NULL;\n        ', hash='68d5f9204e59a7e26f4507ef9dfff680b69dc5b3', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_b98df', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_tag', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'tag\', r.id, r.slug, \'delete\', jsonb_build_object(\'edited_fields\', r."edited_fields", \'created_at\', r."created_at", \'slug\', r."slug", \'name\', r."name", \'parent_id\', r."parent_id", \'media_topic\', r."media_topic", \'description\', r."description", \'updated_at\', r."updated_at"), NULL\n                FROM old_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='41027664853351736abb79e3bd30d7895656c028', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_f61d1', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_tag', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='79da946900ca21adf046cf9b164fdb7c554437ce', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_82f6f', table='articles_tag', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tag',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='802ef5f7a18d3803a623f0d152cec3086f6bd406', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_32d31', table='articles_tag', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.UniqueConstraint(models.F('kind'), models.F('old_slug'), name='slug_redirects_once'),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['source', 'entity', 'tag'])), name='redirect_kind_is_a_known_word', violation_error_message='kind must be one of: source, entity, tag.'),
        ),
        migrations.AddConstraint(
            model_name='redirect',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entity', None), ('kind', 'source'), ('source__isnull', False), ('tag', None)), models.Q(('entity__isnull', False), ('kind', 'entity'), ('source', None), ('tag', None)), models.Q(('entity', None), ('kind', 'tag'), ('source', None), ('tag__isnull', False)), _connector='OR'), name='redirect_has_one_survivor_of_its_kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redirect',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'redirect\', r.id, r.kind || \'/\' || r.old_slug, \'insert\', NULL, NULL\n                FROM new_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='e70fcd6395f83ba994f700b7e8112f890872dbd8', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_99d1d', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_redirect', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redirect',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'redirect\', r.id, r.kind || \'/\' || r.old_slug, \'update\', CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', o."kind") ELSE \'{}\' END || CASE WHEN o."old_slug" IS DISTINCT FROM r."old_slug" THEN jsonb_build_object(\'old_slug\', o."old_slug") ELSE \'{}\' END || CASE WHEN o."source_id" IS DISTINCT FROM r."source_id" THEN jsonb_build_object(\'source_id\', o."source_id") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', o."entity_id") ELSE \'{}\' END || CASE WHEN o."tag_id" IS DISTINCT FROM r."tag_id" THEN jsonb_build_object(\'tag_id\', o."tag_id") ELSE \'{}\' END, CASE WHEN o."kind" IS DISTINCT FROM r."kind" THEN jsonb_build_object(\'kind\', r."kind") ELSE \'{}\' END || CASE WHEN o."old_slug" IS DISTINCT FROM r."old_slug" THEN jsonb_build_object(\'old_slug\', r."old_slug") ELSE \'{}\' END || CASE WHEN o."source_id" IS DISTINCT FROM r."source_id" THEN jsonb_build_object(\'source_id\', r."source_id") ELSE \'{}\' END || CASE WHEN o."entity_id" IS DISTINCT FROM r."entity_id" THEN jsonb_build_object(\'entity_id\', r."entity_id") ELSE \'{}\' END || CASE WHEN o."tag_id" IS DISTINCT FROM r."tag_id" THEN jsonb_build_object(\'tag_id\', r."tag_id") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) \n                WHERE (o."kind", o."old_slug", o."source_id", o."entity_id", o."tag_id") IS DISTINCT FROM (r."kind", r."old_slug", r."source_id", r."entity_id", r."tag_id") AND (true OR true);\n            RETURN NULL;\n        ', hash='09344a2b86a1a4701b9a6aec2648c4b5d5709fdc', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_d541c', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_redirect', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redirect',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'redirect\', r.id, r.kind || \'/\' || r.old_slug, \'delete\', jsonb_build_object(\'kind\', r."kind", \'old_slug\', r."old_slug", \'source_id\', r."source_id", \'entity_id\', r."entity_id", \'tag_id\', r."tag_id"), NULL\n                FROM old_rows r \n                WHERE true;\n            RETURN NULL;\n        ', hash='547072196d4b3a89a9543cfc6b9e0e29ab07e1af', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_c08a4', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_redirect', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redirect',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='2ecb916b84011578f9a0a6c491537bba314b4e1c', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_21c0c', table='articles_redirect', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='redirect',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='5e1f1b6c93a4ea7d8d416037c8de9c978db0ff69', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_2caf5', table='articles_redirect', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='tagging',
            index=models.Index(models.F('tag'), models.F('article'), condition=models.Q(('state', 'accepted')), name='accepted_tagging_by_tag'),
        ),
        migrations.AddConstraint(
            model_name='tagging',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['source', 'machine', 'editor'])), name='tagging_origin_is_a_known_word', violation_error_message='origin must be one of: source, machine, editor.'),
        ),
        migrations.AddConstraint(
            model_name='tagging',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['suggested', 'accepted', 'rejected'])), name='tagging_state_is_a_known_word', violation_error_message='state must be one of: suggested, accepted, rejected.'),
        ),
        migrations.AddConstraint(
            model_name='tagging',
            constraint=models.CheckConstraint(condition=models.Q(('origin', 'machine'), models.Q(('state', 'suggested'), _negated=True), _connector='OR'), name='tagging_only_a_machine_suggests'),
        ),
        migrations.AddConstraint(
            model_name='tagging',
            constraint=models.UniqueConstraint(models.F('article'), models.F('tag'), name='article_has_a_tag_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='decided_by_decisions', sql=articles.models.triggers.ArchiveTriggerSql(func="\n                IF NEW.state <> OLD.state AND pg_trigger_depth() < 2 AND NOT EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN\n                    RAISE EXCEPTION 'the state of % % follows from its decisions: add a decision',\n                        TG_TABLE_NAME, OLD.id USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN NEW;\n            ", hash='85823ec9b1d4c7d8e6ad845042c622bdfb396ec1', operation='UPDATE OF "state"', pgid='pgtrigger_decided_by_decisions_69982', table='articles_tagging', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='ledger_insert', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'tagging\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(t.slug, \'\'), \'insert\', NULL, NULL\n                FROM new_rows r LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_tag t ON t.id = r.tag_id\n                WHERE (r.origin <> \'machine\' OR r.state <> \'suggested\');\n            RETURN NULL;\n        ', hash='70fca336047734540089059aa523bd6ab730d98b', level='STATEMENT', operation='INSERT', pgid='pgtrigger_ledger_insert_0837f', referencing='REFERENCING NEW TABLE AS new_rows ', table='articles_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='ledger_update', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'tagging\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(t.slug, \'\'), \'update\', CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', o."origin") ELSE \'{}\' END || CASE WHEN o."state" IS DISTINCT FROM r."state" THEN jsonb_build_object(\'state\', o."state") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', o."created_at") ELSE \'{}\' END || CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', o."article_id") ELSE \'{}\' END || CASE WHEN o."tag_id" IS DISTINCT FROM r."tag_id" THEN jsonb_build_object(\'tag_id\', o."tag_id") ELSE \'{}\' END, CASE WHEN o."origin" IS DISTINCT FROM r."origin" THEN jsonb_build_object(\'origin\', r."origin") ELSE \'{}\' END || CASE WHEN o."state" IS DISTINCT FROM r."state" THEN jsonb_build_object(\'state\', r."state") ELSE \'{}\' END || CASE WHEN o."created_at" IS DISTINCT FROM r."created_at" THEN jsonb_build_object(\'created_at\', r."created_at") ELSE \'{}\' END || CASE WHEN o."article_id" IS DISTINCT FROM r."article_id" THEN jsonb_build_object(\'article_id\', r."article_id") ELSE \'{}\' END || CASE WHEN o."tag_id" IS DISTINCT FROM r."tag_id" THEN jsonb_build_object(\'tag_id\', r."tag_id") ELSE \'{}\' END\n                FROM old_rows o JOIN new_rows r USING (id) LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_tag t ON t.id = r.tag_id\n                WHERE (o."origin", o."state", o."created_at", o."article_id", o."tag_id") IS DISTINCT FROM (r."origin", r."state", r."created_at", r."article_id", r."tag_id") AND ((o.origin <> \'machine\' OR o.state <> \'suggested\') OR (r.origin <> \'machine\' OR r.state <> \'suggested\'));\n            RETURN NULL;\n        ', hash='14ef7f7591bdb4afce304aad7c105fec1c37d787', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_ledger_update_2b7d9', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='articles_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='ledger_delete', sql=articles.models.triggers.ArchiveTriggerSql(func='\n            IF EXISTS (SELECT FROM articles_ledgerrestore WHERE transaction = pg_current_xact_id()::text::bigint AND at = now()) THEN RETURN NULL; END IF;\n            INSERT INTO articles_ledgerentry (batch_id, kind, "row", key, action, before, after)\n                SELECT (SELECT ledger_batch()), \'tagging\', r.id, coalesce(a.uid::text, r.article_id::text) || \'/\' || coalesce(t.slug, \'\'), \'delete\', jsonb_build_object(\'origin\', r."origin", \'state\', r."state", \'created_at\', r."created_at", \'article_id\', r."article_id", \'tag_id\', r."tag_id"), NULL\n                FROM old_rows r LEFT JOIN articles_article a ON a.id = r.article_id LEFT JOIN articles_tag t ON t.id = r.tag_id\n                WHERE (r.origin <> \'machine\' OR r.state <> \'suggested\');\n            RETURN NULL;\n        ', hash='cfce2f7924c1138b3106f14efb196a9cefdb351e', level='STATEMENT', operation='DELETE', pgid='pgtrigger_ledger_delete_84045', referencing='REFERENCING OLD TABLE AS old_rows ', table='articles_tagging', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='keep_id', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF NEW.id <> OLD.id THEN\n                RAISE EXCEPTION 'the id of % % never changes', TG_TABLE_NAME, OLD.id\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='47c55125519def77c6e17c23b1ae3ec44b31e729', operation='UPDATE OF "id"', pgid='pgtrigger_keep_id_2678b', table='articles_tagging', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tagging',
            trigger=pgtrigger.compiler.Trigger(name='refuse_truncate', sql=articles.models.triggers.ArchiveTriggerSql(func="\n            IF current_setting('newsroom.allow_truncate', true) = 'on'\n                AND current_database() LIKE 'test\\_%' THEN\n                RETURN NULL;\n            END IF;\n            RAISE EXCEPTION 'TRUNCATE of % would leave no trace in the ledger: use DELETE',\n                TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';\n        ", hash='21e791978ee57987138a8c022ad65d9b43316dcc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_refuse_truncate_8d46d', table='articles_tagging', when='BEFORE')),
        ),
    ]
