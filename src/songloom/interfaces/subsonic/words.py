"""Words to sing along, line by line or word by word."""

from __future__ import annotations

from songloom.interfaces.subsonic import lyrics
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.scope import heard_by, song_or_refusal
from songloom.library.ids import name_key


@method("getLyricsBySongId")
def lyrics_by_song(call: Call) -> Element:
    """With `enhanced` each line comes in its timed words, too, where the lyrics have them."""
    track = song_or_refusal(call)
    is_enhanced = call.asked.flag("enhanced", False)
    found = lyrics.read(track.lyrics)
    if not found.lines:
        return {"lyricsList": {"structuredLyrics": []}}
    words = {
        "displayArtist": track.artist_text or None,
        "displayTitle": track.title,
        "lang": "und",
        "synced": found.is_synced,
        "offset": found.offset_ms,
        "line": [{"start": line.start_ms, "value": line.text} for line in found.lines],
        **(enhanced(found) if is_enhanced else {}),
    }
    return {"lyricsList": {"structuredLyrics": [words]}}


def enhanced(found: lyrics.Lyrics) -> Element:
    lines = [cue_line(i, line) for i, line in enumerate(found.lines) if line.words]
    return {"kind": "main", **({"cueLine": lines} if lines else {})}


def cue_line(index: int, line: lyrics.Line) -> Element:
    """Places are bytes of the line in UTF-8, the last one included."""
    cues, at = [], 0
    for word in line.words:
        begin = line.text.index(word.text, at)
        at = begin + len(word.text)
        n_before, n_bytes = (len(part.encode()) for part in (line.text[:begin], word.text))
        place = {"byteStart": n_before, "byteEnd": n_before + n_bytes - 1}
        cues.append({"start": word.start_ms, **place, "value": word.text})
    return {"index": index, "start": line.words[0].start_ms, "value": line.text, "cue": cues}


@method("getLyrics")
def lyrics_by_name(call: Call) -> Element:
    """The older way: by artist and title, without times."""
    tracks = heard_by(call).exclude(lyrics="")
    if artist := call.asked.text("artist"):
        tracks = tracks.filter(artists__name_key=name_key(artist))
    wanted = call.asked.text("title").casefold()[:300]
    track = tracks.filter(sort_title=wanted).order_by("pk").first()
    if track is None:
        return {"lyrics": {"value": ""}}
    text = "\n".join(line.text for line in lyrics.read(track.lyrics).lines)
    return {"lyrics": {"artist": track.artist_text, "title": track.title, "value": text}}
