"""The table of generations: prompts, seeds and the tracks that came of them.

Size: an empty table.
Running server: safe; nothing reads it before.
Back: reversible; the table is dropped, tracks and their lineage stay.
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
            name="Generation",
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
                (
                    "batch",
                    models.UUIDField(
                        db_index=True, default=songloom.library.ids.uuid7, editable=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("prompt", models.TextField(max_length=2000, verbose_name="prompt")),
                ("language", models.CharField(default="en", max_length=8)),
                ("request", models.JSONField()),
                ("slots", models.JSONField(default=list)),
                ("choices", models.JSONField(blank=True, default=dict)),
                ("seed", models.BigIntegerField()),
                ("title", models.CharField(blank=True, max_length=300, verbose_name="title")),
                ("midi_sha256", models.CharField(blank=True, max_length=64)),
                ("model_sha256", models.CharField(blank=True, max_length=64)),
                ("soundfont_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("made", "composed"),
                            ("kept", "kept"),
                            ("discarded", "discarded"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("is_demo", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "like",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="models_for",
                        to="library.track",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="generations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "track",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="generations",
                        to="library.track",
                    ),
                ),
            ],
            options={
                "verbose_name": "generation",
                "verbose_name_plural": "generations",
                "ordering": ["-created_at", "position", "id"],
                "indexes": [models.Index(fields=["owner", "state"], name="generation_of_owner")],
            },
        ),
    ]
