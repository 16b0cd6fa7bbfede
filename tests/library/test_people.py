"""Passwords are hashed, keys are shown once, tokens work with app passwords alone."""

from __future__ import annotations

import hashlib

import pytest
from pytest_django import Settings

from songloom.errors import BadValue, Conflict
from songloom.library.models import ApiKey, AppPassword, User
from songloom.library.services import people


@pytest.fixture
def owner(db: None) -> User:
    return people.add_user("mei", "correct horse")


def test_a_login_password_is_kept_as_argon2_only(owner: User) -> None:
    assert owner.password.startswith("argon2$argon2id$")
    assert owner.check_password("correct horse")


def test_seven_characters_are_too_few_and_eight_are_enough(db: None) -> None:
    with pytest.raises(BadValue):
        people.add_user("a", "1234567")
    assert people.add_user("a", "12345678").check_password("12345678")


def test_a_name_is_taken_once(owner: User) -> None:
    with pytest.raises(Conflict):
        people.add_user("mei", "another password")


@pytest.mark.parametrize("name", ["", "  ", "two words", "local", "LOCAL", "\x00"])
def test_names_that_cannot_be_are_refused(db: None, name: str) -> None:
    with pytest.raises(BadValue):
        people.add_user(name, "long enough")


def test_the_local_owner_is_no_administrator_and_cannot_sign_in(db: None) -> None:
    local = people.local_owner()
    assert local == people.local_owner()
    assert local.is_local
    assert not local.is_active
    assert not local.is_admin
    assert not local.has_usable_password()


def test_commands_act_as_the_first_administrator_once_there_is_one(db: None) -> None:
    assert people.command_line_user().is_local
    assert not people.has_admin()
    admin = people.add_user("root", "a long password", is_admin=True)
    people.add_user("later", "a long password", is_admin=True)
    assert people.command_line_user() == admin
    assert people.has_admin()


def test_an_api_key_opens_for_its_user_and_is_nowhere_in_plain(owner: User) -> None:
    key, row = people.make_api_key(owner, "phone")
    assert people.user_of_key(key) == owner
    assert people.user_of_key(key + "x") is None
    assert key not in str(ApiKey.objects.values())
    assert len(key) >= 22 + 4  # 128 bits in base64, and the prefix
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_a_revoked_key_and_a_disabled_user_open_nothing(owner: User) -> None:
    key, row = people.make_api_key(owner, "phone")
    people.revoke(row)
    assert people.user_of_key(key) is None
    other, _ = people.make_api_key(owner, "tablet")
    owner.is_active = False
    owner.save()
    assert people.user_of_key(other) is None


def test_an_app_password_opens_in_plain_and_as_a_salted_token(owner: User) -> None:
    password, _ = people.make_app_password(owner, "phone")
    token = hashlib.md5(f"{password}salt".encode()).hexdigest()
    assert people.user_of_app_password("mei", password) == owner
    assert people.user_of_token("mei", token, "salt") == owner
    assert people.user_of_token("mei", token, "pepper") is None
    assert people.user_of_app_password("otto", password) is None


def test_the_login_password_is_no_app_password(owner: User) -> None:
    assert people.user_of_app_password("mei", "correct horse") is None


def test_an_app_password_is_not_readable_from_the_database_alone(
    owner: User, settings: Settings
) -> None:
    password, row = people.make_app_password(owner, "phone", "given password")
    assert password == "given password"
    assert b"given password" not in bytes(AppPassword.objects.get(pk=row.pk).encrypted)
    settings.SECRET_KEY = "another key of another home"
    assert people.user_of_app_password("mei", password) is None


def test_a_short_given_app_password_is_refused(owner: User) -> None:
    with pytest.raises(BadValue, match="has 5 characters; a password has at least 8"):
        people.make_app_password(owner, "phone", "short")


@pytest.mark.parametrize("half", ["half \ud83d of it", "\udcff\udcfe long enough", "\ude00" * 9])
def test_a_password_with_half_a_character_is_refused_in_words_and_opens_nothing(
    owner: User, half: str
) -> None:
    with pytest.raises(BadValue, match="UTF-8"):
        people.make_app_password(owner, "car", half)
    with pytest.raises(BadValue, match="UTF-8"):
        people.add_user("second", half)
    people.make_app_password(owner, half, "long enough")
    assert people.user_of_app_password("mei", half) is None
    assert people.user_of_app_password(half, half) is None
    assert people.user_of_token("mei", half, half) is None
    assert people.user_of_key(half) is None
