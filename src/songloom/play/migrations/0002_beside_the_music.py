"""Tables for what players keep beside the music: how far they are, bookmarks, shares, stations,
messages, what each user's players may do; and which place of the queue plays.

Size: six empty tables, and one column that may be null in one row for each user.
Running server: safe; old code names neither the tables nor the column.
Back: reversible; the tables and the column are dropped, plays and queues stay.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songloom.library.ids


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0006_peaks_fine"),
        ("play", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Playback",
            fields=[
                (
                    "play",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="playback",
                        serialize=False,
                        to="play.play",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("starting", "starting"),
                            ("playing", "playing"),
                            ("paused", "paused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("position_ms", models.PositiveBigIntegerField(default=0)),
                ("rate", models.FloatField(default=1.0)),
                ("is_counted", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "playback",
                "verbose_name_plural": "playbacks",
            },
        ),
        migrations.CreateModel(
            name="Station",
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
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("stream_url", models.CharField(max_length=2000)),
                ("home_url", models.CharField(blank=True, max_length=2000)),
            ],
            options={
                "verbose_name": "radio station",
                "verbose_name_plural": "radio stations",
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="playqueue",
            name="current_index",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("denied", models.JSONField(default=list)),
                ("most_kbps", models.PositiveIntegerField(default=0)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="allowance",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "allowance",
                "verbose_name_plural": "allowances",
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=1000)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Share",
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
                ("secret", models.CharField(editable=False, max_length=40, unique=True)),
                ("track_ids", models.JSONField(default=list)),
                ("description", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("visited_at", models.DateTimeField(blank=True, null=True)),
                ("n_visits", models.PositiveIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shares",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "share",
                "verbose_name_plural": "shares",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position_ms", models.PositiveBigIntegerField()),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "track",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookmarks",
                        to="library.track",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookmarks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "bookmark",
                "verbose_name_plural": "bookmarks",
                "ordering": ["-changed_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "track"), name="one_bookmark_a_track")
                ],
            },
        ),
    ]
