"""A painted scene taken apart into layers that stand at depths, and seen by a moving camera."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageChops

from kaiga.engines.sketch.canvas import Box, Canvas, Piece
from kaiga.engines.sketch.film.affine import applied, chained, inverted
from kaiga.engines.sketch.film.camera import Camera, View, see
from kaiga.engines.sketch.film.moving import Motion, find_motion, rest
from kaiga.engines.sketch.film.sprites import Sprite, lay, paint_sprite
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Scene

_LOOKS = 8
"""At how many moments of a shot it is looked at what comes into view."""
_SKY_DEPTHS = {"cloud": 0.3, "light": 0.12, "burst": 0.2}
_FAR, _GROUND, _NEAR = 0.1, 0.62, 1.0
_FORM_LAYERS = 5
_STRAYS = {
    "thing": 0.4, "cloud": 0.4, "burst": 0.1, "light": 0.1, "glints": 0.03, "forms": 0.03,
}  # fmt: skip
"""How far beyond the view a kind of piece is painted, per the view's sides, as it may move in."""
_RIPPLE_PIXELS = 0.0035
"""How far water moves to the sides, per the frame's width."""

Run = tuple[int, int]
"""Shapes of a drawing: from the first up to, not including, the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer: its sprite, how near it stands (0 to 1), how it moves, and of what kind it is."""

    sprite: Sprite
    depth: float
    motion: Motion
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a drawing is filmed: by which camera, in frames of which size, and how long.

    `pixels` is about how many pixels a sprite as large as the frame may have. `crisp` paints
    without soft edges, one pixel for each of the frame's.
    """

    camera: Camera
    frame: tuple[int, int]
    seconds: float
    pixels: float
    crisp: bool = False


class Diorama:
    """The layers of one drawing, far ones first, painted as far as the camera will see them."""

    def __init__(self, canvas: Canvas, scene: Scene, shown: Shown, *, seed: str) -> None:
        self._canvas, self._shown = canvas, shown
        self._size = (round(canvas.width), round(canvas.height))
        self._layers = tuple(self._paint_layers(scene, seed))

    def draw(self, frame: Image.Image, view: View, seconds: float) -> None:
        """Draw every layer into an RGB frame as the camera sees it at this time."""
        for layer in self._layers:
            pose = layer.motion(seconds)
            camera = see(view, layer.depth, self._size, frame.size)
            lay(frame, layer.sprite, chained(camera, pose.where), opacity=pose.opacity)
            if layer.kind == "glints" and not self._shown.crisp:
                top = applied(camera, 0.0, layer.sprite.box[1])[1]
                bottom = applied(camera, 0.0, layer.sprite.box[3])[1]
                _ripple(frame, round(top), round(bottom), seconds)

    def _paint_layers(self, scene: Scene, seed: str) -> Iterator[Layer]:
        runs = _list_runs(self._canvas)
        for index, (piece, run) in enumerate(runs):
            depth = _depth_of(piece, index, runs, self._canvas.height)
            seen, scale = self._see(depth)
            box = _common(piece.box, _grown(seen, _STRAYS[piece.kind])) if piece else seen
            if box is None:
                continue
            size = (seen[2] - seen[0]) * (seen[3] - seen[1]) * scale**2
            fineness = min(3.0, max(1.5, (self._shown.pixels / size) ** 0.5))
            sprite = paint_sprite(
                self._canvas,
                box,
                scale=scale,
                fineness=1.0 if self._shown.crisp else fineness,
                runs=[run],
                crisp=self._shown.crisp,
                opaque=index == 0,
            )
            if sprite is None:
                continue
            if piece is None:
                yield Layer(sprite=sprite, depth=depth, motion=rest)
                continue
            motion = find_motion(
                piece,
                scene,
                make_random("motion", seed, index),
                seconds=self._shown.seconds,
                width=self._canvas.width,
            )
            yield Layer(sprite=sprite, depth=depth, motion=motion, kind=piece.kind)

    def _see(self, depth: float) -> tuple[Box, float]:
        """Give the part of a layer at this depth that comes into view, and its largest scale."""
        boxes: list[Box] = []
        scale = 0.0
        for index in range(_LOOKS + 1):
            view = self._shown.camera.look(index / _LOOKS)
            forward = see(view, depth, self._size, self._shown.frame)
            back = inverted(forward)
            boxes.append((*applied(back, 0, 0), *applied(back, *self._shown.frame)))
            scale = max(scale, forward[0])
        margin = 0.02 * max(self._size)
        return (
            (
                max(0.0, min(box[0] for box in boxes) - margin),
                max(0.0, min(box[1] for box in boxes) - margin),
                min(self._canvas.width, max(box[2] for box in boxes) + margin),
                min(self._canvas.height, max(box[3] for box in boxes) + margin),
            ),
            scale,
        )


def _list_runs(canvas: Canvas) -> list[tuple[Piece | None, Run]]:
    """Give the pieces and what was drawn between them, in the order of drawing."""
    runs: list[tuple[Piece | None, Run]] = []
    place = 0
    for piece in canvas.pieces:
        if piece.first > place:
            runs.append((None, (place, piece.first)))
        if piece.kind == "forms":
            breaks = canvas.list_breaks(piece.first, piece.last)
            cuts = [breaks[len(breaks) * index // _FORM_LAYERS] for index in range(_FORM_LAYERS)]
            runs += [(piece, run) for run in pairwise([*cuts, piece.last]) if run[0] < run[1]]
        elif piece.kind in _STRAYS and piece.first < piece.last:
            runs.append((piece, (piece.first, piece.last)))
        place = piece.last
    if place < canvas.shape_count:
        runs.append((None, (place, canvas.shape_count)))
    return runs


def _depth_of(
    piece: Piece | None, index: int, runs: Sequence[tuple[Piece | None, Run]], height: float
) -> float:
    """Tell how near a layer stands: sky, then ground, then things by where they stand."""
    if piece is not None and piece.kind in _SKY_DEPTHS:
        return _SKY_DEPTHS[piece.kind]
    if piece is not None and piece.kind == "forms":
        return _FAR + (_NEAR - _FAR) * index / len(runs)
    if piece is not None and piece.kind == "thing":
        near = (piece.foot / height - 0.6) / 0.35
        return _GROUND + (_NEAR - _GROUND) * min(1.0, max(0.0, near))
    open_sky = any(other and other.kind in {*_SKY_DEPTHS, "forms"} for other, _ in runs)
    return _FAR if index == 0 and open_sky else _GROUND


def _ripple(frame: Image.Image, top: int, bottom: int, seconds: float) -> None:
    """Shift the lines of water to the sides in waves that come nearer and grow."""
    top, bottom = max(0, top), min(frame.height, bottom)
    line = max(2, frame.height // 240)
    for y in range(top, bottom, line):
        near = (y - top) / max(1, bottom - top)
        wave = math.sin(60 * math.sqrt(near + 0.02) - 2.6 * seconds)
        shift = round(frame.width * _RIPPLE_PIXELS * (0.15 + near) * wave)
        if shift:
            box = (0, y, frame.width, min(y + line, bottom))
            frame.paste(ImageChops.offset(frame.crop(box), shift, 0), box)


def find_subject(pieces: Sequence[Piece]) -> Piece | None:
    """Give the largest thing of a drawing."""
    things = [piece for piece in pieces if piece.kind == "thing"]
    return max(things, key=lambda piece: piece.box[3] - piece.box[1], default=None)


def _grown(box: Box, share: float) -> Box:
    """Give room for what comes into view, or leaves it, by its own motion."""
    wide, tall = (box[2] - box[0]) * share, (box[3] - box[1]) * share
    return (box[0] - wide, box[1] - tall, box[2] + wide, box[3] + tall)


def _common(first: Box, second: Box) -> Box | None:
    box = (
        max(first[0], second[0]),
        max(first[1], second[1]),
        min(first[2], second[2]),
        min(first[3], second[3]),
    )
    return box if box[0] < box[2] and box[1] < box[3] else None
