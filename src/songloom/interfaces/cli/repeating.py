"""`songloom duplicates`: what lies in the library more than once."""

from __future__ import annotations

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, no_arguments


def verbs() -> list[Verb]:
    return [
        Verb(
            "duplicates",
            lambda: _("Tracks with the same recording, by their fingerprints; changes nothing."),
            no_arguments,
            duplicates,
        )
    ]


def duplicates(given: Arguments) -> Outcome:
    from songloom.curate import services
    from songloom.library.models import Track

    found = services.duplicates(Track.objects.visible_to(tracks.who()).with_names())
    lines = []
    for group, pairs in found.groups:
        lines += [tracks.line(track) for track in group]
        lines += [
            _("  %(percent)s %% alike over %(seconds)s s")
            % {
                "percent": f"{100 * pair.meeting.agreement:.1f}",
                "seconds": f"{pair.meeting.overlap_s:.0f}",
            }
            for pair in pairs
        ]
    n_groups, n = len(found.groups), found.n_compared
    said = (
        _("%(n)s recordings more than once, of %(all)s")
        if n_groups
        else _("No recording is there more than once; %(all)s were compared")
    )
    lines.append(said % {"n": n_groups, "all": n})
    return Outcome(found.document(), lines)
