"""The ways in which effects pull a picture about: each says where its places are taken from.

All begin with the picture as it is, at 0 seconds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kaiga.engines.sketch.film.stretching import Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What an effect works on: a picture's places, its subject and its middle.

    `x` is one row and `y` one column of pixels, `subject` (0 to 1) the places of the subject,
    `middle` its middle in pixels and `reach` about half its size. `seconds` is the clip's length.
    """

    x: Plane
    y: Plane
    subject: Plane
    middle: tuple[float, float]
    reach: float
    seconds: float

    @property
    def width(self) -> int:
        """The picture's width in pixels."""
        return self.x.shape[1]

    @property
    def height(self) -> int:
        """The picture's height in pixels."""
        return self.y.shape[0]


Places = tuple[Plane, Plane]
Distortion = Callable[[Ground, float], Places]
"""Takes the seconds since the clip began."""


def swaying(ground: Ground, time: float) -> Places:
    """Rock gently, the subject more than what is behind it."""
    lean = _f(0.02 * _rising(time) * math.sin(math.tau * time * 0.3))
    closer = _f(0.04 * _progress(ground, time))
    x, y = _nearer(ground, closer)
    return x - (y - _f(ground.height)) * lean * ground.subject, y


def squished(ground: Ground, time: float) -> Places:
    """Press the subject flat from above, again and again, and let it spring back."""
    press = _f(0.55 * _rising(time, 0.5) * abs(math.sin(math.pi * time * 0.62)) ** 0.8)
    foot = _f(min(ground.height - 1.0, ground.middle[1] + ground.reach))
    flat = press * ground.subject
    y = foot - (foot - ground.y) * (1 + flat * _f(1.3))
    x = ground.x - (ground.x - _f(ground.middle[0])) * flat * _f(0.5)
    return x, y


def inflated(ground: Ground, time: float) -> Places:
    """Blow the subject up like a balloon, until it lifts off a little."""
    size = _f(0.62 * _smooth(_progress(ground, time) * 1.15))
    breath = _f(1 + 0.05 * math.sin(math.tau * time * 1.1))
    round_ = _hill(ground, 1.35) * size * breath
    lift = _f(0.05 * ground.height) * size * ground.subject
    x = ground.x - (ground.x - _f(ground.middle[0])) * round_
    y = ground.y - (ground.y - _f(ground.middle[1])) * round_ + lift
    return x, y


def poked(ground: Ground, time: float) -> Places:
    """Push a finger into the subject at three places in turn, and let it wobble."""
    spots = ((-0.35, -0.15), (0.35, 0.05), (0.0, 0.4))
    every = ground.seconds / len(spots)
    number = min(len(spots) - 1, int(time / every))
    since = time - number * every
    spot_x = ground.middle[0] + spots[number][0] * ground.reach
    spot_y = ground.middle[1] + spots[number][1] * ground.reach
    in_and_out = _smooth(since / 0.25) * math.exp(-max(0.0, since - 0.25) * 2.6)
    deep = _f(in_and_out * math.cos(math.tau * max(0.0, since - 0.25) * 2.4) * 1.5)
    wide = _f(ground.reach * 0.42)
    away_x, away_y = ground.x - _f(spot_x), ground.y - _f(spot_y)
    dent = np.exp(-(away_x**2 + away_y**2) / wide**2) * deep
    return ground.x + away_x * dent, ground.y + away_y * dent


def turned(ground: Ground, time: float) -> Places:
    """Turn the picture as a card around its upright axis, once; what is off it is far outside."""
    angle = math.tau * _smooth(_progress(ground, time))
    cos, sin = math.cos(angle), math.sin(angle)
    # Seen edge on, a card has no width: it then shows a hair of itself.
    cos = math.copysign(max(abs(cos), 0.02), cos)
    distance = ground.width * 2.6
    across = ground.x - _f((ground.width - 1) / 2)
    down = ground.y - _f((ground.height - 1) / 2)
    card = across * _f(distance) / (_f(distance * cos) - across * _f(sin))
    away = 1 + card * _f(sin / distance)
    outside = (np.abs(card) > _f(ground.width / 2)) | (np.abs(down * away) > _f(ground.height / 2))
    x = np.where(outside, _f(np.nan), card + _f((ground.width - 1) / 2))
    return x, down * away + _f((ground.height - 1) / 2)


def scattered(ground: Ground, time: float) -> Places:
    """Let the picture drift off to the upper right, what is on the right first."""
    gone = _f(1.35 * _progress(ground, time) ** 1.3) - (1 - ground.x / _f(ground.width))
    loose = np.maximum(gone, 0) ** 2
    waves = np.sin(ground.y * _f(math.tau * 5 / ground.height) + _f(time * 3))
    x = ground.x - loose * _f(ground.width * 0.4) * (1 + _f(0.4) * waves)
    y = ground.y + loose * _f(ground.height * 0.35) * (1 + _f(0.3) * waves)
    return x, y


def flown(ground: Ground, time: float) -> Places:
    """Lift the subject and carry it about, banking from side to side."""
    rise = _rising(time, 1.2)
    up = _f(0.1 * ground.height * rise * (1 + 0.35 * math.sin(math.tau * time * 0.45)))
    aside = _f(0.05 * ground.width * rise * math.sin(math.tau * time * 0.32))
    bank = _f(0.1 * rise * math.sin(math.tau * time * 0.32 + 0.7))
    middle_x, middle_y = _f(ground.middle[0]), _f(ground.middle[1])
    x = ground.x - (aside + (ground.y - middle_y) * bank) * ground.subject
    y = ground.y + (up + (ground.x - middle_x) * bank) * ground.subject
    return x, y + _f(0.02 * ground.height * rise) * np.sin(ground.x / _f(ground.width / 3))


def rolled(ground: Ground, time: float) -> Places:
    """Wind the picture around a drum that turns, so that it comes around again."""
    amount = _rising(time, 1.0)
    share = (ground.x - _f(ground.width / 2)) / _f(ground.width / 2)
    bent = np.arcsin(np.clip(share * _f(0.98), -1, 1)) / _f(math.pi / 2)
    x = ground.x + (bent - share) * _f(ground.width / 2 * amount)
    turn = _f(2 * ground.width * _smooth(_progress(ground, time)))
    lower = 1 + _f(0.12 * amount) * share**2
    y = (ground.y - _f(ground.height / 2)) * lower + _f(ground.height / 2)
    return (x + turn) % _f(2 * ground.width), y


def danced(ground: Ground, time: float) -> Places:
    """Swing from side to side with the beat."""
    beat = math.sin(math.tau * time * 1.0) * _rising(time)
    lean = _f(0.17 * beat)
    drop = _f(0.03 * ground.height * abs(beat))
    hold = ground.subject
    foot = _f(ground.middle[1] + ground.reach)
    return ground.x - (foot - ground.y) * lean * hold, ground.y - drop * hold


def hopped(ground: Ground, time: float) -> Places:
    """Jump with the beat, stretching on the way up and pressing together on the way down."""
    beat = abs(math.sin(math.tau * time * 0.95)) * _rising(time)
    stretch = _f(0.16 * math.cos(math.tau * time * 1.9) * _rising(time))
    hold = ground.subject
    foot = _f(ground.middle[1] + ground.reach)
    y = foot - (foot - ground.y) * (1 + stretch * hold) + _f(0.1 * ground.height * beat) * hold
    return ground.x + (ground.x - _f(ground.middle[0])) * stretch * hold * _f(0.6), y


def twisted(ground: Ground, time: float) -> Places:
    """Twist the subject about itself, one way and back, with the beat."""
    angle = 0.6 * math.sin(math.tau * time * 0.75) * _rising(time)
    return _swirled(ground, angle)


def wavering(ground: Ground, time: float) -> Places:
    """Waver as under water."""
    far = _f(0.011 * ground.height * _rising(time))
    down = ground.y * _f(math.tau * 2.2 / ground.height) + _f(time * 2.1)
    across = ground.x * _f(math.tau * 2.8 / ground.width) - _f(time * 1.7)
    x = ground.x + far * np.sin(down) + np.zeros_like(ground.y)
    y = ground.y + far * np.sin(across) - _f(0.5) * far * np.sin(down)
    return x, y


def embraced(ground: Ground, time: float) -> Places:
    """Push both sides together towards the middle, hold, and rock."""
    hold = _f(0.3 * _smooth(time / max(0.8, ground.seconds * 0.45)))
    rock = _f(0.012 * ground.width * _rising(time) * math.sin(math.tau * time * 0.4))
    across = (ground.x - _f(ground.middle[0])) / _f(ground.width / 2)
    squeeze = hold * np.exp(-((across / _f(0.75)) ** 2))
    x = ground.x + (ground.x - _f(ground.middle[0])) * squeeze * _f(1.6)
    return x + rock * ground.subject, ground.y + np.zeros_like(ground.x)


def approached(ground: Ground, time: float) -> Places:
    """Come close to the subject's upper part, both sides leaning in."""
    closer = _f(0.3 * _smooth(_progress(ground, time)))
    x, y = _nearer(ground, closer)
    lean = _f(0.1 * _rising(time, 1.5))
    across = (ground.x - _f(ground.middle[0])) / _f(ground.width / 2)
    above = np.clip((_f(ground.middle[1]) - ground.y) / _f(ground.reach), -1, 1)
    return x + lean * _f(ground.reach) * across * (1 + above) * np.exp(-(across**2) * 2), y


def _swirled(ground: Ground, angle: float) -> Places:
    turn = _hill(ground, 1.5) * _f(angle)
    cos, sin = np.cos(turn), np.sin(turn)
    away_x, away_y = ground.x - _f(ground.middle[0]), ground.y - _f(ground.middle[1])
    x = _f(ground.middle[0]) + away_x * cos - away_y * sin
    return x, _f(ground.middle[1]) + away_x * sin + away_y * cos


def _nearer(ground: Ground, closer: np.float32) -> Places:
    x = ground.x - (ground.x - _f(ground.middle[0])) * closer + np.zeros_like(ground.y)
    return x, ground.y - (ground.y - _f(ground.middle[1])) * closer + np.zeros_like(ground.x)


def _hill(ground: Ground, wide: float) -> Plane:
    """Give 1 at the middle, falling softly to 0 at some `wide` reaches from it."""
    reach = _f(ground.reach * wide)
    away = ((ground.x - _f(ground.middle[0])) / reach) ** 2
    return np.exp(-(away + ((ground.y - _f(ground.middle[1])) / reach) ** 2) * 1.4)


def _progress(ground: Ground, time: float) -> float:
    return min(1.0, max(0.0, time / ground.seconds))


def _rising(time: float, seconds: float = 0.7) -> float:
    return _smooth(time / seconds)


def _smooth(share: float) -> float:
    bounded = min(1.0, max(0.0, share))
    return bounded * bounded * (3 - 2 * bounded)


def _f(number: float) -> np.float32:
    """Sums of planes are to stay in 32 bits, which are twice as fast."""
    return np.float32(number)
