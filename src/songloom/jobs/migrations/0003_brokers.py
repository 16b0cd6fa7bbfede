"""For brokers: when a job is due, when its id was last sent, and what the queues are called.

Size: two columns without values and an empty table; no row is written again.
Running server: not safe; servers and workers of the version before must not run meanwhile.
Back: reversible; both are dropped, what waits is then carried by the database again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0002_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueuePrefix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prefix", models.CharField(max_length=40)),
            ],
            options={
                "verbose_name": "name of the queues",
                "verbose_name_plural": "names of the queues",
            },
        ),
        migrations.AddField(
            model_name="job",
            name="due_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="sent_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
