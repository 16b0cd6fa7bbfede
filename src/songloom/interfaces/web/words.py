"""The words that the page's script says, translated here so that they are in one catalogue."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def words() -> dict[str, str]:
    """By short names; `{n}` and other placeholders are filled in by the script."""
    return {
        "play": _("Play"),
        "pause": _("Pause"),
        "playing": _("Playing"),
        "preview": _("Preview: {title}"),
        "cannotPlay": _("“{title}” cannot be played. Going on to the next."),
        "cannotPlayLast": _("“{title}” cannot be played."),
        "undo": _("Undo"),
        "close": _("Close"),
        "retry": _("Try again"),
        "offline": _("The connection dropped. Changes are kept here."),
        "failed": _("This did not work. Try again."),
        "position": _("{at} of {length}"),
        "repeatOff": _("Repeat is off"),
        "repeatAll": _("Repeat all"),
        "repeatOne": _("Repeat this song"),
        "shuffleOn": _("Shuffle is on"),
        "shuffleOff": _("Shuffle is off"),
        "queued": _("“{title}” is queued."),
        "queuedMany": _("{n} songs queued."),
        "upNext": _("Up next · {n}"),
        "remove": _("Remove"),
        "moveUp": _("Move up"),
        "moveDown": _("Move down"),
        "noLyrics": _("This song has no lyrics."),
        "selected": _("{n} selected"),
        "copied": _("Copied."),
        "star": _("Star"),
        "starred": _("Starred"),
        "uploading": _("Uploading {name}"),
        "uploaded": _("{n} songs added."),
        "uploadedOne": _("“{title}” was added."),
        "alreadyHere": _("“{title}” was already here."),
        "notAdded": _("{name}: {reason}"),
        "found": _("{n} songs"),
        "foundOne": pgettext("one", "1 song"),
        "left": _("{n} songs left · about {time}"),
        "waiting": _("Waiting"),
        "cancelled": _("Cancelled"),
        "done": _("Done"),
        "minutes": _("{n} min"),
        "hours": _("{n} h"),
        "seconds": _("{n} s"),
        "original": _("Original"),
        "edited": _("Edited"),
        "preparing": _("Preparing the sound"),
        "composing": _("Composing"),
        "removed": _("“{name}” removed."),
        "step": _("Step {n}"),
        "start": _("Start"),
        "end": _("End"),
        "hz": _("{n} Hz"),
        "share": _("{n} % of the energy"),
    }
