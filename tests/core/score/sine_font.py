"""A tiny SoundFont made from a formula: one preset that sings a looped sine, root A4."""

from __future__ import annotations

import struct

import numpy as np

RATE = 32_000
PERIODS, TONE_HZ = 55, 440.0
N_SAMPLES = round(PERIODS * RATE / TONE_HZ)  # 4,000: whole periods, so that the loop is seamless
MODULATOR = struct.pack("<HHhHH", 0x0502, 48, 960, 0, 0)  # velocity to attenuation, as usual


def sine() -> np.ndarray:
    time = np.arange(N_SAMPLES) / RATE
    return np.round(20_000 * np.sin(2 * np.pi * TONE_HZ * time)).astype("<i2")


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def sine_font(*, program: int = 5, bank: int = 0) -> bytes:
    """A whole sf2 by the specification, without looking at the package's writer."""
    pcm = sine()
    tables = {
        b"phdr": struct.pack("<20sHHHIII", b"Sine", program, bank, 0, 0, 0, 0)
        + struct.pack("<20sHHHIII", b"EOP", 0, 0, 1, 0, 0, 0),
        b"pbag": struct.pack("<HHHH", 0, 0, 1, 0),
        b"pmod": bytes(10),
        b"pgen": struct.pack("<HHHH", 41, 0, 0, 0),
        b"inst": struct.pack("<20sH", b"Sine", 0) + struct.pack("<20sH", b"EOI", 1),
        b"ibag": struct.pack("<HHHH", 0, 0, 2, 1),
        b"imod": MODULATOR + bytes(10),
        b"igen": struct.pack("<HHHHHH", 54, 1, 53, 0, 0, 0),  # loop on; sample 0
        b"shdr": struct.pack(
            "<20sIIIIIBbHH", b"Sine", 100, 100 + N_SAMPLES, 100, 100 + N_SAMPLES, RATE, 69, 0, 0, 1
        )
        + struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    samples = bytes(200) + pcm.tobytes() + bytes(92)  # the sample does not begin at nought
    info = (
        chunk(b"ifil", struct.pack("<HH", 2, 1))
        + chunk(b"isng", b"EMU8000\0")
        + chunk(b"INAM", b"Sine\0\0")
    )
    pdta = b"".join(chunk(name, body) for name, body in tables.items())
    body = (
        b"sfbk" + chunk(b"LIST", b"INFO" + info) + chunk(b"LIST", b"sdta" + chunk(b"smpl", samples))
    )
    return chunk(b"RIFF", body + chunk(b"LIST", b"pdta" + pdta))
