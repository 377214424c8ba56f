"""A given picture set in motion: a slow camera, depth, and air that stirs what is in it."""

import math
from collections.abc import Iterator

import numpy as np

from kaiga.engines.sketch.film.airborne import SWARMS, Flight, choose_swarms
from kaiga.engines.sketch.film.camera import choose_move, eased, find_move
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.relief import find_middle, guess_relief
from kaiga.engines.sketch.film.stretching import Plane, Rubber, make_grid
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt

_ZOOM_PER_SECOND = 0.022
_MOST_ZOOM = 0.14
_SHIFT_PER_SECOND = 0.013
_MOST_SHIFT = 0.075
_STIR = 0.0026
"""How far air moves things to the sides, per the picture's mean side."""
_RAMP_SECONDS = 0.8
"""How long it takes until all moves; the first frame is the picture itself."""
_PAINTED_ONLY = frozenset({"stars", "galaxy", "motes", "seeds"})
"""What is in the air of painted scenes, and would look like faults of a given picture."""


class MovingStill:
    """One picture in motion; its frame at 0 seconds is the picture itself."""

    def __init__(self, picture: Frame, *, prompt: str, seed: int, seconds: float) -> None:
        self._rubber = Rubber(picture)
        self._x, self._y = make_grid(self._rubber.width, self._rubber.height)
        self._relief = guess_relief(picture)
        self._middle = find_middle(self._relief)
        self._seconds = max(seconds, 0.1)
        chance = make_random("still", prompt, seed)
        self._move = find_move(prompt) or choose_move(chance, alone=True)
        self._way = chance.choice((-1.0, 1.0))
        self._phase = chance.random()
        size = (self._rubber.width, self._rubber.height)
        self._flights = [
            Flight(SWARMS[name], make_random("air", seed, name), *size)
            for name in choose_swarms(read_prompt(prompt))
            if name not in _PAINTED_ONLY
        ]

    def frame_at(self, seconds: float) -> Frame:
        """Give the frame at this time, from 0 on."""
        if seconds <= 0:
            return self._rubber.picture
        image = self._rubber.stretched(*self._places(seconds))
        for flight in self._flights:
            flight.draw(image, seconds, share=_ramp(seconds / _RAMP_SECONDS))
        return np.asarray(image)

    def _places(self, seconds: float) -> tuple[Plane, Plane]:
        """Give where each place of the frame is taken from; near places move more."""
        width, height = self._rubber.width, self._rubber.height
        progress = eased(min(1.0, seconds / self._seconds))
        closer = self._closer(progress) * (np.float32(0.55) + np.float32(0.6) * self._relief)
        right, down = self._shift(progress, seconds)
        near = self._relief - np.float32(0.3)
        middle_x = np.float32(self._middle[0] * width)
        middle_y = np.float32(self._middle[1] * height)
        x = self._x - (self._x - middle_x) * closer - np.float32(right * width) * near
        y = self._y - (self._y - middle_y) * closer - np.float32(down * height) * near
        return x + self._stirred(seconds) * near, y

    def _closer(self, progress: float) -> np.float32:
        """Give by what share of the way to the middle of the picture places are taken."""
        most = min(_MOST_ZOOM, _ZOOM_PER_SECOND * self._seconds)
        share = {"push": 1.0, "pull": -0.6, "still": 0.0}.get(self._move, 0.45)
        return np.float32(most * share * progress)

    def _shift(self, progress: float, seconds: float) -> tuple[float, float]:
        """Give how far near places have moved, in shares of the picture's sides."""
        most = min(_MOST_SHIFT, _SHIFT_PER_SECOND * self._seconds)
        match self._move:
            case "left" | "right":
                return (most if self._move == "left" else -most) * progress, 0.0
            case "up" | "down":
                return 0.0, (most if self._move == "up" else -most) * progress
            case "still":
                return 0.0, 0.0
            case _:
                sway = math.sin(math.tau * seconds / max(4.0, self._seconds)) * 0.7
                return most * sway * self._way, most * 0.25 * math.sin(math.tau * progress / 2)

    def _stirred(self, seconds: float) -> Plane:
        """Give by how much air moves each row to the side at this time, in pixels."""
        far = _STIR * (self._rubber.width * self._rubber.height) ** 0.5
        waves = self._y / np.float32(self._rubber.height) * np.float32(1.6)
        turn = waves + np.float32(self._phase + 0.35 * seconds)
        strength = np.float32(far * _ramp(seconds / _RAMP_SECONDS))
        return np.sin(np.float32(math.tau) * turn) * strength


def film_still(
    picture: Frame, form: ClipForm, *, prompt: str, seed: int, frame_count: int
) -> Iterator[Frame]:
    """Give so many frames of a picture in motion, the first being the picture itself."""
    rate = float(form.rate)
    still = MovingStill(picture, prompt=prompt, seed=seed, seconds=frame_count / rate)
    for number in range(frame_count):
        yield still.frame_at(number / rate)


def _ramp(share: float) -> float:
    bounded = min(1.0, max(0.0, share))
    return bounded * bounded * (3 - 2 * bounded)
