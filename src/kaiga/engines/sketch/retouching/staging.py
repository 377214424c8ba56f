"""Puts actors before a scene: who stands where, how the scene moves, and from where it is seen."""

import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
from PIL import Image

from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.painted import SceneOrder, film_scene
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.retouching.actors import Actor, Part, Spot
from kaiga.engines.sketch.scene import Mention

_FLOOR_SHARE = 0.92
_HEIGHT_SHARE = 0.66
_FADE_SECONDS = 0.6
"""How long it takes actors to come into a given first frame."""
_LONG_SECONDS = 8.0
_NAMED = re.compile(
    r"(?:image|picture|video|character|reference|图像|图片|图|视频|角色|人物|画像|動画)\s*(\d+)",
    re.IGNORECASE,
)
_USUAL_PLACE = ", garden"
"""Where actors stand if the prompt names no place."""
_FIXED_SIZE = 1.9
"""From this size on, things are part of the scene: houses and trees."""


def order_scene(prompt: str, negative_prompt: str, seed: int) -> SceneOrder:
    """Order the scene behind actors: without the people and things that they themselves are."""
    plain = _NAMED.sub(" ", prompt)
    scene = read_prompt(plain)
    acted = [mention for mention in scene.mentions if _is_acted(mention)]
    rest = [mention for mention in scene.mentions if mention not in acted]
    unwanted = ", ".join([negative_prompt, *(each.motif.replace("_", " ") for each in acted)])
    somewhere = scene.places or rest or scene.weather or scene.time or scene.season
    return SceneOrder(
        prompt=plain if somewhere else plain + _USUAL_PLACE,
        negative_prompt=unwanted.strip(", "),
        seed=seed,
    )


def _is_acted(mention: Mention) -> bool:
    """Tell whether a mention is what a reference may stand for: someone or something movable."""
    motif = MOTIFS[mention.motif]
    movable = motif.habitat in {Habitat.GROUND, Habitat.TABLE, Habitat.WALL}
    return movable and motif.size < _FIXED_SIZE


def film_backdrop(order: SceneOrder, form: ClipForm) -> Generator[Frame]:
    """Give the scene's frames."""
    yield from film_scene(order, form)


def place_actors(
    actors: Sequence[Actor],
    prompt: str,
    form: ClipForm,
    parts: Sequence[Part],
    taken: tuple[float, float] | None = None,
) -> None:
    """Stand actors side by side, those that the prompt names first to the left.

    Where a given scene has its own subject between the columns `taken`, they stand beside it.
    """
    left, right = _free_stretch(form.width_pixels, taken)
    height = form.height_pixels
    order = _order_of(prompt, len(actors))
    room = (right - left) / len(actors)
    gait = _find_gait(prompt)
    for place, number in enumerate(order):
        actor = actors[number]
        near = 1.0 if place % 2 == 0 or len(actors) < 3 else 0.9
        tall = height * _HEIGHT_SHARE * near
        wide = room * (0.7 if len(actors) == 1 else 0.94)
        shown = min(tall, wide / actor.aspect)
        floor = 1.0 if actor.is_cut_off else _FLOOR_SHARE - 0.05 * (1 - near) * 10
        if gait == "fly":
            floor = min(floor, 0.5 + shown / height / 2)
        spot = Spot(x=left + room * (place + 0.5), y=height * floor, height=shown, width=wide)
        actor.enter(spot, replace(parts[number], gait=gait))


def _free_stretch(width: int, taken: tuple[float, float] | None) -> tuple[float, float]:
    """Give the larger stretch of columns beside the taken ones; all where neither is large."""
    if taken is None:
        return 0.0, float(width)
    left, right = (0.0, taken[0]), (taken[1], float(width))
    larger = max(left, right, key=lambda stretch: stretch[1] - stretch[0])
    return larger if larger[1] - larger[0] > 0.25 * width else (0.0, float(width))


def film_stage(
    backdrop: Generator[Frame],
    actors: Sequence[Actor],
    form: ClipForm,
    *,
    fade_in: bool = False,
    shots: int = 1,
    seed: str = "",
) -> Generator[Frame]:
    """Give the frames of actors before a backdrop, in one shot or several.

    With `fade_in` the first frame is the backdrop's own.
    """
    views = _plan_views(shots, actors, form, seed)
    try:
        with closing(backdrop):
            for number, frame in enumerate(backdrop):
                seconds = number / float(form.rate)
                picture = Image.fromarray(frame)
                before = picture.copy() if fade_in and seconds < _FADE_SECONDS else None
                for actor in actors:
                    actor.draw(picture, number, seconds)
                if before is not None:
                    picture = Image.blend(before, picture, seconds / _FADE_SECONDS)
                yield _seen(picture, next(views), form)
    finally:
        for actor in actors:
            actor.leave()


def count_shots(form: ClipForm, *, several: bool) -> int:
    """Tell how many shots a clip has."""
    if not several:
        return 1
    return 3 if form.duration_seconds >= _LONG_SECONDS else 2


View = tuple[float, float, float, float]


def _plan_views(shots: int, actors: Sequence[Actor], form: ClipForm, seed: str) -> Iterator[View]:
    """Give for each frame the part that is seen: all, then close to one actor after another."""
    width, height = form.width_pixels, form.height_pixels
    chance = make_random("views", seed)
    edges = [round(form.frame_count * index / shots) for index in range(shots + 1)]
    for shot in range(shots):
        x, zoom = 0.5, 1.0
        if shot:
            x = ((shot - 1) % max(1, len(actors)) + 0.5) / max(1, len(actors))
            zoom = chance.uniform(1.5, 1.75)
        wide, tall = width / zoom, height / zoom
        for number in range(edges[shot], edges[shot + 1]):
            drift = (number - edges[shot]) / max(1, edges[shot + 1] - edges[shot]) - 0.5
            left = min(max(0.0, x * width - wide / 2 + 0.03 * wide * drift), width - wide)
            top = min(max(0.0, 0.48 * height - tall / 2), height - tall)
            yield (0.0, 0.0, width, height) if zoom == 1.0 else (
                left, top, left + wide, top + tall
            )  # fmt: skip
    while True:
        yield (0.0, 0.0, width, height)


def _seen(picture: Image.Image, view: View, form: ClipForm) -> Frame:
    size = form.width_pixels, form.height_pixels
    if view != (0.0, 0.0, *size):
        picture = picture.resize(size, Image.Resampling.BICUBIC, box=view)
    return np.asarray(picture)


def _order_of(prompt: str, count: int) -> list[int]:
    """Give the numbers of the actors, from 0, as the prompt names them; the others follow."""
    named = [int(found[1]) - 1 for found in _NAMED.finditer(prompt)]
    known = list(dict.fromkeys(number for number in named if 0 <= number < count))
    return known + [number for number in range(count) if number not in known]


def _find_gait(prompt: str) -> str:
    poses = read_prompt(prompt).poses
    if "flying" in poses:
        return "fly"
    return "walk" if "walking" in poses else "stand"
