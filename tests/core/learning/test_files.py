"""Files of classifiers: the same after a round trip, and nothing in them can run code."""

from __future__ import annotations

import hashlib
import json
import zipfile
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import FunctionTransformer

from songloom.core.learning.files import (
    ALLOWED,
    LARGEST_BYTES,
    LOADERS,
    packed,
    types_in,
    unpacked,
)
from songloom.core.learning.tagging import learn, probabilities
from songloom.core.learning.vectors import N_COLUMNS, Floats
from songloom.errors import BadValue

N_TRACKS = 60


@pytest.fixture(scope="module")
def matrix() -> Floats:
    return np.random.default_rng(2).normal(0, 1, (N_TRACKS, N_COLUMNS)).astype(np.float32)


@pytest.fixture(scope="module")
def pipeline(matrix: Floats) -> Any:
    return learn(matrix, matrix[:, 0] > 0, np.arange(N_TRACKS)).pipeline


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def rewritten(raw: bytes, old: str, new: str) -> bytes:
    """The same file with one text of its schema replaced."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "schema.json":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            after.writestr(name, content)
    return out.getvalue()


def test_a_pipeline_comes_back_as_it_was(pipeline: Any, matrix: Floats) -> None:
    back = unpacked(*packed(pipeline))
    assert np.array_equal(probabilities(back, matrix), probabilities(pipeline, matrix))


def test_the_same_pipeline_gives_the_same_bytes(pipeline: Any, matrix: Floats) -> None:
    again = learn(matrix, matrix[:, 0] > 0, np.arange(N_TRACKS)).pipeline
    assert packed(again) == packed(pipeline)


def test_the_hash_is_that_of_the_bytes(pipeline: Any) -> None:
    raw, recorded = packed(pipeline)
    assert recorded == sha256(raw)


def test_a_file_that_changed_is_refused(pipeline: Any) -> None:
    raw, recorded = packed(pipeline)
    with pytest.raises(BadValue, match=f"{recorded} was recorded"):
        unpacked(raw + b"\0", recorded)


def test_every_type_in_a_file_is_on_the_list(pipeline: Any) -> None:
    raw, _ = packed(pipeline)
    assert types_in(raw) <= ALLOWED | LOADERS


def test_another_estimator_is_refused_by_name(matrix: Floats) -> None:
    forest = RandomForestClassifier(n_estimators=2).fit(matrix, matrix[:, 0] > 0)
    raw = skops.io.dumps(forest)
    with pytest.raises(BadValue, match="the model holds"):
        unpacked(raw, sha256(raw))
    with pytest.raises(BadValue, match="the model holds"):
        packed(forest)


def test_a_function_is_refused_before_it_is_found(matrix: Floats) -> None:
    raw = skops.io.dumps(FunctionTransformer(np.log1p))
    with pytest.raises(BadValue, match="the model holds"):
        unpacked(raw, sha256(raw))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"__module__": "sklearn.impute._base"', '"__module__": "os"'),
        ('"SimpleImputer"', '"system"'),
        ('"__loader__": "ObjectNode"', '"__loader__": "FunctionNode"'),
        ('"__loader__": "DTypeNode"', '"__loader__": "MethodNode"'),
    ],
)
def test_a_schema_that_names_anything_else_is_refused(pipeline: Any, old: str, new: str) -> None:
    """Even with a hash that fits: the list does not rest on the hash."""
    raw = rewritten(packed(pipeline)[0], old, new)
    with pytest.raises(BadValue, match="the model holds"):
        unpacked(raw, sha256(raw))


@pytest.mark.parametrize("raw", [b"", b"not a zip", b"\x80\x04\x95"])
def test_what_is_no_skops_file_is_refused(raw: bytes) -> None:
    with pytest.raises(BadValue, match="no skops file"):
        unpacked(raw, sha256(raw))


def test_an_archive_without_a_schema_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("other.json", json.dumps({}))
    raw = out.getvalue()
    with pytest.raises(BadValue, match="no skops file"):
        unpacked(raw, sha256(raw))


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(BadValue, match=f"the largest allowed is {LARGEST_BYTES}"):
        types_in(b"\0" * (LARGEST_BYTES + 1))


def test_a_schema_that_swells_is_refused_unread() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b" " * (LARGEST_BYTES + 1))
    with pytest.raises(BadValue, match=f"the largest is {LARGEST_BYTES}"):
        types_in(out.getvalue())
