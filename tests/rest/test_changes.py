"""How the tags of a track changed, and taking a change back."""

from __future__ import annotations

from songloom.curate.models import Change
from tests.rest.conftest import Caller
from tests.shelf import shelve


def test_a_change_is_listed_and_taken_back(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "Before", genre="Folk")
    ada.patch(f"tracks/{track.pk}", {"title": "After", "genres": []})
    page = ada.get(f"tracks/{track.pk}/changes")
    (change,) = page["items"]
    assert (page["total"], page["next"]) == (1, None)
    assert change["before"] == {"title": ["Before"], "genre": ["Folk"]}
    assert change["after"] == {"title": ["After"], "genre": []}
    assert (change["user"], change["undone_at"]) == ("ada", None)
    back = ada.post(f"tracks/{track.pk}/changes/{change['id']}/undo")
    assert (back["title"], back["genres"]) == ("Before", ["Folk"])
    assert ada.get(f"tracks/{track.pk}/changes")["items"][0]["undone_at"] is not None


def test_the_latest_change_comes_first_and_pages_follow(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "0")
    for title in "123":
        ada.patch(f"tracks/{track.pk}", {"title": title})
    first = ada.get(f"tracks/{track.pk}/changes", limit=2)
    assert [one["after"]["title"] for one in first["items"]] == [["3"], ["2"]]
    rest = ada.get(f"tracks/{track.pk}/changes", limit=2, cursor=first["next"])
    assert [one["after"]["title"] for one in rest["items"]] == [["1"]]


def test_a_change_is_taken_back_once_and_never_over_a_later_one(ada: Caller) -> None:
    assert ada.user is not None
    track = shelve(ada.user, "0")
    for title in "12":
        ada.patch(f"tracks/{track.pk}", {"title": title})
    later, earlier = Change.objects.filter(track=track)
    undo = f"tracks/{track.pk}/changes/{{}}/undo"
    assert ada.post(undo.format(earlier.pk), status=409)["error"]["code"] == "conflict"
    assert ada.post(undo.format(later.pk))["title"] == "1"
    ada.post(undo.format(later.pk), status=409)
    assert ada.post(undo.format(earlier.pk))["title"] == "0"


def test_who_only_hears_a_track_takes_nothing_back(ada: Caller, bob: Caller) -> None:
    assert ada.user is not None
    track, other = shelve(ada.user, "Before"), shelve(ada.user, "Other")
    ada.patch(f"tracks/{track.pk}", {"title": "After"})
    change = Change.objects.get()
    assert len(bob.get(f"tracks/{track.pk}/changes")["items"]) == 1
    bob.post(f"tracks/{track.pk}/changes/{change.pk}/undo", status=403)
    ada.post(f"tracks/{other.pk}/changes/{change.pk}/undo", status=404)


def test_a_scan_that_accepts_what_is_gone_is_for_administrators(ada: Caller, root: Caller) -> None:
    ada.post("scan", {"accepts_missing": True}, status=403)
    job = root.post("scan", {"accepts_missing": True}, status=202)["job"]
    assert job["kind"] == "acquire.scan"
