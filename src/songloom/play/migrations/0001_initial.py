"""Tables for what was heard and for the queue of each user.

Size: two empty tables.
Running server: safe; nothing reads them before.
Back: reversible; the tables are dropped, tracks stay.
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
            name="PlayQueue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("track_ids", models.JSONField(default=list)),
                ("current", models.CharField(blank=True, max_length=36)),
                ("position_ms", models.PositiveBigIntegerField(default=0)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("changed_by", models.CharField(blank=True, max_length=100)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="play_queue",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "play queue",
                "verbose_name_plural": "play queues",
            },
        ),
        migrations.CreateModel(
            name="Play",
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
                ("at", models.DateTimeField()),
                ("is_submission", models.BooleanField(default=True)),
                ("client", models.CharField(blank=True, max_length=100)),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plays",
                        to="library.track",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plays",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "play",
                "verbose_name_plural": "plays",
                "ordering": ["-at", "id"],
                "indexes": [
                    models.Index(fields=["user", "is_submission", "-at"], name="play_by_user")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "track", "at", "is_submission"), name="one_play_a_moment"
                    )
                ],
            },
        ),
    ]
