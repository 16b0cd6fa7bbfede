"""`songloom tag set`, `rm`, `restore`: what people change on a track."""

from __future__ import annotations

import argparse

from songloom.errors import BadValue
from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, nested, takes_track
from songloom.interfaces.cli.working import follow


def verbs() -> list[Verb]:
    return [
        Verb("tag", lambda: _("Set tags of a track."), _tag_arguments, set_tags),
        Verb("rm", lambda: _("Put a track into the bin."), takes_track, remove),
        Verb("restore", lambda: _("Take a track out of the bin."), takes_track, restore),
    ]


def _tag_arguments(parser: argparse.ArgumentParser) -> None:
    nested(parser, {"set": (_("Set tags of a track."), _set_arguments)})


def _set_arguments(parser: argparse.ArgumentParser) -> None:
    takes_track(parser)
    parser.add_argument(
        "fields",
        nargs="+",
        metavar=_("FIELD=VALUE"),
        help=_("title=…, artist=…, genre=…, tag=…; several of one field add up, field= clears it"),
    )


def set_tags(given: Arguments) -> Outcome:
    from songloom.curate.services import set_tags as change_tags
    from songloom.library.models import Track
    from songloom.library.services.documents import track_document
    from songloom.library.services.tagging import tags_of

    fields = _fields(given.fields)
    track = tracks.find(given.track)
    follow(lambda: change_tags(track, fields, user=tracks.who()))
    track = Track.objects.with_names().get(pk=track.pk)
    document = track_document(track) | {"tags": tags_of(track)}
    return Outcome(document, [f"{name}: {', '.join(v)}" for name, v in tags_of(track).items()])


def _fields(pairs: list[str]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise BadValue(f"{pair[:60]} is not of the form field=value")
        values = fields.setdefault(name.strip().lower(), [])
        if value:
            values.append(value)
    return fields


def remove(given: Arguments) -> Outcome:
    from songloom.library.services.bin import bin_track

    track = tracks.find(given.track)
    follow(lambda: bin_track(track))
    words = _("%(title)s is in the bin; `songloom restore %(id)s` brings it back.")
    return _outcome(str(track.pk), words % {"title": track.title, "id": track.pk}, is_binned=True)


def restore(given: Arguments) -> Outcome:
    from songloom.library.models import Track
    from songloom.library.services.bin import restore_track

    track = tracks.find(given.track, among=Track.objects.shown_to(tracks.who()))
    follow(lambda: restore_track(track))
    words = _("%(title)s is back.") % {"title": track.title}
    return _outcome(str(track.pk), words, is_binned=False)


def _outcome(pk: str, words: str, *, is_binned: bool) -> Outcome:
    return Outcome({"track": pk, "is_binned": is_binned}, [words])
