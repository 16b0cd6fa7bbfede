"""Tables come in, with the sound that their rows name: good rows in, the rest told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from songloom.acquire import services, tables
from songloom.acquire.tables import import_table
from songloom.errors import BadTable, Cancelled, NoSuchFile, SongloomError
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.jobs.performing import perform
from songloom.jobs.services import cancel, finish
from songloom.library import storage
from songloom.library.keep.verify import verify
from songloom.library.models import Track, User
from songloom.library.services.tagging import tags_of
from songloom.search.services import search
from tests.databases import examples
from tests.fetch.servers import Request, Server, serving
from tests.shelf import person, wav_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def mei() -> User:
    return person("mei")


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def make(text: str, name: str = "table.csv") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return make


def told(came: tables.Imported) -> tuple[int, int, list[tuple[int, str, str]]]:
    return came.n_new, came.n_changed, [(f.line, f.column, f.code) for f in came.flaws]


def test_good_rows_go_in_and_bad_ones_are_told(mei: User, table: Any) -> None:
    path = table('标题,时长,发行日期\n"two\nlines",3:42,2003\nbad,long,soon\ngood,200,2003年7月\n')
    came = import_table(path, owner=mei)
    assert told(came) == (2, 0, [(4, "时长", "bad_number"), (4, "发行日期", "bad_date")])
    assert came.n_refused == 1
    assert set(Track.objects.values_list("title", "date")) == {
        ("two lines", "2003"),  # a name stands on one line
        ("good", "2003-07"),
    }


def test_with_strict_one_bad_row_keeps_all_out(mei: User, table: Any) -> None:
    path = table("标题,时长\ngood,200\nbad,long\n")
    came = import_table(path, owner=mei, is_strict=True)
    assert told(came) == (0, 0, [(3, "时长", "bad_number")])
    assert not Track.objects.exists()
    path.write_text("标题,时长\ngood,200\nbetter,300\n")
    assert told(import_table(path, owner=mei, is_strict=True)) == (2, 0, [])


def test_with_strict_a_track_of_somebody_else_keeps_all_out(mei: User, table: Any) -> None:
    other = Track.objects.create(title="Hers", owner=person("otto"), origin="imported")
    path = table(f"title,id\nmine,\nHis,{other.pk}\n")
    came = import_table(path, owner=mei, is_strict=True)
    assert told(came) == (0, 0, [(3, "id", "not_allowed")])
    assert list(Track.objects.values_list("title", flat=True)) == ["Hers"]


def test_paths_are_followed_from_where_the_table_lies(
    mei: User, table: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(2.0, 441.0))
    path = table("title,文件,艺术家\nBlue,a.wav,Ann\nGone,b.wav,Ann\nOnly a name,,Ann\n")
    came = import_table(path, owner=mei, folder=tmp_path)
    assert told(came) == (2, 0, [(3, "文件", "no_such_file")])
    blue = Track.objects.get(title="Blue")
    assert (blue.has_audio, blue.duration_s) == (True, 2.0)
    assert tags_of(blue)["artist"] == ["Ann"]
    assert not Track.objects.filter(title="Gone").exists()
    again = import_table(path, owner=mei, folder=tmp_path)
    assert (again.n_new, again.n_changed, again.n_same) == (0, 0, 2)


def test_paths_are_not_followed_for_those_who_are_not_at_this_machine(
    mei: User, table: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes())
    path = table(f"title,audio\nBlue,{tmp_path / 'a.wav'}\nPasswords,/etc/passwd\n")
    came = import_table(path, owner=mei)
    assert told(came) == (0, 0, [(2, "audio", "not_allowed"), (3, "audio", "not_allowed")])
    assert not Track.objects.exists()


def test_a_row_of_a_file_alone_is_called_as_the_file_is(
    mei: User, table: Any, tmp_path: Path
) -> None:
    (tmp_path / "Ann - Blue.wav").write_bytes(wav_bytes(1.0, 442.0))
    assert import_table(table("path\nAnn - Blue.wav\n"), owner=mei, folder=tmp_path).n_new == 1
    assert Track.objects.get().has_audio


def test_the_same_sound_twice_is_one_track_with_the_later_names(
    mei: User, table: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(1.0, 443.0))
    came = import_table(table("title,path\nBlue,a.wav\nAzure,a.wav\n"), owner=mei, folder=tmp_path)
    assert (came.n_new, came.n_changed, came.flaws) == (1, 1, [])
    assert Track.objects.get().title == "Azure"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    settings.FETCH_ALLOW = ["127.0.0.0/8"]
    bodies = {"/a.wav": wav_bytes(1.0, 444.0), "/page": b"<html>no</html>"}

    def answer(request: Request) -> None:
        body = bodies.get(request.path)
        request.answer(body or b"", status="404 Not Found" if body is None else "200 OK")

    with serving(answer) as served:
        yield served


def test_addresses_are_fetched_and_each_failure_is_told_in_its_row(
    mei: User, table: Any, server: Server
) -> None:
    urls = [*map(server.url, ("/a.wav", "/page", "/none")), "gopher://x/y"]
    path = table("title,url\n" + "".join(f"Song {n},{url}\n" for n, url in enumerate(urls)))
    came = import_table(path, owner=mei)
    assert came.n_new == 1
    assert [(f.line, f.column) for f in came.flaws] == [(3, "url"), (4, "url"), (5, "url")]
    assert {f.code for f in came.flaws} == {"web_page", "dead_link", "bad_url"}
    assert Track.objects.get().has_audio


def test_an_address_within_the_own_network_is_not_fetched(mei: User, table: Any) -> None:
    came = import_table(table("title,url\nA,http://127.0.0.1:1/a.ogg\n"), owner=mei)
    assert told(came) == (0, 0, [(2, "url", "forbidden_address")])


def test_with_strict_a_sound_that_does_not_come_undoes_the_rest(
    mei: User, table: Any, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(1.0, 445.0))
    path = table("title,path\nBlue,a.wav\nGone,b.wav\n")
    came = import_table(path, owner=mei, folder=tmp_path, is_strict=True)
    assert told(came) == (0, 0, [(3, "path", "no_such_file")])
    assert not Track.objects.exists()


def test_a_cancelled_import_stops_and_can_be_run_again(
    mei: User, table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table("title\n" + "".join(f"Song {n}\n" for n in range(30)))
    monkeypatch.setattr(tables, "BATCH", 10)
    calls = []

    def stop(**_: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Cancelled

    monkeypatch.setattr(tables, "report", stop)
    with pytest.raises(Cancelled):
        import_table(path, owner=mei)
    assert Track.objects.count() == 20
    monkeypatch.setattr(tables, "report", lambda **_: None)
    came = import_table(path, owner=mei)
    assert (came.n_new, came.n_same) == (10, 20)


def test_what_is_told_has_an_end(mei: User, table: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_FLAWS", 3)
    came = import_table(table("title,date\n" + "x,soon\n" * 10), owner=mei)
    assert (len(came.flaws), came.n_refused) == (3, 10)


@pytest.mark.django_db(transaction=True)
def test_the_job_imports_and_makes_findable(mei: User, table: Any) -> None:
    path = table("标题,艺术家\n青花瓷,周杰伦\n")
    job = services.import_table_later(path, owner=mei, follows_paths=True)
    assert services.import_table_later(path, owner=mei, follows_paths=True) == job
    finish([job])
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.result is not None
    assert job.result["imported"] == 1
    found = search("qhc", mei)
    assert [track.title for track in found.tracks] == ["青花瓷"]
    assert not found.tracks[0].has_audio
    assert path.exists()


def test_what_is_wrong_with_all_of_it_is_said_at_once(mei: User, tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile):
        services.import_table_later(tmp_path / "none.csv", owner=mei)
    with pytest.raises(NoSuchFile):
        services.import_table_later(tmp_path, owner=mei)
    odd = tmp_path / "odd.csv"
    odd.write_text("colour\nblue\n")
    with pytest.raises(BadTable):
        services.import_table_later(odd, owner=mei)
    assert not Job.objects.exists()


class Upload:
    def __init__(self, content: bytes) -> None:
        self.content = content

    def chunks(self) -> list[bytes]:
        return [self.content]


def kept() -> list[str]:
    """The tables that wait in the storage."""
    return [entry.name for entry in storage.store().entries("tables")]


@pytest.fixture
def shelf(settings: LazySettings, tmp_path: Path, kept_in: str) -> None:
    """A storage in which nothing waits."""
    if kept_in == "home":
        settings.MEDIA = tmp_path / "media"


@pytest.mark.stores
@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_the_copy_of_an_upload_goes_with_its_job(mei: User) -> None:
    job = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    assert len(kept()) == 1
    assert verify()["ok"]
    finish([job])
    assert kept() == []
    assert Track.objects.get().title == "Blue"


@pytest.mark.stores
@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_whatever_disk_the_reading_worker_has_it_finds_the_table(
    mei: User, settings: LazySettings, tmp_path: Path, kept_in: str
) -> None:
    job = services.import_upload_later(Upload("标题\n蓝\n".encode("gb18030")), owner=mei)
    settings.CACHE = tmp_path / "another machine's"
    assert finish([job])[0].state == "done"
    assert Track.objects.get().title == "蓝"


@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_the_same_table_of_two_people_waits_until_both_have_read_it(mei: User) -> None:
    first = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    second = services.import_upload_later(Upload(b"title\nBlue\n"), owner=person("otto"))
    assert len(kept()) == 1
    perform(str(first.pk))
    assert len(kept()) == 1
    perform(str(second.pk))
    assert kept() == []
    assert sorted(Track.objects.values_list("owner__username", flat=True)) == ["mei", "otto"]


@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_the_same_table_sent_twice_at_once_is_one_import(mei: User) -> None:
    first = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    assert services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei) == first
    finish([first])
    again = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    (ended, *_) = finish([again])
    assert ended.result is not None
    assert (ended.result["imported"], ended.result["unchanged"]) == (0, 1)


@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_a_failed_import_may_be_tried_again_and_a_cancelled_one_is_swept(
    mei: User, settings: LazySettings
) -> None:
    failed = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    Job.objects.filter(pk=failed.pk).update(state=Job.State.FAILED, active_key=None)
    cancelled = services.import_upload_later(Upload(b"title\nAzure\n"), owner=mei)
    cancel(cancelled)
    for entry in storage.store().entries("tables"):
        os.utime(settings.MEDIA / entry.key, (0, 0))
    assert [each["code"] for each in verify()["problems"]] == ["orphan"]
    services.import_upload_later(Upload(b"title\nRed\n"), owner=mei)
    assert len(kept()) == 2  # the failed one and the new one
    again = enqueue(failed.kind, failed.arguments, owner=mei)
    assert finish([again])[0].state == "done"


@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_the_copy_of_a_table_that_is_refused_goes_at_once(mei: User) -> None:
    job = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    Job.objects.filter(pk=job.pk).update(arguments={**job.arguments, "encoding": "klingon"})
    (ended,) = finish([job])
    assert (ended.state, (ended.error or {})["code"]) == ("failed", "bad_value")
    assert kept() == []


@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_starts_takes_away_what_nobody_will_read(
    mei: User, settings: LazySettings
) -> None:
    waits = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    cancel(services.import_upload_later(Upload(b"title\nGreen\n"), owner=mei))
    services.sweep_tables()
    assert len(kept()) == 2  # so young that it might be on its way in
    for entry in storage.store().entries("tables"):
        os.utime(settings.MEDIA / entry.key, (0, 0))
    services.sweep_tables()
    assert kept() == [waits.arguments["sha256"]]


@pytest.mark.usefixtures("shelf")
@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_gone_is_asked_for_again(mei: User) -> None:
    job = services.import_upload_later(Upload(b"title\nBlue\n"), owner=mei)
    storage.drop(kept()[0], "tables")
    (ended,) = finish([job])
    assert (ended.state, (ended.error or {})["code"]) == ("failed", "no_such_file")


@pytest.mark.usefixtures("shelf")
def test_a_refused_upload_leaves_nothing(mei: User) -> None:
    for content in (b"colour\nblue\n", b"PAR1" + b"\0" * 50, b"\x89PNG\r\n"):
        with pytest.raises(BadTable):
            services.import_upload_later(Upload(content), owner=mei)
    assert kept() == []


lines = st.lists(
    st.lists(
        st.one_of(st.text(max_size=10), st.sampled_from(["3:42", "2003", "http://x", "-"])),
        max_size=5,
    ),
    max_size=5,
)
HEADS = ["标题", "时长", "日期", "艺术家", "url", "id", "lineage", "tags", "频率", "key", "曲目"]


@hypothesis_settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
@given(head=st.lists(st.sampled_from(HEADS), min_size=1, max_size=5), rows=lines)
def test_no_table_at_all_fails_otherwise_than_by_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, head: list[str], rows: list[list[str]]
) -> None:
    import csv

    user, _ = User.objects.get_or_create(username="any")
    path = tmp_path_factory.mktemp("any") / "t.csv"
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    try:
        came = import_table(path, owner=user)
    except SongloomError:
        return
    json.dumps(came.document())
    again = import_table(path, owner=user)
    assert again.n_new == 0
    assert again.n_refused == came.n_refused
