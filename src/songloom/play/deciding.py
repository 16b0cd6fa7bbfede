"""Whether a player can take a file as it is, and what to make of it where it cannot.

The player says what it can, in the words of OpenSubsonic's extension `transcoding`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from songloom.core.audio.formats import Format, stream_format
from songloom.errors import BadValue
from songloom.library.models import File

OTHER_NAMES = {  # of containers: what a player may call them
    "m4a": {"mp4", "m4a"},
    "mp4": {"mp4", "m4a"},
    "ogg": {"ogg", "oga", "opus"},
    "opus": {"ogg", "oga", "opus"},
    "aiff": {"aiff", "aif"},
    "wav": {"wav", "wave"},
    "wv": {"wv", "wavpack"},
    "wma": {"wma", "asf"},
}
CODECS = {"mp3float": "mp3", "mp2float": "mp2", "libmp3lame": "mp3", "libopus": "opus"}
STREAMABLE = {("ogg", "opus"): "opus", ("mp4", "aac"): "aac", ("m4a", "aac"): "aac"}
REASONS = {
    "containers": "ContainerNotSupported",
    "audioCodecs": "AudioCodecNotSupported",
    "protocols": "ProtocolNotSupported",
    "audioChannels": "AudioChannelsNotSupported",
    "audioBitrate": "AudioBitrateNotSupported",
    "audioSamplerate": "AudioSampleRateNotSupported",
    "audioBitdepth": "AudioBitDepthNotSupported",
    "audioProfile": "AudioProfileNotSupported",
}
Player = dict[str, Any]


@dataclass(frozen=True)
class Stream:
    """What would reach the player: `bits_s` are bits per second; None is not known."""

    container: str
    codec: str
    channels: int | None = None
    bits_s: int | None = None
    sample_rate: int | None = None
    bits: int | None = None

    def measure(self, name: str) -> int | None:
        return {
            "audioChannels": self.channels,
            "audioBitrate": self.bits_s,
            "audioSamplerate": self.sample_rate,
            "audioBitdepth": self.bits,
        }.get(name)


@dataclass(frozen=True)
class Decision:
    """`made` is what a transcode would be, `format` and `kbps` how to ask for it."""

    source: Stream
    reasons: list[str] = field(default_factory=list)  # empty: it plays as it is
    made: Stream | None = None
    format: str = ""
    kbps: int = 0

    @property
    def plays_directly(self) -> bool:
        return not self.reasons


def stream_of(file: File) -> Stream:
    codec = CODECS.get(file.codec, "pcm" if file.codec.startswith("pcm_") else file.codec)
    rate = file.bit_rate or round(file.size_bytes * 8 / max(file.duration_s, 0.001))
    return Stream(file.format, codec, file.channels, rate, file.sample_rate, file.bits)


def decide(file: File, player: Player, *, most_kbps: int = 0) -> Decision:
    """What to do with a file for a player that said what it can.

    most_kbps  the highest bit rate that this user may have; 0 is no limit
    """
    source = stream_of(file)
    reasons = [why_not(source, profile, player, most_kbps) for profile in listed(player, "direct")]
    plays = any(reason == "" for reason in reasons)
    unmet = [] if plays else [r for r in reasons if r] or ["NoDirectPlayProfile"]
    for profile in listed(player, "transcoding"):
        made = transcode(file, source, profile, player, most_kbps)
        if made is not None:
            stream, form, kbps = made
            return Decision(source, unmet, stream, form.name, kbps)
    return Decision(source, unmet)


def listed(player: Player, kind: str) -> list[Player]:
    name = {"direct": "directPlayProfiles", "codec": "codecProfiles"}.get(kind, f"{kind}Profiles")
    found = player.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def why_not(source: Stream, profile: Player, player: Player, most_kbps: int) -> str:
    """Why a file does not suit one way to play it; empty where it does."""
    containers = OTHER_NAMES.get(source.container, {source.container})
    for name, has in (
        ("containers", containers),
        ("audioCodecs", {source.codec}),
        ("protocols", {"http"}),
    ):
        wanted = words(profile.get(name))
        if wanted and not wanted & has:
            return REASONS[name]
    if beyond(source.channels, number(profile, "maxAudioChannels")):
        return REASONS["audioChannels"]
    for most in (number(player, "maxAudioBitrate"), most_kbps * 1_000):
        if beyond(source.bits_s, most):
            return REASONS["audioBitrate"]
    return limited(source, player)


def limited(stream: Stream, player: Player) -> str:
    """Which limit of its codec a stream does not keep; empty where it keeps all it must."""
    for profile in listed(player, "codec"):
        limits = profile.get("limitations")
        if str(profile.get("name", "")).lower() != stream.codec or not isinstance(limits, list):
            continue
        for limit in limits:
            if isinstance(limit, dict) and limit.get("required") and not keeps(stream, limit):
                return REASONS.get(str(limit.get("name")), "LimitationNotMet")
    return ""


def keeps(stream: Stream, limit: Player) -> bool:
    """What is not known keeps no limit that must be kept."""
    value = stream.measure(str(limit.get("name")))
    wanted = [int(one) for one in texts(limit.get("values")) if one.isdigit()]
    if value is None or not wanted:
        return False
    return {
        "Equals": value in wanted,
        "NotEquals": value not in wanted,
        "LessThanEqual": value <= wanted[0],
        "GreaterThanEqual": value >= wanted[0],
    }.get(str(limit.get("comparison")), False)


def transcode(
    file: File, source: Stream, profile: Player, player: Player, most_kbps: int
) -> tuple[Stream, Format, int] | None:
    """What one profile would get; None where we cannot make it or it would not be taken."""
    container = str(profile.get("container", "")).lower()
    codec = str(profile.get("audioCodec", "")).lower() or container
    if str(profile.get("protocol") or "http").lower() != "http":
        return None
    try:
        form = stream_format(STREAMABLE.get((container, codec), codec))
    except BadValue:
        return None
    top = [number(player, "maxTranscodingAudioBitrate") // 1_000, most_kbps]
    kbps = light_enough(form, [*top, most_of_codec(player, codec)], source)
    if kbps is None:
        return None
    made = Stream(
        container or form.container,
        codec,
        form.nearest_channels(file.channels),
        kbps * 1_000 or None,
        form.nearest_rate(file.sample_rate),
        None if form.is_lossy else file.bits,
    )
    too_wide = beyond(made.channels, number(profile, "maxAudioChannels"))
    return None if too_wide or limited(made, player) else (made, form, kbps)


def light_enough(form: Format, limits: list[int], source: Stream) -> int | None:
    """The bit rate in kbit/s within all limits, 0 for lossless; None where nothing is low enough.

    A lossy file gets no more bits than it has: they could not bring anything back.
    """
    most = min((one for one in limits if one), default=0)
    if form.kbps is None:
        return None if most else 0
    lowest, usual, highest = form.kbps
    if most and most < lowest:
        return None
    kbps = min(most, highest) if most else usual
    if source.bits is None and source.bits_s:
        kbps = max(lowest, min(kbps, -(-source.bits_s // 1_000)))
    return kbps


def most_of_codec(player: Player, codec: str) -> int:
    """The highest bit rate in kbit/s that a player takes of a codec; 0 is no limit."""
    found = [
        int(one) // 1_000
        for profile in listed(player, "codec")
        if str(profile.get("name", "")).lower() == codec
        for limit in profile.get("limitations") or ()
        if isinstance(limit, dict)
        and (limit.get("name"), limit.get("comparison")) == ("audioBitrate", "LessThanEqual")
        for one in texts(limit.get("values"))[:1]
        if one.isdigit()
    ]
    return min(found, default=0)


def beyond(value: int | None, most: int) -> bool:
    return bool(most) and value is not None and value > most


def number(of: Player, name: str) -> int:
    value = of.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def texts(values: Any) -> list[str]:
    return [str(one) for one in values] if isinstance(values, list) else []


def words(values: Iterable[Any] | None) -> set[str]:
    return {one.lower() for one in texts(values)}
