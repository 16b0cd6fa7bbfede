"""Where a verb may write files: never over an original, into the home or into a linked folder."""

from __future__ import annotations

from pathlib import Path

from songloom.errors import BadValue


def refuse_place(out: Path) -> None:
    """Raises BadValue for a place that only Songloom, or only its user, writes to."""
    from django.conf import settings

    from songloom.library.models import Folder

    place = out.resolve()
    if place.is_relative_to(Path(settings.HOME).resolve()):
        raise BadValue("--out lies in the home, which holds only what Songloom puts there")
    for linked in Folder.objects.values_list("path", flat=True):
        if place.is_relative_to(Path(linked).resolve()):
            raise BadValue("--out lies in a linked folder, which is never written to")
