"""The page's pure modules, run where they run: in a browser. Queue, timeline, waveform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import Library

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def page(chromium: Browser, library: Library) -> Iterator[Page]:
    made = chromium.new_page()
    made.goto(f"{library.up.url}/sign-in/")
    yield made
    made.close()


def run(page: Page, module: str, body: str, argument: Any = None) -> Any:
    """The value of an asynchronous function body with the module's names as `m`."""
    script = (
        f"async (given) => {{ const m = await import('/static/songloom/js/{module}.js'); {body} }}"
    )
    return page.evaluate(script, argument)


SONGS = "const q = new m.Queue(() => 0.5); const s = (n) => ({ id: n, title: n }); "


class TestQueue:
    def test_it_plays_in_order_and_ends(self, page: Page) -> None:
        body = SONGS + "q.set([s('a'), s('b')]); return [q.current.id, q.next().id, q.next()];"
        assert run(page, "queue", body) == ["a", "b", None]

    def test_it_begins_where_it_was_asked_to(self, page: Page) -> None:
        body = SONGS + "q.set([s('a'), s('b'), s('c')], given); return q.current.id;"
        assert [run(page, "queue", body, at) for at in (0, 1, 2, 9, -1)] == [
            "a",
            "b",
            "c",
            "c",
            "a",
        ]

    def test_repeating_all_begins_anew(self, page: Page) -> None:
        body = SONGS + "q.set([s('a'), s('b')], 1); q.turnRepeat(); return [q.repeat, q.next().id];"
        assert run(page, "queue", body) == ["all", "a"]

    def test_repeating_one_stays_but_gives_way_to_who_presses_next(self, page: Page) -> None:
        body = SONGS + (
            "q.set([s('a'), s('b')]); q.turnRepeat(); q.turnRepeat();"
            " return [q.repeat, q.next().id, q.next(true).id, q.next(true).id];"
        )
        assert run(page, "queue", body) == ["one", "a", "b", "a"]

    def test_the_third_turn_is_off_again(self, page: Page) -> None:
        body = SONGS + "return [q.turnRepeat(), q.turnRepeat(), q.turnRepeat()];"
        assert run(page, "queue", body) == ["all", "one", "off"]

    def test_shuffling_keeps_the_song_that_plays_and_all_others_once(self, page: Page) -> None:
        body = SONGS + (
            "const names = [...'abcdefgh']; q.set(names.map(s), 3); q.turnShuffle();"
            " return [q.current.id, q.songs.map((x) => x.id)];"
        )
        current, order = run(page, "queue", body)
        assert current == "d"
        assert order[0] == "d"
        assert sorted(order) == list("abcdefgh")

    def test_shuffling_off_brings_back_the_order(self, page: Page) -> None:
        body = SONGS + (
            "q.set([...'abcd'].map(s), 2); q.turnShuffle(); q.turnShuffle();"
            " return [q.current.id, q.songs.map((x) => x.id).join('')];"
        )
        assert run(page, "queue", body) == ["c", "abcd"]

    def test_playing_next_comes_right_after_what_plays(self, page: Page) -> None:
        body = SONGS + (
            "q.set([s('a'), s('b')]); q.playNext([s('x'), s('y')]); q.add([s('z')]);"
            " return q.songs.map((x) => x.id).join('');"
        )
        assert run(page, "queue", body) == "axybz"

    def test_removing_an_earlier_song_does_not_change_what_plays(self, page: Page) -> None:
        body = SONGS + (
            "q.set([...'abc'].map(s), 1); q.remove(0); const first = q.current.id;"
            " q.remove(1); return [first, q.current.id, q.songs.length];"
        )
        assert run(page, "queue", body) == ["b", "b", 1]

    def test_moving_keeps_what_plays(self, page: Page) -> None:
        body = SONGS + (
            "q.set([...'abc'].map(s), 0); q.move(0, 2); q.move(0, 9);"
            " return [q.current.id, q.songs.map((x) => x.id).join('')];"
        )
        assert run(page, "queue", body) == ["a", "bca"]

    def test_an_empty_queue_is_no_error(self, page: Page) -> None:
        body = SONGS + "q.set([]); q.turnShuffle(); return [q.current, q.next(), q.previous()];"
        assert run(page, "queue", body) == [None, None, None]

    def test_what_is_to_come_can_be_cleared(self, page: Page) -> None:
        body = SONGS + "q.set([...'abc'].map(s), 1); q.clearUpcoming(); return q.songs.length;"
        assert run(page, "queue", body) == 2


def step(edit: str, on: bool = True, **values: float) -> dict[str, Any]:
    return {"edit": edit, "values": values, "on": on}


class TestTimeline:
    """Where the edited sound lies on the original."""

    def kept(self, page: Page, steps: list[dict[str, Any]], length: float = 100.0) -> Any:
        body = "return m.kept(given.steps, given.length);"
        return run(page, "timeline", body, {"steps": steps, "length": length})

    def test_without_steps_all_is_kept(self, page: Page) -> None:
        assert self.kept(page, []) == [[0, 100]]

    def test_a_trim_keeps_its_part(self, page: Page) -> None:
        assert self.kept(page, [step("trim", start_s=10, end_s=40)]) == [[10, 40]]

    def test_a_cut_leaves_both_sides(self, page: Page) -> None:
        assert self.kept(page, [step("cut", start_s=30, end_s=50)]) == [[0, 30], [50, 100]]

    def test_times_count_on_the_sound_as_it_then_stands(self, page: Page) -> None:
        """After the first 20 s are gone, 10–30 s are 30–50 s of the original."""
        steps = [step("trim", start_s=20, end_s=100), step("cut", start_s=10, end_s=30)]
        assert self.kept(page, steps) == [[20, 30], [50, 100]]

    def test_a_cut_across_a_cut_takes_from_both_sides(self, page: Page) -> None:
        steps = [step("cut", start_s=30, end_s=50), step("cut", start_s=20, end_s=40)]
        assert self.kept(page, steps) == [[0, 20], [60, 100]]

    def test_a_step_that_is_off_changes_nothing(self, page: Page) -> None:
        assert self.kept(page, [step("trim", on=False, start_s=10, end_s=40)]) == [[0, 100]]

    def test_silence_and_another_song_are_stretches_of_their_own(self, page: Page) -> None:
        steps = [
            step("insert_silence", at_s=30, duration_s=5),
            {**step("join", crossfade_s=2), "other": {"seconds": 60}},
        ]
        assert self.kept(page, steps) == [[0, 30], [0, 5, "added"], [30, 100], [0, 58, "added"]]

    def test_reversed_stretches_run_backwards_and_are_cut_from_their_new_start(
        self, page: Page
    ) -> None:
        turned = [step("reverse"), step("trim", start_s=10, end_s=30)]
        assert self.kept(page, turned) == [[90, 70]]
        assert self.kept(page, [*turned, step("reverse")]) == [[70, 90]]

    def test_times_within_what_was_turned_round_go_there_and_back(self, page: Page) -> None:
        stretches = [[90, 70], [0, 5, "added"], [10, 20]]
        body = "return given.times.map((t) => m.toEdited(given.kept, m.toOriginal(given.kept, t)));"
        times = [0, 5, 20, 26, 35]
        assert run(page, "timeline", body, {"kept": stretches, "times": times}) == times
        body = "return [m.toOriginal(given, 22), m.gone(given, 100), m.total(given)];"
        assert run(page, "timeline", body, stretches) == [70, [[0, 10], [20, 70], [90, 100]], 35]

    def test_an_open_end_is_the_end(self, page: Page) -> None:
        assert self.kept(page, [step("trim", start_s=90)]) == [[90, 100]]
        assert self.kept(page, [step("cut", start_s=90)]) == [[0, 90]]

    def test_a_time_goes_to_the_original_and_back(self, page: Page) -> None:
        stretches = [[10, 30], [50, 60]]
        body = "return given.times.map((t) => m.toEdited(given.kept, m.toOriginal(given.kept, t)));"
        times = [0, 5, 19.5, 20.5, 29]
        assert run(page, "timeline", body, {"kept": stretches, "times": times}) == times

    def test_a_time_that_was_cut_away_goes_to_the_next_that_is_heard(self, page: Page) -> None:
        body = "return [0, 40, 99].map((t) => m.toEdited([[10, 30], [50, 60]], t));"
        assert run(page, "timeline", body) == [0, 20, 30]

    def test_what_is_kept_and_what_is_gone_make_the_whole(self, page: Page) -> None:
        body = (
            "const kept = m.kept(given, 100);"
            " return [m.total(kept) + m.total(m.gone(kept, 100)), m.gone(kept, 100)];"
        )
        steps = [step("trim", start_s=20, end_s=80), step("cut", start_s=10, end_s=30)]
        whole, gone = run(page, "timeline", body, steps)
        assert whole == 100
        assert gone == [[0, 20], [30, 50], [80, 100]]


class TestWave:
    def test_bars_are_the_loudest_peaks_under_them(self, page: Page) -> None:
        body = "return m.bars([0.1, 0.4, 0.2, 0.8], 2);"
        assert run(page, "wave", body) == [0.5, 1]

    def test_there_are_as_many_bars_as_asked_whatever_the_peaks(self, page: Page) -> None:
        body = "return [1, 3, 7, 500].map((n) => m.bars(Array(n).fill(0.5), 40).length);"
        assert run(page, "wave", body) == [40, 40, 40, 40]

    def test_without_peaks_there_are_no_bars(self, page: Page) -> None:
        assert run(page, "wave", "return [m.bars([], 10), m.bars(null, 10), m.bars([1], 0)];") == [
            [],
            [],
            [],
        ]

    def test_silence_is_flat_and_never_not_a_number(self, page: Page) -> None:
        assert run(page, "wave", "return m.bars([0, 0, 0, 0], 4);") == [0, 0, 0, 0]

    def test_the_path_is_centred(self, page: Page) -> None:
        path = run(page, "wave", "return m.barPath([1], 10, 40);")
        assert path == "M5.0 2.0V38.0"


class TestWords:
    @pytest.mark.parametrize(
        ("seconds", "places", "text"),
        [
            (0, 0, "0:00"),
            (246, 0, "4:06"),
            (3723, 0, "1:02:03"),
            (10.44, 1, "0:10.4"),
            (59.96, 1, "1:00.0"),
        ],
    )
    def test_a_clock_reads_as_in_the_templates(
        self, page: Page, seconds: float, places: int, text: str
    ) -> None:
        assert run(page, "dom", "return m.clock(given[0], given[1]);", [seconds, places]) == text

    def test_what_is_no_time_is_a_dash(self, page: Page) -> None:
        assert run(page, "dom", "return [m.clock(NaN), m.number(undefined)];") == ["–", "–"]

    def test_a_minus_is_a_true_minus(self, page: Page) -> None:
        assert run(page, "dom", "return m.number(-16.23);") == "−16.2"

    def test_names_become_text_and_never_markup(self, page: Page) -> None:
        body = "return m.make('p', { title: given }, given).outerHTML;"
        made = run(page, "dom", body, "<img src=x onerror=alert(1)>")
        assert "<img" not in made.split(">", 1)[1]
        assert "&lt;img" in made


class TestTimes:
    """What people write into a time box, and what it says back."""

    def test_a_time_is_read_however_it_is_written(self, page: Page) -> None:
        written = ["1:23.5", "83.5", " 83,5 ", "1：23.5", "1:02:03", "0:05", ".5", "7 s", "7秒"]
        read = run(page, "times", "return given.map(m.readTime)", written)
        assert read == [83.5, 83.5, 83.5, 83.5, 3723, 5, 0.5, 7, 7]

    @pytest.mark.parametrize("text", ["", "soon", "-3", "1:75", "1.5:20", "1:2:3:4", "1e3", ":"])
    def test_what_is_no_time_is_no_number(self, page: Page, text: str) -> None:
        assert run(page, "times", "return Number.isNaN(m.readTime(given))", text)

    def test_what_is_shown_reads_back_to_the_millisecond(self, page: Page) -> None:
        times = [0, 0.1, 9.999, 59.9996, 60, 83.456, 599.5, 3600, 3723.25, 43_199.999]
        body = "return given.map((time) => [m.showTime(time), m.readTime(m.showTime(time))])"
        shown = run(page, "times", body, times)
        assert [one[0] for one in shown[:3]] == ["0:00.0", "0:00.1", "0:09.999"]
        assert shown[8][0] == "1:02:03.25"
        for time, (_text, back) in zip(times, shown, strict=True):
            assert back == pytest.approx(time, abs=0.0006)

    def test_plain_samples_weigh_what_they_are(self, page: Page) -> None:
        source = {"format": "mp3", "bytes": 1, "seconds": 10, "rate": 44_100, "channels": 2}
        wanted = {"format": "wav", "seconds": 2, "rate": 22_050, "channels": 1}
        body = "return [16, 24, 0].map((bits) => m.bytesOf(given[0], { ...given[1], bits }))"
        assert run(page, "times", body, [wanted, source]) == [88_200, 132_300, 88_200]

    def test_a_bit_rate_says_the_size_and_flac_is_told_from_flac(self, page: Page) -> None:
        source = {"rate": 8_000, "channels": 1, "bits": 16, "seconds": 10}
        lossy = {"format": "opus", "kbps": 96, "seconds": 10, "rate": 8_000, "channels": 1}
        flac = {**lossy, "format": "flac", "kbps": 0, "seconds": 5}
        body = "return [m.bytesOf(given[0], given[2]), m.bytesOf(given[1], given[2])]"
        known = {**source, "format": "flac", "bytes": 40_000}
        assert run(page, "times", body, [lossy, flac, known]) == [120_000, 20_000]
        guessed = run(page, "times", body, [lossy, flac, {**source, "format": "ogg", "bytes": 9}])
        assert guessed[1] == pytest.approx(48_000)


class TestDropping:
    """What was thrown away leaves the queue."""

    def test_dropped_songs_leave_the_queue_wherever_they_stand(self, page: Page) -> None:
        body = SONGS + (
            "q.set(['a', 'b', 'c', 'b'].map(s), 1); q.drop(new Set(['b']));"
            "return [q.songs.map((each) => each.id), q.current.id, q.straight.length]"
        )
        assert run(page, "queue", body) == [["a", "c"], "c", 2]

    def test_dropping_what_is_not_there_changes_nothing(self, page: Page) -> None:
        body = SONGS + "q.set(['a'].map(s)); q.drop(new Set(['z'])); return q.current.id"
        assert run(page, "queue", body) == "a"

    def test_dropping_all_leaves_an_empty_queue(self, page: Page) -> None:
        body = SONGS + "q.set(['a', 'a'].map(s)); q.drop(new Set(['a'])); return [q.current, q.at]"
        assert run(page, "queue", body) == [None, -1]


class TestFields:
    """Matrices as people write them."""

    @pytest.mark.parametrize(
        ("text", "rows"),
        [
            ("0.5 0.5", [[0.5, 0.5]]),
            ("0 1; 1 0", [[0, 1], [1, 0]]),
            ("0,5", [[0, 5]]),
            ("1 −1；0 1", [[1, -1], [0, 1]]),
            ("", None),
            ("1 2; 3", None),
            ("loud", None),
            ("11", None),
        ],
    )
    def test_rows_are_read_or_refused(self, page: Page, text: str, rows: Any) -> None:
        assert run(page, "fields", "return m.readRows(given);", text) == rows

    def test_a_matrix_is_shown_as_it_is_read(self, page: Page) -> None:
        rows = [[0.5, -0.5], [1, 0]]
        assert run(page, "fields", "return m.readRows(m.spelt(given));", rows) == rows


class TestLanes:
    """What the waveform of a song's page and its lanes share."""

    def test_a_key_that_comes_back_has_its_dye_again(self, page: Page) -> None:
        body = "return m.dyed(given).map(([, , dye]) => dye);"
        keys = [[0, 9, "G minor"], [9, 12, "A major"], [12, 30, "G minor"], [30, 40, "F major"]]
        first, second, third, fourth = run(page, "lanes", body, keys)
        assert first == third
        assert len({first, second, fourth}) == 3

    def test_the_highest_of_very_many_peaks_is_found(self, page: Page) -> None:
        """More than a call may have arguments."""
        body = (
            "const many = new Array(300000).fill(0.25); many[7] = 0.75;"
            " return [m.highest(many), m.highest([]), m.highest(null)];"
        )
        highest, *nothing = run(page, "wave", body)
        assert highest == 0.75
        assert all(0 < one < 1e-3 for one in nothing)

    def test_from_near_bars_are_as_high_as_in_the_whole(self, page: Page) -> None:
        body = "return m.bars(given, 2, 1.0);"
        assert run(page, "wave", body, [0.1, 0.2, 0.4, 0.3]) == [0.2, 0.4]
