"""Who changed which tags, so that edits can be taken back.

Size: an empty table. Running server: safe. Back: reversible; the trail is lost, no tag is.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songloom.library.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("library", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=songloom.library.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="library.track",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "tag change",
                "verbose_name_plural": "tag changes",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["track", "created_at"], name="changes_of_a_track")
                ],
            },
        ),
    ]
