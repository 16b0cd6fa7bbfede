"""Classifiers on disk: skops files of a fixed list of types, checked by their SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from songloom.errors import BadValue

ALLOWED = frozenset(
    {
        "sklearn.pipeline.Pipeline",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.linear_model._logistic.LogisticRegression",
        "numpy.ndarray",
        "numpy.dtype",
        "numpy.float64",
        "builtins.dict",
        "builtins.list",
        "builtins.tuple",
        "builtins.str",
    }
)
LOADERS = frozenset(
    f"{kind}Node"
    for kind in ("NdArray", "Json", "Object", "DType", "List", "Type", "Dict", "Tuple")
)
ADDRESS = re.compile(r"\b\d{9,20}\b")  # what skops names objects by
LARGEST_BYTES = 8_000_000


def packed(pipeline: Any) -> tuple[bytes, str]:
    """A fitted pipeline as bytes, and their SHA-256. The same pipeline gives the same bytes."""
    import skops.io

    raw = _settled(skops.io.dumps(pipeline))
    sha256 = hashlib.sha256(raw).hexdigest()
    unpacked(raw, sha256)  # what could not be read back is not kept
    return raw, sha256


def _settled(raw: bytes) -> bytes:
    """The file without the two things that differ from run to run: addresses and times."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        schema = archive.read("schema.json").decode()
        addresses = list(dict.fromkeys(ADDRESS.findall(schema)))
        numbers = {address: str(number) for number, address in enumerate(addresses, start=1)}

        def settled(text: str) -> str:
            return ADDRESS.sub(lambda found: numbers.get(found[0], found[0]), text)

        files = {settled(name): archive.read(name) for name in archive.namelist()}
    files["schema.json"] = settled(schema).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return out.getvalue()


def unpacked(raw: bytes, sha256: str) -> Any:
    """The pipeline in a file. Raises BadValue when it is another file or holds another type."""
    import skops.io

    found = hashlib.sha256(raw).hexdigest()
    if found != sha256:
        raise BadValue(f"the model has sha256 {found}; {sha256} was recorded when it was learnt")
    strange = sorted(types_in(raw) - ALLOWED - LOADERS)
    if strange:
        raise BadValue(f"the model holds {strange[0]}; allowed are {len(ALLOWED)} plain types")
    return skops.io.loads(raw, trusted=sorted(ALLOWED))


def types_in(raw: bytes) -> frozenset[str]:
    """Every type and loader that a skops file names, without building any. Raises BadValue."""
    if len(raw) > LARGEST_BYTES:
        raise BadValue(f"the model has {len(raw)} bytes; the largest allowed is {LARGEST_BYTES}")
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            entry = archive.getinfo("schema.json")
            if entry.file_size > LARGEST_BYTES:
                raise BadValue(
                    f"the schema has {entry.file_size} bytes; the largest is {LARGEST_BYTES}"
                )
            schema = json.loads(archive.read(entry))
    except (zipfile.BadZipFile, KeyError, ValueError) as exc:
        raise BadValue("the model is no skops file") from exc
    return frozenset(_types(schema))


def _types(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "__class__" in node:
            yield f"{node.get('__module__')}.{node['__class__']}"
            yield str(node.get("__loader__"))
        for child in node.values():
            yield from _types(child)
    elif isinstance(node, list):
        for child in node:
            yield from _types(child)
