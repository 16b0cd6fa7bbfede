"""Django's tables: all of them, for administrators alone, in both languages, no secrets."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from songloom.library.models import Track, User
from songloom.library.services import people
from tests.shelf import shelve

OURS = [model for model in apps.get_models() if model.__module__.startswith("songloom.")]


def address(model: type, action: str, *arguments: object) -> str:
    meta = model._meta  # type: ignore[attr-defined]
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{action}", args=arguments)


def test_every_model_of_ours_has_its_table() -> None:
    assert [model for model in OURS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_table_opens_for_administrators_in_both_languages(
    client: Client, chinese: Client, model: type
) -> None:
    for browser in (client, chinese):
        assert browser.get(address(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_table_stays_shut_for_everybody_else(mo: User, model: type) -> None:
    browser = Client()
    assert browser.get(address(model, "changelist")).status_code == 302
    browser.force_login(mo)
    answer = browser.get(address(model, "changelist"))
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]


def test_the_names_of_the_tables_are_chinese_where_the_reader_is(chinese: Client) -> None:
    page = chinese.get(reverse("admin:index")).content.decode()
    for name in ("曲目", "艺人", "专辑", "歌单", "任务"):
        assert name in page, name


def test_no_table_shows_or_takes_a_secret(client: Client, yun: User) -> None:
    key, row = people.make_api_key(yun, "car")
    password, kept = people.make_app_password(yun, "phone")
    for thing in (row, kept):
        for action in ("changelist", "change"):
            arguments = [thing.pk] if action == "change" else []
            page = client.get(address(type(thing), action, *arguments)).content.decode()
            assert key not in page
            assert password not in page
            assert row.sha256 not in page


def test_a_song_can_be_renamed_but_not_deleted_behind_its_files(client: Client, yun: User) -> None:
    track = shelve(yun, "Old name")
    assert client.post(address(Track, "delete", track.pk)).status_code == 403
    assert client.get(address(Track, "change", track.pk)).status_code == 200
    assert Track.objects.filter(pk=track.pk).exists()
