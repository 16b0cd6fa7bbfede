"""Activity: what goes on in words; cancelled, tried again; no path, nothing of others."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from songloom.generate.models import Generation
from songloom.interfaces.web.pages.activity import KINDS, described, subjects
from songloom.jobs import kinds
from songloom.jobs.models import Job
from songloom.library.models import Track, User
from tests.shelf import shelve
from tests.web.conftest import measured

JSON = {"Accept": "application/json"}


def job(owner: User, kind: str = "acquire.url", **more: Any) -> Job:
    known: dict[str, Any] = {"root_id": UUID(int=1), "queue": "interactive", **more}
    if known.get("state") in (Job.State.DONE, Job.State.FAILED, Job.State.DEAD):
        known.setdefault("finished_at", timezone.now())
    return Job.objects.create(kind=kind, owner=owner, **known)


def told(client: Client, *jobs: Job) -> dict[str, Any]:
    asked = ",".join(str(one.pk) for one in jobs)
    found: dict[str, Any] = client.get(reverse("web:activity_state"), {"jobs": asked}).json()
    return found


def test_every_kind_of_job_has_words_in_both_languages() -> None:
    assert set(KINDS) >= set(kinds)
    english = {str(label) for _icon, label in KINDS.values()}
    with override("zh-hans"):
        chinese = {str(label) for _icon, label in KINDS.values()}
    assert not english & chinese


def test_a_running_job_says_how_far_it_is(client: Client, yun: User) -> None:
    running = job(yun, state=Job.State.RUNNING, progress=0.4, stage="rendering")
    (shown,) = told(client, running)["jobs"]
    assert (shown["progress"], shown["said"], shown["stage"]) == (
        0.4,
        "running",
        "making the sound",
    )
    assert told(client)["running"] == [str(running.pk)]


def test_a_job_says_what_it_is_about_and_never_a_path(yun: User) -> None:
    track = shelve(yun, "Paper Boats")
    piece = Generation.objects.create(owner=yun, prompt="a calm lullaby", request={}, seed=1)
    jobs = [
        job(yun, "acquire.url", arguments={"url": "https://music.example/a.flac"}),
        job(yun, "acquire.add", arguments={"path": "/home/yun/private/Music 2/"}),
        job(yun, "process.render", arguments={"track_id": str(track.pk)}),
        job(yun, "generate.compose", arguments={"generation_ids": [str(piece.pk)]}),
        job(yun, "learn.train", arguments={}),
    ]
    found = subjects(jobs)
    assert [found.get(one.pk) for one in jobs] == [
        "https://music.example/a.flac",
        "Music 2",
        "Paper Boats",
        "a calm lullaby",
        None,
    ]


def test_describing_many_jobs_costs_a_constant_number_of_queries(yun: User) -> None:
    for i in range(10):
        track = shelve(yun, f"Song {i}")
        job(yun, "process.render", arguments={"track_id": str(track.pk)})
    with CaptureQueriesContext(connection) as asked:
        assert len(described(Job.objects.filter(kind="process.render"))) == 10
    assert len(asked) <= 3


def test_a_failed_job_says_why_in_words_with_its_code(client: Client, yun: User) -> None:
    error = {"code": "forbidden_address", "message": "10.0.0.1 is private"}
    job(yun, state=Job.State.FAILED, error=error)
    page = client.get(reverse("web:activity")).content.decode()
    for text in ("This address is inside your own network.", "10.0.0.1 is private"):
        assert text in page, text
    assert "<code>forbidden_address</code>" in page


def test_a_failed_job_can_be_tried_again(client: Client, yun: User) -> None:
    failed = job(yun, state=Job.State.DEAD, arguments={"url": "https://x.example/a"})
    client.post(reverse("web:job_retry", args=[failed.pk]))
    again = Job.objects.exclude(pk=failed.pk).get()
    assert (again.kind, again.arguments, again.state) == (
        "acquire.url",
        {"url": "https://x.example/a"},
        Job.State.QUEUED,
    )


def test_a_waiting_job_is_cancelled_at_once(client: Client, yun: User) -> None:
    waiting = job(yun)
    answer = client.post(reverse("web:job_cancel", args=[waiting.pk]), headers=JSON)
    assert answer.json()["job"]["state"] == "cancelled"
    waiting.refresh_from_db()
    assert waiting.state == Job.State.CANCELLED


def test_a_running_job_is_asked_to_stop(client: Client, yun: User) -> None:
    running = job(yun, state=Job.State.RUNNING)
    client.post(reverse("web:job_cancel", args=[running.pk]))
    running.refresh_from_db()
    assert running.is_cancel_asked


def test_jobs_of_others_are_not_there(mo: User, yun: User) -> None:
    other = job(yun)
    browser = Client()
    browser.force_login(mo)
    assert told(browser, other)["jobs"] == []
    assert browser.post(reverse("web:job_cancel", args=[other.pk])).status_code == 404
    assert browser.post(reverse("web:job_retry", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("asked", ["", "nonsense", ",,,", "0" * 5_000])
def test_odd_ids_are_left_out(client: Client, asked: str) -> None:
    answer = client.get(reverse("web:activity_state"), {"jobs": asked})
    assert (answer.status_code, answer.json()["jobs"]) == (200, [])


def test_the_quiet_work_of_analysis_is_a_line_of_its_own(client: Client, yun: User) -> None:
    first, second = shelve(yun, "Heard"), shelve(yun, "Unheard")
    measured(first)
    job(yun, "analyse.extract", queue="analysis", arguments={"track_id": str(second.pk)})
    state = told(client)
    assert state["running"] == []
    assert state["analysis"]["n_left"] == 1
    assert state["analysis"]["share"] == pytest.approx(0.5)
    assert state["analysis"]["time_left_s"] > 0


def test_when_all_is_heard_nothing_is_left(client: Client, yun: User) -> None:
    measured(shelve(yun, "Heard"))
    assert told(client)["analysis"] == {"n_all": 1, "n_left": 0, "heard": 1, "share": 1.0}


def listening(owner: User, title: str, **more: Any) -> Track:
    track = shelve(owner, title)
    known = {"queue": "analysis", "arguments": {"track_id": str(track.pk)}, **more}
    job(owner, "analyse.extract", **known)
    return track


def test_what_is_listened_through_now_stands_there_with_n_of_all_and_the_time_left(
    client: Client, chinese: Client, yun: User
) -> None:
    measured(shelve(yun, "Heard"))
    now = listening(yun, "Paper Boats", state=Job.State.RUNNING, progress=0.4)
    listening(yun, "Waiting")
    state = told(client)["analysis"]
    assert state["now"] == [{"id": str(now.pk), "title": "Paper Boats", "progress": 0.4}]
    assert (state["heard"], state["n_all"], state["waits"]) == (1, 3, "")
    page = client.get(reverse("web:activity")).content.decode()
    for text in ("Paper Boats</a>", "40 %", "1 of 3 songs · about 1 s left"):
        assert text in page, text
    assert "已听 1 / 3 首 · 还要约 1 秒" in chinese.get(reverse("web:activity")).content.decode()


def test_songs_known_from_a_first_listen_are_left_and_counted(
    client: Client, chinese: Client, yun: User
) -> None:
    measured(shelve(yun, "Heard"))
    row = measured(shelve(yun, "Sketched"))
    type(row).objects.filter(pk=row.pk).update(is_coarse=True)
    track = {"arguments": {"track_id": str(row.pk)}, "state": Job.State.RUNNING}
    job(yun, "analyse.complete", queue="analysis", **track)
    state = told(client)["analysis"]
    assert (state["n_all"], state["n_left"], state["n_sketched"]) == (2, 1, 1)
    assert [one["title"] for one in state["now"]] == ["Sketched"]
    words = "1 of 2 songs · about 1 s left · 1 known from a first listen"
    assert words in client.get(reverse("web:activity")).content.decode()
    assert "其中 1 首已先听过几处" in chinese.get(reverse("web:activity")).content.decode()


def test_what_holds_the_listening_up_is_said_in_words(
    client: Client, chinese: Client, yun: User
) -> None:
    listening(yun, "Waiting", stage="Paused while someone is listening.")
    assert told(client)["analysis"]["waits"] == "Paused while someone is listening."
    assert "有人在听，先停一停" in chinese.get(reverse("web:activity")).content.decode()


def test_a_hidden_song_that_is_listened_through_is_not_named(yun: User, mo: User) -> None:
    listening(yun, "Secret", state=Job.State.RUNNING)
    Track.objects.update(is_private=True)
    shelve(mo, "Mine")
    browser = Client()
    browser.force_login(mo)
    assert told(browser)["analysis"]["now"] == []
    assert "Secret" not in browser.get(reverse("web:activity")).content.decode()


def test_a_song_whose_file_is_away_is_not_waited_for(client: Client, yun: User) -> None:
    shelve(yun, "Away")
    Track.objects.update(missing_at=timezone.now())
    assert told(client)["analysis"]["n_left"] == 0


def test_after_an_update_songs_measured_by_the_old_version_count_as_left(
    client: Client, yun: User
) -> None:
    row = measured(shelve(yun, "Old"))
    type(row).objects.update(version=row.version - 1)
    assert told(client)["analysis"]["n_left"] == 1


def test_the_counts_are_those_of_what_one_may_see(client: Client, yun: User, mo: User) -> None:
    shelve(yun, "Mine", artist="A", album="B")
    shelve(yun, "Secret", artist="C", album="D", is_private=True)
    browser = Client()
    browser.force_login(mo)
    assert told(client)["counts"]["songs"] == 2
    seen = told(browser)["counts"]
    assert (seen["songs"], seen["albums"], seen["artists"]) == (1, 1, 1)


def test_a_job_that_made_many_songs_says_how_many(client: Client, yun: User) -> None:
    made = [str(UUID(int=i)) for i in range(1, 4)]
    job(yun, "acquire.scan", state=Job.State.DONE, result={"track_ids": made})
    page = client.get(reverse("web:activity")).content.decode()
    assert "3 songs" in page
    assert ">Open the song</a>" not in page


def test_a_job_that_made_one_song_leads_to_it(client: Client, yun: User) -> None:
    track = shelve(yun, "One")
    job(yun, state=Job.State.DONE, result={"track_ids": [str(track.pk)]})
    assert reverse("web:track", args=[track.pk]) in client.get("/activity/").content.decode()


def test_asking_each_second_is_cheap(client: Client, yun: User) -> None:
    for i in range(5):
        measured(shelve(yun, f"Song {i}"))
    told(client)
    with CaptureQueriesContext(connection) as asked:
        told(client)
    assert len(asked) <= 14
    assert Track.objects.count() == 5
