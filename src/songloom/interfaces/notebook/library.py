"""`Library`: what a student does with the music, in one class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from songloom.errors import BadValue, NoAudio, NotFound, SongloomError
from songloom.interfaces.notebook import frames
from songloom.interfaces.notebook.copies import folder, lasting, lasting_score
from songloom.interfaces.notebook.pieces import Piece
from songloom.jobs import enqueue
from songloom.jobs.models import Job
from songloom.jobs.services import finish
from songloom.library import storage
from songloom.library.exchange.columns import named
from songloom.library.models import Track, User
from songloom.library.services.people import command_line_user
from songloom.library.services.storing import main_file

if TYPE_CHECKING:
    import pandas as pd

    from songloom.generate.services.performing import Played

FIELDS = {"tags": "tag", "genres": "genre", "artists": "artist"}  # columns → fields of tags
RESULTS = (
    *("tag", "field", "n_examples", "metric"),
    *("score", "score_std", "baseline", "model", "refused"),
)


class Failed(SongloomError):
    """Work that was queued and did not end well, with its own code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Library:
    """A library as one user sees it. Open one by `songloom.open(home)`.

    Whatever takes long returns when it is done: here, or by a worker if one runs on this home.
    """

    user: User

    @classmethod
    def of(cls, name: str | None) -> Library:
        """As this user sees it. Raises NotFound."""
        if name is None:
            return cls(command_line_user())
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise NotFound(f"there is no user called {name[:150]}")
        return cls(user)

    def __repr__(self) -> str:
        return f"<Library: {len(self)} tracks>"

    def __len__(self) -> int:
        return Track.objects.visible_to(self.user).count()

    # --- music in -----------------------------------------------------------------------------

    def add(self, *sources: str | Path) -> list[str]:
        """Copy files, folders or addresses in and measure them; returns the ids of their tracks.

        What is there already is not stored twice. Raises for the first source that is refused.
        """
        jobs = [self._bring(source) for source in sources]
        self._finish(*jobs)
        found: dict[str, None] = {}
        for job in jobs:
            job.refresh_from_db()
            found |= dict.fromkeys((job.result or {}).get("track_ids", []))
        return list(found)

    def _bring(self, source: str | Path) -> Job:
        from songloom.acquire import services

        if isinstance(source, str) and "://" in source:
            return services.add_url(source, owner=self.user)
        return services.add_path_later(Path(source).expanduser(), owner=self.user)

    def tag(self, track: str, **fields: str | list[str]) -> None:
        """Set tags: `library.tag(id, 标签="安静", genre=["jazz", "waltz"])`; [] clears one."""
        from songloom.curate.services import set_tags
        from songloom.jobs import collecting

        wanted = {_field(name): [v] if isinstance(v, str) else v for name, v in fields.items()}
        with collecting() as followed:
            set_tags(self._track(track), wanted, user=self.user)
        self._finish(*followed)

    # --- tables out ---------------------------------------------------------------------------

    def to_dataframe(self, query: str = "", *, header: str = "zh") -> pd.DataFrame:
        """The tracks as a table: 频率, 时长, 艺术家, 专辑名, 发行日期, then the rest.

        query   words and filters, as in the search: `to_dataframe("jazz tempo:90..120")`
        header  "zh", or "en" for dominant_hz, duration_s, artists, album, date
        Lengths are in seconds and frequencies in Hz; several names in one cell stand as `a; b`.
        """
        return frames.tracks_frame(self._found(query), self.user, header)

    def features(self, query: str = "") -> pd.DataFrame:
        """What was measured, as numbers alone: one row a track by its id, ready to learn from."""
        return frames.features_frame(self._found(query))

    def train(self, label: str = "标签") -> pd.DataFrame:
        """Learn a column's values from how the songs sound, and say how well each is heard.

        label  a column (标签, genres), a field of tags (mood), or one value (安静)
        returns  a row a value: score by cross-validation beside the baseline of guessing; where
                 there are too few songs, `refused` says how many more are needed
        """
        import pandas as pd

        owner = str(self.user.pk)
        job = enqueue("learn.train", {"owner_id": owner}, owner=self.user, key=owner)
        self._finish(job)
        job.refresh_from_db()
        rows = (job.result or {}).get("tags", [])
        field = _field(label)
        mine = [row for row in rows if row["field"] == field] or [
            row for row in rows if row["tag"] == label
        ]
        if not mine:
            raise BadValue(f"no song has a tag of {label[:60]!r} to learn from; see Library.tag")
        table = pd.DataFrame(mine, columns=list(RESULTS))
        return table.astype(dict.fromkeys(("score", "score_std", "baseline"), "float64"))

    # --- music made ---------------------------------------------------------------------------

    def generate(
        self, prompt: str, *, seconds: float | None = None, seed: int | None = None
    ) -> Piece:
        """Compose a piece from a sentence, in English or Chinese, and put it into the library."""
        from songloom.generate import services
        from songloom.generate.models import Generation

        (asked,), job = services.start(prompt, owner=self.user, seconds=seconds, seed=seed)
        self._finish(job)
        made = Generation.objects.select_related("track").get(pk=asked.pk)
        if storage.far() is None:
            document = services.pieces_document([made])
        else:
            document = services.write_out([made], folder() / str(made.pk))
        return Piece.of(document["pieces"][0], document["request"])

    def perform(
        self,
        notes: Sequence[Played],
        *,
        title: str,
        model: str | Path,
        bpm: float = 100,
        program: int = 0,
    ) -> Piece:
        """Let a melody sound that a model of yours wrote, and put it into the library.

        notes    (start, length, pitch) each: quarter notes, quarter notes, MIDI pitch (60 = C4)
        model    the file of its weights: the lineage keeps its name and hash
        program  General MIDI instrument, 0 (piano) to 127
        The track is marked as made by AI. Raises BadValue, NoSuchFile.
        """
        from songloom.generate.services import perform
        from songloom.jobs import collecting

        weights = Path(model).expanduser()
        with collecting() as followed:
            made = perform(
                notes, title=title, bpm=bpm, program=program, model=weights, owner=self.user
            )
        self._finish(*followed)
        track_id, midi = str(made.track.pk), lasting_score(made.midi_sha256)
        return Piece(track_id, made.track.title, None, midi, self.audio(track_id), {})

    def lineage(self, track: str) -> pd.DataFrame:
        """What led to a track and what came of it: kind, label, made_from, detail; oldest first."""
        import pandas as pd

        from songloom.library.services.tracing import graph

        found = graph(self._track(track), self.user)
        labels = {node["id"]: node["label"] for node in found["nodes"]}
        parents: dict[str, list[str]] = {node: [] for node in labels}
        for edge in found["edges"]:
            parents[edge["to"]].append(labels[edge["from"]])
        rows = [
            (node["kind"], node["label"], "; ".join(parents[node["id"]]), node["detail"])
            for node in found["nodes"]
        ]
        return pd.DataFrame(rows, columns=["kind", "label", "made_from", "detail"])

    def audio(self, track: str) -> Path:
        """Where the sound of a track lies: only to read. Raises NoAudio for a mere entry."""
        file = main_file(self._track(track))
        if file is None:
            raise NoAudio("this is a catalogue entry without sound")
        return lasting(file)

    # --- how ----------------------------------------------------------------------------------

    def _found(self, query: str) -> Any:
        from songloom.search.services import matching

        return matching(query, self.user) if query else Track.objects.visible_to(self.user)

    def _track(self, track_id: str) -> Track:
        from django.core.exceptions import ValidationError

        try:
            found = Track.objects.visible_to(self.user).filter(pk=track_id).first()
        except (ValidationError, ValueError):
            found = None
        if found is None:
            raise NotFound(f"there is no track {track_id[:40]}")
        return found

    def _finish(self, *jobs: Job) -> None:
        """Wait for these and what follows from them; the first that failed says why."""
        if not jobs:
            return
        asked = {job.pk for job in jobs}
        for job in finish(jobs):
            if job.pk in asked and job.state != Job.State.DONE:
                error: Mapping[str, str] = job.error or {}
                raise Failed(error.get("code", "failed"), error.get("message", str(job.state)))


def _field(name: str) -> str:
    """The field of tags that a column's name means; any other name is a field of its own."""
    known = named(name)
    column = known[0].name if known else name
    return FIELDS.get(column, column)
