"""What a scan remembers for the next one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.models import Folder


class Refusal(models.Model):
    """A file of a linked folder that could not be stored, so that it is not tried at every scan.

    It is tried again when its size or time changes, or with another version of Songloom.
    """

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="refusals")
    path = models.CharField(_("path"), max_length=4096)
    size_bytes = models.BigIntegerField()
    modified_ns = models.BigIntegerField()
    version = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("refused file")
        verbose_name_plural = _("refused files")
        ordering = ["folder", "path", "id"]

    def __str__(self) -> str:
        return f"{self.path}: {self.code}"


class Undo(models.Model):
    """What a strict import did to one track: kept until all of its rows are in, or none.

    A process that is killed leaves them, and whoever comes next takes that import back.
    """

    attempt = models.UUIDField(db_index=True)  # one run of one import
    job_id = models.UUIDField(null=True, db_index=True)
    track_id = models.UUIDField()  # no key: the track may be gone meanwhile
    before = models.JSONField(null=True)  # what it was; null: the import made it
    began_at = models.DateTimeField()  # the attempt

    class Meta:
        verbose_name = _("undo of an import")
        verbose_name_plural = _("undos of imports")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.attempt}: {self.track_id}"
