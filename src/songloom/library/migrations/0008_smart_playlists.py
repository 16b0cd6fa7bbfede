"""Let a playlist be what a query finds.

Size: four columns of defaults; no playlist that is there becomes a smart one.
Running server: old code names none of them when it adds a playlist, so each has a default in the
database too.
Back: reversible; a smart playlist is then an empty one.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0007_features_coarse"),
    ]

    operations = [
        migrations.AddField(
            model_name="playlist",
            name="is_smart",
            field=models.BooleanField(db_default=False, default=False, verbose_name="smart"),
        ),
        migrations.AddField(
            model_name="playlist",
            name="query",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=1000, verbose_name="query"
            ),
        ),
        migrations.AddField(
            model_name="playlist",
            name="sort",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=20, verbose_name="order"
            ),
        ),
        migrations.AddField(
            model_name="playlist",
            name="max_tracks",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="at most"),
        ),
    ]
