"""What to send to a player that says what it can; and a list for players that speak HLS."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase

from songloom.interfaces.answers.sound import sound_answer
from songloom.interfaces.subsonic.envelope import Element
from songloom.interfaces.subsonic.media import limited
from songloom.interfaces.subsonic.protocol import Call, method
from songloom.interfaces.subsonic.refusals import Refusal
from songloom.interfaces.subsonic.scope import media_or_refusal, song_or_refusal
from songloom.library.services.storing import main_file
from songloom.play.allowances import allowed
from songloom.play.deciding import Player, Stream, decide

LONGEST_BODY = 100_000  # bytes
HOW = re.compile(r"([a-z0-9]{2,8})-(\d{1,4})\Z", re.ASCII)  # `transcodeParams`: format, kbit/s
SIGNING = ("u", "p", "t", "s", "apiKey", "v", "c")
USUAL_KBPS = 192  # of a list that names no bit rate


@method("getTranscodeDecision")
def transcode_decision(call: Call) -> Element:
    track = media_or_refusal(call)
    player = player_of(call)
    file = main_file(track)
    if file is None:
        raise Refusal.not_found()
    found = decide(file, player, most_kbps=allowed(call.user)[1])
    made = found.made
    return {
        "transcodeDecision": {
            "canDirectPlay": found.plays_directly,
            "canTranscode": made is not None,
            "transcodeReason": found.reasons,
            "errorReason": "" if made or found.plays_directly else "NoTranscodingProfile",
            "transcodeParams": f"{found.format}-{found.kbps}" if made else None,
            "sourceStream": details(found.source),
            "transcodeStream": details(made) if made else None,
        }
    }


def player_of(call: Call) -> Player:
    """The body: what the player can. Without one nothing can be decided."""
    if call.request.content_type != "application/json" or not call.request.body:
        raise Refusal.missing("ClientInfo")
    try:
        said = json.loads(call.request.body[:LONGEST_BODY])
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Refusal.wrong("ClientInfo", "?")
    return said


def details(stream: Stream) -> Element:
    return {
        "protocol": "http",
        "container": stream.container,
        "codec": stream.codec,
        "audioChannels": stream.channels,
        "audioBitrate": stream.bits_s,
        "audioSamplerate": stream.sample_rate,
        "audioBitdepth": stream.bits,
    }


@method("getTranscodeStream", role="stream")
def transcode_stream(call: Call) -> HttpResponseBase:
    track = media_or_refusal(call)
    said = call.asked.required("transcodeParams")
    how = HOW.match(said)
    if how is None:
        raise Refusal.wrong("transcodeParams", said)
    start_s = call.asked.decimal("offset", 0.0)
    if not 0 <= start_s <= 10**6:
        raise Refusal.wrong("offset", str(start_s))
    return sound_answer(
        call.request,
        track,
        format=how[1],
        most_kbps=limited(call, int(how[2])),
        start_s=start_s,
    )


@method("hls.m3u8", role="stream")
def hls(call: Call) -> HttpResponseBase:
    """A list of one piece: the song as MP3, made while it is sent. Several bit rates make a list
    of such lists. No video, and no seeking but within what has come."""
    track = song_or_refusal(call)
    rates = [rate for said in call.asked.many("bitRate") if (rate := kbps_of(said))]
    lines = ["#EXTM3U", "#EXT-X-VERSION:3"]
    if len(rates) > 1:
        for kbps in rates:
            lines.append(f'#EXT-X-STREAM-INF:BANDWIDTH={kbps * 1_000},CODECS="mp4a.40.34"')
            lines.append(signed(call, "hls.m3u8", id=str(track.pk), bitRate=str(kbps)))
        return playlist(lines)
    duration_s = track.duration_s or 0.0
    kbps = limited(call, rates[0] if rates else USUAL_KBPS)
    piece = {"id": str(track.pk), "format": "mp3", "maxBitRate": str(kbps)}
    lines += ["#EXT-X-PLAYLIST-TYPE:VOD", f"#EXT-X-TARGETDURATION:{int(duration_s) + 1}"]
    lines += [f"#EXTINF:{duration_s:.3f},", signed(call, "stream", **piece), "#EXT-X-ENDLIST"]
    return playlist(lines)


def kbps_of(said: str) -> int:
    """`96` or, as for a video, `1000@480x360`."""
    number = said.partition("@")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        raise Refusal.wrong("bitRate", said)
    return int(number)


def signed(call: Call, name: str, **more: str) -> str:
    """An address beside this one, signed as this call was: players add nothing to it."""
    who = {one: call.asked.text(one) for one in SIGNING if call.asked.text(one)}
    return f"{name}?{urlencode(who | more)}"


def playlist(lines: list[str]) -> HttpResponse:
    answer = HttpResponse("\n".join(lines) + "\n", content_type="application/vnd.apple.mpegurl")
    answer["Cache-Control"] = "no-store"
    return answer
