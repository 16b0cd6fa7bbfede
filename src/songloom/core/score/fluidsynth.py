"""libfluidsynth, for machines without a wheel of the renderer: the shared library, no process."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_double, c_int, c_size_t, c_void_p
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songloom.errors import TryLater

Audio = NDArray[np.float32]
NAMES = (
    "libfluidsynth.so.3",
    "libfluidsynth.so.2",
    "libfluidsynth.so",
    "libfluidsynth.3.dylib",
    "libfluidsynth.dylib",
)
BLOCK_SAMPLES = 4_096
PLAYING = 1
GAIN = 0.4
MAKES: dict[str, list[Any]] = {
    "new_fluid_settings": [],
    "new_fluid_synth": [c_void_p],
    "new_fluid_player": [c_void_p],
}
WRITES_TO = [c_void_p, c_int, c_int]  # buffer, offset, step
DOES: dict[str, list[Any]] = {
    "fluid_settings_setnum": [c_void_p, c_char_p, c_double],
    "fluid_settings_setstr": [c_void_p, c_char_p, c_char_p],
    "fluid_settings_setint": [c_void_p, c_char_p, c_int],
    "fluid_synth_sfload": [c_void_p, c_char_p, c_int],
    "fluid_player_add_mem": [c_void_p, c_char_p, c_size_t],
    "fluid_player_play": [c_void_p],
    "fluid_player_get_status": [c_void_p],
    "fluid_synth_write_float": [c_void_p, c_int, *WRITES_TO, *WRITES_TO],
    "delete_fluid_player": [c_void_p],
    "delete_fluid_synth": [c_void_p],
    "delete_fluid_settings": [c_void_p],
}


@cache
def library() -> ctypes.CDLL | None:
    """The library, or None where it is not installed."""
    for name in NAMES:
        try:
            return _declared(ctypes.CDLL(name))
        except OSError:
            continue
    return None


def _declared(lib: ctypes.CDLL) -> ctypes.CDLL:
    for name, arguments in MAKES.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = c_void_p, arguments
    for name, arguments in DOES.items():
        getattr(lib, name).argtypes = arguments
    return lib


def play(midi: bytes, font: Path, *, sample_rate: int) -> Audio:
    """(2, samples) float32 of the whole file. Raises TryLater where the library is missing."""
    lib = library()
    if lib is None:
        raise TryLater("No renderer is installed: install the midirenderer wheel or libfluidsynth.")
    settings = lib.new_fluid_settings()
    lib.fluid_settings_setnum(settings, b"synth.sample-rate", float(sample_rate))
    lib.fluid_settings_setnum(settings, b"synth.gain", GAIN)
    lib.fluid_settings_setint(settings, b"synth.lock-memory", 0)
    lib.fluid_settings_setstr(settings, b"player.timing-source", b"sample")
    synth = lib.new_fluid_synth(settings)
    player = lib.new_fluid_player(synth)
    try:
        if lib.fluid_synth_sfload(synth, str(font).encode(), 1) < 0:
            raise TryLater("The renderer could not load the soundfont.")
        lib.fluid_player_add_mem(player, midi, len(midi))
        lib.fluid_player_play(player)
        blocks = []
        while lib.fluid_player_get_status(player) == PLAYING:
            blocks.append(_block(lib, synth))
        return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), dtype=np.float32)
    finally:
        lib.delete_fluid_player(player)
        lib.delete_fluid_synth(synth)
        lib.delete_fluid_settings(settings)


def _block(lib: ctypes.CDLL, synth: int) -> Audio:
    block = np.zeros((2, BLOCK_SAMPLES), dtype=np.float32)
    left, right = (channel.ctypes.data for channel in block)
    lib.fluid_synth_write_float(synth, BLOCK_SAMPLES, left, 0, 1, right, 0, 1)
    return block
