"""Hands the pipeline and every room's jobs to the jobs room when Django starts; and to verify,
who speaks of scores, models and tables."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WiringConfig(AppConfig):
    name = "songloom.config"
    label = "config"

    def ready(self) -> None:
        from songloom import jobs
        from songloom.acquire import handing
        from songloom.learn import kept
        from songloom.library.keep.verify import spoken_by
        from songloom.pipeline import PIPELINE

        autodiscover_modules("jobs")
        spoken_by("scores", _scores, missing="missing_score")
        spoken_by("models", kept.named, missing="missing_model")
        spoken_by("tables", handing.spoken)
        jobs.follow(PIPELINE)


def _scores() -> list[tuple[str, str]]:
    from songloom.generate.services import scores  # the composer: most commands do without

    return scores()
