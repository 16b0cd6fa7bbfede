"""A picture of few colours as PNG, without a library for pictures."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Doubles = NDArray[np.float64]

N_COLOURS = 256
# OKLab (Björn Ottosson, 2020): equal steps in it look equally far apart.
TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def indexed(cells: Bytes, colours: Bytes) -> bytes:
    """The PNG of a picture.

    cells    (height, width) numbers of colours, the topmost row first
    colours  (n, 3) red, green, blue; n ≤ 256
    """
    height, width = cells.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), cells], axis=1)  # 0: no filter
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [
        (b"IHDR", head),
        (b"PLTE", colours.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 6)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def ramp(stops: tuple[str, ...]) -> Bytes:
    """(256, 3) colours on the way along these (“#fffdf9”), in steps that look equally far."""
    lab = to_oklab(np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops]))
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(lab, axis=0), axis=1))])
    even = np.linspace(0, way[-1], N_COLOURS)
    return from_oklab(np.stack([np.interp(even, way, axis) for axis in lab.T], axis=1))


def to_oklab(rgb: NDArray[np.integer]) -> Doubles:
    """(n, 3) sRGB bytes as OKLab: lightness 0 … 1, green to red, blue to yellow."""
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ TO_LMS.T) @ TO_LAB.T)


def from_oklab(lab: Doubles) -> Bytes:
    """The nearest sRGB bytes."""
    linear = (lab @ np.linalg.inv(TO_LAB).T) ** 3 @ np.linalg.inv(TO_LMS).T
    linear = np.clip(linear, 0, 1)
    share = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * share), np.uint8)
