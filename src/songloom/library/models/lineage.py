"""Where a track comes from and what came of it, as a graph."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models.catalogue import Track


class LineageNode(models.Model):
    """One thing in the history of sound. A node outlives the thing that it names."""

    class Kind(models.TextChoices):
        URL = "url", _("web address")
        FILE = "file", _("file")
        TRACK = "track", _("track")
        RECIPE = "recipe", _("recipe")
        RENDITION = "rendition", _("rendition")
        PROMPT = "prompt", _("prompt")
        MODEL = "model", _("model")
        SCORE = "score", _("score")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    node_key = models.CharField(max_length=64, unique=True, editable=False)
    track = models.ForeignKey(
        Track, on_delete=models.SET_NULL, null=True, blank=True, related_name="lineage_nodes"
    )
    label = models.CharField(max_length=500)
    detail = models.JSONField(default=dict, blank=True)  # seed, sha256, recipe, …
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("lineage node")
        verbose_name_plural = _("lineage nodes")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.label}"


class LineageEdge(models.Model):
    """`child` was made from `parent`."""

    parent = models.ForeignKey(LineageNode, on_delete=models.CASCADE, related_name="edges_down")
    child = models.ForeignKey(LineageNode, on_delete=models.CASCADE, related_name="edges_up")

    class Meta:
        verbose_name = _("lineage edge")
        verbose_name_plural = _("lineage edges")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["parent", "child"], name="one_edge")]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"
