"""Labels out of features, edits out of labels, and nothing that breaks out of a command."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from songloom.core.audio import audacity, recipe
from songloom.core.audio.edits import Sound
from songloom.core.audio.splitting import Label
from songloom.errors import BadValue
from tests.core.audio.sounds import joined, noise

RATE = 1_000


def test_whatever_was_measured_becomes_labels() -> None:
    found = audacity.label_groups(
        {
            "beats_s": [0.5, 1.0],
            "downbeats_s": [0.5],
            "chords": [[0.0, 2.0, "C"], [2.0, 4.0, "Am"]],
            "silences_s": [[10.0, 11.5]],
            "key_changes": [[0.0, "C", "major"], [20.0, "A", "minor"]],
            "duration_s": 60.0,
            "sections": [{"start_s": 0, "end_s": 30, "label": "A"}],
            "tempo_bpm": 120.0,
        }
    )
    assert found == {
        "beats": [Label(0.5, 0.5, "1"), Label(1.0, 1.0, "2")],
        "downbeats": [Label(0.5, 0.5, "1")],
        "chords": [Label(0, 2, "C"), Label(2, 4, "Am")],
        "silences": [Label(10, 11.5, "silence")],
        "sections": [Label(0, 30, "A")],
        "keys": [Label(0, 20, "C major"), Label(20, 60, "A minor")],
    }


@pytest.mark.parametrize(
    "features",
    [
        {},
        {"beats_s": None, "chords": None},
        {"beats_s": [], "chords": []},
        {"chords": ["C", 7, None, [1], [2, 1, "back"], {"name": "C"}, ["a", "b"]]},
        {"beats_s": ["x", None, -1]},
        {"key_changes": [[0.0, "C"], [1.0]], "silences_s": [[1.0]]},
    ],
)
def test_what_is_not_there_or_looks_otherwise_is_left_out(features: dict[str, Any]) -> None:
    assert audacity.label_groups(features) == {}


stretches = st.lists(
    st.tuples(st.integers(0, 900), st.integers(1, 300)).map(
        lambda one: Label(one[0] / RATE, (one[0] + one[1]) / RATE, "x")
    ),
    min_size=1,
    max_size=5,
)


@given(labels=stretches)
def test_cutting_and_keeping_the_same_labels_share_the_sound_among_them(
    labels: list[Label],
) -> None:
    """Whatever overlaps: each sample is in one of both, in its order."""
    sound = noise(1_500, 1)
    inside = np.zeros(1_500, bool)
    for one in labels:
        inside[round(one.start_s * RATE) : round(one.end_s * RATE)] = True
    for use, wanted in (("keep", sound[:, inside]), ("cut", sound[:, ~inside])):
        edits = [edit | {"smooth_ms": 0} if edit["edit"] == "cut" else edit
                 for edit in audacity.as_edits(labels, use)]  # fmt: skip
        made = recipe.read(edits).on(Sound(lambda: iter([sound]), RATE, 1))
        assert_array_equal(joined(made.make(), 1), wanted)


def test_labels_split_as_they_say() -> None:
    parts = audacity.as_parts([Label(1, 1, "a"), Label(2, 2, "b")])
    assert [(one["start_s"], one["end_s"], one["title"]) for one in parts] == [
        (0.0, 1, ""),
        (1, 2, "a"),
        (2, None, "b"),
    ]


@pytest.mark.parametrize(
    ("labels", "use", "said"),
    [
        ([Label(1, 1)], "cut", "no label is a stretch"),
        ([Label(1, 1)], "keep", "no label is a stretch"),
        ([], "cut", "no label is a stretch"),
        ([Label(1, 2)], "shout", "not as “shout”"),
    ],
)
def test_labels_that_cannot_be_used_so_are_refused(
    labels: list[Label], use: str, said: str
) -> None:
    with pytest.raises(BadValue, match=said):
        audacity.as_edits(labels, use)


@given(text=st.text(max_size=40))
def test_no_words_of_a_label_end_their_command(text: str) -> None:
    (command,) = [
        one
        for one in audacity.commands("/a.wav", {"x": [Label(1, 2, text)]})
        if one.startswith("SetLabel")
    ]
    assert len(command.splitlines()) == 1
    inner = command.removeprefix('SetLabel: Label=0 Text="').removesuffix('"')
    assert '"' not in inner.replace("\\\\", "").replace('\\"', "")


def test_every_label_is_selected_added_and_named() -> None:
    said = audacity.commands('/tmp/a "b".wav', {"x": [Label(1, 2, "one")], "y": [Label(3, 3)]})
    assert said[0] == 'Import2: Filename="/tmp/a \\"b\\".wav"'
    assert said[3:] == [
        "SelectTime: Start=1.000000 End=2.000000",
        "AddLabel:",
        'SetLabel: Label=0 Text="one"',
        "SelectTime: Start=3.000000 End=3.000000",
        "AddLabel:",
        'SetLabel: Label=1 Text=""',
    ]
