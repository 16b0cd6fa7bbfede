"""Keep what names candidates for the same bytes, and which files were only glanced at.

A first scan reads headers, not sound. Old rows were all decoded; that they have no hash of parts
says to compare their size instead.
Size: two columns with defaults and one index; nothing is read or computed, no file is opened.
Running server: safe; old code does not name the columns, the database fills them (db_default).
Back: reversible; files that were never decoded then look as if they were, with an empty hash, and
the next change of such a file makes it read whole.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0008_smart_playlists"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="parts_sha256",
            field=models.CharField(
                blank=True, db_default="", db_index=True, default="", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="file",
            name="is_believed",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
