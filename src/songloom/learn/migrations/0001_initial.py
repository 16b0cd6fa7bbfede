"""Tables of what was learnt of tags, and of what it suggests.

Size: two empty tables.
Running server: safe; nothing reads them before.
Back: reversible; the tables are dropped, no tag is touched; files in `models/` are left over.
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
            name="TagModel",
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
                ("field", models.CharField(max_length=40)),
                ("value", models.CharField(max_length=100, verbose_name="tag")),
                ("value_key", models.CharField(editable=False, max_length=40)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("features_version", models.PositiveIntegerField()),
                ("vector_version", models.PositiveIntegerField()),
                ("n_examples", models.PositiveIntegerField()),
                ("metric", models.CharField(max_length=40)),
                ("score", models.FloatField(verbose_name="score")),
                ("score_std", models.FloatField()),
                ("baseline", models.FloatField()),
                ("learnt_at", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tag_models",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "learnt tag",
                "verbose_name_plural": "learnt tags",
                "ordering": ["field", "value", "id"],
            },
        ),
        migrations.CreateModel(
            name="Suggestion",
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
                ("probability", models.FloatField(verbose_name="probability")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("taken", "taken"), ("dismissed", "dismissed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestions",
                        to="library.track",
                    ),
                ),
                (
                    "model",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suggestions",
                        to="learn.tagmodel",
                    ),
                ),
            ],
            options={
                "verbose_name": "suggestion",
                "verbose_name_plural": "suggestions",
                "ordering": ["-probability", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="tagmodel",
            constraint=models.UniqueConstraint(
                fields=("owner", "field", "value_key"), name="one_model_a_tag"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.UniqueConstraint(
                fields=("track", "model"), name="one_suggestion_a_tag"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestion",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gte", 0), ("probability__lte", 1)),
                name="suggestion_is_likely",
            ),
        ),
    ]
