"""The ten lines of docs/user run as they stand, and nothing of Django is loaded by them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from songloom.core.features import BASIC
from tests.core.audio.sounds import tone, write_wav

USER = Path(__file__).parents[3] / "docs" / "user"
HEARD = """
import json, sys
print(json.dumps([found, lasts_s, [name for name in sys.modules if name.startswith("django")]]))
"""


def lines(language: str) -> str:
    """The block of Python that measures and edits."""
    page = (USER / language / "analysis.md").read_text("utf-8")
    blocks = [after.split("```")[0] for after in page.split("```python\n")[1:]]
    (wanted,) = [block for block in blocks if "import render" in block]
    return wanted


def test_both_languages_show_the_same_lines() -> None:
    assert lines("en") == lines("zh")


def test_the_lines_measure_and_edit_without_django(tmp_path: Path) -> None:
    write_wav(tmp_path / "song.wav", tone(440.0, 3.0))
    code = lines("en").replace('analyse_file("song', 'found = analyse_file("song')
    code = code.replace('render("song', 'lasts_s = render("song') + HEARD
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    found, lasts_s, django = json.loads(done.stdout)
    assert list(found) == [name for name in found if name in BASIC]
    assert len(found) == len(BASIC)
    assert abs(found["dominant_hz"] - 440) < 0.5
    assert lasts_s == 2.0
    assert django == []
