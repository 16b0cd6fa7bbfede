"""SoundFonts: a small sf2 with just the presets that a piece needs, made from an sf2 or an sf3.

In an sf3 each sample is an Ogg Vorbis stream; in the sf2 that comes out it is 16-bit PCM. Zones,
generators, modulators and loops are copied as they stand. Format: SoundFont Technical
Specification 2.04 (Creative, 2006), and MuseScore's note on sf3.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from songloom.errors import BadValue

Preset = tuple[int, int]  # bank, program; drum kits are bank 128
Samples = NDArray[np.int16]
DRUM_BANK = 128
INSTRUMENT, SAMPLE_ID = 41, 53  # the generators that link to the next level
COMPRESSED = 0x10  # sample type bit of an sf3
SILENCE_SAMPLES = 46  # between two samples, as the specification asks
SIZES = {
    b"phdr": 38,
    b"pbag": 4,
    b"pmod": 10,
    b"pgen": 4,
    b"inst": 22,
    b"ibag": 4,
    b"imod": 10,
    b"igen": 4,
    b"shdr": 46,
}
VERSION = b"1"  # of what is written here; part of the cache's key


@dataclass(frozen=True)
class Font:
    """The tables of a soundfont as raw records, and its sample bytes."""

    records: Mapping[bytes, list[bytes]]
    samples: memoryview

    @property
    def presets(self) -> dict[Preset, int]:
        """Index of each preset's header by (bank, program)."""
        found = {}
        for index, record in enumerate(self.records[b"phdr"][:-1]):
            program, bank = struct.unpack_from("<HH", record, 20)
            found[bank, program] = index
        return found


def read_font(content: bytes) -> Font:
    """The tables of an sf2 or sf3; anything else raises BadValue."""
    if content[:4] != b"RIFF" or content[8:12] != b"sfbk":
        raise BadValue("this file is no SoundFont: it does not begin with RIFF … sfbk")
    try:
        places = {
            inner: (inner_start, inner_size)
            for name, start, size in _chunks(content, 12, len(content))
            if name == b"LIST"
            for inner, inner_start, inner_size in _chunks(content, start + 4, start + size)
        }
    except struct.error as broken:
        raise BadValue("this SoundFont ends in the middle of a table") from broken
    tables = {
        name: _records(content, *places.get(name, (0, 0)), width) for name, width in SIZES.items()
    }
    missing = [name.decode() for name, rows in tables.items() if not rows]
    if missing:
        raise BadValue(f"this SoundFont lacks the tables {', '.join(missing)}")
    start, size = places.get(b"smpl", (0, 0))
    return Font(tables, memoryview(content)[start : start + size])


def _chunks(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while start + 8 <= end:
        size = struct.unpack_from("<I", content, start + 4)[0]
        yield content[start : start + 4], start + 8, size
        start += 8 + size + (size & 1)


def _records(content: bytes, start: int, size: int, width: int) -> list[bytes]:
    return [content[at : at + width] for at in range(start, start + size - width + 1, width)]


def nearest_preset(font: Font, wanted: Preset) -> Preset:
    """The preset itself, else the same program in bank 0, else any of its bank, else the first."""
    there = font.presets
    bank, program = wanted
    for found in (
        wanted,
        (bank, 0) if bank == DRUM_BANK else (0, program),
        (0, program - program % 8),
        (0, 0),
    ):
        if found in there:
            return found
    return min(there)


def subset(font: Font, presets: Iterable[Preset]) -> bytes:
    """An uncompressed sf2 with these presets under the very banks and programs asked for."""
    wanted = {preset: nearest_preset(font, preset) for preset in sorted(set(presets))}
    out = _Writer(font)
    for (bank, program), source in wanted.items():
        out.add_preset(font.presets[source], bank, program)
    return out.finished()


class _Writer:
    """Copies presets with what hangs on them; instruments and samples are shared."""

    def __init__(self, font: Font) -> None:
        self.font = font
        self.tables: dict[bytes, list[bytes]] = {name: [] for name in SIZES}
        self.pcm: list[Samples] = []
        self.n_samples = 0
        self.instruments: dict[int, int] = {}
        self.sample_ids: dict[int, int] = {}

    def add_preset(self, index: int, bank: int, program: int) -> None:
        header = bytearray(self.font.records[b"phdr"][index])
        self._reserve_instruments(index)
        struct.pack_into("<HHH", header, 20, program, bank, len(self.tables[b"pbag"]))
        self.tables[b"phdr"].append(bytes(header))
        self._copy_zones(b"p", *self._zones(b"phdr", 24, index), INSTRUMENT, self.instruments)

    def _reserve_instruments(self, preset: int) -> None:
        for number in self._links(b"p", *self._zones(b"phdr", 24, preset), INSTRUMENT):
            if number not in self.instruments:
                self.instruments[number] = len(self.instruments)
                self._add_instrument(number)

    def _add_instrument(self, number: int) -> None:
        zones = self._zones(b"inst", 20, number)
        for sample in self._links(b"i", *zones, SAMPLE_ID):
            self._add_sample(sample)
        header = bytearray(self.font.records[b"inst"][number])
        struct.pack_into("<H", header, 20, len(self.tables[b"ibag"]))
        self.tables[b"inst"].append(bytes(header))
        self._copy_zones(b"i", *zones, SAMPLE_ID, self.sample_ids)

    def _zones(self, table: bytes, offset: int, index: int) -> tuple[int, int]:
        rows = self.font.records[table]
        first = struct.unpack_from("<H", rows[index], offset)[0]
        return first, struct.unpack_from("<H", rows[index + 1], offset)[0]

    def _links(self, level: bytes, first: int, last: int, link: int) -> Iterator[int]:
        for zone in range(first, last):
            for record in self._of_zone(level, zone, b"gen", 0):
                kind, value = struct.unpack("<HH", record)
                if kind == link:
                    yield value

    def _of_zone(self, level: bytes, zone: int, table: bytes, offset: int) -> list[bytes]:
        bags = self.font.records[level + b"bag"]
        first = struct.unpack_from("<H", bags[zone], offset)[0]
        return self.font.records[level + table][
            first : struct.unpack_from("<H", bags[zone + 1], offset)[0]
        ]

    def _copy_zones(
        self, level: bytes, first: int, last: int, link: int, to: Mapping[int, int]
    ) -> None:
        for zone in range(first, last):
            n_generators, n_modulators = (
                len(self.tables[level + b"gen"]),
                len(self.tables[level + b"mod"]),
            )
            self.tables[level + b"bag"].append(struct.pack("<HH", n_generators, n_modulators))
            for record in self._of_zone(level, zone, b"gen", 0):
                kind, value = struct.unpack("<HH", record)
                self.tables[level + b"gen"].append(
                    struct.pack("<HH", kind, to[value]) if kind == link else record
                )
            self.tables[level + b"mod"] += self._of_zone(level, zone, b"mod", 2)

    def _add_sample(self, number: int) -> None:
        if number in self.sample_ids:
            return
        self.sample_ids[number] = len(self.tables[b"shdr"])
        name, start, end, loop_start, loop_end, rate, pitch, correction, _, kind = struct.unpack(
            "<20sIIIIIBbHH", self.font.records[b"shdr"][number]
        )
        if kind & COMPRESSED:
            pcm = _decoded(self.font.samples[start:end])
        else:
            pcm = np.frombuffer(self.font.samples[2 * start : 2 * end], dtype="<i2")
            loop_start, loop_end = loop_start - start, loop_end - start
        first = self.n_samples
        self.pcm += [pcm, np.zeros(SILENCE_SAMPLES, dtype=np.int16)]
        self.n_samples += len(pcm) + SILENCE_SAMPLES
        loop_end = min(loop_end, len(pcm))
        places = (0, len(pcm), min(loop_start, loop_end), loop_end)
        ends = (first + place for place in places)
        row = struct.pack("<20sIIIIIBbHH", name, *ends, rate, pitch, correction, 0, 1)
        self.tables[b"shdr"].append(row)

    def finished(self) -> bytes:
        self._close_tables()
        info = (
            _chunk(b"ifil", struct.pack("<HH", 2, 4))
            + _chunk(b"isng", b"EMU8000\0")
            + _chunk(b"INAM", b"Songloom\0\0")
        )
        smpl = _chunk(b"smpl", b"".join(pcm.astype("<i2").tobytes() for pcm in self.pcm))
        pdta = b"".join(_chunk(name, b"".join(self.tables[name])) for name in SIZES)
        lists = [
            _chunk(b"LIST", kind + body)
            for kind, body in ((b"INFO", info), (b"sdta", smpl), (b"pdta", pdta))
        ]
        body = b"sfbk" + b"".join(lists)
        return _chunk(b"RIFF", body)

    def _close_tables(self) -> None:
        """The last record of each table, which only says where the one before it ends."""
        sizes = {name: len(rows) for name, rows in self.tables.items()}
        self.tables[b"phdr"].append(
            struct.pack("<20sHHHIII", b"EOP", 0, 0, sizes[b"pbag"], 0, 0, 0)
        )
        self.tables[b"inst"].append(struct.pack("<20sH", b"EOI", sizes[b"ibag"]))
        self.tables[b"shdr"].append(struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0))
        for level in (b"p", b"i"):
            self.tables[level + b"bag"].append(
                struct.pack("<HH", sizes[level + b"gen"], sizes[level + b"mod"])
            )
            self.tables[level + b"gen"].append(bytes(4))
            self.tables[level + b"mod"].append(bytes(10))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)


def _decoded(vorbis: memoryview) -> Samples:
    import soundfile

    pcm, _ = soundfile.read(io.BytesIO(vorbis), dtype="int16", always_2d=True)
    found: Samples = np.ascontiguousarray(pcm[:, 0])
    return found


def cached_subset(
    font_path: Path, presets: Iterable[Preset], cache_dir: Path, *, sha256: str | None = None
) -> Path:
    """The path of a small sf2 in `cache_dir`, made if it is not there; named by what is in it.

    sha256  of the font where it is known already, so that it need not be read again
    """
    wanted = sorted(set(presets))
    content = None if sha256 else font_path.read_bytes()
    digest = sha256 or hashlib.sha256(content or b"").hexdigest()
    key = hashlib.sha256(VERSION + digest.encode() + repr(wanted).encode()).hexdigest()[:32]
    path = cache_dir / f"{key}.sf2"
    if not path.exists():
        cache_dir.mkdir(parents=True, exist_ok=True)
        small = subset(read_font(content or font_path.read_bytes()), wanted)
        _write_whole(path, small)
    return path


def prune(cache_dir: Path, *, most_bytes: int, but: Path) -> None:
    """Remove the least recently used small fonts until the others fit; `but` stays."""
    os.utime(but)
    found = sorted(cache_dir.glob("*.sf2"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    kept_bytes = 0
    for path in found:
        kept_bytes += path.stat().st_size
        if kept_bytes > most_bytes and path != but:
            path.unlink(missing_ok=True)


def _write_whole(path: Path, content: bytes) -> None:
    """Appears under its name only when complete."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
