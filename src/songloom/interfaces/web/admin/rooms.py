"""The rooms' own tables: jobs, pieces, models, plays, indexes. All but a few are only looked at."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin

from songloom.generate.models import Generation
from songloom.interfaces.web.admin.tables import Seen
from songloom.jobs.models import Job, Worker

ROOMS = ("acquire", "process", "analyse", "learn", "search", "generate", "play", "curate", "jobs")


@admin.register(Job)
class Jobs(Seen):
    list_display = ("kind", "state", "progress", "owner", "created_at", "finished_at")
    list_filter = ("state", "kind")
    list_select_related = ("owner",)


@admin.register(Worker)
class Workers(Seen):
    list_display = ("name", "queues", "seen_at")


@admin.register(Generation)
class Generations(Seen):
    list_display = ("title", "prompt", "state", "seed", "owner", "created_at")
    list_filter = ("state",)
    list_select_related = ("owner",)


for room in ROOMS:  # a table that a room gets later is there by itself
    for model in apps.get_app_config(room).get_models():
        if not admin.site.is_registered(model):
            admin.site.register(model, Seen)
