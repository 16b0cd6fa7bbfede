"""A piece that was edited elsewhere comes back as a take: checked, played again, traced."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from songloom.core.sandbox import Limits, call
from songloom.core.score.bringing_back import LARGEST_BYTES
from songloom.errors import TooLarge
from songloom.generate.models import Generation
from songloom.generate.services.asking import check_room
from songloom.generate.services.revising import made_by
from songloom.generate.services.takes import queue_take
from songloom.jobs.models import Job
from songloom.library import storage
from songloom.library.models import Track, User

if TYPE_CHECKING:
    from collections.abc import Iterable

TARGET = "songloom.core.score.bringing_back:bring_back"
LIMITS = Limits(memory_mb=512, cpu_s=20, wall_s=60, file_mb=8)


def bring_back(track: Track, pieces: Iterable[bytes], *, owner: User) -> tuple[Generation, Job]:
    """Queue a take whose notes are those of an edited MIDI file, handed in piece by piece.

    The file is read at once, in a limited child, so that what cannot be played is refused here.
    What had to be changed to play it stands in the take's `choices["changes"][0]["told"]`.
    Raises NotFound, TooLarge, BadValue, Busy.
    """
    base = made_by(track, owner)
    check_room(owner, 1)
    with storage.temporary(".mid") as given, storage.temporary(".mid") as out:
        size = 0
        with given.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > LARGEST_BYTES:
                    raise TooLarge(f"more than {LARGEST_BYTES} bytes; a MIDI file may have as many")
                file.write(piece)
        with storage.temporary(".mid") as old:
            old.write_bytes(storage.read_bytes(base.midi_sha256, "scores"))
            read = call(
                TARGET,
                {
                    "midi_path": str(given),
                    "base_path": str(old),
                    "document": json.loads(json.dumps(base.choices)),
                    "out_path": str(out),
                },
                limits=LIMITS,
            )
        sha256 = hashlib.sha256(out.read_bytes()).hexdigest()
        storage.keep(out, sha256, "scores", move=False)
    change = {"change": "import", "midi_sha256": sha256, "told": read["told"]}
    return queue_take(
        base,
        [change],
        owner=owner,
        seed=base.seed,
        midi_sha256=sha256,
        document=read["document"],
    )
