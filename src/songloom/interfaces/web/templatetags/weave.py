"""Small words of the templates: icons, numbers as people read them, the script of a name."""

from __future__ import annotations

import datetime as dt
import re

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
KANA = re.compile(r"[\u3040-\u30ff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")
MINUS = "\u2212"
FLATS = {"C#": "D♭", "D#": "E♭", "G#": "A♭", "A#": "B♭"}  # as major keys are written
FLATS_OF_MINOR = {"D#": "E♭", "A#": "B♭"}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One drawing from the sprite. It says nothing: the button or link around it has the name."""
    return format_html(
        '<svg class="icon i-{} {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        name,
        extra,
        static("songloom/img/icons.svg"),
        name,
    )


@register.simple_tag
def html_lang() -> str:
    return "zh-Hans" if (get_language() or "").startswith("zh") else "en"


@register.filter
def script(text: str) -> str:
    """The language tag of a name in another script, so that it gets the right font."""
    if KANA.search(text):
        return "ja"
    if HANGUL.search(text):
        return "ko"
    return "zh" if HAN.search(text) else "en"


@register.filter
def duration(seconds: float | None) -> str:
    """4:06, 1:02:03; a dash where nothing is known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


@register.filter
def count(n: int) -> str:
    return f"{n:,}"


@register.filter
def decimals(value: object, places: int = 1) -> str:
    """A number with a true minus; a dash for what is no number."""
    if not isinstance(value, int | float):
        return "–"
    text = f"{value:,.{places}f}"
    return text.replace("-", MINUS)


@register.filter
def size(n_bytes: int | None) -> str:
    """Bytes in decimal units, as file browsers show them."""
    if n_bytes is None:
        return "–"
    value = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit in ("B", "kB") else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


@register.filter
def keyname(features: object) -> str:
    """The key as read: A minor; empty where it could not be said."""
    tonic = getattr(features, "key", "")
    return key_words(tonic, getattr(features, "mode", "") or "major") if tonic else ""


def key_words(pitch: str, mode: str, *, tonic: str = "") -> str:
    """A pitch class and a mode (or none) in words; `tonic` where its spelling is known already."""
    flats = FLATS_OF_MINOR if mode == "minor" else FLATS
    shown = tonic or flats.get(pitch, pitch.replace("#", "♯"))
    if not mode:
        return shown
    words = _("%(tonic)s minor") if mode == "minor" else _("%(tonic)s major")
    return words % {"tonic": shown}


@register.filter
def ago(moment: dt.datetime | None) -> str:
    """How long ago, roughly; a date where that is long."""
    if moment is None:
        return _("never")
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 24:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    return date_format(moment, "DATE_FORMAT")


@register.filter
def get(mapping: dict[str, object] | None, name: str) -> object:
    return (mapping or {}).get(name)


@register.filter
def percent(share: float | None) -> int:
    return round(100 * (share or 0.0))


@register.filter
def khz(sample_rate: int | None) -> str:
    """44.1, 48, 22.05."""
    return f"{(sample_rate or 0) / 1000:g}"


@register.filter
def kbit(bits_per_second: int | None) -> str:
    return f"{round((bits_per_second or 0) / 1000)} kbit/s"


@register.filter
def roughly(seconds: float) -> str:
    """About how long: 40 s, 12 min, 3 h."""
    if seconds < 90:
        return _("about %(n)d s") % {"n": max(1, round(seconds))}
    if seconds < 5400:
        return _("about %(n)d min") % {"n": round(seconds / 60)}
    return _("about %(n)d h") % {"n": round(seconds / 3600)}


@register.filter
def tag_name(name: str) -> str:
    """A tag's field as people read it; a free one keeps its own name."""
    return {
        "artist": _("Artists"),
        "albumartist": _("Album artists"),
        "composer": _("Composers"),
        "lyricist": _("Lyricists"),
        "conductor": _("Conductors"),
        "remixer": _("Remixers"),
        "performer": _("Performers"),
        "album": _("Album"),
        "genre": _("Genres"),
        "date": _("Date"),
        "tracknumber": _("Track number"),
        "discnumber": _("Disc number"),
        "compilation": _("Compilation"),
        "tag": _("Your tags"),
        "mood": _("Mood"),
    }.get(name, name)


@register.filter
def recipe_words(recipe: dict[str, object] | None) -> str:
    """A recipe in short: the names of its edits, in order."""
    from songloom.interfaces.web.recipes import in_words

    return in_words(recipe)


@register.filter
def letter(sort_title: str) -> str:
    """The letter that a name stands under; # for all but A to Z."""
    first = sort_title[:1].upper()
    return first if "A" <= first <= "Z" else "#"


@register.filter
def pinyin(title: str) -> str:
    """How a Chinese title is said, with tones; empty for any other."""
    from songloom.interfaces.web.highlight import spoken

    return spoken(title) if HAN.search(title) else ""
