"""Tag changes on the pages: said, listed, taken back; never over a later change."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from songloom.curate import services as curate
from songloom.curate.models import Change
from songloom.interfaces.web.trail import LONGEST, SHOWN, edits_of
from songloom.library.models import Track, User
from tests.shelf import shelve


def rename(browser: Client, track: Track, title: str) -> str:
    """Change the title as the form does; the page that follows."""
    answer = browser.post(reverse("web:tags", args=[track.pk]), {"title": title}, follow=True)
    return answer.content.decode()


def undo_at(page: str) -> str:
    found = re.search(r'action="(/tracks/[^"]+/changes/[^"]+/undo/)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("language", "said", "word"),
    [("en", "The tags are changed.", "Undo"), ("zh-hans", "标签已更改。", "撤销")],
)
def test_after_a_change_of_tags_one_is_offered_to_take_it_back(
    client: Client, song: Track, language: str, said: str, word: str
) -> None:
    client.post("/language/", {"language": language})
    page = rename(client, song, "Blue and white")
    message = page.partition('id="messages"')[2].partition("</ul>")[0]
    assert said in message
    assert f">{word}</button>" in message
    client.post(undo_at(message))
    song.refresh_from_db()
    assert song.title == "青花瓷"


def test_saving_without_a_change_says_nothing(client: Client, song: Track) -> None:
    assert 'id="messages"' not in rename(client, song, song.title)
    assert not Change.objects.exists()


def test_the_page_of_a_song_lists_its_changes_with_who_and_what(
    client: Client, chinese: Client, song: Track
) -> None:
    rename(client, song, "Blue and white")
    page = client.get(reverse("web:track", args=[song.pk])).content.decode()
    listed = page.partition('class="tag-changes"')[2].partition("</details>")[0]
    assert "1 change<" in listed
    assert '<del lang="zh">青花瓷</del> → <ins lang="en">Blue and white</ins>' in listed
    assert "yun · just now" in listed
    other = chinese.get(reverse("web:track", args=[song.pk])).content.decode()
    assert "1 次改动" in other


def test_a_change_that_was_taken_back_says_so_and_offers_nothing(
    client: Client, song: Track
) -> None:
    page = rename(client, song, "Blue and white")
    answer = client.post(undo_at(page), follow=True).content.decode()
    assert "The tags are as they were before." in answer
    listed = answer.partition('class="tag-changes"')[2].partition("</details>")[0]
    assert "· undone" in listed
    assert "<form" not in listed


def test_a_change_is_not_taken_back_over_a_later_one(client: Client, song: Track) -> None:
    first = undo_at(rename(client, song, "First"))
    rename(client, song, "Second")
    answer = client.post(first, follow=True)
    assert answer.status_code == 200
    assert "This was changed again since" in answer.content.decode()
    song.refresh_from_db()
    assert song.title == "Second"


def test_who_may_not_change_a_song_sees_its_changes_but_takes_none_back(
    client: Client, mo: User, song: Track
) -> None:
    address = undo_at(rename(client, song, "Blue and white"))
    browser = Client()
    browser.force_login(mo)
    page = browser.get(reverse("web:track", args=[song.pk])).content.decode()
    assert "1 change<" in page
    assert "/undo/" not in page
    assert browser.post(address).status_code == 403
    song.refresh_from_db()
    assert song.title == "Blue and white"


def test_the_change_of_one_song_is_not_taken_back_through_another(
    client: Client, yun: User, song: Track
) -> None:
    rename(client, song, "Blue and white")
    other = shelve(yun, "Other")
    change = Change.objects.get()
    address = reverse("web:tags_undo", args=[other.pk, change.pk])
    assert client.post(address).status_code == 404


def test_a_long_value_is_cut_and_the_list_is_short(yun: User, song: Track) -> None:
    for n in range(SHOWN + 3):
        curate.set_tags(song, {"lyrics": [f"{n} " + "la " * 500]}, user=yun)
    edits = edits_of(song)
    assert len(edits) == SHOWN
    ((_name, before, after),) = edits[0].said
    assert len(before) == len(after) == LONGEST
    assert after.startswith(f"{SHOWN + 2} la")


def test_what_somebody_who_left_has_changed_is_still_listed(yun: User, mo: User) -> None:
    track = shelve(mo, "Song")
    curate.set_tags(track, {"genre": ["Folk"]}, user=mo)
    Change.objects.update(user=None)
    (edit,) = edits_of(track)
    assert (edit.by, edit.said) == ("somebody", [("genre", "", "Folk")])
