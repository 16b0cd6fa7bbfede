"""Second-order sections with the state of the block before: scipy's filter, without scipy.signal.

Importing scipy.signal costs 2 CPU-seconds; its filter alone, a small compiled module, 0.02. Where
that module is not found, or does not take these arguments, the public function is used instead.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Kernel = Callable[[Doubles, Doubles, Doubles], Any]
logger = logging.getLogger(__name__)


def sosfilt(sections: Doubles, block: NDArray[Any], state: Doubles) -> tuple[Doubles, Doubles]:
    """Filter a block along its samples, going on where the block before ended.

    sections  (sections, 6) b0 b1 b2 1 a1 a2
    block     (channels, samples) float64 or float32
    state     (sections, channels, 2); zeros at the beginning
    returns   the filtered block and the state for the next one; the arguments stay as they were
    """
    kernel = compiled()
    if kernel is None:
        from scipy.signal import sosfilt as public

        filtered, after = public(sections, block.astype(np.float64), zi=state)
        return filtered, after
    filtered = np.array(block, dtype=np.float64, order="C")
    delays = np.array(state.transpose(1, 0, 2), dtype=np.float64, order="C")
    kernel(np.ascontiguousarray(sections, dtype=np.float64), filtered, delays)
    return filtered, delays.transpose(1, 0, 2)


@cache
def compiled() -> Kernel | None:
    """scipy's compiled kernel, tried on one impulse; None where it cannot be used alone."""
    import scipy

    try:
        found = next((Path(scipy.__file__).parent / "signal").glob("_sosfilt*.so"))
        spec = importlib.util.spec_from_file_location("scipy.signal._sosfilt", found)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        kernel: Kernel = module._sosfilt
        is_usable = _answers_an_impulse(kernel)
    except Exception as exc:  # another scipy may arrange its private parts in any other way
        logger.info("scipy.signal is imported whole: %s", type(exc).__name__)
        return None
    return kernel if is_usable else None


def _answers_an_impulse(kernel: Kernel) -> bool:
    """y[n] = x[n] + 2 x[n-1] + 0.5 y[n-1] answers an impulse with 1, 2.5, 1.25, 0.625 …"""
    sections = np.array([[1.0, 2.0, 0.0, 1.0, -0.5, 0.0]])
    impulse, delays = np.array([[1.0, 0.0, 0.0, 0.0]]), np.zeros((1, 1, 2))
    kernel(sections, impulse, delays)
    return bool(np.allclose(impulse, [[1.0, 2.5, 1.25, 0.625]]))
