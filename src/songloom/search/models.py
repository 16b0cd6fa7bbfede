"""What is searched: one row of tokens for each track, artist and album."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songloom.library.models import Album, Artist, Track


class Row(models.Model):
    """The tokens of one thing (see core.query.text), by the field that they come from.

    An artist has its name in `title`. The full-text index over these columns is the database's
    own; on SQLite triggers keep it (migration 0001), so rows may be written in any way. A later
    migration that makes SQLite rebuild this table must create the triggers again.
    """

    track = models.OneToOneField(
        Track, on_delete=models.CASCADE, null=True, related_name="search_row"
    )
    artist = models.OneToOneField(
        Artist, on_delete=models.CASCADE, null=True, related_name="search_row"
    )
    album = models.OneToOneField(
        Album, on_delete=models.CASCADE, null=True, related_name="search_row"
    )
    title_tokens = models.TextField(blank=True)
    artist_tokens = models.TextField(blank=True)
    album_tokens = models.TextField(blank=True)
    genre_tokens = models.TextField(blank=True)
    other_tokens = models.TextField(blank=True)  # file name, prompt, other people, free tags

    class Meta:
        verbose_name = _("search row")
        verbose_name_plural = _("search rows")
        constraints = [
            models.CheckConstraint(
                condition=Q(track__isnull=False, artist__isnull=True, album__isnull=True)
                | Q(track__isnull=True, artist__isnull=False, album__isnull=True)
                | Q(track__isnull=True, artist__isnull=True, album__isnull=False),
                name="row_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"search row {self.pk}"


class Word(models.Model):
    """A word of the library, as its token: what a misspelt one may have meant (see vocabulary)."""

    token = models.CharField(max_length=60, unique=True)
    backwards = models.CharField(max_length=60, db_index=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self) -> str:
        return self.token
