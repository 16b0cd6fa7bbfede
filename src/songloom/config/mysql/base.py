"""The back end itself. Django looks for `DatabaseWrapper` in a module of this name.

Two things differ from Django's own. Tables compare text by its code points, as SQLite and
PostgreSQL do, whatever the database was made with: with the usual collations 'a' equals 'á' and
'A', two emoji are equal, and unique columns refuse the second. And so that `icontains` and its
kin still ignore case, they compare small letters.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.mysql import base, operations, schema

ANY_CASE = ("iexact", "icontains", "istartswith", "iendswith")
SMALL = "LIKE LOWER(%s)"


def collation_of(connection: Any) -> str:
    """Code points, and a space at the end counts."""
    return "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Says of every table how its text is kept and compared."""

    def table_sql(self, model: Any) -> tuple[str, list[Any]]:
        sql, params = super().table_sql(model)
        kept = f"ENGINE=InnoDB ROW_FORMAT=DYNAMIC CHARACTER SET utf8mb4 COLLATE {self._collation}"
        return f"{sql} {kept}", params

    @property
    def _collation(self) -> str:
        return collation_of(self.connection)


class DatabaseOperations(operations.DatabaseOperations):
    """Lookups that ignore case compare small letters, on both sides."""

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        cast: str = super().lookup_cast(lookup_type, internal_type)
        return f"LOWER({cast})" if lookup_type in ANY_CASE else cast


class DatabaseWrapper(base.DatabaseWrapper):
    """MariaDB or MySQL, as Songloom needs it."""

    SchemaEditorClass = DatabaseSchemaEditor
    ops_class = DatabaseOperations
    operators = base.DatabaseWrapper.operators | dict.fromkeys(ANY_CASE, SMALL)
    pattern_ops = base.DatabaseWrapper.pattern_ops | {
        "icontains": "LIKE CONCAT('%%', LOWER({}), '%%')",
        "istartswith": "LIKE CONCAT(LOWER({}), '%%')",
        "iendswith": "LIKE CONCAT('%%', LOWER({}))",
    }
