"""Dances made up on a beat: steps, sways, waves and leaps, as much as a template asks for."""

from collections.abc import Callable
from math import cos, pi, sin, tau
from random import Random

from kaiga.engines.sketch.performing.poses import BANDS, Pose, blended
from kaiga.engines.sketch.performing.templates import PARTS, MotionTemplate

BEATS_PER_BAR = 4

Move = Callable[[float, float], Pose]
"""Takes beats since the bar began, and how large the movement is (1 is usual)."""


def dance_at(template: MotionTemplate, bars: list[Move], seconds: float) -> Pose:
    """Give the pose of a dance at a time; `bars` are its moves, bar by bar."""
    beats = seconds * template.beats_per_minute / 60
    bar, beat = divmod(beats, BEATS_PER_BAR)
    size = 0.45 + 0.9 * template.energy
    here = bars[int(bar) % len(bars)](beat, size)
    # One move leads over into the next during the last half beat.
    share = (beat - BEATS_PER_BAR + 0.5) * 2
    if share <= 0:
        return here
    following = bars[(int(bar) + 1) % len(bars)](beat - BEATS_PER_BAR, size)
    return blended(here, following, share * share * (3 - 2 * share))


def choose_bars(template: MotionTemplate, rng: Random) -> list[Move]:
    """Choose the move of each bar by how the template's clip moved then."""
    count = max(1, round(template.seconds * template.beats_per_minute / 60 / BEATS_PER_BAR))
    bars: list[Move] = []
    for bar in range(count):
        part = min(PARTS - 1, bar * PARTS // count)
        aside, lift = template.aside[part], template.lift[part]
        if lift >= max(6, aside):
            fitting = (_leap, _bounce, _squat)
        elif aside >= 5:
            fitting = (_step, _slide, _twist)
        else:
            fitting = (_sway, _wave, _bounce, _twist)
        chosen = rng.choice(fitting)
        if bars and chosen is bars[-1]:
            chosen = rng.choice([move for move in fitting if move is not chosen])
        bars.append(chosen)
    return bars


def _leaning(far: float, power: float = 1.5) -> tuple[float, ...]:
    """Lean the body to the right, the head by `far`, the feet not at all."""
    return tuple(far * (1 - band / (BANDS - 1)) ** power for band in range(BANDS))


def _hips(far: float) -> tuple[float, ...]:
    """Push the hips to the right."""
    return tuple(far * sin(pi * min(1.0, 1.35 * (1 - band / (BANDS - 1)))) for band in range(BANDS))


def _sum(*waves: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(sum, zip(*waves, strict=True)))


def _dip(beat: float) -> float:
    """Go down and up once a beat, 0 to 1."""
    return 0.5 - 0.5 * cos(tau * beat)


def _sway(beat: float, size: float) -> Pose:
    side = sin(pi * beat)
    return Pose(
        across=0.03 * size * side,
        stretch=1 - 0.025 * size * _dip(beat),
        shifts=_sum(_leaning(0.07 * size * side), _hips(-0.05 * size * side)),
    )


def _bounce(beat: float, size: float) -> Pose:
    down = _dip(beat)
    side = sin(pi * beat)
    return Pose(
        stretch=1 - 0.07 * size * down,
        widths=(1 + 0.035 * size * down,) * BANDS,
        shifts=_leaning(0.035 * size * side),
    )


def _step(beat: float, size: float) -> Pose:
    side = sin(pi * beat / 2)
    return Pose(
        across=0.17 * size * side,
        up=0.035 * size * abs(sin(pi * beat)),
        shifts=_leaning(-0.08 * size * cos(pi * beat / 2)),
    )


def _slide(beat: float, size: float) -> Pose:
    side = sin(pi * beat / 2) ** 3
    return Pose(
        across=0.22 * size * side,
        stretch=1 - 0.05 * size * (1 - abs(side)),
        shifts=_sum(_leaning(0.12 * size * side, 2.0), _hips(0.05 * size * sin(tau * beat))),
    )


def _wave(beat: float, size: float) -> Pose:
    bend = tuple(
        0.055 * size * sin(pi * beat - 2.6 * band / BANDS) * (1 - band / BANDS)
        for band in range(BANDS)
    )
    return Pose(
        shifts=_sum(bend, _hips(0.03 * size * sin(pi * beat))), stretch=1 - 0.02 * _dip(beat)
    )


def _twist(beat: float, size: float) -> Pose:
    turn = sin(pi * beat)
    return Pose(
        facing=1 - 0.4 * size * turn * turn,
        stretch=1 - 0.03 * size * _dip(beat),
        shifts=_hips(0.05 * size * turn),
    )


def _leap(beat: float, size: float) -> Pose:
    part = beat % 2
    flight = max(0.0, sin(pi * (part - 0.4) / 1.1)) if 0.4 < part < 1.5 else 0.0
    crouch = (
        max(0.0, cos(pi * part / 0.8)) if part < 0.4 else max(0.0, sin(pi * (part - 1.5) / 0.5))
    )
    return Pose(
        up=0.15 * size * flight,
        stretch=1 + 0.05 * size * flight - 0.12 * size * crouch * (part < 0.4 or part > 1.5),
        shifts=_leaning(0.05 * size * sin(pi * beat)),
    )


def _squat(beat: float, size: float) -> Pose:
    down = _dip(beat / 2)
    return Pose(
        stretch=1 - 0.17 * size * down,
        widths=tuple(1 + 0.07 * size * down * band / BANDS for band in range(BANDS)),
        shifts=_leaning(0.05 * size * sin(pi * beat)),
    )
