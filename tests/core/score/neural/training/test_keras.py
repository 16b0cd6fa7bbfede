"""The network in numpy computes what Keras computes with the same weights."""

from __future__ import annotations

import numpy as np
import pytest

from songloom.core.score.neural.encoding import N_PITCHES, OFFSETS
from songloom.core.score.neural.lstm import Network
from tests.core.score.neural.test_lstm import TOLERANCE, random_steps


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_logits_agree_with_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    from songloom.core.score.neural.network import build, weights_of

    model = build()
    seen = random_steps(20, batch=4)
    pitches = np.random.default_rng(1).integers(0, N_PITCHES, (4, 20)).astype(np.int32)
    theirs = model.predict_on_batch([(seen + OFFSETS).transpose(1, 0, 2), pitches])
    network = Network(weights_of(model))
    state = network.start(4)
    for place in range(20):
        pitch, known = network.step(seen[place], state)
        duration = network.durations(known, pitches[:, place])
        assert np.abs(pitch - theirs[0][:, place]).max() < TOLERANCE
        assert np.abs(duration - theirs[1][:, place]).max() < TOLERANCE
