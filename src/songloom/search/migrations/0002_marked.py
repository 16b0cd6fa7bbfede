"""On PostgreSQL and MariaDB, one column with the tokens of all five, and the full-text index over it.

There each token carries the letter of its column, so that one index answers for any columns.
The database makes the column itself from the five: rows may be written in any way.

Size: the table is written once more. SQLite has its index since 0001, nothing happens there.
Running server: not safe, the table is locked meanwhile; no earlier version ran on these databases.
Back: reversible; the index can be made anew at any time (`search.rebuild`).
"""

from django.db import migrations

LETTERS = {
    "t": "title_tokens",
    "a": "artist_tokens",
    "l": "album_tokens",
    "g": "genre_tokens",
    "o": "other_tokens",
}
POSTGRESQL = (
    "ALTER TABLE search_row ADD COLUMN marked tsvector GENERATED ALWAYS AS (to_tsvector("
    "'simple'::regconfig, "
    + " || ' ' || ".join(
        f"'{at}' || replace({column}, ' ', ' {at}')" for at, column in LETTERS.items()
    )
    + ")) STORED",
    "CREATE INDEX search_row_marked ON search_row USING gin (marked)",
)
MYSQL = (
    "ALTER TABLE search_row ADD COLUMN marked LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin "
    "GENERATED ALWAYS AS (CONCAT("
    + ", ' ', ".join(f"'{at}', REPLACE({column}, ' ', ' {at}')" for at, column in LETTERS.items())
    + ")) STORED, ADD FULLTEXT INDEX search_row_marked (marked)",
)
ADD = {"postgresql": POSTGRESQL, "mysql": MYSQL}


def add(apps, schema_editor):
    for statement in ADD.get(schema_editor.connection.vendor, ()):
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "mysql":
        schema_editor.execute("DROP INDEX search_row_marked ON search_row")
    if schema_editor.connection.vendor in ADD:
        schema_editor.execute("ALTER TABLE search_row DROP COLUMN marked")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [
        migrations.RunPython(add, remove, atomic=False)
    ]  # MariaDB has no DDL in transactions
