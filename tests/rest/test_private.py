"""What REST says of a track says nothing of what the asker may not know of."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from songloom.library.models import LineageNode, Track, User
from songloom.library.services import tracing
from tests.rest.conftest import Caller
from tests.shelf import shelve


def user_of(caller: Caller) -> User:
    assert caller.user is not None
    return caller.user


def cover_bytes(caller: Caller, track: Track) -> bytes:
    answer = caller.send("GET", f"tracks/{track.pk}/cover")
    assert answer.status_code == 200
    return Path(answer["X-Accel-Redirect"].removeprefix("/_files")).read_bytes()


def test_a_track_borrows_no_cover_of_a_private_one(
    ada: Caller, bob: Caller, tmp_path: Path
) -> None:
    Image.new("RGB", (90, 90), (200, 0, 0)).save(tmp_path / "red.png")
    named = {"artist": "A", "album": "L"}
    secret = shelve(user_of(ada), "Secret", **named, is_private=True, cover=tmp_path / "red.png")
    track = shelve(user_of(bob), "Open", **named)
    own = cover_bytes(ada, secret)
    assert cover_bytes(ada, track) == own
    assert cover_bytes(bob, track) != own


def test_lineage_says_nothing_of_the_private_track_that_a_piece_takes_after(
    ada: Caller, bob: Caller
) -> None:
    secret = shelve(user_of(ada), "Rain at Dusk", is_private=True)
    piece = shelve(user_of(ada), "Piece")
    source = tracing.trace_file(secret, secret.files.get())
    request = {"like": str(secret.pk), "bpm": 80}
    score = tracing.node(
        LineageNode.Kind.SCORE, "3/4", detail={"request": request}, made_from=(source,)
    )
    tracing.track_node(piece, made_from=(score,))
    secrets = [secret.title, str(secret.pk), str(source.pk), secret.files.get().sha256]
    told = bob.send("GET", f"tracks/{piece.pk}").content.decode()
    assert [said for said in secrets if said in told] == []
    assert "something private" in told
    told = ada.send("GET", f"tracks/{piece.pk}").content.decode()
    assert [said for said in secrets if said not in told] == []
