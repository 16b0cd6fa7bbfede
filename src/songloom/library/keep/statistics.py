"""What SQLite must know of its tables to choose a way: counted anew when a library has grown.

Without it SQLite takes every index for as good as any other, finds the half million tracks that are
not in the bin by the index of the bin, and sorts them, for a page of fifty: 0.4 s instead of a
millisecond. Servers count by themselves.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from songloom.library.models import Track

FEW = 1_000  # tracks: so many are read at once whatever the way
GROWN = 2.0


def keep_statistics() -> bool:
    """Count if there are twice or half as many tracks as when it was last counted; whether it was.

    Takes a third of a second for half a million tracks; new connections use it.
    """
    if connection.vendor != "sqlite":
        return False
    n_tracks = Track.objects.order_by().count()
    n_then = _counted()
    if n_tracks < FEW or n_then / GROWN < n_tracks < n_then * GROWN:
        return False
    with connection.cursor() as cursor:
        for model in apps.get_app_config("library").get_models(include_auto_created=True):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
    return True


def _counted() -> int:
    """How many tracks there were when they were last counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'")
        if cursor.fetchone() is None:
            return 0
        cursor.execute("SELECT stat FROM sqlite_stat1 WHERE idx = 'track_by_title'")
        found = cursor.fetchone()
    return int(found[0].split()[0]) if found else 0
