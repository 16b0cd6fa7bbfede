"""The words that the page's script says, translated here so that they are in one catalogue."""

from __future__ import annotations

from django.utils.translation import gettext as _


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
        "cancel": _("Cancel"),
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
        "uploading": _("Uploading {name}"),
        "uploaded": _("{n} songs added."),
        "uploadedOne": _("“{title}” was added."),
        "alreadyHere": _("“{title}” was already here."),
        "notAdded": _("{name}: {reason}"),
        "found": _("{n} songs"),
        "foundOne": _("1 song"),
        "leftOne": _("1 song left"),
        "left": _("{n} songs left · about {time}"),
        "leftOf": _("{n} of {all} songs · about {time} left"),
        "waiting": _("Waiting"),
        "done": _("Done"),
        "minutes": _("{n} min"),
        "hours": _("{n} h"),
        "seconds": _("{n} s"),
    } | _of_making()


def _of_making() -> dict[str, str]:
    """What the editor, the composer and the page of many songs say."""
    return {
        "original": _("Original"),
        "edited": _("Edited"),
        "preparing": _("Preparing the sound"),
        "composing": _("Composing"),
        "barOf": _("Bar {n} of {all}"),
        "removed": _("“{name}” removed."),
        "nearer": _("{n} here: zoom in to see them"),
        "stretch": _("{words}, {from} to {to}"),
        "what": _("What"),
        "wholeSong": _("the whole song"),
        "noPicture": _("The picture could not be drawn from this file."),
        "start": _("Start"),
        "end": _("End"),
        "timeHint": _("A time is written 1:23.5 or 83.5."),
        "findSong": _("Find a song"),
        "moved": _("{name} to place {n}"),
        "rename": _("Rename"),
        "delete": _("Delete"),
        "since": _("Since “{name}”"),
        "nothingSince": _("No change."),
        "looking": _("Looking through the sound"),
        "parts": _("{n} parts. Nothing is made yet."),
        "partOne": _("1 part. Nothing is made yet."),
        "makePart": _("Make part {n}"),
        "titleOf": _("Title of part {n}"),
        "makeSong": _("Make 1 song"),
        "makeSongs": _("Make {n} songs"),
        "made": _("{n} songs are made."),
        "matrixHint": _("A row for each new channel, rows divided by “;”: 0.5 0.5 or 0 1; 1 0."),
    }
