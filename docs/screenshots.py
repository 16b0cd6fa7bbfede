"""Makes docs/user/pictures/*.png: real songs and composed pieces in a scratch home, in a browser.

    .venv/bin/python docs/screenshots.py          # a home of its own
    .venv/bin/python docs/screenshots.py FOLDER   # the home in it, filled if it is not there
    .venv/bin/python docs/screenshots.py FOLDER edit-dark-zh …   # only these

Needs chromium and the songs of tests/songs.py; takes some minutes.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from songloom.core.query.pinyin import readings  # noqa: E402
from tests.config.living import Up, run_songloom  # noqa: E402
from tests.e2e.browser import browser  # noqa: E402
from tests.songs import song  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = ROOT / "docs" / "user" / "pictures"
LARGEST = 250_000
PASSWORD = "warp and weft 7"  # noqa: S105 (of a scratch home)
WAIT_MS = 120_000
SONGS = (
    *("battle-epic", "defeat2", "elf-land", "elvish-theme", "frantic-old", "knolls", "love_theme"),
    *("loyalists", "main_menu", "revelation", "sad", "transience", "underground", "wanderer"),
)
PROMPTS = (
    "a calm lullaby for celesta, 30 s",
    "欢快的中国风小曲，笛子和古筝，D 宫调式，三十秒",
    "a bright jig in D for fiddle and guitar, 30 s",
    "安静的钢琴曲，A 小调，三十秒",
    "a fast march in B flat for brass, 30 s",
    *(
        f"欢快的{instrument}曲，二十秒"
        for instrument in ("钢琴", "笛子", "古筝", "琵琶", "吉他", "口琴")
    ),
    "一首 D 小调的慢华尔兹，二胡和钢琴，四十秒，不要鼓",  # the last one is shown
)


@dataclass(frozen=True)
class View:
    """One picture: which page, how wide, which theme, which language."""

    name: str
    is_dark: bool
    is_chinese: bool
    is_phone: bool = False

    @property
    def size(self) -> dict[str, int]:  # what a browser calls a viewport
        return {"width": 390, "height": 844} if self.is_phone else {"width": 1440, "height": 900}


VIEWS = (
    View("home-dark-en", is_dark=True, is_chinese=False),
    View("track-light-en", is_dark=False, is_chinese=False),
    View("search-light-zh", is_dark=False, is_chinese=True),
    View("edit-dark-zh", is_dark=True, is_chinese=True),
    View("compose-light-zh", is_dark=False, is_chinese=True),
    View("phone-library-light-en", is_dark=False, is_chinese=False, is_phone=True),
    View("phone-playing-dark-zh", is_dark=True, is_chinese=True, is_phone=True),
    View("connect-light-zh", is_dark=False, is_chinese=True),
)


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="songloom-pictures-") as scratch:
        chosen = Path(sys.argv[1] if len(sys.argv) > 1 else scratch) / "home"
        if not chosen.exists():
            fill(chosen)
        with Up(chosen, env={"SONGLOOM_DEMO": "0"}) as server, browser() as chromium:
            for view in VIEWS:
                if not sys.argv[2:] or view.name in sys.argv[2:]:
                    take(chromium, server.url, view)
    return 0


def fill(home: Path) -> None:
    """Songs, pieces and somebody who looks after them; all by the command line."""
    run(home, "user", "add", "yun", "--admin", "--password-stdin", given=PASSWORD)
    run(home, "add", *(str(song(stem)) for stem in SONGS))
    for seed, prompt in enumerate(PROMPTS, 4071):
        run(home, "generate", prompt, "--seed", str(seed))


def run(home: Path, *words: str, given: str = "") -> None:
    ended = run_songloom(home, *words, given=given, env={"SONGLOOM_DEMO": "0"}, timeout_s=1800)
    if ended.returncode:
        raise subprocess.SubprocessError(f"{words[0]}: {ended.stderr}")
    print(f"songloom {words[0]} …", flush=True)


def take(chromium: Browser, url: str, view: View) -> None:
    context = chromium.new_context(
        viewport=view.size,  # type: ignore[arg-type]
        color_scheme="dark" if view.is_dark else "light",
        locale="zh-CN" if view.is_chinese else "en-US",
        has_touch=view.is_phone,
        device_scale_factor=2 if view.is_phone else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{url}/sign-in/")
    page.locator("[name=name]").fill("yun")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("main [data-cloth]").wait_for()
    page.evaluate(
        "async language => fetch('/language/', {method: 'POST', headers: {'X-CSRFToken':"
        " document.getElementById('csrf').value}, body: new URLSearchParams({language})})",
        "zh-hans" if view.is_chinese else "en",
    )
    SHOWN[view.name.rsplit("-", 2)[0]](page, url)
    page.wait_for_timeout(1_200)
    save(page.screenshot(), PICTURES / f"{view.name}.png")
    context.close()


def home(page: Page, url: str) -> None:
    page.goto(f"{url}/")
    page.locator(".cloth-picture canvas, .cloth-picture svg").first.wait_for()


def track(page: Page, url: str) -> None:
    open_song(page, url, "Knolls")
    page.locator(".plot-picture").first.wait_for()
    play_from(page, "[data-page-track] [data-play-one]", 0.35)


def search(page: Page, url: str) -> None:
    page.goto(f"{url}/search/?q=ai:yes")
    page.locator(".row[data-track]").first.wait_for()
    titles = page.locator(".row[data-track]").evaluate_all(
        "all => all.map(row => row.dataset.title)"
    )
    page.goto(f"{url}/search/")
    page.locator("#q").fill(f"{commonest(titles)} 速度:60..180")
    page.locator("rt").first.wait_for()


def edit(page: Page, url: str) -> None:
    open_song(page, url, "Loyalists")
    page.goto(page.url + "edit/")
    steps = {"trim": {"start_s": "10", "end_s": "70"}, "fade_out": {"duration_s": "4"}}
    for name, values in {"loudness": {}, **steps}.items():
        page.locator("[data-add-step]").click()
        page.locator(f"[data-edit-name={name}]").click()
        for parameter, value in values.items():
            field = page.locator(f"[data-parameter={parameter}]").last
            field.fill(value)
            field.press("Tab")


def compose(page: Page, url: str) -> None:
    page.goto(f"{url}/compose/")
    page.locator("main a[href^='/compose/0']").first.click()
    page.locator(".roll svg").wait_for()
    play_from(page, "[data-take] [data-play-one]", 0.4)


def phone_library(page: Page, url: str, order: str = "") -> None:
    page.goto(f"{url}/songs/{order}")
    page.locator(".row[data-track] .pic").nth(1).click()
    wait_for_sound(page)


def phone_playing(page: Page, url: str) -> None:
    phone_library(page, url, "?sort=added")
    page.locator("#now-title").click()


def connect(page: Page, url: str) -> None:
    page.goto(f"{url}/settings/connect/")
    page.locator("main svg, main img").first.wait_for()


SHOWN = {
    "home": home,
    "track": track,
    "search": search,
    "edit": edit,
    "compose": compose,
    "phone-library": phone_library,
    "phone-playing": phone_playing,
    "connect": connect,
}


def open_song(page: Page, url: str, words: str) -> None:
    page.goto(f"{url}/search/?q={words}")
    page.locator(".row[data-track] a.title").first.click()
    page.locator("[data-page-track]").wait_for()


def commonest(titles: list[str]) -> str:
    """The two initials, as one would type them, that find most of the Chinese titles."""
    chinese = [each for each in titles if not each.isascii()]
    starts = ["".join(spelt[0][0] for spelt in readings(each[:2])) for each in chinese]
    return Counter(starts).most_common(1)[0][0]


def play_from(page: Page, button: str, share: float) -> None:
    page.locator(button).first.click()
    wait_for_sound(page)
    page.evaluate(
        "share => { const a = document.getElementById('audio');"
        " a.currentTime = a.duration * share; }",
        share,
    )


def wait_for_sound(page: Page) -> None:
    page.wait_for_function(
        "() => { const a = document.getElementById('audio');"
        " return !a.paused && a.currentTime > 0.2 && a.duration > 0; }"
    )


def save(png: bytes, path: Path) -> None:
    """As it is if that is small enough, else with as few colours as it takes."""
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    for n_colours in (None, 256, 128):
        made = whole if n_colours is None else few(whole, n_colours)
        made.save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            break
    print(f"{path.name}: {path.stat().st_size // 1000} kB", flush=True)


def few(picture: Image.Image, n_colours: int) -> Image.Image:
    return picture.quantize(n_colours, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE)


if __name__ == "__main__":
    sys.exit(main())
