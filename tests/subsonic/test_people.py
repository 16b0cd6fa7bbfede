"""Users over OpenSubsonic: made and changed by administrators, never with a secret in an answer."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from songloom.library.models import User
from tests.shelf import PASSWORD
from tests.subsonic.conftest import Ask, asking

NEW = "a brand new secret"


def pings(name: str, password: str) -> bool:
    response = Client().get("/rest/ping", {"u": name, "p": password, "f": "json"})
    status: Any = json.loads(response.content)["subsonic-response"]["status"]
    return bool(status == "ok")


def test_a_new_user_signs_in_here_and_at_the_pages(root: User) -> None:
    as_root = asking(root)
    made = as_root("createUser", username="eve", password=f"enc:{NEW.encode().hex()}", email="e@x")
    assert made["status"] == "ok"
    assert NEW not in json.dumps(made)
    assert pings("eve", NEW)
    assert Client().login(username="eve", password=NEW)
    user = as_root("getUser", username="eve")["user"]
    assert user["adminRole"] is False
    assert as_root("createUser", username="eve", password=NEW, email="e@x")["error"]["code"] == 0
    short = {"username": "kim", "password": "short", "email": "k@x"}
    assert as_root("createUser", **short)["error"]["code"] == 0
    assert not User.objects.filter(username="kim").exists()


def test_only_administrators_make_and_close_users(ask: Ask, bob: User) -> None:
    assert ask("createUser", username="eve", password=NEW)["error"]["code"] == 50
    assert ask("deleteUser", username="bob")["error"]["code"] == 50
    assert User.objects.get(username="bob").is_active
    assert not User.objects.filter(username="eve").exists()


def test_a_changed_password_is_the_only_one_of_its_name(ask: Ask, ada: User) -> None:
    assert ask("changePassword", username="ada", password=NEW)["status"] == "ok"
    assert pings("ada", NEW)
    assert Client().login(username="ada", password=NEW)
    assert not Client().login(username="ada", password=PASSWORD)
    assert ask("changePassword", username="ada", password="another secret")["status"] == "ok"
    assert not pings("ada", NEW)
    assert pings("ada", "another secret")


def test_nobody_changes_the_password_of_others(ask: Ask, bob: User, root: User) -> None:
    assert ask("changePassword", username="bob", password=NEW)["error"]["code"] == 50
    assert ask("changePassword", username="nobody", password=NEW)["error"]["code"] == 50
    assert not pings("bob", NEW)
    assert asking(root)("changePassword", username="bob", password=NEW)["status"] == "ok"
    assert pings("bob", NEW)


def test_a_closed_user_is_out_and_their_songs_stay(root: User, bob: User) -> None:
    as_bob, as_root = asking(bob), asking(root)
    assert as_bob("ping")["status"] == "ok"
    assert as_root("deleteUser", username="bob")["status"] == "ok"
    assert as_bob("ping")["error"]["code"] == 40
    assert as_root("getUser", username="bob")["error"]["code"] == 70
    assert as_root("deleteUser", username="root")["error"]["code"] == 50


def test_what_an_administrator_changes_is_what_holds(root: User, bob: User) -> None:
    as_root, as_bob = asking(root), asking(bob)
    changes = {"email": "bob@example.org", "commentRole": "false", "maxBitRate": 96}
    assert as_root("updateUser", username="bob", **changes)["status"] == "ok"
    user = as_bob("getUser", username="bob")["user"]
    assert (user["email"], user["commentRole"], user["maxBitRate"]) == (
        "bob@example.org",
        False,
        96,
    )
    assert user["shareRole"] is True
    assert as_bob("setRating", id="x", rating=3)["error"]["code"] == 50
    as_root("updateUser", username="bob", commentRole="true", maxBitRate=0)
    assert as_bob("setRating", id="x", rating=3)["error"]["code"] == 70
    assert "maxBitRate" not in as_bob("getUser", username="bob")["user"]
    assert as_root("updateUser", username="bob", adminRole="true", password=NEW)["status"] == "ok"
    assert pings("bob", NEW)
    assert as_bob("getUsers")["status"] == "ok"


def test_settings_may_be_an_administrators_alone(root: User, bob: User) -> None:
    asking(root)("updateUser", username="bob", settingsRole="false")
    assert asking(bob)("changePassword", username="bob", password=NEW)["error"]["code"] == 50
    assert not pings("bob", NEW)


def test_only_administrators_change_users_and_not_their_own_role(ask: Ask, root: User) -> None:
    assert ask("updateUser", username="ada", adminRole="true")["error"]["code"] == 50
    as_root = asking(root)
    assert as_root("updateUser", username="root", adminRole="false")["error"]["code"] == 50
    assert as_root("updateUser", username="nobody")["error"]["code"] == 70
    assert as_root("updateUser", username="ada", shareRole="perhaps")["error"]["code"] == 0
    assert as_root("createUser", username="eve", password=NEW)["error"]["code"] == 10


def test_folders_are_not_given_to_users_one_by_one(root: User, bob: User) -> None:
    """Pretending to would be worse than refusing: the other interfaces would show them all."""
    as_root = asking(root)
    assert as_root("updateUser", username="bob", musicFolderId=0)["status"] == "ok"
    assert as_root("updateUser", username="bob", musicFolderId=7)["error"]["code"] == 0
    new = {"username": "kim", "password": NEW, "email": "k@example.org"}
    assert as_root("createUser", **new, musicFolderId=7)["error"]["code"] == 0
    assert not User.objects.filter(username="kim").exists()
