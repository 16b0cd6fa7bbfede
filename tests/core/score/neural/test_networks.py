"""What holds for every network that writes tunes: it computes what is written out in loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from songloom.core.score.neural.lstm import Network
from songloom.core.score.neural.transformer import Transformer
from tests.core.score.neural import test_lstm, test_transformer
from tests.core.score.neural.test_lstm import TOLERANCE, random_steps

# in numpy, written out in loops, and how weights are drawn
LSTM = (Network, test_lstm.PlainLstm, test_lstm.random_weights)
TRANSFORMER = (Transformer, test_transformer.PlainTransformer, test_transformer.random_weights)
pytestmark = pytest.mark.parametrize(
    ("kind", "plain_kind", "drawn"), [LSTM, TRANSFORMER], ids=["lstm", "transformer"]
)


def test_logits_agree_with_a_network_written_out_in_loops(
    kind: Any, plain_kind: Any, drawn: Any
) -> None:
    weights, seen = drawn(), random_steps(6, batch=2)
    network = kind(weights)
    state = network.start(2)
    plain = [plain_kind(weights), plain_kind(weights)]
    for place, now in enumerate(seen):
        chosen = np.asarray([place, 50 - place], dtype=np.int32)
        pitch, known = network.step(now, state)
        duration = network.durations(known, chosen)
        for row in range(2):
            expected = plain[row].step(now[row].tolist(), int(chosen[row]))
            assert pitch[row] == pytest.approx(expected[0], abs=TOLERANCE)
            assert duration[row] == pytest.approx(expected[1], abs=TOLERANCE)


def test_melodies_of_a_batch_do_not_touch_each_other(
    kind: Any, plain_kind: Any, drawn: Any
) -> None:
    network, seen = kind(drawn()), random_steps(5, batch=3)
    together, alone = network.start(3), network.start(1)
    for now in seen:
        all_logits, _ = network.step(now, together)
        one_logits, _ = network.step(now[1:2], alone)
    assert all_logits[1] == pytest.approx(one_logits[0], abs=TOLERANCE)


def test_what_came_before_is_remembered(kind: Any, plain_kind: Any, drawn: Any) -> None:
    network, seen = kind(drawn()), random_steps(2, batch=1)
    fresh, used = network.start(1), network.start(1)
    network.step(seen[0], used)
    assert not np.allclose(network.step(seen[1], fresh)[0], network.step(seen[1], used)[0])
