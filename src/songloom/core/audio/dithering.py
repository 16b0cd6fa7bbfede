"""Fewer bits without distortion: noise of a triangular distribution before the steps get coarser.

The error is then white noise 4.8 dB above that of rounding, and tells nothing of the sound.
"""

from __future__ import annotations

import numpy as np

from songloom.core.audio import Blocks


def dithered(blocks: Blocks, bits: int, seed: int, position: int = 0) -> Blocks:
    """Whole steps of so many bits, rounded after two uniform random steps were added.

    seed      the same seed makes the same noise for the same sample, however the sound comes
    position  of the first sample of the blocks
    """
    scale = 2.0 ** (bits - 1)
    generator: np.random.Generator | None = None
    for block in blocks:
        if generator is None:
            noise = np.random.PCG64(seed)
            generator = np.random.Generator(noise.advance(position * len(block) * 2))
        uniform = generator.random((block.shape[1], len(block), 2))
        triangular = (uniform[..., 0] - uniform[..., 1]).T
        steps = np.clip(np.rint(block * scale + triangular), -scale, scale - 1)
        yield (steps / scale).astype(np.float32)
