"""What a user makes of the library: playlists, stars, ratings."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models.catalogue import Album, Artist, Track
from songloom.library.models.users import User


class PlaylistQuerySet(models.QuerySet["Playlist"]):
    def visible_to(self, user: User | AnonymousUser) -> PlaylistQuerySet:
        """One's own, and the public ones of others; an administrator sees all."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(Q(is_public=True) | Q(owner_id=user.pk))

    def changeable_by(self, user: User | AnonymousUser) -> PlaylistQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(owner_id=user.pk)


class Playlist(models.Model):
    """Tracks in an order that somebody chose; or, a smart one, whatever its query finds now.

    query, sort, max_tracks  of a smart playlist, see `songloom.search.smart`; it has no entries
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="playlists")
    name = models.CharField(_("name"), max_length=200)
    comment = models.TextField(_("comment"), blank=True)
    is_public = models.BooleanField(_("public"), default=False)
    is_smart = models.BooleanField(_("smart"), default=False, db_default=False)
    query = models.CharField(_("query"), max_length=1000, blank=True, default="", db_default="")
    sort = models.CharField(_("order"), max_length=20, blank=True, default="", db_default="")
    max_tracks = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PlaylistQuerySet.as_manager()

    class Meta:
        verbose_name = _("playlist")
        verbose_name_plural = _("playlists")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class PlaylistEntry(models.Model):
    """A place in a playlist. The same track may stand in it twice."""

    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="entries")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="playlist_entries")
    position = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("playlist entry")
        verbose_name_plural = _("playlist entries")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.position}: {self.track_id}"


class Opinion(models.Model):
    """What one user thinks of one track, album or artist; exactly one of the three is set."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, null=True, blank=True)
    album = models.ForeignKey(Album, on_delete=models.CASCADE, null=True, blank=True)
    artist = models.ForeignKey(Artist, on_delete=models.CASCADE, null=True, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Star(Opinion):
    """A favourite."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stars")

    class Meta:
        verbose_name = _("star")
        verbose_name_plural = _("stars")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "track"], name="one_star_a_track"),
            models.UniqueConstraint(fields=["user", "album"], name="one_star_an_album"),
            models.UniqueConstraint(fields=["user", "artist"], name="one_star_an_artist"),
        ]


class Rating(Opinion):
    """One to five."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ratings")
    stars = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)]
    )

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "track"], name="one_rating_a_track"),
            models.UniqueConstraint(fields=["user", "album"], name="one_rating_an_album"),
            models.UniqueConstraint(fields=["user", "artist"], name="one_rating_an_artist"),
            models.CheckConstraint(
                condition=Q(stars__gte=1) & Q(stars__lte=5), name="one_to_five_stars"
            ),
        ]
