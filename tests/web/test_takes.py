"""Takes beside each other: told apart by number and by what is new, compared in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from songloom.core.score.comparing import Difference
from songloom.generate import services as generate
from songloom.generate.models import Generation
from songloom.generate.services.revising import score_of
from songloom.interfaces.web.roll import part_name, section_name
from songloom.interfaces.web.takes import SAYINGS, TAKES, in_words, shown_takes, terms_of
from songloom.library.models import User
from tests.core.score.test_bringing_back import foreign
from tests.core.score.test_revision import notes_of

PROMPT = "waltz in D, violin and piano, 6 s"


def made(owner: User, n: int = 1, **fields: Any) -> list[Generation]:
    """Rows of takes of the same words, as they wait to be composed."""
    return [
        Generation.objects.create(owner=owner, prompt=PROMPT, request={}, seed=seed, **fields)
        for seed in range(n)
    ]


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (Difference("gone", "drums"), "Drums: not there any more", "鼓：没有了"),
        (Difference("moved", "bass", after=-1), "Bass: 1 semitone lower", None),
        (Difference("moved", "bass", after=2), "Bass: 2 semitones higher", None),
        (
            Difference("notes", "melody", 3, 4, ((5, 8), (12, 12))),
            "Melody: 3 notes gone, 4 new, in bars 5–8, 12",
            None,
        ),
        (Difference("bpm", "", 70.0, 84.5), "Tempo: 70, now 84.5 BPM", None),
        (Difference("key", "", (2, "minor"), (4, "major")), "Key: D minor, now E major", None),
        (Difference("chords", bars=((2, 2),)), "Other chords in bars 2", None),
    ],
)
def test_a_difference_is_a_sentence(found: Difference, english: str, chinese: str | None) -> None:
    assert in_words(found) == english
    with override("zh-hans"):
        said = in_words(found)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in said)
        assert chinese is None or said.replace(": ", "：") == chinese


def test_every_kind_of_difference_has_its_words() -> None:
    values = {"key": ((0, "major"), (1, "yu")), "instrument": (40, 73), "bpm": (60.0, 61.0)}
    for what in SAYINGS:
        before, after = values.get(what, (1, 2))
        assert in_words(Difference(what, "melody", before, after, ((1, 2),)))


def test_parts_and_sections_have_names_and_numbers() -> None:
    assert part_name("counter 2") == "Counterpoint 2"
    assert section_name({"letter": "B", "kind": "body"}) == "B"
    assert section_name({"letter": "", "kind": "coda"}) == "Coda"


def test_takes_keep_their_numbers_and_thrown_away_ones_are_left_out(yun: User) -> None:
    first, second, third = made(yun, 3)
    Generation.objects.filter(pk=second.pk).update(state=Generation.State.DISCARDED)
    shown = shown_takes(third)
    assert [(one.number, one.is_here) for one in shown["takes"]] == [(1, False), (3, True)]
    assert [one.number for one in shown_takes(second)["takes"]] == [1, 2, 3]
    assert shown_takes(first)["mine"].number == 1


def test_of_many_takes_the_latest_are_shown_and_always_this_one(yun: User) -> None:
    first, *_others = made(yun, TAKES + 4)
    numbers = [one.number for one in shown_takes(first)["takes"]]
    assert numbers == [1, *range(6, TAKES + 5)]


def test_a_tool_that_is_not_here_now_is_named_without_our_terms(yun: User) -> None:
    (made_here,) = made(yun, model_sha256=generate.terms()[0]["sha256"], soundfont_sha256="0" * 64)
    model, font = terms_of(made_here)
    assert model["licence"] == "GPL-3.0-or-later"
    assert font == {"kind": "soundfont"}
    assert terms_of(None) == []
    assert terms_of(made(yun)[0]) == [], "nothing was made with anything yet"


def test_takes_of_another_person_and_of_other_words_are_none_of_these(yun: User, mo: User) -> None:
    (mine,) = made(yun)
    made(mo, 2)
    Generation.objects.create(owner=yun, prompt="other", request={}, seed=1)
    assert [one.generation for one in generate.takes_of(mine)] == [mine]


def test_a_take_says_what_is_new_goes_back_and_is_compared(client: Client, yun: User) -> None:
    """The real composer, once: a piece, a take of it, both beside each other."""
    (piece,), _job = generate.start(PROMPT, owner=yun, seed=3)
    track = generate.compose(str(piece.pk))
    change = {"change": "again", "part": "melody", "bars": [1, 2]}
    take, _job = generate.revise(track, [change], owner=yun, seed=5)
    there = reverse("web:take_compare", args=[take.pk])
    assert client.get(there).status_code == 404, "it is not composed yet"
    taken = generate.compose(str(take.pk))
    assert taken.title == f"{track.title} · take 2: melody anew, bars 1–2"
    page = client.get(reverse("web:take", args=[take.pk])).content.decode()
    assert "melody anew, bars 1–2" in page
    assert "Back to take 1" in page
    for path in (reverse("web:take", args=[take.pk]), reverse("web:track", args=[taken.pk])):
        shown = client.get(path).content.decode()
        for words in ("Melody model", "GPL-3.0-or-later", "Soundfont", "licence MIT"):
            assert words in shown, (path, words)
    page = client.get(there).content.decode()
    assert "Take 1 beside take 2" in page
    assert "Melody: " in page
    assert "new, in bars 1" in page
    beside = client.get(reverse("web:take_compare", args=[piece.pk]), {"with": str(take.pk)})
    assert "Take 2 beside take 1" in beside.content.decode()
    with override("zh-hans"):
        assert "旋律重写" in shown_takes(take)["mine"].said
    text = client.get(reverse("web:take_sheet", args=[take.pk]))
    assert text["Content-Type"].startswith("text/vnd.abc")
    assert f"T:{taken.title}" in text.content.decode()
    edited_comes_back(client, piece)


def edited_comes_back(client: Client, piece: Generation) -> None:
    """By the form: a file, no file, a broken one."""
    piece.refresh_from_db()
    there, n = reverse("web:take_midi_back", args=[piece.pk]), Generation.objects.count()
    assert "Choose a file first." in client.post(there, follow=True).content.decode()
    broken = SimpleUploadedFile("a.mid", b"MThd no")
    assert "no MIDI" in client.post(there, {"file": broken}, follow=True).content.decode()
    assert Generation.objects.count() == n
    moved = [note.transposed(-1) for note in notes_of(score_of(piece))["melody"]]
    edit = SimpleUploadedFile("a.mid", foreign(score_of(piece), notes={"melody": moved}))
    answer = client.post(there, {"file": edit})
    take = Generation.objects.latest("created_at")
    assert answer["Location"].startswith(reverse("web:take", args=[take.pk]))
    assert take.choices["changes"][0]["change"] == "import"
    page = client.get(reverse("web:take", args=[take.pk])).content.decode()
    assert "edited elsewhere" in page
