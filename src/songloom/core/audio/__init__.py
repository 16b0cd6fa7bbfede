"""Sound as arrays: read, describe, edit and write it.

`Audio` is (channels, samples) float32, full scale at 1; `Blocks` yields it in order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Blocks = Iterator[Audio]

BLOCK_SAMPLES = 65_536  # 64k–128k decode fastest; a stereo block is 512 KB
