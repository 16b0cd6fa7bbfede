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


class Playback(models.Model):
    """How far a player is in what it plays now, as it last said; it hangs on the beginning."""

    class State(models.TextChoices):
        STARTING = "starting", _("starting")
        PLAYING = "playing", _("playing")
        PAUSED = "paused", _("paused")

    play = models.OneToOneField(
        Play, on_delete=models.CASCADE, primary_key=True, related_name="playback"
    )
    state = models.CharField(max_length=10, choices=State.choices)
    position_ms = models.PositiveBigIntegerField(default=0)
    rate = models.FloatField(default=1.0)  # × real time
    is_counted = models.BooleanField(default=False)  # as a play

    class Meta:
        verbose_name = _("playback")
        verbose_name_plural = _("playbacks")

    def __str__(self) -> str:
        return f"{self.state} at {self.position_ms} ms"


class PlayQueue(models.Model):
    """The songs that a user has lined up; one for each user, carried from device to device."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="play_queue")
    track_ids = models.JSONField(default=list)  # as strings, in order, repetitions allowed
    current = models.CharField(max_length=36, blank=True)
    # which of several places the current track stands in; None: the first
    current_index = models.PositiveIntegerField(null=True, blank=True)
    position_ms = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=100, blank=True)  # the client

    class Meta:
        verbose_name = _("play queue")
        verbose_name_plural = _("play queues")

    def __str__(self) -> str:
        return f"{self.user}: {len(self.track_ids)}"


class Bookmark(models.Model):
    """A place in a track that a user wants to come back to; one for each track."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookmarks")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="bookmarks")
    position_ms = models.PositiveBigIntegerField()
    comment = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "track"], name="one_bookmark_a_track")
        ]

    def __str__(self) -> str:
        return f"{self.track_id} at {self.position_ms} ms"


class Share(models.Model):
    """Tracks that whoever holds a secret address may hear, as far as its maker may."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shares")
    secret = models.CharField(max_length=40, unique=True, editable=False)
    track_ids = models.JSONField(default=list)  # as strings, in order
    description = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    visited_at = models.DateTimeField(null=True, blank=True)
    n_visits = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("share")
        verbose_name_plural = _("shares")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.description or f"{len(self.track_ids)}"


class Station(models.Model):
    """An internet radio station, for everybody; players fetch its stream themselves."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=200)
    stream_url = models.CharField(max_length=2000)
    home_url = models.CharField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("radio station")
        verbose_name_plural = _("radio stations")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """A line that a user wrote to everybody; the newest thousand are kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="messages")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:40]


class Allowance(models.Model):
    """What an administrator took from a user's players; without a row nothing is."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="allowance")
    denied = models.JSONField(default=list)  # names of roles, see `allowances.ROLES`
    most_kbps = models.PositiveIntegerField(default=0)  # of streams; 0 is no limit

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")

    def __str__(self) -> str:
        return f"{self.user}: {self.denied}"
