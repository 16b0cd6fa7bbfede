"""What was measured in a track: numbers that people filter by as columns, all as JSON."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from songloom.library.models.catalogue import Track


class Features(models.Model):
    """One row a track and features version; written by the analyse room alone.

    A null column is a measured "cannot be said"; `reasons` says why. What a coarse pass cannot know
    is null too, and missing in `values`, until the whole was heard.
    """

    track = models.OneToOneField(
        Track, on_delete=models.CASCADE, primary_key=True, related_name="features"
    )
    version = models.PositiveIntegerField(db_index=True)
    is_coarse = models.BooleanField(default=False, db_default=False)  # by a few places of the song
    tempo_bpm = models.FloatField(null=True, db_index=True)
    key = models.CharField(max_length=2, blank=True, db_index=True)  # C, C#, … B
    mode = models.CharField(max_length=5, blank=True)  # major, minor
    loudness_lufs = models.FloatField(null=True, db_index=True)
    loudness_range_lu = models.FloatField(null=True)
    true_peak_dbtp = models.FloatField(null=True)
    dominant_hz = models.FloatField(null=True)
    centroid_hz = models.FloatField(null=True)
    stereo_correlation = models.FloatField(null=True)
    stereo_width = models.FloatField(null=True)
    values = models.JSONField(default=dict)  # every feature by name, but peaks and fingerprint
    reasons = models.JSONField(default=dict)  # {feature: why it is null}
    peaks = models.JSONField(default=list)  # the waveform, all of it at one look
    peaks_fine = models.BinaryField(null=True)  # from near; see core.features.outline
    cpu_s = models.FloatField(default=0.0)  # what measuring cost
    measured_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("features")
        verbose_name_plural = _("features")
        indexes = [models.Index(fields=["version", "measured_at"], name="features_fresh")]

    def __str__(self) -> str:
        return f"{self.track_id} v{self.version}"

    @property
    def heard_by(self) -> str:
        """Which pass of analysis this row is from, as documents say it."""
        return "coarse" if self.is_coarse else "full"


class Fingerprint(models.Model):
    """By which a recording is known again; written by the analyse room alone.

    Bytes of little-endian 32-bit numbers: `items` an eighth of a second each, `keys` the few of
    them by which candidates are found, see `core.features.recordings`.
    """

    track = models.OneToOneField(
        Track, on_delete=models.CASCADE, primary_key=True, related_name="fingerprint"
    )
    items = models.BinaryField()
    keys = models.BinaryField()

    class Meta:
        verbose_name = _("fingerprint")
        verbose_name_plural = _("fingerprints")

    def __str__(self) -> str:
        return str(self.track_id)
