"""A card says what a weights file is, and the file must be the one it describes."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from songloom.core.score.neural.card import credits_of, measure, read_card, write_card
from songloom.core.score.neural.corpus import Corpus
from songloom.core.score.neural.encoding import END, Line, Step
from songloom.core.score.neural.runtime import load
from songloom.errors import BadValue

ASSETS = Path(__file__).parents[4] / "src/songloom/assets/models"
LARGEST_BYTES = 4_000_000
TARGET_BITS = {"lstm": 3.10, "transformer": 2.15}  # the bars of the design
EACH = pytest.mark.parametrize("kind", TARGET_BITS)


def tune(start: int, mode: str = "major") -> Line:
    scale = [0, 2, 4, 5, 7, 9, 11, 12]
    steps = [Step(start + scale[i % 8], 12) for i in range(32)]
    return Line((4, 4), mode, 4, 0, (*steps, Step(END)))


def corpus() -> Corpus:
    return Corpus(
        train=[tune(14), tune(16), tune(18)],
        valid=[],
        test=[tune(16), tune(21, "minor")],
        transcribers=Counter({"Ann Other": 40, "Bo": 7, "": 9, "Someone Once": 1}),
    )


@EACH
def test_the_shipped_card_describes_the_shipped_weights(kind: str) -> None:
    card = read_card(ASSETS / kind / "card.toml")
    raw = (ASSETS / kind / card["file"]).read_bytes()
    assert hashlib.sha256(raw).hexdigest() == card["sha256"]
    assert len(raw) == card["size_bytes"] < LARGEST_BYTES
    assert card["network"] == kind


@EACH
def test_the_shipped_card_names_licence_origin_and_those_who_wrote_the_tunes_down(
    kind: str,
) -> None:
    card = read_card(ASSETS / kind / "card.toml")
    assert card["name"]
    assert card["version"]
    assert card["licence"] == "GPL-3.0-or-later"
    assert "Essen" in card["origin"]
    assert {"Jack Campin", "John Chambers", "Bob Safranek"} <= set(card["credits"])
    assert not any("@" in name for name in card["credits"])


@EACH
def test_the_shipped_model_reaches_the_target_and_beats_both_baselines(kind: str) -> None:
    test = read_card(ASSETS / kind / "card.toml")["test"]
    assert test["n_tunes"] == 201
    assert test["bits_per_note"] <= TARGET_BITS[kind]
    assert test["bits_per_note"] < test["bits_per_note_ngram"] < test["bits_per_note_uniform"]


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    for name in ("card.toml", "melody.safetensors"):
        shutil.copy(ASSETS / "lstm" / name, tmp_path / name)
    with (tmp_path / "melody.safetensors").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(BadValue, match=r"melody\.safetensors has sha256 .*; its card says"):
        read_card(tmp_path / "card.toml")


def test_a_card_written_is_a_card_read(tmp_path: Path) -> None:
    weights = tmp_path / "melody.safetensors"
    shutil.copy(ASSETS / "lstm" / "melody.safetensors", weights)
    path = write_card(weights, corpus(), kind="lstm", seed=7, epochs=3)
    card = read_card(path)
    assert card == tomllib.loads(path.read_text("utf-8"))
    assert card["training"] == {
        "n_tunes": 3,
        "n_notes": 96,
        "n_settings_left_out": 0,
        "seed": 7,
        "epochs": 3,
    }
    assert card["test"]["n_tunes"] == 2
    assert card["test"]["major"]["in_scale"] == 1.0


def test_a_score_counts_the_order_and_the_baselines() -> None:
    score = measure(load(ASSETS / "lstm" / "melody.safetensors"), corpus())
    assert 0 < score.order < score.model < score.uniform
    assert 0 < score.ngram < score.uniform


def test_who_wrote_down_most_stands_first_and_remarks_stand_nowhere() -> None:
    assert credits_of(corpus().transcribers) == ["Ann Other", "Bo"]


def test_one_person_in_two_spellings_is_one_person() -> None:
    spelt = Counter(
        {"Trish O'Neil": 146, "A. LEE WORMAN": 25, "Trish O'Nei": 11, "A.LEE WORMAN": 9}
    )
    assert credits_of(spelt) == ["Trish O'Neil", "A. LEE WORMAN"]
