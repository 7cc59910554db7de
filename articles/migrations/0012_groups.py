from django.db import migrations

from articles.models.groups import make_groups


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0011_corrections'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='article',
            options={'permissions': [('publish_article', 'Can publish articles and change published ones'), ('withdraw_article', 'Can withdraw articles'), ('bulk_change', 'Can change many articles at once')]},
        ),
        migrations.AlterModelOptions(
            name='entity',
            options={'ordering': ['name', 'pk'], 'permissions': [('merge_entity', 'Can merge and split entities')], 'verbose_name_plural': 'entities'},
        ),
        migrations.AlterModelOptions(
            name='ledgerbatch',
            options={'permissions': [('undo_run', 'Can undo changes and runs')], 'verbose_name_plural': 'ledger batches'},
        ),
        migrations.AlterModelOptions(
            name='loadrun',
            options={'permissions': [('upload_load', 'Can upload files to be loaded')]},
        ),
        migrations.AlterModelOptions(
            name='source',
            options={'ordering': ['name', 'pk'], 'permissions': [('merge_source', 'Can merge and split sources')]},
        ),
        migrations.AlterModelOptions(
            name='suggestion',
            options={'permissions': [('judge_suggestion', 'Can judge what a machine suggests')]},
        ),
        migrations.AlterModelOptions(
            name='tag',
            options={'ordering': ['name', 'pk'], 'permissions': [('merge_tag', 'Can merge and split tags')]},
        ),
        migrations.RunPython(lambda apps, editor: make_groups(apps), migrations.RunPython.noop),
    ]
