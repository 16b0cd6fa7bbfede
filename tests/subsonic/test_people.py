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
    assert as_root("createUser", username="eve", password=NEW)["error"]["code"] == 0
    assert as_root("createUser", username="kim", password="short")["error"]["code"] == 0
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
