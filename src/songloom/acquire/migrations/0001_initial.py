"""What scans refused, remembered.

Size: an empty table. Running server: safe. Back: reversible; the next scan tries every file again.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("library", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=4096, verbose_name="path")),
                ("size_bytes", models.BigIntegerField()),
                ("modified_ns", models.BigIntegerField()),
                ("version", models.CharField(max_length=40)),
                ("code", models.CharField(max_length=40)),
                ("message", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "folder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="library.folder",
                    ),
                ),
            ],
            options={
                "verbose_name": "refused file",
                "verbose_name_plural": "refused files",
                "ordering": ["folder", "path", "id"],
            },
        ),
    ]
