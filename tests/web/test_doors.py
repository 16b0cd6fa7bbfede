"""The doors: first administrator, sign-in and out, language, theme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from songloom.interfaces.answers.limits import EVERY
from songloom.library.models import User
from songloom.library.services import setup
from tests.shelf import PASSWORD, person

SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    yield
    for limit in EVERY:
        limit.forget()


def make_admin(
    token: str, name: str = "yun", password: str = "warp and weft"
) -> tuple[int, Client]:
    browser = Client()
    answer = browser.post(f"/setup/{token}", {"name": name, "password": password})
    return answer.status_code, browser


def test_the_setup_link_makes_the_first_administrator_and_signs_in(db: None) -> None:
    token = setup.issue_token()
    assert token is not None
    assert Client().get(f"/setup/{token}").status_code == 200
    status, browser = make_admin(token)
    assert status == 302
    assert User.objects.get(username="yun").is_superuser
    assert browser.get(reverse("web:home")).status_code == 200


def test_the_setup_link_works_once(db: None) -> None:
    token = setup.issue_token()
    assert token is not None
    make_admin(token)
    assert Client().get(f"/setup/{token}").status_code == 410
    assert make_admin(token, "second")[0] == 410
    assert not User.objects.filter(username="second").exists()


@pytest.mark.parametrize(
    ("language", "said", "way_on"),
    [
        ("en", "There is an administrator already.", "Sign in"),
        ("zh-CN", "已经有管理员了。", "登录"),
    ],
)
def test_a_used_setup_link_says_that_it_was_used_and_leads_to_the_door(
    db: None, language: str, said: str, way_on: str
) -> None:
    token = setup.issue_token()
    assert token is not None
    make_admin(token)
    answer = Client(headers={"Accept-Language": language}).get(f"/setup/{token}")
    assert answer.status_code == 410, "it was here, and is gone for good"
    page = answer.content.decode()
    assert f"<h1>{said}</h1>" in page
    assert f'<a class="button main" href="{SIGN_IN}">{way_on}</a>' in page


def test_who_is_signed_in_is_led_home_by_a_used_setup_link(db: None) -> None:
    token = setup.issue_token()
    assert token is not None
    browser = make_admin(token)[1]
    page = browser.get(f"/setup/{token}").content.decode()
    assert f'<a class="button main" href="{reverse("web:home")}">Go home</a>' in page


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "This is not the latest setup link."), ("zh-CN", "这不是最新的设置链接。")],
)
def test_an_older_setup_link_says_where_the_latest_stands(
    db: None, language: str, said: str
) -> None:
    older = setup.issue_token()
    setup.issue_token()
    answer = Client(headers={"Accept-Language": language}).get(f"/setup/{older}")
    assert answer.status_code == 404
    assert f"<h1>{said}</h1>" in answer.content.decode()


def test_two_first_administrators_at_once_leave_one(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = setup.issue_token()
    assert token is not None
    opens = setup.opens

    def somebody_was_faster(given: str) -> bool:
        is_open = opens(given)
        if not User.objects.exists():
            person("faster", is_admin=True)
        return is_open

    monkeypatch.setattr(setup, "opens", somebody_was_faster)
    assert make_admin(token)[0] == 410
    assert [user.username for user in User.objects.all()] == ["faster"]


@pytest.mark.parametrize("token", ["wrong", "0" * 32, "../../etc", "%00"])
def test_another_token_opens_nothing(db: None, token: str) -> None:
    setup.issue_token()
    assert Client().get(f"/setup/{token}").status_code == 404


@pytest.mark.parametrize(
    ("name", "password"), [("yun", "short"), ("", "long enough"), ("a b", "long enough")]
)
def test_a_bad_name_or_password_is_refused_in_words_and_the_link_stays(
    db: None, name: str, password: str
) -> None:
    token = setup.issue_token()
    assert token is not None
    answer = Client().post(f"/setup/{token}", {"name": name, "password": password})
    assert answer.status_code == 422
    assert "A name has no spaces" in answer.content.decode()
    assert password not in answer.content.decode() or not password
    assert make_admin(token)[0] == 302


def test_name_and_password_open_the_door_and_lead_back(yun: User) -> None:
    browser = Client()
    wanted = {"name": "yun", "password": PASSWORD, "next": "/albums/"}
    answer = browser.post(SIGN_IN, wanted)
    assert (answer.status_code, answer["Location"]) == (302, "/albums/")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http:evil"]
)
def test_the_door_never_leads_to_another_house(yun: User, target: str) -> None:
    answer = Client().post(SIGN_IN, {"name": "yun", "password": PASSWORD, "next": target})
    assert answer["Location"] == reverse("web:home")


def test_unknown_wrong_disabled_and_empty_get_the_same_answer(yun: User) -> None:
    shut = person("shut")
    User.objects.filter(pk=shut.pk).update(is_active=False)
    tries = [("nobody", "x"), ("yun", "wrong"), ("shut", PASSWORD), ("yun", ""), ("", "")]
    pages = []
    for name, password in tries:
        answer = Client().post(SIGN_IN, {"name": name, "password": password})
        assert answer.status_code == 401
        pages.append(answer.content.decode().replace(f'value="{name}"', 'value=""'))
    lengths = {len(page) for page in pages}
    assert len(lengths) == 1, "one answer for all"


def test_the_password_never_comes_back(yun: User) -> None:
    answer = Client().post(SIGN_IN, {"name": "yun", "password": "a very special secret"})
    assert "a very special secret" not in answer.content.decode()


@override_settings(RATE_LIMITS=True)
def test_many_wrong_tries_are_slowed_down_in_words(yun: User) -> None:
    """Also where the right password came before."""
    right = {"name": "yun", "password": PASSWORD}
    assert Client().post(SIGN_IN, right).status_code == 302
    browser = Client()
    answers = [browser.post(SIGN_IN, {"name": "yun", "password": "no"}) for _ in range(7)]
    assert answers[0].status_code == 401
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    assert "Too many tries" in answers[-1].content.decode()


def test_signing_in_changes_the_session(yun: User) -> None:
    browser = Client()
    browser.get(SIGN_IN)
    before = browser.session.session_key
    browser.post(SIGN_IN, {"name": "yun", "password": PASSWORD})
    assert browser.session.session_key != before


def test_signing_out_ends_it(client: Client) -> None:
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get(reverse("web:home")).status_code == 302


def test_a_form_without_its_token_is_refused_in_words(yun: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(yun)
    answer = strict.post("/language/", {"language": "zh-hans"})
    assert answer.status_code == 403
    assert "This page stood open for too long" in answer.content.decode()


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_the_language_changes_at_once_and_is_kept(
    client: Client, yun: User, language: str, tag: str
) -> None:
    answer = client.post("/language/", {"language": language, "next": "/songs/"})
    assert answer["Location"] == "/songs/"
    assert f'<html lang="{tag}"' in client.get("/songs/").content.decode()
    yun.refresh_from_db()
    assert yun.language == language


def test_an_unknown_language_changes_nothing(client: Client, yun: User) -> None:
    client.post("/language/", {"language": "tlh"})
    yun.refresh_from_db()
    assert yun.language == ""


def test_strangers_choose_a_language_too(db: None) -> None:
    browser = Client()
    browser.post("/language/", {"language": "zh-hans", "next": SIGN_IN})
    assert "登录" in browser.get(SIGN_IN).content.decode()


def test_a_persons_language_follows_to_a_new_browser(yun: User) -> None:
    User.objects.filter(pk=yun.pk).update(language="zh-hans")
    browser = Client()
    browser.post(SIGN_IN, {"name": "yun", "password": PASSWORD})
    assert '<html lang="zh-Hans"' in browser.get("/songs/").content.decode()


@pytest.mark.parametrize(
    ("theme", "shown"), [("dark", "dark"), ("light", "light"), ("", "system"), ("pink", "system")]
)
def test_the_theme_is_kept(client: Client, theme: str, shown: str) -> None:
    client.post("/theme/", {"theme": theme})
    assert f'data-theme="{shown}"' in client.get("/songs/").content.decode()


def test_the_door_says_when_there_is_no_administrator_yet(db: None) -> None:
    assert "There is no administrator yet" in Client().get(SIGN_IN).content.decode()


def test_the_local_owner_cannot_sign_in(db: None) -> None:
    from songloom.library.services import people

    owner = people.local_owner()
    answer = Client().post(SIGN_IN, {"name": owner.username, "password": ""})
    assert answer.status_code == 401
