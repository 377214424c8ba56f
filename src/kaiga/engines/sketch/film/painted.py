"""The painted scene of a prompt in motion: one shot or several, frame by frame."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageEnhance

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.composition import compose
from kaiga.engines.sketch.film.airborne import SWARMS, Flight, choose_swarms
from kaiga.engines.sketch.film.camera import (
    Camera,
    choose_move,
    find_move,
    make_camera,
)
from kaiga.engines.sketch.film.diorama import Diorama, Shown, find_subject
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.sprites import Sprite, lay, paint_sprite
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt, without
from kaiga.engines.sketch.scene import Scene
from kaiga.engines.sketch.styles import STYLES

_SPRITE_PIXELS = 5_000_000
"""About how many pixels a sprite as large as the frame may hold, which is 20 MB."""
_LONG_SECONDS = 8.0
"""From this length on a clip of several shots has three, below two."""


_FLASH_SECONDS = 0.28
_FLASH = 0.6
"""How much brighter a frame is at the height of a flash of lightning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One shot: its frames from `first` up to, not including, `last`, and its camera."""

    first: int
    last: int
    camera: Camera


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneOrder:
    """What to film: the prompt, the seed, and whether to cut between several shots."""

    prompt: str
    negative_prompt: str = ""
    seed: int = 0
    several_shots: bool = False


def film_scene(order: SceneOrder, form: ClipForm) -> Iterator[Frame]:
    """Give the frames of a clip one by one."""
    scene = without(read_prompt(order.prompt), read_prompt(order.negative_prompt))
    canvas = _compose(scene, order, form)
    for shot in _plan_shots(canvas, order, form):
        yield from _Shooting(canvas, scene, order, form, shot).frames()


def _compose(scene: Scene, order: SceneOrder, form: ClipForm) -> Canvas:
    picture = PictureOrder(
        prompt=order.prompt,
        negative_prompt=order.negative_prompt,
        width_pixels=max(16, form.width_pixels),
        height_pixels=max(16, form.height_pixels),
        seed=order.seed,
        watermark="",
    )
    return compose(scene, picture)


def _plan_shots(canvas: Canvas, order: SceneOrder, form: ClipForm) -> list[Shot]:
    chance = make_random("shots", order.prompt, order.seed)
    alone = sum(piece.kind == "thing" for piece in canvas.pieces) == 1
    move = find_move(order.prompt) or choose_move(chance, alone=alone)
    cuts = (3 if form.duration_seconds >= _LONG_SECONDS else 2) if order.several_shots else 1
    edges = [round(form.frame_count * index / cuts) for index in range(cuts + 1)]
    shots: list[Shot] = []
    for index in range(cuts):
        seconds = (edges[index + 1] - edges[index]) / float(form.rate)
        camera = _aim(canvas, move, chance, index, seconds)
        if edges[index + 1] > edges[index]:
            shots.append(Shot(first=edges[index], last=edges[index + 1], camera=camera))
    return shots


def _aim(canvas: Canvas, move: str, chance: Random, index: int, seconds: float) -> Camera:
    """Make the camera of shot `index`: the whole, then the subject close, then from aside."""
    subject = find_subject(canvas.pieces)
    focus, size = (0.5, 0.5), 0.4
    if subject is not None:
        left, top, right, bottom = subject.box
        focus = ((left + right) / 2 / canvas.width, (top + bottom) / 2 / canvas.height)
        size = max((right - left) / canvas.width, (bottom - top) / canvas.height)
    if index == 0:
        return make_camera(move, seconds=seconds, focus=focus)
    if index == 1:
        close = min(2.2, max(1.5, 1.0 / max(size, 0.1)))
        return make_camera(
            "push" if move != "push" else "orbit", seconds=seconds, focus=focus, zoom=close
        )
    aside = (focus[0] + chance.choice((-0.2, 0.2)), focus[1])
    return make_camera(chance.choice(("left", "right")), seconds=seconds, focus=aside, zoom=1.4)


class _Shooting:
    """One shot in the making: its layers painted, its air filled."""

    def __init__(
        self, canvas: Canvas, scene: Scene, order: SceneOrder, form: ClipForm, shot: Shot
    ) -> None:
        self._form, self._shot = form, shot
        self._coarse = STYLES[scene.style].pixels
        self._size = self._frame_size()
        seed = f"{order.prompt} {order.seed}"
        shown = Shown(
            camera=shot.camera,
            frame=self._size,
            seconds=form.duration_seconds,
            pixels=_SPRITE_PIXELS,
            crisp=bool(self._coarse),
        )
        self._diorama = Diorama(canvas, scene, shown, seed=seed)
        self._flights = [
            Flight(SWARMS[name], make_random("air", seed, name), *self._size)
            for name in choose_swarms(scene)
        ]
        share = self._size[0] / canvas.width
        self._whole = (share, 0.0, 0.0, 0.0, share, 0.0)
        self._finish = _paint_over(canvas, "finish", self._size)
        self._bolt = _paint_over(canvas, "bolt", self._size)
        self._flashes = _plan_flashes(scene, seed, form)

    def frames(self) -> Iterator[Frame]:
        rate = float(self._form.rate)
        length = max(1, self._shot.last - self._shot.first - 1)
        for number in range(self._shot.first, self._shot.last):
            view = self._shot.camera.look((number - self._shot.first) / length)
            frame = Image.new("RGB", self._size)
            self._diorama.draw(frame, view, number / rate)
            for flight in self._flights:
                flight.draw(frame, number / rate)
            frame = self._lit(frame, number)
            if self._finish is not None:
                lay(frame, self._finish, self._whole)
            yield self._full(frame)

    def _frame_size(self) -> tuple[int, int]:
        width, height = self._form.width_pixels, self._form.height_pixels
        if not self._coarse:
            return width, height
        share = min(1.0, self._coarse / max(width, height))
        return max(1, round(width * share)), max(1, round(height * share))

    def _full(self, frame: Image.Image) -> Frame:
        size = (self._form.width_pixels, self._form.height_pixels)
        if frame.size != size:
            frame = frame.resize(size, Image.Resampling.NEAREST)
        return np.asarray(frame)

    def _lit(self, frame: Image.Image, number: int) -> Image.Image:
        """Let lightning strike in the frames that it is planned for."""
        strength = self._flashes.get(number, 0.0)
        if not strength:
            return frame
        bright = ImageEnhance.Brightness(frame).enhance(1 + _FLASH * strength)
        if self._bolt is not None:
            lay(bright, self._bolt, self._whole, opacity=strength)
        return bright


def _paint_over(canvas: Canvas, kind: str, size: tuple[int, int]) -> Sprite | None:
    """Paint what lies over the whole picture, as large as the frame."""
    runs = [(p.first, p.last) for p in canvas.pieces if p.kind == kind and p.first < p.last]
    if not runs:
        return None
    scale = size[0] / canvas.width
    box = (0.0, 0.0, canvas.width, canvas.height)
    return paint_sprite(canvas, box, scale=scale, fineness=1.0, runs=runs)


def _plan_flashes(scene: Scene, seed: str, form: ClipForm) -> dict[int, float]:
    """Choose the frames that lightning lights up, and how strongly, 0 to 1."""
    if "storm" not in scene.weather:
        return {}
    chance = make_random("lightning", seed)
    rate = float(form.rate)
    flashes: dict[int, float] = {}
    struck = chance.uniform(0.4, 1.2)
    while struck < form.duration_seconds:
        first = math.ceil(struck * rate)
        for number in range(first, math.ceil((struck + _FLASH_SECONDS) * rate)):
            spent = (number - first) / rate / _FLASH_SECONDS
            flashes[number] = (1 - spent) * (0.3 if 0.3 < spent < 0.5 else 1.0)
        struck += chance.uniform(1.6, 3.4)
    return flashes
