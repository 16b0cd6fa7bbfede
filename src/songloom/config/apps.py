"""Hands the pipeline and every room's jobs to the jobs room when Django starts; and to verify,
who speaks of the scores."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WiringConfig(AppConfig):
    name = "songloom.config"
    label = "config"

    def ready(self) -> None:
        from songloom import jobs
        from songloom.generate.services import scores
        from songloom.library.keep.verify import scores_from
        from songloom.pipeline import PIPELINE

        autodiscover_modules("jobs")
        scores_from(scores)
        jobs.follow(PIPELINE)
