"""Renditions: what recipes made of a track."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from songloom.library.models import Rendition, Track, User
from songloom.library.services import documents


def renditions_of(user: User, track: Track) -> QuerySet[Rendition]:
    """One's own; an administrator sees all."""
    made = Rendition.objects.filter(track=track)
    return made if user.is_superuser else made.filter(owner=user)


def rendition_document(made: Rendition) -> dict[str, Any]:
    url = reverse("api:download_rendition", args=[made.track_id, made.pk])
    return documents.rendition_document(made) | {"url": url}
