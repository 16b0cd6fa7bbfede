"""The page's script: every word it says is known, and it builds no markup from names."""

from __future__ import annotations

import re
from pathlib import Path

from songloom.interfaces.web import words
from songloom.interfaces.web.frame import SHEETS, Frame

STATIC = Path(words.__file__).parent / "static" / "songloom"
MODULES = {path.name: path.read_text() for path in sorted((STATIC / "js").glob("*.js"))}
TEMPLATES = Path(words.__file__).parent / "templates" / "web"
SAID = re.compile(r'say\((?:[^"()]*\? )?"(\w+)"(?: : "(\w+)")?')
OWN_TEMPLATES = "our own template, escaped there"


def test_every_word_that_the_script_says_is_translated_here() -> None:
    said = {w for text in MODULES.values() for pair in SAID.findall(text) for w in pair if w}
    assert said - set(words.words()) == set()


def test_no_word_is_kept_that_nobody_says() -> None:
    everything = "".join(MODULES.values())
    assert [name for name in words.words() if f'"{name}"' not in everything] == []


def test_markup_comes_only_from_our_own_templates() -> None:
    for name, text in MODULES.items():
        for line in text.splitlines():
            if "innerHTML" in line:
                assert OWN_TEMPLATES in line, f"{name}: {line.strip()}"
        assert "eval(" not in text, name
        assert "document.write" not in text, name
        assert "insertAdjacentHTML" not in text or name == "rows.js", name


def test_modules_stay_small_enough_to_read() -> None:
    assert {name: n for name, text in MODULES.items() if (n := text.count("\n")) > 400} == {}


def test_modules_import_each_other_only() -> None:
    for name, text in MODULES.items():
        for target in re.findall(r'from "([^"]+)"', text):
            assert target.removeprefix("./") in MODULES, f"{name} imports {target}"


def test_every_place_that_the_script_names_is_known(db: None) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    places = set(Frame(request, is_whole=True).places)
    named = {name for text in MODULES.values() for name in re.findall(r'place\("(\w+)"', text)}
    assert named - places == set()


def test_every_style_sheet_is_there_and_has_no_colour_but_tokens() -> None:
    for sheet in SHEETS:
        text = (STATIC.parent / sheet).read_text()
        if sheet.endswith("tokens.css"):
            continue
        plain = re.sub(r"light-dark\([^;]*;|rgb\([^)]*\)|qr[^}]*}", "", text)
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b", plain) == [], sheet


def test_every_icon_that_a_page_shows_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text()))
    templates = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    shown = set(re.findall(r'{% icon "([\w-]+)"', templates))
    shown |= {name for text in MODULES.values() for name in re.findall(r'icon\("([\w-]+)"\)', text)}
    assert shown - drawn == set()


def luminance(colour: str) -> float:
    """WCAG 2: relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_keep_the_contrast_that_reading_needs() -> None:
    text = (STATIC / "css" / "tokens.css").read_text()
    pairs = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", text))
    for theme in (0, 1):
        token = {name: both.split(", ")[theme] for name, both in pairs.items()}
        for ground in ("surface", "bg"):
            for ink in ("ink", "ink-2", "ink-3", "accent"):
                assert contrast(token[ink], token[ground]) >= 4.5, (theme, ink, ground)
            for edge in ("ctl", "wave"):
                assert contrast(token[edge], token[ground]) >= 3.0, (theme, edge, ground)
        for dye in ("indigo", "gardenia", "mugwort", "lotus", "walnut"):
            assert contrast(token[dye], token["surface"]) >= 4.5, (theme, dye)
        assert contrast(token["on-accent"], token["accent"]) >= 4.5
        assert contrast(token["ink-3"], token["soft"]) >= 4.5
        assert contrast(token["ink-3"], token["hover"]) >= 4.5, theme
