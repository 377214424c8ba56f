"""Sound without recordings: a quiet bed that fits the prompt, and sums on sound that was given.

The same prompt and seed give the same samples.
"""

from collections.abc import Callable, Mapping
from math import pi, tau
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, Sound
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene

Wave = NDArray[np.float64]
"""One channel of sound; full scale is -1 to 1."""

_PEAK = 0.22
"""How loud a bed gets: something to hear, and well below speech."""
_FADE_SECONDS = 0.4
_SILENT_BELOW = 0.02
"""Loudness, as a share of the loudest frame, under which a frame counts as silent."""
_ROOT_HERTZ = 110.0
_MAJOR, _MINOR = (0, 7, 12, 16, 19), (0, 7, 12, 15, 19)


def make_bed(prompt: str, seed: int, sample_count: int) -> Sound:
    """Make a quiet sound for a scene: wind, rain or sea where the prompt speaks of them, and a pad.

    It fades in and out at its ends.
    """
    scene = read_prompt(prompt)
    chance = make_random("sound", prompt, seed)
    noise = np.random.Generator(np.random.PCG64(chance.getrandbits(64)))
    voices = [_VOICES[name] for name in _choose_voices(scene)]
    pad = _pad(noise, sample_count, _MINOR if _is_grave(scene) else _MAJOR)
    mixed = (0.35 if voices else 0.8) * pad
    for voice in voices:
        mixed += np.stack([voice(noise, sample_count, side) for side in (0, 1)], axis=1)
    mixed *= _fades(sample_count)[:, None]
    loudest = float(np.abs(mixed).max(initial=0.0))
    return to_sound(mixed * (_PEAK / loudest) if loudest else mixed)


def to_sound(channels: NDArray[np.float64]) -> Sound:
    """Round samples of full scale -1 to 1 (samples by 2) to 16 bits; what is louder is clipped."""
    return np.clip(np.rint(channels * 32767), -32768, 32767).astype(np.int16)


def fit_sound(sound: Sound, sample_count: int) -> Sound:
    """Cut sound, or pad it with silence at its end, to exactly `sample_count` samples."""
    missing = sample_count - len(sound)
    if missing <= 0:
        return sound[:sample_count]
    return np.concatenate([sound, np.zeros((missing, 2), np.int16)])


def cross_faded(first: Sound, then: Sound) -> Sound:
    """Let `first` be heard in place of the beginning of `then`, fading over at its end."""
    length = min(len(first), len(then))
    fade = min(int(_FADE_SECONDS * SAMPLES_PER_SECOND), length)
    share = np.ones((len(then), 1))
    share[:length] = 0.0
    share[length - fade : length, 0] = np.linspace(0, 1, fade)
    under = fit_sound(first, len(then)).astype(np.float64)
    return np.rint(under * (1 - share) + then * share).astype(np.int16)


def measure_loudness(
    sound: Sound, frames_per_second: float, frame_count: int
) -> NDArray[np.float64]:
    """Tell how loud the sound is during each frame, 0 to 1, where 1 is its own loudest frame.

    It is the root mean square of a frame's samples; frames beyond the sound's end and sound that
    is silent throughout give 0.
    """
    edges = np.rint(np.arange(frame_count + 1) * SAMPLES_PER_SECOND / frames_per_second).astype(int)
    power = np.square(fit_sound(sound, int(edges[-1])).astype(np.float64)).mean(axis=1)
    sums = np.concatenate([[0.0], np.cumsum(power)])
    levels = np.sqrt(np.maximum(np.diff(sums[edges]), 0.0) / np.maximum(np.diff(edges), 1))
    loudest = float(levels.max(initial=0.0))
    if loudest < 1.0:  # less than one step of 16 bits
        return np.zeros(frame_count)
    shares = levels / loudest
    return np.where(shares < _SILENT_BELOW, 0.0, shares)


def _choose_voices(scene: Scene) -> list[str]:
    places, weather = set(scene.places), set(scene.weather)
    motifs = {mention.motif for mention in scene.mentions}
    chosen: list[str] = []
    if weather & {"rain", "storm"}:
        chosen.append("rain")
    if weather & {"wind", "storm", "snow", "fog"} or places & {"desert", "mountains", "snowfield"}:
        chosen.append("wind")
    if places & {"sea", "beach", "underwater"} or motifs & _MARINE:
        chosen.append("sea")
    if places & {"lake", "swamp"}:
        chosen.append("brook")
    if places & {"forest", "garden", "meadow", "bamboo_grove"} or "bird" in motifs:
        chosen.append("birds")
    return chosen


_MARINE = frozenset({"boat", "ship", "lighthouse", "whale", "dolphin", "wave"})


def _is_grave(scene: Scene) -> bool:
    return bool({"sad", "dark", "cold", "mysterious", "angry"} & set(scene.moods)) or (
        scene.time == "night" or "storm" in scene.weather
    )


def _seconds(count: int) -> Wave:
    return np.arange(count) / SAMPLES_PER_SECOND


def _coloured(noise: np.random.Generator, count: int, low: float, high: float, tilt: float) -> Wave:
    """Make noise between two frequencies (hertz) that falls by `tilt` powers of the frequency.

    Its root mean square is 1.
    """
    size = max(2, 1 << (max(count, 2) - 1).bit_length())
    spectrum = np.fft.rfft(noise.standard_normal(size))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLES_PER_SECOND)
    shape = np.where((hertz >= low) & (hertz <= high), np.maximum(hertz, low) ** -tilt, 0.0)
    wave = np.fft.irfft(spectrum * shape, size)[:count]
    level = float(np.sqrt(np.mean(np.square(wave)))) if count else 0.0
    return wave / level if level else wave


def _swell(noise: np.random.Generator, count: int, period: float, depth: float) -> Wave:
    """Make a slow rise and fall between `1 - depth` and 1; `period` is in seconds."""
    turn = noise.random() * tau
    second = noise.random() * tau
    time = _seconds(count)
    wave = np.sin(tau * time / period + turn) * 0.7
    wave += np.sin(tau * time / (period * 0.37) + second) * 0.3
    return 1 - depth * (0.5 - 0.5 * wave)


def _wind(noise: np.random.Generator, count: int, _side: int) -> Wave:
    return _coloured(noise, count, 90, 900, 0.9) * _swell(noise, count, 4.3, 0.75)


def _rain(noise: np.random.Generator, count: int, _side: int) -> Wave:
    hiss = _coloured(noise, count, 700, 9000, 0.25)
    drops = np.zeros(count)
    hits = noise.integers(0, max(count, 1), size=round(count / SAMPLES_PER_SECOND * 45))
    drops[hits] = noise.random(len(hits))
    decay = np.exp(-np.arange(400) / 60.0) * np.sin(np.arange(400) * 0.45)
    return hiss * 0.7 + np.convolve(drops, decay)[:count] * 1.6


def _sea(noise: np.random.Generator, count: int, side: int) -> Wave:
    surf = _coloured(noise, count, 60, 5000, 0.6)
    rhythm = 0.5 - 0.5 * np.cos(tau * (_seconds(count) / 5.2 + 0.08 * side + 0.1))
    return surf * (0.25 + 0.75 * rhythm**2)


def _brook(noise: np.random.Generator, count: int, _side: int) -> Wave:
    return _coloured(noise, count, 350, 2600, 0.5) * _swell(noise, count, 0.9, 0.4) * 0.6


def _birds(noise: np.random.Generator, count: int, _side: int) -> Wave:
    """Make short rising calls at odd moments over a little air."""
    wave = _coloured(noise, count, 200, 3000, 0.8) * 0.12
    for _ in range(round(count / SAMPLES_PER_SECOND * 1.1)):
        long = int(SAMPLES_PER_SECOND * noise.uniform(0.06, 0.14))
        start = int(noise.random() * max(1, count - long))
        time = _seconds(long)
        pitch = noise.uniform(2200, 3600)
        call = np.sin(tau * (pitch * time + noise.uniform(1500, 5000) * time**2))
        piece = call * np.sin(pi * np.arange(long) / long) ** 2 * noise.uniform(0.3, 0.9)
        wave[start : start + long] += piece[: max(0, count - start)]
    return wave


_VOICES: Mapping[str, Callable[[np.random.Generator, int, int], Wave]] = MappingProxyType({
    "wind": _wind, "rain": _rain, "sea": _sea, "brook": _brook, "birds": _birds,
})  # fmt: skip


def _pad(noise: np.random.Generator, count: int, chord: tuple[int, ...]) -> NDArray[np.float64]:
    """Hold a soft chord whose notes come and go, slightly apart on the two sides."""
    time = _seconds(count)
    root = _ROOT_HERTZ * 2 ** (int(noise.integers(-3, 4)) / 12)
    sides = np.zeros((count, 2))
    for place, step in enumerate(chord):
        hertz = root * 2 ** (step / 12)
        breath = _swell(noise, count, 3.1 + place * 1.3, 0.6) / (1 + place * 0.5)
        for side, detune in ((0, -0.4), (1, 0.4)):
            phase = tau * (hertz + detune) * time
            sides[:, side] += breath * (np.sin(phase) + 0.25 * np.sin(2 * phase))
    return sides


def _fades(count: int) -> Wave:
    length = min(int(_FADE_SECONDS * SAMPLES_PER_SECOND), count // 2)
    shape = np.ones(count)
    if length:
        ramp = np.sin(np.linspace(0, pi / 2, length)) ** 2
        shape[:length] = ramp
        shape[count - length :] = ramp[::-1]
    return shape
