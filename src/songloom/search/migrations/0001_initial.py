"""Rows of search tokens, and on SQLite the full-text index over them.

Size: an empty table; the rows come from `search.index` (10,000 tracks took about 5 s of CPU).
Running server: safe, nothing reads the table before this version.
Back: reversible; the index can be made anew at any time (`search.rebuild`).
"""

import django.db.models.deletion
from django.db import migrations, models

COLUMNS = "title_tokens, artist_tokens, album_tokens, genre_tokens, other_tokens"
NEW = "new.title_tokens, new.artist_tokens, new.album_tokens, new.genre_tokens, new.other_tokens"
OLD = NEW.replace("new.", "old.")
ADD = f"INSERT INTO search_text(rowid, {COLUMNS}) VALUES (new.id, {NEW});"  # noqa: S608 - constants
REMOVE = f"INSERT INTO search_text(search_text, rowid, {COLUMNS}) VALUES ('delete', old.id, {OLD});"  # noqa: S608
SQLITE = (
    f"""CREATE VIRTUAL TABLE search_text USING fts5({COLUMNS},
        content='search_row', content_rowid='id', tokenize='ascii', prefix='4 5 6')""",
    f"CREATE TRIGGER search_row_added AFTER INSERT ON search_row BEGIN {ADD} END",
    f"CREATE TRIGGER search_row_removed AFTER DELETE ON search_row BEGIN {REMOVE} END",
    f"CREATE TRIGGER search_row_changed AFTER UPDATE ON search_row BEGIN {REMOVE} {ADD} END",
)


def create_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE:
            schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER search_row_{name}")
        schema_editor.execute("DROP TABLE search_text")


def one_thing(model):
    return models.OneToOneField(
        f"library.{model}",
        null=True,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="search_row",
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = [("library", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="Row",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("track", one_thing("track")),
                ("artist", one_thing("artist")),
                ("album", one_thing("album")),
                ("title_tokens", models.TextField(blank=True)),
                ("artist_tokens", models.TextField(blank=True)),
                ("album_tokens", models.TextField(blank=True)),
                ("genre_tokens", models.TextField(blank=True)),
                ("other_tokens", models.TextField(blank=True)),
            ],
            options={"verbose_name": "search row", "verbose_name_plural": "search rows"},
        ),
        migrations.AddConstraint(
            model_name="row",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(album__isnull=True, artist__isnull=True, track__isnull=False),
                    models.Q(album__isnull=True, artist__isnull=False, track__isnull=True),
                    models.Q(album__isnull=False, artist__isnull=True, track__isnull=True),
                    _connector="OR",
                ),
                name="row_of_one_thing",
            ),
        ),
        migrations.RunPython(create_index, drop_index),
    ]
