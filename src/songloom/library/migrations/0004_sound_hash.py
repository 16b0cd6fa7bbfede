"""Keep the hash of the sound itself, so that another recording under the same name is noticed.

Size: one column with a default; nothing is read or computed, no file is opened. Old rows stay empty.
Running server: safe; old code does not name the column, the database fills it (db_default).
Back: reversible; the column is dropped, a replaced file is then told by its length again.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("library", "0003_entries"),
    ]

    operations = [
        migrations.AddField(
            model_name="file",
            name="sound_sha256",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
