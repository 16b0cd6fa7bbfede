"""Tests that train for real, with Keras (extra [train]): `make test` has `.venv-train` for them.

The other environment leaves this folder out whole, so that no test here can be skipped unseen.
"""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("keras") else ["test_*.py"]
