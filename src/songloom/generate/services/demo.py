"""Three short pieces for an empty library, so that a newcomer has something to hear."""

from __future__ import annotations

from django.db import transaction

from songloom.generate.models import Generation
from songloom.generate.services.asking import start
from songloom.jobs.models import Job
from songloom.library.models import Track
from songloom.library.services.people import local_owner

DEMO_PIECES = (
    ("A gentle piano waltz in G major, calm and warm, 24 s", 7),
    ("欢快的中国风小曲，笛子和古筝，D 宫调式，24 秒", 21),
    ("Mysterious and slow, E minor, cello and harp, 24 s", 40),
)


@transaction.atomic
def demo() -> list[Job]:
    """Queue the demo pieces, once in the life of a library and only while it is empty."""
    if Track.objects.exists() or Generation.objects.filter(is_demo=True).exists():
        return []
    owner = local_owner()
    return [start(prompt, owner=owner, seed=seed, is_demo=True)[1] for prompt, seed in DEMO_PIECES]
