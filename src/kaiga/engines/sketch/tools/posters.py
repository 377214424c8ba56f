"""Makes posters and captioned pictures: a scene, and texts set where they can be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch.colours import Rgb, luminance_rgb, mix_rgb
from kaiga.engines.sketch.edits.fields import gauss
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filters.table import apply_look, find_look
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import Field, Pixels, mixed, open_pixels
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import BOLD, REGULAR, Typeface
from kaiga.engines.sketch.lettering.typesetting import Setting, fit_text
from kaiga.engines.sketch.lettering.writing import written
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.tools.options import text_option
from kaiga.engines.sketch.tools.palettes import main_colours
from kaiga.ports.engine import GenerationJob

SIZES: Mapping[str, tuple[int, int]] = MappingProxyType({"竖版": (960, 1440), "横版": (1440, 960)})
"""Upright and lying, by `wh_ratios`; the pixels are chosen, as no source names them."""
CAPTIONED_SIZE = (1024, 1024)
_WHITE: Rgb = (255.0, 255.0, 255.0)
_INK: Rgb = (24.0, 22.0, 34.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A box for one text, in shares of the picture: its edges, its letters' size per height."""

    left: float
    top: float
    right: float
    bottom: float
    size: float
    align: str = "centre"
    typeface: Typeface = REGULAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the texts of a poster stand, and which parts of the scene are veiled under them.

    `veil` gives for rows and columns from 0 to 1 how much the scene is covered.
    """

    title: Place
    sub_title: Place
    body: Place
    veil: Callable[[Field, Field], Field]


def _upper(rows: Field, columns: Field) -> Field:
    del columns
    return np.clip(1.1 - rows / 0.36, 0, 1) * 0.78 + np.clip((rows - 0.78) / 0.16, 0, 1) * 0.7


def _lower(rows: Field, columns: Field) -> Field:
    del columns
    return np.clip((rows - 0.5) / 0.2, 0, 1) * 0.84


def _beside(rows: Field, columns: Field) -> Field:
    del rows
    return np.clip(1.25 - columns / 0.52, 0, 1) * 0.86


UPRIGHT: Sequence[Layout] = (
    Layout(
        title=Place(left=0.08, top=0.06, right=0.92, bottom=0.25, size=0.11, typeface=BOLD),
        sub_title=Place(left=0.1, top=0.255, right=0.9, bottom=0.33, size=0.042),
        body=Place(left=0.1, top=0.85, right=0.9, bottom=0.955, size=0.03),
        veil=_upper,
    ),
    Layout(
        title=Place(
            left=0.08, top=0.64, right=0.92, bottom=0.8, size=0.1, align="left", typeface=BOLD
        ),
        sub_title=Place(left=0.08, top=0.8, right=0.92, bottom=0.86, size=0.04, align="left"),
        body=Place(left=0.08, top=0.865, right=0.92, bottom=0.96, size=0.028, align="left"),
        veil=_lower,
    ),
)
LYING: Sequence[Layout] = (
    Layout(
        title=Place(
            left=0.06, top=0.2, right=0.47, bottom=0.5, size=0.16, align="left", typeface=BOLD
        ),
        sub_title=Place(left=0.06, top=0.52, right=0.46, bottom=0.62, size=0.06, align="left"),
        body=Place(left=0.06, top=0.66, right=0.44, bottom=0.84, size=0.042, align="left"),
        veil=_beside,
    ),
    Layout(
        title=Place(left=0.08, top=0.58, right=0.92, bottom=0.8, size=0.17, typeface=BOLD),
        sub_title=Place(left=0.1, top=0.8, right=0.9, bottom=0.875, size=0.055),
        body=Place(left=0.1, top=0.88, right=0.9, bottom=0.965, size=0.04),
        veil=_lower,
    ),
)


def make_poster(job: GenerationJob) -> Making:
    """Paint a scene and set `title`, `sub_title` and `body_text` over it.

    The scene is that of the prompt, or of the title where there is none; `lora_name` names its
    look. The seed chooses between layouts.
    """
    title = text_option(job, "title").strip()
    if not title:
        raise Refused("InvalidParameter", "Field required: input.title")
    width, height = _poster_size(job)
    picture = _scene(job, title, width, height)
    yield Step(step=1, steps=2)
    rng = make_random("poster", title, job.prompt, job.seed)
    layout = rng.choice(UPRIGHT if height >= width else LYING)
    dark, colour = _colours(picture)
    picture = _veiled(picture, layout, dark)
    for text, place in (
        (title, layout.title),
        (text_option(job, "sub_title"), layout.sub_title),
        (text_option(job, "body_text"), layout.body),
    ):
        ink = colour if place is layout.title else _WHITE
        picture = _set(picture, text.strip(), place, ink, dark)
    return Made(files=(make_png(job, _ruled(picture, layout, colour)),))


def make_captioned(job: GenerationJob) -> Making:
    """Show the given picture, or paint the prompt, with a caption on a band below.

    The contract does not say what this model takes (contract/image-models.yaml, wanx-ast): the
    caption is the first text among `text`, `caption`, `title` and the prompt.
    """
    yield from ()
    width, height = CAPTIONED_SIZE
    if job.width_pixels and job.height_pixels:
        width, height = job.width_pixels, job.height_pixels
    names = ("text", "caption", "title")
    caption = next((text for name in names if (text := text_option(job, name))), job.prompt)
    band = round(height * 0.18)
    given = job.media_of("image")
    if given:
        picture = open_pixels(given[0], width=width, height=height - band)
    else:
        picture = paint_scene(job.prompt, width=width, height=height - band, seed=job.seed)
    dark, _ = _colours(picture)
    whole = np.empty((height, width, 3), dtype=np.uint8)
    whole[: height - band] = picture
    whole[height - band :] = np.rint(dark).astype(np.uint8)
    share = 1 - band / height
    place = Place(left=0.06, top=share + 0.02, right=0.94, bottom=0.98, size=0.055)
    return Made(files=(make_png(job, _set(whole, caption.strip(), place, _WHITE, dark)),))


def _poster_size(job: GenerationJob) -> tuple[int, int]:
    if job.width_pixels and job.height_pixels:
        return job.width_pixels, job.height_pixels
    return SIZES.get(text_option(job, "wh_ratios"), SIZES["竖版"])


def _scene(job: GenerationJob, title: str, width: int, height: int) -> Pixels:
    prompt = job.prompt.strip() or title
    picture = paint_scene(prompt, width=width, height=height, seed=job.seed)
    wished = text_option(job, "lora_name")
    look = find_look(wished, read_prompt(wished).style)
    return apply_look(look, picture, job.seed) if look else picture


def _colours(picture: Pixels) -> tuple[Rgb, Rgb]:
    """Give a dark colour for grounds and a light one for titles, both out of the picture."""
    main = main_colours(picture, 5).tolist()
    colours: list[Rgb] = [(float(r), float(g), float(b)) for r, g, b in main]
    colours.sort(key=luminance_rgb)
    vivid = max(colours, key=lambda colour: max(colour) - min(colour))
    dark = mix_rgb(colours[0], _INK, 0.55 if luminance_rgb(colours[0]) < 90 else 0.8)
    return dark, mix_rgb(vivid, _WHITE, 0.72)


def _veiled(picture: Pixels, layout: Layout, dark: Rgb) -> Pixels:
    height, width = picture.shape[:2]
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    columns = np.linspace(0, 1, width, dtype=np.float32)[None]
    veil = np.clip(np.broadcast_to(layout.veil(rows, columns), (height, width)), 0, 1)
    return mixed(picture, _plain(picture, dark), veil.astype(np.float32))


def _set(picture: Pixels, text: str, place: Place, colour: Rgb, shadow: Rgb) -> Pixels:
    """Set a text into its box, as large as fits."""
    if not text:
        return picture
    height, width = picture.shape[:2]
    left, right = round(place.left * width), round(place.right * width)
    top, bottom = round(place.top * height), round(place.bottom * height)
    setting = Setting(typecase=Typecase(), typeface=place.typeface, align=place.align)
    block = fit_text(text, right - left, bottom - top, setting, largest=place.size * height)
    ink = np.zeros((height, width), dtype=np.uint8)
    ink[top:bottom, left:right] = block.coverage
    return written(picture, ink, colour, shadow=shadow, reach=block.size_pixels * 0.12)


def _ruled(picture: Pixels, layout: Layout, colour: Rgb) -> Pixels:
    """Draw a short line between the title and what follows it."""
    height, width = picture.shape[:2]
    place = layout.sub_title
    thick = max(2, round(height * 0.003))
    row = round(layout.title.bottom * height) - thick
    wide = round(width * 0.12)
    start = round(place.left * width)
    if place.align == "centre":
        start = (width - wide) // 2
    line = np.zeros((height, width), dtype=np.float32)
    line[row : row + thick, start : start + wide] = 0.9
    return mixed(picture, _plain(picture, colour), gauss(line, 0.5))


def _plain(picture: Pixels, colour: Rgb) -> Pixels:
    return np.broadcast_to(np.rint(colour).astype(np.uint8), picture.shape)
