"""What was learnt of tags, and what it suggests. Nothing here is ever a tag by itself."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models import Track, User


class TagModel(models.Model):
    """One tag as one person's songs sound; its file lies in the storage under its hash."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tag_models")
    field = models.CharField(max_length=40)  # genre, tag, mood …
    value = models.CharField(_("tag"), max_length=100)
    value_key = models.CharField(max_length=40, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    features_version = models.PositiveIntegerField()
    vector_version = models.PositiveIntegerField()
    n_examples = models.PositiveIntegerField()
    metric = models.CharField(max_length=40)
    score = models.FloatField(_("score"))
    score_std = models.FloatField()
    baseline = models.FloatField()
    learnt_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("learnt tag")
        verbose_name_plural = _("learnt tags")
        ordering = ["field", "value", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "field", "value_key"], name="one_model_a_tag")
        ]

    def __str__(self) -> str:
        return f"{self.field}={self.value}"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def visible_to(self, user: User | AnonymousUser) -> SuggestionQuerySet:
        """What was learnt from one's own view of the library: nobody else sees it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(model__owner_id=user.pk, track__binned_at__isnull=True)

    def open(self) -> SuggestionQuerySet:
        return self.filter(state=Suggestion.State.OPEN)


class Suggestion(models.Model):
    """A tag that a track might have. A person takes it or dismisses it; it stays dismissed."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        DISMISSED = "dismissed", _("dismissed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="suggestions")
    model = models.ForeignKey(TagModel, on_delete=models.CASCADE, related_name="suggestions")
    probability = models.FloatField(_("probability"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["-probability", "id"]
        constraints = [
            models.UniqueConstraint(fields=["track", "model"], name="one_suggestion_a_tag"),
            models.CheckConstraint(
                condition=Q(probability__gte=0) & Q(probability__lte=1),
                name="suggestion_is_likely",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track_id}: {self.model_id}"
