"""Sound as arrays: read, describe, edit and write it.

`Audio` is (channels, samples) float32, full scale at 1; `Blocks` yields it in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Audio = NDArray[np.float32]
    Blocks = Iterator[Audio]

BLOCK_SAMPLES = 65_536  # 64k–128k decode fastest; a stereo block is 512 KB


def __getattr__(name: str) -> Any:
    """`Audio` and `Blocks` when they are asked for: who only reads tags needs no numpy."""
    if name not in ("Audio", "Blocks"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import numpy as np
    from numpy.typing import NDArray

    audio = NDArray[np.float32]
    return audio if name == "Audio" else Iterator[audio]
