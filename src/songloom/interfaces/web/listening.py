"""How far listening through the library is: which songs now, n of N, and how long still."""

from __future__ import annotations

from typing import Any

from songloom.analyse import services as analyse
from songloom.analyse.words import said
from songloom.core.features import FEATURES_VERSION
from songloom.jobs.models import Job
from songloom.library.models import Track, User

MOST_SHOWN = 4  # at once: one a core of the budget
KINDS = (analyse.KIND, analyse.COMPLETE)


def listening(user: User) -> dict[str, Any]:
    """Of the songs that this user may hear.

    n_all, n_left, share (0 … 1); while something is left also time_left_s, `n_sketched`, how many
    of them are known from a few places, `now`, each song that is listened through with its
    progress, and `waits`, why nothing is, in words.
    """
    tracks = Track.objects.visible_to(user).filter(has_audio=True)
    n_all = tracks.count()
    whole = {"features__version": FEATURES_VERSION, "features__is_coarse": False}
    heard = tracks.filter(**whole).count()
    away = tracks.filter(missing_at__isnull=False).exclude(**whole)
    n_left = n_all - heard - away.count() if heard < n_all else 0
    found: dict[str, Any] = {"n_all": n_all, "n_left": n_left, "heard": n_all - n_left}
    found["share"] = 1 - n_left / n_all if n_all else 1.0
    if n_left:
        sketched = tracks.filter(features__version=FEATURES_VERSION, features__is_coarse=True)
        found |= {"time_left_s": analyse.time_left(), "n_sketched": sketched.count(), **_now(user)}
    return found


def _now(user: User) -> dict[str, Any]:
    jobs = Job.objects.unfinished().filter(kind__in=KINDS)
    running = list(jobs.filter(state=Job.State.RUNNING).order_by("started_at")[:MOST_SHOWN])
    ids = [job.arguments.get("track_id") for job in running]
    titles = {
        str(pk): title
        for pk, title in Track.objects.visible_to(user)
        .filter(pk__in=ids)
        .values_list("pk", "title")
    }
    now = [
        {"id": track_id, "title": titles[track_id], "progress": round(job.progress, 3)}
        for job, track_id in zip(running, ids, strict=True)
        if track_id in titles
    ]
    why = "" if running else jobs.exclude(stage="").values_list("stage", flat=True).first() or ""
    return {"now": now, "waits": said(why)}
