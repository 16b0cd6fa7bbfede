"""Tests that run the course, with TensorFlow: `make test` has `.venv-tensorflow` for them.

The other environments leave this folder out whole, so that no test here can be skipped unseen.
"""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("tensorflow") else ["test_*.py"]
