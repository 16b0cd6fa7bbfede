"""Many files, one document; a bad one never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from songloom.core.features import FEATURES_VERSION
from songloom.core.features.analysis import analyse_file
from songloom.errors import SongloomError


def cli_document(
    paths: Iterable[str], progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """What `songloom analyse FILE… --json` prints.

    paths     as given by the user; the document repeats them in this order
    progress  called with each path before it is measured
    returns   {"files": [{"path", "features_version", "features", "reasons", "error"}]}
    """
    files = []
    for path in paths:
        if progress is not None:
            progress(path)
        files.append({"path": str(path), "features_version": FEATURES_VERSION, **_row(str(path))})
    return {"files": files}


def _row(path: str) -> dict[str, Any]:
    try:
        analysis = analyse_file(path)
    except SongloomError as exc:
        error = {"code": exc.code, "message": str(exc)}
        return {"features": {}, "reasons": {}, "error": error}
    return {"features": analysis.features, "reasons": analysis.reasons, "error": None}
