"""The words of a library: what is near to a misspelt one, in both orders and in any writing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songloom.core.query.fold import Run, fold, runs
from songloom.core.query.text import code, tokens
from songloom.search.indexing import index_tracks, rebuild
from songloom.search.models import Row, Word
from songloom.search.services import search
from songloom.search.vocabulary import LONGEST, SHORTEST, keep_words, near
from tests.search.library import make_track, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.searches]

NAMES = (
    "The Beatles",
    "Needles",
    "Metallica",
    "Bohemian Rhapsody",
    "Björk",
    "青花瓷",
    "月亮代表我的心",
    "海阔天空",
    "Группа крови",
    "AC/DC",
    "ピースサイン",
    "1989",
)


@pytest.fixture
def words(db: None) -> None:
    keep_words([tokens([name]) for name in NAMES])


def run(text: str) -> Run:
    (only,) = runs(fold(text))
    return only


def read(tokens_near: list[str]) -> list[str]:
    return [token[3:] for token in tokens_near]


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("beatels", "beatles"),  # swapped
        ("beetles", "beatles"),  # another letter
        ("beatle5", "beatles"),
        ("xeatles", "beatles"),  # the beginning is wrong, the end is right
        ("beatlesx", "beatles"),  # the end is wrong
        ("metalica", "metallica"),  # left out
        ("mettallicca", "metallica"),  # two too many
        ("rapsodie", "rhapsody"),
        ("bjorkk", "bjork"),
        ("acdcc", "acdc"),
    ],
)
def test_a_word_with_wrong_letters_is_near_to_the_right_one(typed: str, meant: str) -> None:
    if typed == "rapsodie":  # three letters are too many
        assert meant not in read(near(run(typed)))
    else:
        assert meant in read(near(run(typed)))


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("月亮代表你的心", "月亮代表我的心"),
        ("海阔天高", "海阔天空"),
        ("группы", "группа"),
        ("ピースサイム", "ピースサイン"),
    ],
)
def test_a_wrong_character_of_other_writing_is_one_letter(typed: str, meant: str) -> None:
    assert code(fold(meant)) in read(near(run(typed)))


@pytest.mark.usefixtures("words")
def test_pinyin_may_be_misspelt_and_need_not_be_the_whole_of_a_title() -> None:
    assert read(near(run("qinghauci"))) == ["qinghuaci"]
    (found,) = read(near(run("yueliangdaibaio")))
    assert found.startswith("yueliangdaibiao")


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("typed", ["beatles", "beat", "青花瓷", "青花", "1989", "björk"])
def test_a_word_of_the_library_is_not_misspelt(typed: str) -> None:
    assert near(run(typed)) == []


@pytest.mark.usefixtures("words")
def test_a_known_word_has_neighbours_when_they_are_asked_for_but_not_itself() -> None:
    keep_words([tokens(["Beetles"])])
    assert read(near(run("beatles"), even_if_known=True)) == ["beetles"]
    assert near(run("metallica"), even_if_known=True) == []


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("typed", ["zzzzzz", "ab", "x", "花", "虎虎虎", "9", "queen"])
def test_what_is_like_nothing_has_nothing_near(typed: str) -> None:
    assert near(run(typed)) == []


def test_kept_words_are_of_a_length_that_helps() -> None:
    keep_words([tokens(["a", "ab", "b" * 300, "ok computer", "很" * 40])])
    kept = list(Word.objects.values_list("token", flat=True))
    assert "wrdcomputer" in kept
    assert all(SHORTEST <= len(token) <= LONGEST for token in kept)


def test_every_word_stands_backwards_too() -> None:
    keep_words([tokens(NAMES)])
    pairs = list(Word.objects.values_list("token", "backwards"))
    assert len(pairs) > len(NAMES)
    assert all(token == backwards[::-1] for token, backwards in pairs)


def test_many_words_cost_few_statements() -> None:
    lines = [tokens([f"word{n} other{n}"]) for n in range(200)]
    with CaptureQueriesContext(connection) as asked:
        keep_words(lines)
    assert len(asked) <= 4
    assert Word.objects.count() == 400


def test_a_track_brings_its_words_and_no_genre_or_file() -> None:
    tags = {"artist": ["Coldplay"], "album": ["Parachutes"], "genre": ["Alternative"]}
    track = make_track(make_user(), "Yellow", tags=tags, file_name="ripped.mp3")
    kept = {token[3:] for token in Word.objects.values_list("token", flat=True)}
    assert kept == {"yellow", "coldplay", "parachutes"}
    index_tracks([track.pk])  # again: nothing is there twice
    assert Word.objects.count() == 3


def test_an_index_made_anew_has_the_words_of_the_library() -> None:
    user = make_user()
    make_track(user, "Yellow")
    Row.objects.all().delete()
    Word.objects.all().delete()
    assert search("yelow", user).total == 0
    rebuild()
    assert [track.title for track in search("yelow", user).tracks] == ["Yellow"]


def test_a_misspelt_query_is_paged_as_any_other() -> None:
    user = make_user()
    for n in range(5):
        make_track(user, f"Yellow {n}")
    pages = [search("yelow", user, limit=2, offset=at) for at in (0, 2, 4, 6)]
    assert [page.total for page in pages] == [5, 5, 5, 5]
    assert [t.title for page in pages for t in page.tracks] == [f"Yellow {n}" for n in range(5)]


def test_unwanted_words_stay_unwanted_in_what_was_meant() -> None:
    user = make_user()
    make_track(user, "Yellow Live")
    wanted = make_track(user, "Yellow Moon")
    assert search("yelow -live", user).tracks == [wanted]


def test_a_title_comes_before_an_artist_in_what_was_meant() -> None:
    user = make_user()
    make_track(user, "Moon", tags={"artist": ["Yellow"], "album": ["Sky"]})
    make_track(user, "Yellow", tags={"artist": ["Moon"], "album": ["Sky"]})
    make_track(user, "Sun", tags={"artist": ["Star"], "album": ["Yellow"]})
    assert [track.title for track in search("yelow", user).tracks] == ["Yellow", "Moon", "Sun"]
