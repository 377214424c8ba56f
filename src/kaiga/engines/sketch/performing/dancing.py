"""Makes the person of a picture dance to a motion template."""

from collections.abc import Generator, Mapping
from types import MappingProxyType

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Layer, covering, open_layer
from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.footage.cutouts import Cutout, cut_out, open_cutout
from kaiga.engines.sketch.footage.delivering import PIXELS_720P, fill_sound, get_media
from kaiga.engines.sketch.footage.options import is_on, read_text
from kaiga.engines.sketch.making import Making, Refused
from kaiga.engines.sketch.performing.animating import empty_ground
from kaiga.engines.sketch.performing.choreography import Move, choose_bars, dance_at
from kaiga.engines.sketch.performing.figures import Figure, draw_shadow
from kaiga.engines.sketch.performing.templates import MotionTemplate, read_template
from kaiga.engines.sketch.randomness import make_random
from kaiga.ports.engine import GenerationJob

SIZES: Mapping[str, tuple[int, int]] = MappingProxyType({"9:16": (720, 1280), "3:4": (832, 1104)})
"""Pixels by `video_ratio`: the 720P sizes of newer models (contract/video-models.md, 4b)."""
_FRAMES_PER_SECOND = 25.0
_HEIGHT_SHARE, _FLOOR_SHARE = 0.7, 0.9
"""How tall a dancer on the template's stage is, and where the floor is trodden."""


def make_dance_video(job: GenerationJob) -> Making:
    """Film the picture's person dancing, as long as the template's clip.

    With `use_ref_img_bg` it is before the picture's own ground and in `video_ratio`; else on a
    stage in the colours and the ratio of the template's clip.

    Raises:
        Refused: the template is unknown, or the ratio none of the two.
    """
    template = read_template(read_text(job, "template_id"))
    ratio = read_text(job, "video_ratio", "9:16")
    if ratio not in SIZES:
        raise Refused("InvalidParameter", "parameters.video_ratio must be 9:16 or 3:4.")
    own_ground = is_on(job, "use_ref_img_bg", default=False)
    width, height = SIZES[ratio] if own_ground else _stage_size(template)
    form = make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=_FRAMES_PER_SECOND,
        duration_seconds=template.seconds,
    )
    picture = get_media(job, "image")
    bars = choose_bars(template, make_random("dance", read_text(job, "template_id"), job.seed))
    if own_ground:
        frames = _film_at_home(job, open_layer(picture), template, bars, form)
    else:
        frames = _film_on_stage(open_cutout(picture), template, bars, form)
    return (yield from deliver(job, frames, form, fill_sound(job, form)))


def _stage_size(template: MotionTemplate) -> tuple[int, int]:
    """Give the 720P size of the template's ratio, in multiples of 16 (video-models.md, 4c)."""
    width = int((PIXELS_720P * template.aspect) ** 0.5) // 16 * 16
    height = int((PIXELS_720P / template.aspect) ** 0.5) // 16 * 16
    return max(16, width), max(16, height)


def _film_at_home(
    job: GenerationJob,
    layer: Layer,
    template: MotionTemplate,
    bars: list[Move],
    form: ClipForm,
) -> Generator[Frame]:
    layer = covering(layer, form.width_pixels, form.height_pixels)
    cutout = cut_out(layer)
    ground = Image.fromarray(empty_ground(np.ascontiguousarray(layer[..., :3]), cutout, job))
    stand = cutout.place.middle[0], cutout.place.bottom
    figure = Figure(cutout, cutout.place.height)
    for number in range(form.frame_count):
        picture = ground.copy()
        _draw_dancer(picture, figure, stand, cutout, (template, bars), number / float(form.rate))
        yield np.asarray(picture)


def _film_on_stage(
    cutout: Cutout, template: MotionTemplate, bars: list[Move], form: ClipForm
) -> Generator[Frame]:
    width, height = form.width_pixels, form.height_pixels
    tall = min(_HEIGHT_SHARE * height, 0.62 * width / cutout.aspect)
    floor = 1.0 if cutout.grounded else _FLOOR_SHARE
    figure = Figure(cutout, tall)
    dim, bright = (_paint_stage(template, form, light) for light in (0.0, 1.0))
    for number in range(form.frame_count):
        seconds = number / float(form.rate)
        beat = seconds * template.beats_per_minute / 60 % 1
        picture = Image.blend(dim, bright, (1 - beat) ** 2)
        stand = width / 2, height * floor
        _draw_dancer(picture, figure, stand, cutout, (template, bars), seconds)
        yield np.asarray(picture)


def _draw_dancer(
    picture: Image.Image,
    figure: Figure,
    stand: tuple[float, float],
    cutout: Cutout,
    dance: tuple[MotionTemplate, list[Move]],
    seconds: float,
) -> None:
    pose = dance_at(*dance, seconds)
    if not cutout.grounded:
        x = stand[0] + pose.across * figure.height
        draw_shadow(picture, x, stand[1], figure.width * (0.8 - pose.up), 0.35 - pose.up)
    figure.draw(picture, stand, pose)


def _paint_stage(template: MotionTemplate, form: ClipForm, light: float) -> Image.Image:
    """Paint a wall and a floor in the template's colours, with beams of light from above."""
    width, height = form.width_pixels, form.height_pixels
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = across / width - 0.5, down / height
    floor = np.clip((y - 0.78) / 0.012, 0, 1)
    above, below = (np.array(colour, np.float32) for colour in (template.above, template.below))
    wall = above * (0.5 + 0.35 * y)[..., None]
    ground = below * (0.62 + 0.5 * (y - 0.78))[..., None]
    stage = wall + (ground - wall) * floor[..., None]
    for lamp in (-0.33, 0.0, 0.33):
        middle = lamp * (1 - y) * 1.2
        beam = np.exp(-np.square((x - middle) / (0.05 + 0.16 * y))) * (0.35 + 0.4 * light)
        stage += (beam * (0.28 if lamp else 0.4) * (1 - 0.45 * y))[..., None] * 255
    pool = np.exp(-np.square(x / 0.3) - np.square((y - _FLOOR_SHARE) / 0.07))
    stage += (pool * (22 + 30 * light))[..., None]
    shade = 1 - 0.45 * np.square(x * 2)
    return Image.fromarray(np.clip(stage * shade[..., None], 0, 255).astype(np.uint8))
