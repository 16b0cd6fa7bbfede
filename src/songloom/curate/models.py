"""The audit trail: who changed which tags of which track, and what they were before."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models import Track, User


class Change(models.Model):
    """One edit of tags: for each field that changed its values before and after."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="changes")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="changes")
    before = models.JSONField()  # {field: [values]}; an empty list: there was none
    after = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("tag change")
        verbose_name_plural = _("tag changes")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["track", "created_at"], name="changes_of_a_track")]

    def __str__(self) -> str:
        return ", ".join(self.after)
