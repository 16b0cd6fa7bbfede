"""Fingerprints, where the rest finds them: apart from the features, which are read often."""

from __future__ import annotations

from songloom.library.models import Fingerprint, Track


def write(track: Track, text: str | None) -> None:
    """Keep the fingerprint that was measured; without one, forget an older one."""
    from songloom.core.features.acoustid import decoded
    from songloom.core.features.recordings import keys_of, to_bytes

    if text is None:
        Fingerprint.objects.filter(track=track).delete()
        return
    items = decoded(text)
    Fingerprint.objects.update_or_create(
        track=track,
        defaults={"items": to_bytes(items), "keys": to_bytes(keys_of(items))},
    )
