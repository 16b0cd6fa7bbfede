"""Stems of a composed piece, and the zip for Audacity that holds them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from songloom.core.audio import audacity as labels
from songloom.core.audio import decode, splitting
from songloom.generate.models import Generation
from songloom.generate.services.stems import Stems, sections, stems_of
from songloom.process import audacity
from tests.generate.conftest import Composed, Measured


def test_a_composed_piece_goes_to_audacity_in_parts_that_sum_to_it(
    composed: Composed, tmp_path: Path
) -> None:
    (piece,) = composed("a calm piano piece, 8 seconds, with strings", seed=3)
    track = piece.track
    assert track is not None
    stems = stems_of(track, tmp_path)
    assert stems.sections[0][0] == 0.0
    assert sections(track) == stems.sections
    manifest = audacity.export(
        track, tmp_path / "out.zip", stems=stems.paths, sections=stems.sections
    )
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(tmp_path / "zip")
        assert not audacity.edited_sound(archive, manifest, tmp_path / "edited.wav")
    whole, rate = decode.read(str(tmp_path / "zip" / "sound.wav"))
    parts = [decode.read(str(tmp_path / "zip" / name))[0] for name in manifest["stems"].values()]
    assert len(parts) >= 2
    assert {part.shape for part in parts} == {whole.shape}
    assert rate == labels.SAMPLE_RATE
    assert np.sqrt(np.mean((sum(parts) - whole) ** 2)) < 2e-4  # steps of 16 bits, made louder
    text = (tmp_path / "zip" / "labels" / "sections.txt").read_bytes()
    assert len(splitting.labels(text)) == len(stems.sections)
    assert json.loads((tmp_path / "zip" / "songloom.json").read_text()) == manifest
    Generation.objects.filter(pk=piece.pk).update(soundfont_sha256="another")
    assert stems_of(track, tmp_path) == Stems()


@pytest.mark.django_db
def test_a_track_that_was_not_composed_has_no_stems(measured: Measured, tmp_path: Path) -> None:
    track = measured("x")
    assert stems_of(track, tmp_path) == Stems()
    assert sections(track) == []
