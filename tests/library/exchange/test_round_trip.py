"""Export → import into an empty library → export: the same bytes, whatever the library holds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songloom.acquire.tables import import_table
from songloom.core.features import FEATURES_VERSION, SCALARS
from songloom.errors import BadValue
from songloom.library.exchange.columns import COLUMNS
from songloom.library.models import Features, LineageNode, Track, User
from songloom.library.services.tagging import set_fields
from songloom.library.services.tracing import node, trace_file, track_node
from tests.databases import examples
from tests.library.conftest import Keep
from tests.library.exchange.tables import exported

WORDS = {"key": "C#", "mode": "minor", "brightness": "warm", "sample_rate": 44_100, "channels": 2}
FORMS = ("csv", "tsv", "jsonl", "parquet")


@pytest.fixture
def library(keep: Keep, owner: User) -> None:
    """Songs with measures, lineage, odd names; two that are called the same."""
    first = keep(
        b"1",
        title="=SUM(A1)",
        artist=["周杰伦", "Semi;colon", "back\\slash"],
        album="依然、范特西",
        albumartist="周杰伦",
        date="2006-09",
        genre=["流行", "R&B"],
        composer="-x",
        tracknumber="3",
    )
    set_fields(first, {"tag": ["安静", "+1"], "mood": ["a=b"]})
    measured = {name: (0.1 if name.endswith("_hz") else -0.1) * n for n, name in enumerate(SCALARS)}
    values = {**measured, **WORDS, "bandwidth_hz": 0.0}
    Features.objects.create(track=first, version=FEATURES_VERSION, values=values | {"flatness": 7})
    trace_file(first, first.files.get(), url="https://example.org/a?b=c")
    twins = [keep(content, title="Twin", artist="X", album="Y") for content in (b"2", b"3")]
    prompt = node(LineageNode.Kind.PROMPT, "a waltz, " * 100, detail={"seed": 5, "a": [1.5, None]})
    track_node(twins[1], made_from=(prompt, track_node(twins[0])))
    Track.objects.filter(pk=twins[1].pk).update(is_generated=True, prompt="a waltz\nin two lines")
    keep(b"4", title="'quoted'")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("library")
def test_a_library_survives_the_way_out_and_in_again(
    owner: User, tmp_path: Path, form: str
) -> None:
    before = exported(owner, tmp_path, f"one.{form}")
    Track.objects.all().delete()
    LineageNode.objects.all().delete()
    came = import_table(tmp_path / f"one.{form}", owner=owner)
    assert (came.n_new, came.flaws) == (4, [])
    assert exported(owner, tmp_path, f"two.{form}") == before
    assert not Track.objects.filter(has_audio=True).exists()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.usefixtures("library")
def test_an_export_brought_into_its_own_library_changes_nothing(
    owner: User, tmp_path: Path, form: str
) -> None:
    before = exported(owner, tmp_path, f"one.{form}")
    came = import_table(tmp_path / f"one.{form}", owner=owner)
    assert (came.n_new, came.n_changed, came.n_same, came.flaws) == (0, 0, 4, [])
    assert exported(owner, tmp_path, f"two.{form}") == before


@pytest.mark.parametrize("header", ["zh", "en"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.usefixtures("library")
def test_every_header_and_encoding_that_is_written_is_read(
    owner: User, tmp_path: Path, header: str, encoding: str
) -> None:
    exported(owner, tmp_path, header=header, encoding=encoding)
    came = import_table(tmp_path / "out.csv", owner=owner)
    assert (came.n_same, came.flaws) == (4, [])


@pytest.mark.usefixtures("library")
def test_no_text_cell_of_an_export_is_a_formula(owner: User, tmp_path: Path) -> None:
    text = exported(owner, tmp_path).decode()
    _, *rows = csv.reader(io.StringIO(text, newline=""))
    for row in rows:
        for column, cell in zip(COLUMNS, row, strict=True):
            if column.kind in ("text", "names", "tags"):
                assert not cell.startswith(("=", "+", "-", "@")), (column.name, cell)
            elif column.kind in ("hertz", "number") and cell:
                float(cell)


def test_an_empty_library_is_a_header(owner: User, tmp_path: Path) -> None:
    text = exported(owner, tmp_path).decode()
    assert text.startswith("频率,时长,艺术家,专辑名,发行日期,title,id,genres,")
    assert text.count("\n") == 1


def test_a_file_that_cannot_be_written_leaves_nothing(owner: User, tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="ends in none of"):
        exported(owner, tmp_path, "out.xls")
    with pytest.raises(BadValue, match="none of utf-8"):
        exported(owner, tmp_path, "out.csv", encoding="rot13")
    with pytest.raises(BadValue, match="no header"):
        exported(owner, tmp_path, "out.csv", header="fr")
    assert list(tmp_path.iterdir()) == []


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(
    songs=st.lists(
        st.tuples(texts, st.lists(texts, max_size=2), texts, st.floats(0.1, 1e5)), max_size=4
    )
)
def test_any_names_survive(
    transactional_db: None,
    tmp_path_factory: pytest.TempPathFactory,
    songs: list[tuple[str, list[str], str, float]],
) -> None:
    import json

    Track.objects.all().delete()
    owner, _ = User.objects.get_or_create(username="any")
    folder = tmp_path_factory.mktemp("any")
    lines = [
        {"title": title, "artists": artists, "album": album, "duration_s": length}
        for title, artists, album, length in songs
    ]
    (folder / "in.jsonl").write_text("{}\n" + "".join(json.dumps(line) + "\n" for line in lines))
    import_table(folder / "in.jsonl", owner=owner)
    before = exported(owner, folder, "one.csv")
    n = Track.objects.count()
    Track.objects.all().delete()
    came = import_table(folder / "one.csv", owner=owner)
    assert (came.n_new, came.flaws) == (n, [])
    assert exported(owner, folder, "two.csv") == before
