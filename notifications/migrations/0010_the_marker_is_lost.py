from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0009_blood_tests_and_sparing_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="sweepstate",
            name="marker_lost_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
