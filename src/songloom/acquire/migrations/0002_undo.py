"""What strict imports did, so that they can be taken back without one transaction for all.

Size: an empty table. Rows stand in it only while such an import runs.
Running server: safe; old code does not name it.
Back: reversible; an import that runs meanwhile is then not taken back when it is refused.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acquire", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Undo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt", models.UUIDField(db_index=True)),
                ("job_id", models.UUIDField(db_index=True, null=True)),
                ("track_id", models.UUIDField()),
                ("before", models.JSONField(null=True)),
                ("began_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "undo of an import",
                "verbose_name_plural": "undos of imports",
                "ordering": ["id"],
            },
        ),
    ]
