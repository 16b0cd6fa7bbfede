"""What was asked of the composer, and what came of it."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models import Track, User


class GenerationQuerySet(models.QuerySet["Generation"]):
    def visible_to(self, user: User | AnonymousUser) -> GenerationQuerySet:
        """Requests are their owner's and the administrators' alone."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(owner_id=user.pk)

    def waiting(self) -> GenerationQuerySet:
        return self.filter(state=Generation.State.WAITING)


class Generation(models.Model):
    """One piece: the prompt and the seed it came from, and the track it became.

    Pieces asked for at once (count > 1) share a `batch` and have seeds one after the other.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        MADE = "made", _("composed")
        KEPT = "kept", _("kept")
        DISCARDED = "discarded", _("discarded")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.UUIDField(default=uuid7, editable=False, db_index=True)
    position = models.PositiveSmallIntegerField(default=0)  # within its batch
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="generations")
    prompt = models.TextField(_("prompt"), max_length=2_000)
    language = models.CharField(max_length=8, default="en")
    request = models.JSONField()  # the wishes, as the contract spells them
    slots = models.JSONField(default=list)  # where each wish came from: [{name, how, words}]
    choices = models.JSONField(default=dict, blank=True)  # what was decided beyond the wishes
    seed = models.BigIntegerField()
    like = models.ForeignKey(
        Track, on_delete=models.SET_NULL, null=True, blank=True, related_name="models_for"
    )
    title = models.CharField(_("title"), max_length=300, blank=True)
    track = models.ForeignKey(
        Track, on_delete=models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    midi_sha256 = models.CharField(max_length=64, blank=True)  # on the shelf "scores"
    model_sha256 = models.CharField(max_length=64, blank=True)
    soundfont_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = GenerationQuerySet.as_manager()

    class Meta:
        verbose_name = _("generation")
        verbose_name_plural = _("generations")
        ordering = ["-created_at", "position", "id"]
        indexes = [models.Index(fields=["owner", "state"], name="generation_of_owner")]

    def __str__(self) -> str:
        return self.title or self.prompt[:80]
