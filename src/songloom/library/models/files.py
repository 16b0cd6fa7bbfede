"""Where sound lies: files in the storage or in linked folders, and renditions made from them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.ids import uuid7
from songloom.library.models.catalogue import Track
from songloom.library.models.users import User


class Folder(models.Model):
    """A folder of the user's that is read in place and never written to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(
        unique=True, editable=False
    )  # musicFolder ids are integers
    path = models.CharField(_("path"), max_length=4096)
    path_key = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the path
    name = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="folders")
    is_private = models.BooleanField(_("private"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_scan_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("folder")
        verbose_name_plural = _("folders")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class File(models.Model):
    """The bytes of one recording: managed (in the storage) or linked (in a folder, read in place).

    `place` is what makes a file unique for its owner: the hash of a managed one, the SHA-256
    of folder and path of a linked one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="files")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="files")
    folder = models.ForeignKey(
        Folder, on_delete=models.CASCADE, null=True, blank=True, related_name="files"
    )
    path = models.CharField(max_length=4096, blank=True)  # below the folder; "" when managed
    place = models.CharField(max_length=64, editable=False)
    sha256 = models.CharField(max_length=64, db_index=True)  # "" until all bytes were read
    # of size, first, middle and last part: names candidates; "" for files from before this column
    parts_sha256 = models.CharField(
        max_length=64, blank=True, default="", db_default="", db_index=True
    )
    # of the sound without the tags; "" for files heard before there was this column
    sound_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    original_name = models.CharField(max_length=255, blank=True)
    format = models.CharField(max_length=12)
    codec = models.CharField(max_length=40, blank=True)
    sample_rate = models.PositiveIntegerField()
    channels = models.PositiveSmallIntegerField()
    bit_rate = models.PositiveIntegerField(null=True, blank=True)  # bits per second
    bits = models.PositiveSmallIntegerField(null=True, blank=True)
    duration_s = models.FloatField()
    size_bytes = models.BigIntegerField()
    modified_ns = models.BigIntegerField(default=0)
    start_s = models.FloatField(null=True, blank=True)  # a part of the file (cue sheets)
    end_s = models.FloatField(null=True, blank=True)
    is_truncated = models.BooleanField(default=False)
    is_believed = models.BooleanField(default=False, db_default=False)  # headers; not yet decoded
    tags = models.JSONField(default=dict, blank=True)  # as the file spells them: {field: [values]}
    missing_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "place"], name="one_file_a_place")]

    def __str__(self) -> str:
        return self.original_name or self.sha256[:12]

    @property
    def bytes_key(self) -> str:
        """64 hex digits that other bytes would not have."""
        return self.sha256 or self.parts_sha256

    @property
    def is_managed(self) -> bool:
        return self.folder_id is None


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def visible_to(self, user: User | AnonymousUser) -> RenditionQuerySet:
        """One's own, of tracks that one may still hear; an administrator sees all."""
        heard = self.filter(track__in=Track.objects.visible_to(user))
        return heard if user.is_superuser else heard.filter(owner_id=user.pk)


class Rendition(models.Model):
    """What a recipe makes of a track in one format. It can always be made again, bit by bit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="renditions")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="renditions")
    recipe = models.JSONField()  # {"version": 1, "edits": […]}
    recipe_key = models.CharField(max_length=64)  # recipe, format, bit rate, source, engine version
    format = models.CharField(max_length=12)
    bit_rate_kbps = models.PositiveIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    duration_s = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["track", "recipe_key", "owner"], name="one_rendition_a_recipe"
            )
        ]

    def __str__(self) -> str:
        return f"{self.track} ({self.format})"
