from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0009_storylines'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnknownName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(editable=False, max_length=200, unique=True)),
                ('quote', models.CharField(editable=False, max_length=200, verbose_name='name')),
                ('articles', models.PositiveIntegerField(editable=False, help_text='How many would gain.')),
                ('finds', models.PositiveIntegerField(editable=False)),
                ('confidence', models.FloatField(editable=False)),
                ('rank', models.FloatField(editable=False)),
                ('evidence', models.JSONField(default=list, editable=False)),
                ('state', models.CharField(choices=[('suggested', 'Suggested'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], db_default='suggested', default='suggested', editable=False, max_length=10)),
                ('judged_by', models.TextField(blank=True, db_default='', default='', editable=False)),
                ('judged_at', models.DateTimeField(editable=False, null=True)),
            ],
            options={
                'ordering': ['-rank', 'key'],
                'indexes': [models.Index(fields=['state', '-rank'], name='unknown_name_by_rank')],
                'constraints': [models.CheckConstraint(condition=models.Q(('quote__regex', '\\S')), name='unknown_name_has_a_name', violation_error_message='quote is missing.'), models.CheckConstraint(condition=models.Q(('state__in', ['suggested', 'accepted', 'rejected'])), name='unknown_name_state_is_a_known_word', violation_error_message='state must be one of: suggested, accepted, rejected.'), models.CheckConstraint(condition=models.Q(('confidence__range', (0, 1))), name='unknown_name_confidence_is_a_share'), models.CheckConstraint(condition=models.Q(models.Q(('judged_at', None), ('state', 'suggested')), models.Q(models.Q(('state', 'suggested'), _negated=True), ('judged_at__isnull', False)), _connector='OR'), name='judged_unknown_name_has_its_time')],
            },
        ),
    ]
