"""What was heard, and what comes next."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models import Track, User


class Play(models.Model):
    """Somebody heard a track (`is_submission`), or began to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="plays")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="plays")
    at = models.DateTimeField()
    is_submission = models.BooleanField(default=True)
    client = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("play")
        verbose_name_plural = _("plays")
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["user", "is_submission", "-at"], name="play_by_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "track", "at", "is_submission"], name="one_play_a_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d %H:%M}"


class PlayQueue(models.Model):
    """The songs that a user has lined up; one for each user, carried from device to device."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="play_queue")
    track_ids = models.JSONField(default=list)  # as strings, in order, repetitions allowed
    current = models.CharField(max_length=36, blank=True)
    position_ms = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=100, blank=True)  # the client

    class Meta:
        verbose_name = _("play queue")
        verbose_name_plural = _("play queues")

    def __str__(self) -> str:
        return f"{self.user}: {len(self.track_ids)}"
