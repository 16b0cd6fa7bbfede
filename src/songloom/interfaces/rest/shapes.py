"""What the API takes and gives, as the contract spells it. Unknown wishes are refused."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from songloom.core.audio import recipe as recipes
from songloom.core.audio.tags import MOST_NAMES, MOST_VALUES

Words = Annotated[str, Field(max_length=500)]
Several = Annotated[list[Words], Field(max_length=MOST_VALUES)]  # as `bounds` has it for all


class Wish(Schema):
    """A request body: what is not named here cannot be set."""

    model_config = ConfigDict(extra="forbid")


class NamedArtist(Schema):
    id: UUID
    name: str
    role: str


class NamedAlbum(Schema):
    id: UUID
    title: str


class TrackShape(Schema):
    """The TRACK object."""

    id: UUID
    title: str
    artists: list[NamedArtist]
    album: NamedAlbum | None
    genres: list[str]
    date: str | None
    duration_s: float | None
    format: str | None
    size_bytes: int
    is_generated: bool
    has_audio: bool
    created_at: str


class Warned(Schema):
    code: str
    message: str


class TrackStored(TrackShape):
    """A TRACK that came in, with what was noticed on the way."""

    warnings: list[Warned] = []


class TrackNear(TrackShape):
    distance: float  # 0 sounds the same


class FileShape(Schema):
    id: UUID
    name: str
    format: str
    codec: str
    sha256: str | None
    size_bytes: int
    sample_rate: int
    channels: int
    bit_rate: int | None
    duration_s: float
    is_linked: bool
    is_missing: bool
    is_truncated: bool
    is_believed: bool


class RenditionShape(Schema):
    id: UUID
    format: str
    bit_rate_kbps: int | None
    duration_s: float
    size_bytes: int
    sha256: str
    recipe: dict[str, Any]
    created_at: str
    url: str  # where its bytes are


class TrackWhole(TrackShape):
    """TRACK with all that is known of it."""

    tags: dict[str, list[str]]
    lyrics: str
    files: list[FileShape]
    lineage: dict[str, Any]
    renditions: list[RenditionShape]


class TrackWish(Wish):
    """Fields of a track; what is absent stays, null or empty clears (a title cannot be cleared)."""

    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    artists: Several | None = None
    album: Words | None = None
    albumartist: Several | None = None
    genres: Several | None = None
    date: Annotated[str, Field(max_length=40)] | None = None
    track_number: Annotated[int, Field(ge=1, le=99_999)] | None = None
    disc_number: Annotated[int, Field(ge=1, le=99_999)] | None = None
    lyrics: Annotated[str, Field(max_length=100_000)] | None = None
    tags: Annotated[dict[str, Several], Field(max_length=MOST_NAMES)] | None = None


class ChangeShape(Schema):
    """One edit of tags: {field: [values]} before and after; an empty list: there was none."""

    id: UUID
    before: dict[str, list[str]]
    after: dict[str, list[str]]
    user: str | None
    created_at: str
    undone_at: str | None


class FeaturesShape(Schema):
    """What was measured; a coarse pass leaves out what only the whole song tells."""

    features_version: int
    features_pass: Literal["coarse", "full"]
    features: dict[str, Any]
    reasons: dict[str, str]


class ErrorBrief(Schema):
    code: str
    message: str


class JobShape(Schema):
    """The JOB object."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled", "dead"]
    progress: float
    stage: str
    result: dict[str, Any] | None
    error: ErrorBrief | None
    created_at: str
    finished_at: str | None


class Accepted(Schema):
    """Work was queued; its job tells how far it is."""

    job: JobShape


class RowRefused(Schema):
    """A row of a table that was not taken: line 1 is the header."""

    line: int
    column: str
    code: str
    message: str


class TableImported(Accepted):
    """What came of a table."""

    imported: int
    updated: int
    refused: list[RowRefused]


def _every_edit(shape: dict[str, Any]) -> None:
    """The description of a recipe names every edit there is, with its parameters."""
    shape.pop("anyOf", None)
    shape.update(recipes.schema())


Recipe = Annotated[list[dict[str, Any]] | dict[str, Any], Field(json_schema_extra=_every_edit)]


class RenditionWish(Wish):
    recipe: Recipe
    format: Annotated[str, Field(max_length=20)] = "flac"
    bitrate: int | None = None  # kbit/s
    save_as_track: bool = False


class ImportWish(Wish):
    url: Annotated[str, Field(max_length=4_000)]


class GenerationWish(Wish):
    prompt: Annotated[str, Field(max_length=100_000)]  # the service says what is too long
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    like: UUID | None = None
    count: Annotated[int, Field(ge=1, le=50)] = 1


class TakeWish(Wish):
    changes: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=16)]
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None


class GenerationShape(Schema):
    id: UUID
    prompt: str
    request: dict[str, Any]
    choices: dict[str, Any]
    seed: int
    title: str | None
    state: Literal["waiting", "made", "kept", "discarded"]
    track: UUID | None
    midi_sha256: str | None
    created_at: str


class ScanWish(Wish):
    folder: UUID | None = None
    accepts_missing: bool = False  # mark missing whatever is gone, however much


class FolderWish(Wish):
    path: Annotated[str, Field(min_length=1, max_length=4_096)]
    name: Words = ""
    is_private: bool = False


class FolderShape(Schema):
    id: UUID
    number: int
    name: str
    path: str | None  # told to administrators only
    is_private: bool
    last_scan_at: str | None


class PlaylistWish(Wish):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    comment: Annotated[str, Field(max_length=2_000)] = ""
    is_public: bool = False
    tracks: Annotated[list[UUID], Field(max_length=50_000)] = []
    query: Annotated[str, Field(max_length=1_000)] | None = None  # makes it a smart one
    sort: Annotated[str, Field(max_length=20)] = ""
    max_tracks: Annotated[int, Field(ge=1, le=10_000)] | None = None


class PlaylistChange(Wish):
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    comment: Annotated[str, Field(max_length=2_000)] | None = None
    is_public: bool | None = None
    tracks: Annotated[list[UUID], Field(max_length=50_000)] | None = None
    query: Annotated[str, Field(max_length=1_000)] | None = None
    sort: Annotated[str, Field(max_length=20)] | None = None
    max_tracks: Annotated[int, Field(ge=1, le=10_000)] | None = None  # null: no limit


class PlaylistShape(Schema):
    id: UUID
    name: str
    comment: str
    is_public: bool
    owner: UUID
    is_smart: bool
    query: str
    sort: str
    max_tracks: int | None
    n_tracks: int
    duration_s: float
    created_at: str
    updated_at: str


class PlaylistWhole(PlaylistShape):
    tracks: list[TrackShape]


class Opinion(Schema):
    is_starred: bool
    rating: int | None


class RatingWish(Wish):
    rating: Annotated[int, Field(ge=0, le=5)]  # 0 takes it back


class Me(Schema):
    id: UUID
    name: str
    is_admin: bool
