"""The same request, seed and model: the same MIDI bytes and the same samples, in any process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from songloom.generate.models import Generation
from songloom.generate.services import Repeated, repeat
from songloom.generate.services.repeating import samples_of
from songloom.library.services.storing import at_hand, main_file
from tests.config.living import run_songloom
from tests.generate.conftest import Composed
from tests.generate.test_revising import track_of


def test_a_piece_is_played_again_sample_for_sample(composed: Composed) -> None:
    (piece,) = composed("Am F, piano, 6 s", seed=3)
    assert repeat(piece) == Repeated(has_same_notes=True, has_same_sound=True)
    sound = main_file(track_of(piece))
    assert sound is not None
    with at_hand(sound) as kept:
        assert samples_of(kept)[1] > 6 * 44_100
    piece.seed += 1
    assert repeat(piece) == Repeated(has_same_notes=False, has_same_sound=False)
    piece.seed -= 1
    piece.soundfont_sha256 = "0" * 64
    assert repeat(piece) == Repeated(has_same_notes=True, has_same_sound=None)
    assert Generation.objects.count() == 1


@pytest.mark.real
@pytest.mark.slow
def test_another_process_writes_and_plays_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ("generate", "a waltz for flute and piano", "--seconds", "6", "--seed", "5", "--json")
    piece = json.loads(run_songloom(home, *words).stdout)["pieces"][0]
    again = json.loads(run_songloom(home, "regenerate", piece["track"], "--json").stdout)
    assert again == {
        "track": piece["track"],
        "midi_sha256": piece["midi_sha256"],
        "is_same": True,
        "has_same_sound": True,
    }
    other = json.loads(run_songloom(tmp_path / "other", *words).stdout)["pieces"][0]
    assert other["midi_sha256"] == piece["midi_sha256"]
    assert samples_of(Path(other["audio"])) == samples_of(Path(piece["audio"]))
