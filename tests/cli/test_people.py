"""Users and keys from the command line."""

from __future__ import annotations

import pytest

from songloom.library.models import ApiKey, AppPassword, User
from songloom.library.services import people
from tests.cli.conftest import Songloom
from tests.shelf import person

pytestmark = pytest.mark.django_db

ADD = ("user", "add", "ann", "--password-stdin", "--json")


def test_an_administrator_is_added_with_a_piped_password(songloom: Songloom) -> None:
    said = songloom(*ADD, "--admin", given="long enough\n")
    user = User.objects.get(username="ann")
    assert said.status == 0
    assert said.document == {"id": str(user.pk), "name": "ann", "is_admin": True}
    assert user.check_password("long enough")
    assert user.is_superuser


def test_a_user_is_no_administrator_unless_told(songloom: Songloom) -> None:
    assert songloom(*ADD, given="12345678").document["is_admin"] is False


@pytest.mark.parametrize(
    ("piped", "password"),
    [("12345678", "12345678"), ("  spaces  \r\n", "  spaces  "), ("two\nlines", "two\nlines")],
)
def test_a_password_is_taken_as_it_is_but_for_one_line_end(
    songloom: Songloom, piped: str, password: str
) -> None:
    assert songloom(*ADD, given=piped).status == 0
    assert User.objects.get(username="ann").check_password(password)


@pytest.mark.parametrize("piped", ["", "1234567", "1234567\n"])
def test_a_password_under_8_characters_is_refused(songloom: Songloom, piped: str) -> None:
    said = songloom(*ADD, given=piped)
    assert (said.status, said.code) == (1, "bad_value")
    assert not User.objects.filter(username="ann").exists()


def test_eight_characters_are_enough_whatever_they_are(songloom: Songloom) -> None:
    assert songloom(*ADD, given="password").status == 0


def test_a_name_that_is_taken_is_a_conflict(songloom: Songloom) -> None:
    person("ann")
    assert songloom(*ADD, given="12345678").code == "conflict"


def test_the_local_owner_cannot_be_added_as_a_user(songloom: Songloom) -> None:
    assert (
        songloom("user", "add", "local", "--password-stdin", "--json", given="12345678").code
        == "bad_value"
    )


def test_without_a_terminal_and_without_a_pipe_there_is_no_password(songloom: Songloom) -> None:
    said = songloom("user", "add", "ann", "--json")
    assert (said.status, said.code) == (1, "bad_value")
    assert "--password-stdin" in said.document["error"]["message"]


def test_an_api_key_is_shown_once_and_kept_as_a_hash(songloom: Songloom) -> None:
    person("ann")
    said = songloom("key", "add", "ann", "--json")
    key = said.document["key"]
    assert said.document | {"key": "", "id": ""} == {
        "key": "",
        "id": "",
        "user": "ann",
        "kind": "api_key",
    }
    owner = people.user_of_key(key)
    assert owner is not None
    assert owner.username == "ann"
    assert key not in str(ApiKey.objects.values().get())


def test_an_app_password_is_given_or_made(songloom: Songloom) -> None:
    person("ann")
    made = songloom("key", "add", "ann", "--app-password", "--json").document
    given = songloom(
        "key", "add", "ann", "--app-password", "--password-stdin", "--json", given="my player\n"
    ).document
    assert (made["kind"], given["key"]) == ("app_password", "my player")
    for key in (made["key"], "my player"):
        owner = people.user_of_app_password("ann", key)
        assert owner is not None
        assert owner.username == "ann"
    assert b"my player" not in bytes(AppPassword.objects.get(pk=given["id"]).encrypted)


def test_people_get_the_key_alone_on_stdout(songloom: Songloom) -> None:
    person("ann")
    said = songloom("key", "add", "ann")
    assert people.user_of_key(said.out.strip()) is not None


def test_a_key_for_nobody_is_not_found(songloom: Songloom) -> None:
    said = songloom("key", "add", "nobody", "--json")
    assert (said.status, said.code) == (1, "not_found")


def test_an_api_key_is_never_given(songloom: Songloom) -> None:
    person("ann")
    said = songloom("key", "add", "ann", "--password-stdin", "--json", given="my own key")
    assert (said.status, said.code) == (1, "bad_value")
    assert not ApiKey.objects.exists()
