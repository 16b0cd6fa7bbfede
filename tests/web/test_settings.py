"""Settings: password, keys shown once, users, folders, analysis, phones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from songloom.analyse import services as analyse
from songloom.core.features import FEATURES_VERSION
from songloom.interfaces.web.pages.connect import is_reachable, qr
from songloom.jobs.models import Job
from songloom.library.models import ApiKey, AppPassword, Features, Folder, Track, User
from songloom.library.services import people
from tests.shelf import PASSWORD, shelve

NEW = "quite another password"


def test_a_password_changes_when_the_old_one_is_known(client: Client, yun: User) -> None:
    answer = client.post("/settings/account/", {"old": PASSWORD, "new": NEW})
    assert answer.status_code == 302
    yun.refresh_from_db()
    assert yun.check_password(NEW)
    assert client.get(reverse("web:home")).status_code == 200, "still signed in"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("wrong", NEW, "This is not your password."), (PASSWORD, "short", "at least 8 characters")],
)
def test_a_password_does_not_change_otherwise(
    client: Client, yun: User, old: str, new: str, said: str
) -> None:
    answer = client.post("/settings/account/", {"old": old, "new": new})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    yun.refresh_from_db()
    assert yun.check_password(PASSWORD)


def secret_in(page: str) -> str:
    found = re.search(r"data-secret>([^<]+)<", page)
    assert found
    return found[1]


def test_an_api_key_is_shown_once_and_works(client: Client, yun: User) -> None:
    answer = client.post("/settings/keys/make/", {"kind": "api_key", "name": "script"})
    assert answer.status_code == 201
    key = secret_in(answer.content.decode())
    assert people.user_of_key(key) == yun
    assert key not in client.get("/settings/keys/").content.decode()


def test_an_app_password_is_shown_once_and_works(client: Client, yun: User) -> None:
    answer = client.post("/settings/keys/make/", {"kind": "app_password", "name": "phone"})
    secret = secret_in(answer.content.decode())
    assert people.user_of_app_password("yun", secret) == yun
    assert secret not in client.get("/settings/keys/").content.decode()


def test_a_revoked_key_opens_nothing(client: Client, yun: User) -> None:
    key, row = people.make_api_key(yun, "car")
    answer = client.post(f"/settings/keys/api-key/{row.pk}/revoke/")
    assert answer.status_code == 302
    assert people.user_of_key(key) is None


def test_nobody_revokes_the_key_of_another(client: Client, mo: User) -> None:
    _key, row = people.make_api_key(mo, "mine")
    _secret, kept = people.make_app_password(mo, "mine")
    assert client.post(f"/settings/keys/api-key/{row.pk}/revoke/").status_code == 404
    assert client.post(f"/settings/keys/app-password/{kept.pk}/revoke/").status_code == 404
    assert ApiKey.objects.get(pk=row.pk).revoked_at is None
    assert AppPassword.objects.get(pk=kept.pk).revoked_at is None


def test_connecting_a_phone_shows_address_user_secret_and_picture(
    client: Client, yun: User
) -> None:
    before = client.get("/settings/connect/").content.decode()
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in before
    assert "data-secret" not in before
    page = client.post("/settings/connect/", {"name": "Pixel"}).content.decode()
    secret = secret_in(page)
    assert people.user_of_app_password("yun", secret) == yun
    assert "http://testserver" in page
    assert AppPassword.objects.get(user=yun).name == "Pixel"
    assert secret not in client.get("/settings/connect/").content.decode()


def test_the_picture_holds_what_phones_read(db: None) -> None:
    """Decoded by its size: the version of a QR grows with what it holds."""
    alone, whole = (
        qr("http://10.0.0.2:4533", "yun", ""),
        qr("http://10.0.0.2:4533", "yun", "x" * 40),
    )
    size = re.compile(r'viewBox="0 0 (\d+) \1"')
    assert int(size.search(alone)[1]) < int(size.search(whole)[1])  # type: ignore[index]
    for picture in (alone, whole):
        assert "style=" not in picture
        assert "<script" not in picture


@pytest.mark.parametrize(
    ("address", "reachable"),
    [
        ("http://localhost:4533", False),
        ("http://127.0.0.1:4533", False),
        ("http://[::1]:4533", False),
        ("http://192.168.1.20:4533", True),
        ("https://music.example", True),
    ],
)
def test_an_address_that_phones_cannot_reach_is_told_apart(address: str, reachable: bool) -> None:
    assert is_reachable(address) is reachable


def test_an_administrator_adds_a_user(client: Client) -> None:
    answer = client.post("/settings/users/", {"name": "lin", "password": "long enough"})
    assert answer.status_code == 302
    made = User.objects.get(username="lin")
    assert (made.is_superuser, made.check_password("long enough")) == (False, True)


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [("yun", "long enough", "already"), ("x y", "long enough", "spaces"), ("lin", "x", "8")],
)
def test_a_user_who_cannot_be_is_refused_in_words(
    client: Client, name: str, password: str, said: str
) -> None:
    n_before = User.objects.count()
    answer = client.post("/settings/users/", {"name": name, "password": password})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.count() == n_before


def test_an_administrator_shuts_somebody_out_but_never_oneself(
    client: Client, yun: User, mo: User
) -> None:
    client.post(f"/settings/users/{mo.pk}/", {})
    client.post(f"/settings/users/{yun.pk}/", {})
    mo.refresh_from_db()
    yun.refresh_from_db()
    assert not mo.is_active
    assert yun.is_active
    assert yun.is_superuser


def test_others_cannot_open_what_is_for_administrators(mo: User) -> None:
    browser = Client()
    browser.force_login(mo)
    for name in ("folders", "analysis", "users"):
        answer = browser.get(reverse(f"web:settings_{name}"))
        assert answer.status_code == 403, name
        assert "You may see this, but not change it." in answer.content.decode()
    listed = browser.get("/settings/look/").content.decode()
    assert "/settings/users/" not in listed


def test_the_budget_of_analysis_is_kept_within_its_ranges(client: Client) -> None:
    client.post("/settings/analysis/", {"cores": "2", "from_hour": "22", "to_hour": "6"})
    assert analyse.budget() == {"cores": 2, "from_hour": 22, "to_hour": 6}
    client.post("/settings/analysis/", {"cores": "999", "from_hour": "-1", "to_hour": "soon"})
    assert analyse.budget() == {"cores": 64, "from_hour": 0, "to_hour": 24}


def test_after_an_update_what_was_heard_by_the_old_version_is_left(
    client: Client, yun: User
) -> None:
    old, new = shelve(yun, "Old"), shelve(yun, "New")
    Features.objects.create(track=old, version=FEATURES_VERSION - 1, values={})
    Features.objects.create(track=new, version=FEATURES_VERSION, values={})
    assert "1 of 2 songs left" in client.get("/settings/analysis/").content.decode()


def test_single_letter_keys_can_be_turned_off(client: Client, yun: User) -> None:
    assert 'data-letters="on"' in client.get("/songs/").content.decode()
    client.post("/settings/look/", {})
    assert 'data-letters="off"' in client.get("/songs/").content.decode()
    client.post("/settings/look/", {"letters": "on"})
    yun.refresh_from_db()
    assert yun.has_letter_keys


def test_a_folder_is_linked_scanned_and_let_go(client: Client, tmp_path: Path) -> None:
    music = tmp_path / "Music 2"
    music.mkdir()
    answer = client.post("/add/folder/", {"path": str(music), "is_private": "on"})
    assert answer.status_code == 302
    folder = Folder.objects.get()
    assert (folder.name, folder.is_private) == ("Music 2", True)
    assert Job.objects.filter(kind="acquire.scan").count() == 1
    assert "Music 2" in client.get("/settings/folders/").content.decode()
    client.post(f"/folders/{folder.pk}/unlink/")
    assert not Folder.objects.exists()
    assert music.is_dir(), "the folder itself is not touched"


@pytest.mark.parametrize("path", ["/nowhere/at/all", "", "relative", "\x00"])
def test_a_folder_that_is_none_is_refused_in_words(client: Client, path: str) -> None:
    answer = client.post("/add/folder/", {"path": path}, follow=True)
    assert answer.status_code == 200
    assert 'data-level="error"' in answer.content.decode()
    assert not Folder.objects.exists()


def test_learning_is_queued_once(client: Client) -> None:
    client.post("/settings/learning/")
    client.post("/settings/learning/")
    assert Job.objects.filter(kind="learn.train").count() == 1


def test_what_was_learned_stands_beside_its_baseline(client: Client, yun: User) -> None:
    row = {"tag": "安静", "field": "mood", "n_examples": 40, "score": 0.91, "score_std": 0.02}
    poor = {"tag": "live", "field": "tag", "n_examples": 3, "refused": "9 more songs needed"}
    Job.objects.create(
        kind="learn.train",
        owner=yun,
        root_id=yun.pk,
        queue="interactive",
        state=Job.State.DONE,
        result={"tags": [{**row, "baseline": 0.5, "refused": None}, poor]},
    )
    page = client.get("/settings/learning/").content.decode()
    for text in ("安静", "0.91", "0.50", "live", "9 more songs needed"):
        assert text in page, text


def test_about_counts_what_one_may_see(client: Client, yun: User) -> None:
    shelve(yun, "One")
    shelve(yun, "Two")
    page = client.get("/settings/about/").content.decode()
    assert Track.objects.count() == 2
    assert "<dd>2</dd>" in page
