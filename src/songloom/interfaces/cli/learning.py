"""`songloom train`: learn the library's own tags, and say how well."""

from __future__ import annotations

from typing import Any

from songloom.interfaces.cli import tracks
from songloom.interfaces.cli.language import _
from songloom.interfaces.cli.verbs import Arguments, Outcome, Verb, takes_no_wait
from songloom.interfaces.cli.working import finish, queued, succeeded


def verbs() -> list[Verb]:
    return [Verb("train", lambda: _("Learn your tags, and say how well."), takes_no_wait, train)]


NAMED = ("tag", "n_examples", "metric", "score", "score_std", "baseline", "model", "refused")


def train(given: Arguments) -> Outcome:
    from songloom.jobs import enqueue

    owner = tracks.who()
    job = enqueue("learn.train", {"owner_id": str(owner.pk)}, owner=owner, key=str(owner.pk))
    if given.no_wait:
        return queued({"tags": []}, [job])
    ended = next(each for each in finish([job]) if each.pk == job.pk)
    rows = (succeeded(ended).result or {}).get("tags", [])
    lines = [_line(row) for row in rows]
    told = [{name: row[name] for name in NAMED} for row in rows]
    return Outcome({"tags": told}, lines or [_("No track has a tag to learn from yet.")])


def _line(row: dict[str, Any]) -> str:
    if row["refused"]:
        return f"{row['tag']}: {row['refused']}"
    score = f"{row['metric']} {row['score']:.3f} ± {row['score_std']:.3f}"
    baseline = _("%(score)s from %(n)s songs; guessing gives %(baseline).3f")
    words = baseline % {"score": score, "n": row["n_examples"], "baseline": row["baseline"]}
    return f"{row['tag']}: {words}"
