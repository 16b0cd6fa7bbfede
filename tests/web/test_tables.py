"""A table comes in by the page, and its page tells what came of it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library.models import Track
from tests.shelf import person

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = "标题,艺术家,时长,外观\n青花瓷,周杰伦,3:58,x\n坏<b>,谁,很长,y\n"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(person("mei"))
    return client


def sent(client: Client, content: str, **more: str) -> str:
    file = SimpleUploadedFile("t.csv", content.encode())
    answer = client.post(reverse("web:import_table"), {"file": file, **more})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_the_page_shows_progress_then_what_came_of_it(client: Client) -> None:
    page = sent(client, TABLE)
    waiting = client.get(page).content.decode()
    assert 'http-equiv="refresh"' in waiting
    assert 'data-job="' in waiting
    finish(list(Job.objects.unfinished()))
    done = client.get(page).content.decode()
    assert 'http-equiv="refresh"' not in done
    assert "1 imported, 0 updated, 1 rows refused" in done
    for said in ("<td>时长</td>", '<td class="num">3</td>', "外观"):
        assert said in done
    assert "<b>,谁" not in done


def test_in_chinese_too(client: Client) -> None:
    page = sent(client, TABLE)
    finish(list(Job.objects.unfinished()))
    done = client.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "拒绝的行" in done
    assert "这不是" in done


def test_strict_keeps_all_out(client: Client) -> None:
    sent(client, TABLE, strict="on")
    finish(list(Job.objects.unfinished()))
    assert not Track.objects.exists()


def test_what_is_no_table_is_said_on_the_page_it_came_from(client: Client) -> None:
    assert sent(client, "colour\nblue\n") == reverse("web:add")
    assert "column" in client.get(reverse("web:add")).content.decode()
    assert client.post(reverse("web:import_table")).status_code == 302
    assert not Job.objects.exists()


def test_the_job_of_another_is_not_there(client: Client) -> None:
    page = sent(client, TABLE)
    other = Client()
    other.force_login(person("otto"))
    assert other.get(page).status_code == 404


def test_an_entry_is_marked_in_lists_and_cannot_be_played(client: Client) -> None:
    sent(client, "title,artist,tempo,key\nBlue,Ann,90,Am\n")
    finish(list(Job.objects.unfinished()))
    assert "no audio" in client.get(reverse("web:songs")).content.decode()
    track = Track.objects.get()
    shown = client.get(reverse("web:track", args=[track.pk]))
    assert shown.status_code == 200
    assert client.get(reverse("web:track_features", args=[track.pk])).status_code in (200, 404)
    assert client.get(reverse("web:track_cover", args=[track.pk])).status_code == 200
    assert client.get(reverse("web:similar", args=[track.pk])).status_code == 200
    assert client.get(reverse("web:edit", args=[track.pk])).status_code < 500
    assert client.get(reverse("web:track_sound", args=[track.pk])).status_code in (404, 422)


def test_the_add_page_leads_to_tables(client: Client) -> None:
    page = client.get(reverse("web:add")).content.decode()
    assert reverse("web:import_table") in page
    assert "/api/v1/csv" in page
