"""From raw sound to a finished cue: a room around it, room for a voice in it, its loudness, its end.

Works on float32 arrays [samples, 2] at 48 kHz, full scale ±1. What is played is decided
elsewhere; nothing here knows notes or tracks.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from content_platform.errors import DefectiveMedia
from content_platform.mediatools.audio import Samples
from content_platform.mediatools.loudness import measure_loudness

RATE = 48_000
TARGET_LUFS = -18.0
PEAK_DBTP = -3.0

_BLOCK = 1 << 17
_QUIETEST_LUFS = -60.0


def equalised_room(
    samples: Samples, *, reverb_s: float, wet: float, bright_db: float, voice_dip_db: float = -6.0
) -> Samples:
    """Put the sound in a room and make way for a voice. The result keeps the length.

    ``reverb_s`` is the time to -60 dB, ``wet`` the reverberant share of the amplitude,
    ``bright_db`` a shelf above 5 kHz, ``voice_dip_db`` the depth of the dip at 2 kHz.
    """
    tone = _tone(bright_db, voice_dip_db)
    out = np.empty_like(samples)
    middle = samples.mean(axis=1)
    for channel in (0, 1):
        response = _reverberation(reverb_s, channel) * wet
        direct = samples[:, channel]
        # Reverberation hears mostly the middle: walls do not know left from right.
        echo = _convolve(0.4 * direct + 0.6 * middle, response)
        out[:, channel] = _convolve(direct * (1 - 0.5 * wet) + echo, tone)
    return out


def _tone(bright_db: float, voice_dip_db: float) -> npt.NDArray[np.float32]:
    """Minimum-phase filter: no rumble, less between 1 and 4 kHz, a shelf on top."""
    size = 8192
    frequency = np.fft.rfftfreq(size, 1 / RATE) + 1e-3
    octaves = np.log2(frequency / 2000)
    gain_db = voice_dip_db * np.exp(-0.5 * (octaves / 0.85) ** 2)
    gain_db += -1.5 * np.exp(-0.5 * (np.log2(frequency / 320) / 0.5) ** 2)
    gain_db += bright_db / (1 + (5000 / frequency) ** 4)
    gain_db -= 10 * np.log10(1 + (38 / frequency) ** 6)
    gain_db -= 10 * np.log10(1 + (frequency / 15_000) ** 8)
    # Real cepstrum folded to causal time: Oppenheim & Schafer, Discrete-Time Signal Processing, 12.
    cepstrum = np.fft.irfft(np.maximum(gain_db, -90) * np.log(10) / 20, size)
    fold = np.zeros(size)
    fold[0] = fold[size // 2] = 1
    fold[1 : size // 2] = 2
    impulse = np.fft.irfft(np.exp(np.fft.rfft(cepstrum * fold)), size)
    return impulse[: size // 2].astype(np.float32)


def _reverberation(seconds: float, channel: int) -> npt.NDArray[np.float32]:
    """A dense decaying tail, high tones dying first, after 18 ms. Unit energy."""
    length = int(min(1.2 * seconds, 3.2) * RATE)
    noise = np.random.default_rng(20 + channel).standard_normal(length).astype(np.float32)
    time = np.arange(length, dtype=np.float32) / RATE
    spectrum = np.fft.rfft(noise)
    frequency = np.fft.rfftfreq(length, 1 / RATE)
    body = np.fft.irfft(spectrum / (1 + (frequency / 1400) ** 2), length)
    air = np.fft.irfft(
        spectrum * (1 / (1 + (frequency / 6500) ** 2) - 1 / (1 + (frequency / 1400) ** 2)), length
    )
    tail = body * np.exp(-6.9 * time / seconds) + air * np.exp(-6.9 * time / (0.5 * seconds))
    # Without its lows the tail does not blur the bass.
    low_cut = np.fft.rfft(tail) / np.sqrt(1 + (170 / (frequency + 1e-3)) ** 4)
    tail = np.fft.irfft(low_cut, length)
    tail *= np.minimum(1, time / 0.012)
    tail /= np.sqrt(np.sum(tail**2))
    return np.concatenate([np.zeros(int(0.018 * RATE)), tail]).astype(np.float32)


def _convolve(
    signal: npt.NDArray[np.float32], response: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Overlap-add convolution, cut to the signal's length."""
    size = _BLOCK * 2 if len(response) > _BLOCK // 2 else _BLOCK
    hop = size - len(response) + 1
    transfer = np.fft.rfft(response, size)
    out = np.zeros(len(signal) + size, dtype=np.float32)
    for start in range(0, len(signal), hop):
        part = np.fft.irfft(np.fft.rfft(signal[start : start + hop], size) * transfer, size)
        out[start : start + size] += part
    return out[: len(signal)]


def levelled(samples: Samples, *, last_chord_s: float, share: float = 0.5) -> Samples:
    """Ride the fader: slow differences in loudness shrink by ``share``, the tail stays a tail.

    A thin opening and a full climax keep their order, but both can be heard under a voice.
    """
    step = RATE // 4
    count = max(1, int(last_chord_s * RATE) // step)
    power = np.array(
        [float(np.mean(samples[i * step : (i + 1) * step] ** 2)) for i in range(count)]
    )
    around = 12  # three seconds each side
    kernel = np.hanning(2 * around + 3)[1:-1]
    smooth = np.convolve(
        np.pad(power, around, mode="reflect" if count > around else "edge"),
        kernel / kernel.sum(),
        mode="valid",
    )
    level_db = 10 * np.log10(smooth + 1e-9)
    usual = float(np.percentile(level_db, 75))
    gain_db = np.clip((usual - level_db) * share, -4.0, 9.0)
    at = (np.arange(count) + 0.5) * step
    curve = np.interp(np.arange(len(samples)), at, 10 ** (gain_db / 20))
    return (samples * curve[:, None].astype(np.float32)).astype(np.float32)


def at_loudness(samples: Samples) -> Samples:
    """The sound at -18 LUFS with true peaks at or below -3 dBTP.

    Raises DefectiveMedia when there is nothing to make louder.
    """
    loudness = measure_loudness(samples, RATE)
    if loudness.integrated_lufs <= _QUIETEST_LUFS:
        raise DefectiveMedia("the music is silent.", remedy="Compose it again with another seed.")
    out = samples * np.float32(10 ** ((TARGET_LUFS - loudness.integrated_lufs) / 20))
    if loudness.true_peak_dbtp + TARGET_LUFS - loudness.integrated_lufs <= PEAK_DBTP - 0.1:
        return out
    # Limiting takes a little loudness; one correction brings it back within a few tenths.
    for ceiling_db in (PEAK_DBTP - 0.5, PEAK_DBTP - 0.5):
        out = _limited(out, 10 ** (ceiling_db / 20))
        measured = measure_loudness(out, RATE)
        short = TARGET_LUFS - measured.integrated_lufs
        if short < 0.3 and measured.true_peak_dbtp <= PEAK_DBTP:
            return out
        out = out * np.float32(10 ** (max(0.0, min(short, 3.0)) / 20))
    out = _limited(out, 10 ** ((PEAK_DBTP - 0.5) / 20))
    over = measure_loudness(out, RATE).true_peak_dbtp - PEAK_DBTP
    return out * np.float32(10 ** (-max(0.0, over + 0.05) / 20))


def _limited(samples: Samples, ceiling: float) -> Samples:
    """Peaks above ``ceiling`` turned down ahead of time and let go smoothly (5 ms, 60 ms)."""
    grain = 48
    count = -(-len(samples) // grain)
    padded = np.zeros(count * grain, dtype=np.float32)
    padded[: len(samples)] = np.abs(samples).max(axis=1)
    peaks = padded.reshape(count, grain).max(axis=1)
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    reach = 6
    window = np.lib.stride_tricks.sliding_window_view(
        np.pad(wanted, (reach, reach), mode="edge"), 2 * reach + 1
    )
    held = window.min(axis=1)
    release = np.exp(-1 / 60)
    gains = np.empty(count + 1)
    gain = 1.0
    for index, goal in enumerate(held.tolist()):
        gain = min(goal, 1 - (1 - gain) * release)
        gains[index] = gain
    gains[count] = gains[count - 1]
    kernel = np.hanning(2 * 4 + 3)[1:-1]
    smooth = np.convolve(np.pad(gains, 4, mode="edge"), kernel / kernel.sum(), mode="valid")
    curve = np.interp(np.arange(len(samples)) / grain, np.arange(count + 1), smooth)
    return (samples * curve[:, None].astype(np.float32)).astype(np.float32)


def left_to_ring(body: Samples, chord: Samples, at_s: float, *, beat_s: float) -> Samples:
    """``body`` up to ``at_s``, then ``chord`` struck there and ringing out like in a hall.

    ``chord`` starts 10 ms before its attack and may be followed by whatever came next in the
    recording: only about a beat of it is heard directly, the rest of the tail is reverberation.
    """
    out = body.copy()
    start = round((at_s - 0.01) * RATE)
    out[start + round(0.01 * RATE) :] = 0
    # A short breath makes the last chord an arrival.
    breath = min(start, round(1.6 * beat_s * RATE))
    dip = 1 - 0.6 * np.sin(np.linspace(0, np.pi / 2, breath)) ** 1.5
    out[start - breath : start] *= dip[:, None].astype(np.float32)
    out[start : start + round(0.01 * RATE)] *= np.float32(0.3)
    direct = chord[: max(round(0.25 * RATE), round(0.95 * beat_s * RATE))].copy()
    held = len(direct)
    direct *= np.cos(np.linspace(0, np.pi / 2, held))[:, None].astype(np.float32)
    direct[: round(0.004 * RATE)] *= np.linspace(0, 1, round(0.004 * RATE))[:, None].astype(
        np.float32
    )
    ringing = np.zeros((len(out) - start, 2), dtype=np.float32)
    ringing[: min(held, len(ringing))] = direct[: len(ringing)]
    for channel in (0, 1):
        source = ringing[:, channel].copy()
        tail = _convolve(source, _reverberation(2.8, channel))
        level = float(np.sqrt(np.mean(source[:held] ** 2))) + 1e-9
        early = float(np.sqrt(np.mean(tail[held // 2 : held] ** 2))) + 1e-9
        ringing[:, channel] = source * 1.25 + tail * np.float32(0.8 * level / early)
    out[start:] += ringing
    return out


def ended(samples: Samples, *, last_chord_s: float, duration_s: float) -> Samples:
    """Exactly ``duration_s`` long; what still sounds then is let go over the tail's last part."""
    wanted = round(duration_s * RATE)
    out = np.zeros((wanted, 2), dtype=np.float32)
    out[: min(wanted, len(samples))] = samples[:wanted]
    fade = int(min(0.5 * (duration_s - last_chord_s), 1.6) * RATE)
    if fade > 0:
        out[-fade:] *= (np.cos(np.linspace(0, np.pi / 2, fade)) ** 2)[:, None].astype(np.float32)
    return out
