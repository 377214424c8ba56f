"""How a face speaks: what sound does to the mouth, and how eyes and head go along with it."""

from dataclasses import dataclass
from math import pi, sin, tau
from random import Random

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.film.frames import SAMPLES_PER_SECOND, ClipForm, Sound
from kaiga.engines.sketch.film.sound import fit_sound, measure_loudness
from kaiga.engines.sketch.performing.expressions import Expression

_RELEASE = 0.45
"""What is left of an opening one frame after its sound has gone softer, at 25 frames a second."""
_SYLLABLES_PER_SECOND = 4.3
_BLINK_SECONDS = 0.24


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How much somebody moves while speaking; 1 is usual.

    `blinks` is 0 for eyes that never move, to 1 for restless ones.
    """

    mouth: float = 1.0
    head: float = 1.0
    blinks: float = 0.5
    brows: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """For each frame of a clip: how far the mouth opens, how wide it is, how loud the sound is."""

    opening: NDArray[np.float64]
    width: NDArray[np.float64]
    loudness: NDArray[np.float64]


def listen(sound: Sound, form: ClipForm, rng: Random) -> Speech:
    """Make the mouth's movement out of sound; a frame without sound has a closed mouth."""
    rate, count = float(form.rate), form.frame_count
    loudness = measure_loudness(sound, rate, count)
    release = _RELEASE ** (25.0 / rate)
    opening = np.zeros(count)
    phase, level = rng.random() * tau, 0.0
    for frame in range(count):
        level = max(loudness[frame], level * release)
        syllable = 0.78 + 0.22 * sin(phase + tau * _SYLLABLES_PER_SECOND * frame / rate)
        opening[frame] = level**0.75 * syllable if loudness[frame] > 0 else 0.0
    return Speech(
        opening=opening, width=_measure_hiss(sound, rate, count) * (opening > 0), loudness=loudness
    )


def perform(speech: Speech, form: ClipForm, manner: Manner, rng: Random) -> list[Expression]:
    """Give one expression for each frame of the clip."""
    rate, count = float(form.rate), form.frame_count
    lids = _blink(count, rate, manner.blinks, rng)
    waves = [(rng.uniform(0.8, 1.2), rng.random() * tau) for _ in range(4)]
    stress = _smoothed(speech.loudness, round(rate * 0.3))
    expressions: list[Expression] = []
    for frame in range(count):
        time = frame / rate
        sway, nod, tilt, breath = (
            sin(phase + tau * time * pace / period)
            for (pace, phase), period in zip(waves, (4.1, 3.3, 5.2, 3.9), strict=True)
        )
        lively = manner.head * (0.5 + 0.5 * float(stress[frame]))
        expressions.append(
            Expression(
                mouth_open=min(1.3, float(speech.opening[frame]) * manner.mouth),
                mouth_wide=float(speech.width[frame]),
                lids=(lids[frame], lids[frame]),
                brows=0.6 * manner.brows * manner.head * float(stress[frame]),
                sway=(0.05 * sway * lively, manner.head * (0.012 * breath + 0.03 * nod * lively)),
                tilt=0.045 * tilt * lively,
            )
        )
    return expressions


def _measure_hiss(sound: Sound, rate: float, count: int) -> NDArray[np.float64]:
    """Tell how hissing the sound is during each frame: -0.5 for low and round, 0.5 for sharp."""
    edges = np.rint(np.arange(count + 1) * SAMPLES_PER_SECOND / rate).astype(int)
    wave = fit_sound(sound, int(edges[-1]) + 1)[:, 0].astype(np.int32)
    crossings = np.concatenate([[0], np.cumsum(np.signbit(wave[1:]) != np.signbit(wave[:-1]))])
    per_second = np.diff(crossings[edges]) * rate
    return np.clip(np.log2(np.maximum(per_second, 50) / 700) / 4, -0.5, 0.5)


def _blink(count: int, rate: float, frequency: float, rng: Random) -> list[float]:
    """Give how far the lids are closed in each frame."""
    lids = [0.0] * count
    if frequency <= 0:
        return lids
    pause = 7.0 - 5.0 * min(frequency, 1.0)
    time = rng.uniform(0.3, pause)
    while time < count / rate:
        for frame in range(int(time * rate), min(count, int((time + _BLINK_SECONDS) * rate) + 1)):
            lids[frame] = max(lids[frame], sin(pi * (frame / rate - time) / _BLINK_SECONDS))
        time += rng.uniform(0.6, 1.4) * pause
    return lids


def _smoothed(values: NDArray[np.float64], frames: int) -> NDArray[np.float64]:
    frames = max(1, frames)
    return np.convolve(np.pad(values, frames, mode="edge"), np.ones(frames) / frames, "same")[
        frames:-frames
    ]
