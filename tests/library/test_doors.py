"""Links that play one track for a day, and the one link that makes the first administrator."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest
from django.core import signing
from pytest_django import Settings

from songloom.errors import BadValue, NotAllowed, NotFound
from songloom.library.models import User
from songloom.library.services import links, people, setup
from songloom.library.services.bin import bin_track
from tests.library.conftest import Keep


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def signed_of(path: str) -> str:
    return path.rpartition("/")[2]


def test_a_link_plays_the_track_it_was_made_for(keep: Keep, owner: User) -> None:
    track, other = keep(b"a"), keep(b"b")
    path = links.play_path(track, owner)
    assert path.startswith("/play/")
    assert links.track_behind(signed_of(path)) == track
    assert signed_of(path) != signed_of(links.play_path(other, owner))


@pytest.mark.parametrize("n", [0, 1, 10, -1])
def test_a_link_with_one_letter_changed_plays_nothing(keep: Keep, owner: User, n: int) -> None:
    signed = signed_of(links.play_path(keep(), owner))
    letter = "A" if signed[n] != "A" else "B"
    forged = signed[:n] + letter + (signed[n + 1 :] if n != -1 else "")
    with pytest.raises(NotFound):
        links.track_behind(forged)


@pytest.mark.parametrize("odd", ["", "x", "a:b:c", "../../etc/passwd", "晴天", "A" * 5_000])
def test_what_was_never_a_link_plays_nothing(db: None, odd: str) -> None:
    with pytest.raises(NotFound):
        links.track_behind(odd)


@pytest.mark.parametrize(
    "payload", [[], ["x", "y"], "text", [None, None], {"a": 1}, ["0" * 32, "0" * 32]]
)
def test_a_signature_over_something_else_plays_nothing(db: None, payload: object) -> None:
    with pytest.raises(NotFound):
        links.track_behind(signing.dumps(payload, salt=links.SALT))


def test_a_signature_made_for_another_purpose_plays_nothing(keep: Keep, owner: User) -> None:
    track = keep()
    foreign = signing.dumps([track.pk.hex, owner.pk.hex], salt="another.purpose")
    with pytest.raises(NotFound):
        links.track_behind(foreign)


def test_a_link_is_over_after_a_day(
    keep: Keep, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = keep()
    now = time.time()
    signed = signed_of(links.play_path(track, owner))
    monkeypatch.setattr(time, "time", lambda: now + links.LASTS_S - 60)
    assert links.track_behind(signed) == track
    monkeypatch.setattr(time, "time", lambda: now + links.LASTS_S + 60)
    with pytest.raises(NotFound):
        links.track_behind(signed)


def test_a_link_hears_no_more_than_its_maker_does(keep: Keep, owner: User, stranger: User) -> None:
    track = keep()
    signed = signed_of(links.play_path(track, stranger))
    assert links.track_behind(signed) == track
    track.is_private = True
    track.save()
    with pytest.raises(NotFound):
        links.track_behind(signed)
    assert links.track_behind(signed_of(links.play_path(track, owner))) == track


def test_a_link_ends_with_the_track_in_the_bin_or_its_maker_disabled(
    keep: Keep, owner: User
) -> None:
    track = keep()
    signed = signed_of(links.play_path(track, owner))
    owner.is_active = False
    owner.save()
    with pytest.raises(NotFound):
        links.track_behind(signed)
    owner.is_active = True
    owner.save()
    bin_track(track)
    with pytest.raises(NotFound):
        links.track_behind(signed)


# --- the first administrator ---------------------------------------------------------------------


@pytest.mark.django_db
class TestFirstAdministrator:
    def test_the_token_opens_once_and_then_never_again(self, home: Path) -> None:
        token = setup.issue_token()
        assert token is not None
        assert setup.opens(token)
        user = setup.create_first_admin(token, "ann", "long enough")
        assert (user.is_admin, user.check_password("long enough")) == (True, True)
        assert not setup.opens(token)
        with pytest.raises(NotAllowed):
            setup.create_first_admin(token, "eve", "long enough")
        assert User.objects.filter(is_superuser=True).count() == 1

    def test_only_its_hash_is_kept_and_only_for_us(self, home: Path) -> None:
        token = setup.issue_token()
        kept = home / "setup_token"
        assert token is not None
        assert token not in kept.read_text()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert len(token) >= 22  # 128 bits and more

    def test_a_new_start_makes_a_new_link_and_ends_the_old(self, home: Path) -> None:
        old, new = setup.issue_token(), setup.issue_token()
        assert old is not None
        assert new is not None
        assert old != new
        assert (setup.opens(old), setup.opens(new)) == (False, True)

    @pytest.mark.parametrize("wrong", ["", "x", "晴天", "\x00", "a" * 10_000])
    def test_a_wrong_token_opens_nothing(self, home: Path, wrong: str) -> None:
        setup.issue_token()
        assert not setup.opens(wrong)
        with pytest.raises(NotAllowed):
            setup.create_first_admin(wrong, "eve", "long enough")

    def test_without_a_start_nothing_opens(self, home: Path) -> None:
        assert not setup.opens("")
        assert not setup.opens("anything")

    def test_a_bad_name_or_password_does_not_use_the_link_up(self, home: Path) -> None:
        token = setup.issue_token()
        assert token is not None
        for name, password in (("ann", "short"), ("", "long enough"), ("two words", "long enough")):
            with pytest.raises(BadValue):
                setup.create_first_admin(token, name, password)
        assert setup.opens(token)
        assert not User.objects.filter(is_superuser=True).exists()

    def test_once_there_is_an_administrator_no_link_is_made(self, home: Path) -> None:
        token = setup.issue_token()
        assert token is not None
        people.add_user("root", "long enough", is_admin=True)
        assert not setup.opens(token)  # made by another way meanwhile
        assert setup.issue_token() is None
        assert not (home / "setup_token").exists()

    def test_a_user_who_is_no_administrator_does_not_end_it(self, home: Path) -> None:
        people.add_user("ann", "long enough")
        assert setup.issue_token() is not None
