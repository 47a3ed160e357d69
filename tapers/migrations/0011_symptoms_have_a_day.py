from django.db import migrations, models
from django.db.models import F


def day_is_the_day_they_were_told(apps, schema_editor):
    """Until now symptoms were of the day they were told, by the patient's own clock."""
    reports = apps.get_model("tapers", "SymptomReport").objects
    reports.using(schema_editor.connection.alias).update(
        happened_on=F("reported_on"), is_history=False
    )


class Migration(migrations.Migration):

    dependencies = [
        ('tapers', '0010_sparing_revision_has_height'),
    ]

    operations = [
        migrations.AddField(
            model_name='symptomreport',
            name='happened_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='symptomreport',
            name='is_history',
            field=models.BooleanField(null=True),
        ),
        migrations.RunPython(day_is_the_day_they_were_told, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='symptomreport',
            name='happened_on',
            field=models.DateField(),
        ),
        migrations.AlterField(
            model_name='symptomreport',
            name='is_history',
            field=models.BooleanField(),
        ),
        migrations.AddConstraint(
            model_name='symptomreport',
            constraint=models.CheckConstraint(condition=models.Q(('is_history', False), models.Q(('happened_on__lt', models.F('reported_on')), ('lifted_at__isnull', True)), _connector='OR'), name='symptom_history_is_past'),
        ),
    ]
