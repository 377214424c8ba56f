"""Motion templates: the length and rhythm of a clip's movement, carried by the id itself.

The vendor keeps a template on its side and names it by an id (contract/video-models.md, 12.3).
Here the id is the template, so that it works on any machine, for as long as anybody keeps it.
"""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2s
from math import log2

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip
from kaiga.engines.sketch.footage.delivering import get_media
from kaiga.engines.sketch.footage.leads import Lead, follow_lead, smoothed
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.performing.poses import Pose, measure_poses
from kaiga.ports.engine import GenerationJob

PREFIX = "AACT."
PARTS = 16
"""A template knows the movement of so many equal parts of its clip."""

_FORM = struct.Struct(">BHBBB3s3s16s")
"""Version, tenths of seconds, beats a minute, energy, ratio, colours above and below, parts."""
_VERSION = 1
_CHECK_BYTES = 4
_LOOKS_PER_SECOND = 30.0
_SLOWEST, _FASTEST, _USUAL = 60, 180, 104
_LEAST_LIKENESS = 0.12
_MOST_ENERGY = 12.0
"""Mean change (of 255) from look to look that counts as the wildest dance."""

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionTemplate:
    """What is known of a clip's movement.

    `aspect` is the clip's width per height; `above` and `below` are the colours of its halves.
    `aside` and `lift` tell for each of `PARTS` parts of it how far the lead goes to the sides and
    how much it leaps, 0 to 15; `energy` is how much it moves in all, 0 to 1.
    """

    seconds: float
    beats_per_minute: int
    energy: float
    aspect: float
    above: Colour
    below: Colour
    aside: tuple[int, ...]
    lift: tuple[int, ...]


def make_motion_template(job: GenerationJob) -> Making:
    """Measure the clip, and give its template's id as the finding `template_id`."""
    yield Step(step=1, steps=2)
    template = measure_template(job)
    yield Step(step=2, steps=2)
    return Made(findings={"template_id": write_template(template)})


def measure_template(job: GenerationJob) -> MotionTemplate:
    """Look at how the lead of the job's clip moves.

    Raises:
        Refused: the clip can't be decoded.
    """
    clip = get_media(job, "video")
    measures = measure_clip(clip)
    seconds = measures.duration_seconds or 1.0
    lead = follow_lead(
        clip,
        width=measures.width_pixels,
        height=measures.height_pixels,
        looks_per_second=_LOOKS_PER_SECOND,
        seconds=seconds,
    )
    return _describe(lead, measures, seconds)


def write_template(template: MotionTemplate) -> str:
    """Give a template's id."""
    ratio = round(32 * log2(template.aspect)) + 128
    body = _FORM.pack(
        _VERSION,
        min(round(template.seconds * 10), 0xFFFF),
        template.beats_per_minute,
        round(template.energy * 255),
        min(max(ratio, 0), 255),
        bytes(template.above),
        bytes(template.below),
        bytes(a * 16 + b for a, b in zip(template.aside, template.lift, strict=True)),
    )
    return PREFIX + urlsafe_b64encode(body + _check(body)).decode("ascii").rstrip("=")


def read_template(text: str) -> MotionTemplate:
    """Give the template that an id carries.

    Raises:
        Refused: it was not written here, or was damaged (contract/video-models.md, 17).
    """
    content = _decode(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else b""
    body, check = content[:-_CHECK_BYTES], content[-_CHECK_BYTES:]
    if len(body) != _FORM.size or check != _check(body) or body[0] != _VERSION:
        raise Refused(
            "InvalidFile.Template.Content",
            "The template_id is unknown: only ids from animate-anyone-template-gen2 are valid.",
        )
    _, tenths, beats, energy, ratio, above, below, parts = _FORM.unpack(body)
    return MotionTemplate(
        seconds=max(tenths, 1) / 10,
        beats_per_minute=beats,
        energy=energy / 255,
        aspect=2 ** ((ratio - 128) / 32),
        above=(above[0], above[1], above[2]),
        below=(below[0], below[1], below[2]),
        aside=tuple(part // 16 for part in parts),
        lift=tuple(part % 16 for part in parts),
    )


def _check(body: bytes) -> bytes:
    return blake2s(body, digest_size=_CHECK_BYTES, key=b"kaiga motion template").digest()


def _decode(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _describe(lead: Lead, measures: ClipMeasures, seconds: float) -> MotionTemplate:
    aspect = measures.width_pixels / measures.height_pixels
    poses = measure_poses(lead, aspect)
    half = lead.ground.shape[0] // 2
    moving = lead.changes[1:] if len(lead.changes) > 1 else lead.changes
    return MotionTemplate(
        seconds=seconds,
        beats_per_minute=_find_beat(moving, lead.looks_per_second),
        energy=min(1.0, float(np.median(moving)) / _MOST_ENERGY) ** 0.5,
        aspect=aspect,
        above=_mean_colour(lead.ground[:half]),
        below=_mean_colour(lead.ground[half:]),
        aside=_grade([abs(pose.across) + abs(pose.shifts[0]) for pose in poses], 0.5),
        lift=_grade([_rise(pose) for pose in poses], 0.16),
    )


def _rise(pose: Pose) -> float:
    return abs(pose.up) + abs(pose.stretch - 1)


def _grade(values: list[float], most: float) -> tuple[int, ...]:
    """Give the mean of each part of a series as 0 to 15, where 15 is `most`."""
    parts = np.array_split(np.array(values), PARTS)
    means = [float(part.mean()) if part.size else 0.0 for part in parts]
    return tuple(min(15, round(15 * mean / most)) for mean in means)


def _find_beat(changes: NDArray[np.float64], rate: float) -> int:
    """Give the beats a minute at which movement comes back, by its likeness to itself."""
    count = len(changes)
    if count < rate:
        return _USUAL
    window = max(3, round(rate))
    wave = changes - np.convolve(changes, np.ones(window) / window, "same")
    wave = smoothed(wave)
    power = float(wave @ wave)
    beats = [beat for beat in range(_SLOWEST, _FASTEST + 1) if rate * 60 / beat < count / 2]
    if power <= 1e-6 or not beats:
        return _USUAL
    scores = [_likeness(wave, rate * 60 / beat) / power for beat in beats]
    best = int(np.argmax(scores))
    if scores[best] < _LEAST_LIKENESS:
        return _USUAL
    # What comes back each beat does so every second beat too: the faster one is meant.
    twice = [place for place, beat in enumerate(beats) if abs(beat / beats[best] - 2) < 0.12]
    faster = max(twice, key=lambda place: scores[place], default=best)
    return beats[faster] if scores[faster] > 0.6 * scores[best] else beats[best]


def _likeness(wave: NDArray[np.float64], lag: float) -> float:
    """Tell how like itself a wave is `lag` steps later, between whole steps too."""
    first = int(lag)
    low, high = (
        float(wave[:-step] @ wave[step:]) * len(wave) / (len(wave) - step)
        for step in (first, first + 1)
    )
    return low + (high - low) * (lag - first)


def _mean_colour(pixels: NDArray[np.uint8]) -> Colour:
    red, green, blue = pixels.reshape(-1, 3).mean(axis=0)
    return int(red), int(green), int(blue)
