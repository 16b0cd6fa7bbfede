"""Settings of the property tests: no deadline, because machines that test are busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("audio", deadline=None)
settings.load_profile("audio")
