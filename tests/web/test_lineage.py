"""Lineage: threads run to the right, nothing hides anything, hidden songs keep their names."""

from __future__ import annotations

import pytest

from songloom.interfaces.web import lineage
from songloom.library.models import LineageNode, Track, User
from songloom.library.services import tracing
from tests.shelf import shelve

Kind = LineageNode.Kind


@pytest.fixture
def piece(yun: User) -> Track:
    """address → file → song → recipe → rendition; prompt, model, song → score → a new song."""
    song = shelve(yun, "Paper Boats")
    made = shelve(yun, "Slow Boats")
    tracing.trace_file(song, song.files.get(), url="https://music.example/paper-boats.flac")
    here = tracing.track_node(song)
    trim = {"recipe": {"version": 1, "edits": [{"edit": "trim", "start_s": 10, "end_s": 40}]}}
    recipe = tracing.node(Kind.RECIPE, "trim", detail=trim, track=song, made_from=(here,))
    tracing.node(Kind.RENDITION, "opus", detail={"format": "opus"}, made_from=(recipe,))
    words = tracing.node(Kind.PROMPT, "like this, slower")
    model = tracing.node(Kind.MODEL, "Composer", detail={"seed": 4071})
    score = tracing.node(Kind.SCORE, "score", made_from=(words, model, here))
    tracing.track_node(made, made_from=(score,))
    return song


def drawn(track: Track, user: User) -> lineage.Drawing:
    return lineage.drawn(track, user)


def test_every_thread_runs_to_the_right(piece: Track, yun: User) -> None:
    drawing = drawn(piece, yun)
    by_id = {node.id: node for node in drawing.nodes}
    for end, _labels in drawing.parents.items():
        assert by_id[end].column >= 1
    for thread in drawing.threads:
        start_x = int(thread.path[1:].split(" ")[0])
        end_x = int(thread.path.rsplit("H", 1)[1])
        assert start_x < end_x, thread.path


def test_no_two_knots_stand_on_one_place(piece: Track, yun: User) -> None:
    places = [(node.column, node.row) for node in drawn(piece, yun).nodes]
    assert len(places) == len(set(places))


def test_the_song_itself_is_marked_and_no_link(piece: Track, yun: User) -> None:
    here = [node for node in drawn(piece, yun).nodes if node.is_here]
    assert [node.label for node in here] == ["Paper Boats"]
    assert here[0].said == "this song"


def test_what_was_made_is_there_with_its_link(piece: Track, yun: User) -> None:
    made = next(node for node in drawn(piece, yun).nodes if node.label == "Slow Boats")
    assert made.track == str(Track.objects.get(title="Slow Boats").pk)


def test_a_recipe_says_its_edits_in_words(piece: Track, yun: User) -> None:
    labels = [node.label for node in drawn(piece, yun).nodes if node.kind == "recipe"]
    assert labels == ["Keep a part 10 s–40 s"]


def test_a_model_says_its_seed_and_a_file_its_format(piece: Track, yun: User) -> None:
    made = Track.objects.get(title="Slow Boats")
    said = {node.kind: node.said for node in drawn(made, yun).nodes}
    assert said["model"] == "seed 4071"
    assert said["file"] == "WAV"
    assert said["prompt"] == "the words"


def test_an_address_is_shown_short_without_its_scheme(piece: Track, yun: User) -> None:
    address = next(node for node in drawn(piece, yun).nodes if node.kind == "url")
    assert address.short == "music.example/pap…"
    assert len(address.short) == lineage.LONGEST_LABEL


def test_a_song_made_in_private_is_drawn_for_its_owner_alone(
    piece: Track, yun: User, mo: User
) -> None:
    Track.objects.filter(title="Slow Boats").update(is_private=True)
    seen_by_mo = {node.kind: node.label for node in drawn(piece, mo).nodes}
    assert "score" not in seen_by_mo
    assert seen_by_mo["track"] == "Paper Boats"
    assert "Slow Boats" in [node.label for node in drawn(piece, yun).nodes]


def test_a_private_song_that_a_song_was_made_from_has_no_name_and_no_link(
    piece: Track, yun: User, mo: User
) -> None:
    Track.objects.filter(pk=piece.pk).update(is_private=True)
    made = Track.objects.get(title="Slow Boats")
    for_mo = drawn(made, mo)
    (hidden,) = [node for node in for_mo.nodes if node.label == "something private"]
    assert (hidden.track, hidden.said) == (None, "track")
    labels = [node.label for node in for_mo.nodes]
    assert not {"Paper Boats", "Paper Boats.wav"} & set(labels)
    assert "url" not in {node.kind for node in for_mo.nodes}
    score = next(node for node in for_mo.nodes if node.kind == "score")
    assert "something private" in for_mo.parents[score.id]
    assert "Paper Boats" in [node.label for node in drawn(made, yun).nodes]


def test_the_list_twin_says_what_each_was_made_from(piece: Track, yun: User) -> None:
    drawing = drawn(Track.objects.get(title="Slow Boats"), yun)
    score = next(node for node in drawing.nodes if node.kind == "score")
    assert sorted(drawing.parents[score.id]) == ["Composer", "Paper Boats", "like this, slower"]


def test_a_song_of_unknown_origin_has_an_empty_drawing(yun: User) -> None:
    drawing = drawn(shelve(yun, "Out of the blue"), yun)
    assert drawing.nodes == []
    assert drawing.threads == []


def test_a_score_says_its_tempo_as_a_whole_number_and_its_bars_with_their_word(yun: User) -> None:
    made = shelve(yun, "Made")
    score = tracing.node(Kind.SCORE, "3/4 · 114.29 BPM · 16", detail={"seed": 7})
    tracing.track_node(made, made_from=(score,))
    node = drawn(made, yun).nodes[0]
    assert (node.label, node.short, node.said) == ("3/4 · 114 BPM", node.label, "16 bars, seed 7")


def test_a_thread_to_another_row_changes_over_between_the_labels(piece: Track, yun: User) -> None:
    bent = [thread.path for thread in drawn(piece, yun).threads if "C" in thread.path]
    assert bent
    half = lineage.PAPER // 2
    for path in bent:
        until = int(path.split("H")[1].split("C")[0])
        after = int(path.split("C")[1].split(" ")[4].split("H")[0])
        end = int(path.rsplit("H", 1)[1])
        assert end - lineage.COLUMN + half <= until < after <= end - half, path


def test_a_chinese_label_is_cut_where_it_is_as_wide_as_a_latin_one(yun: User) -> None:
    song = shelve(yun, "一首写在江南春天夜里的慢板弦乐")
    tracing.track_node(song)
    assert drawn(song, yun).nodes[0].short == "一首写在江南春天…"


def test_a_long_way_takes_the_whole_page(piece: Track, yun: User) -> None:
    drawing = drawn(piece, yun)
    assert drawing.is_wide == (max(node.column for node in drawing.nodes) > 2)
    alone = shelve(yun, "Alone")
    tracing.track_node(alone)
    assert not drawn(alone, yun).is_wide


def test_the_picture_is_as_large_as_what_it_holds(piece: Track, yun: User) -> None:
    drawing = drawn(piece, yun)
    assert drawing.width == max(node.x for node in drawing.nodes) + lineage.LEFT
    assert drawing.height > max(node.y for node in drawing.nodes)
    assert drawing.warp.stop == drawing.width


def test_a_circle_of_edges_ends(yun: User) -> None:
    song = shelve(yun, "Ouroboros")
    first = tracing.track_node(song)
    second = tracing.node(Kind.RECIPE, "a", made_from=(first,))
    tracing.track_node(song, made_from=(second,))
    assert len(drawn(song, yun).nodes) == 2
