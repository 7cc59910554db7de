from django.db import migrations

from articles.models.change_functions import ANNOUNCE


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0025_name_decisions'),
    ]

    operations = [
        migrations.RunSQL(ANNOUNCE, migrations.RunSQL.noop),
    ]
