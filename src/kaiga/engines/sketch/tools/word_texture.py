"""Makes word art of letters that are filled with a stuff or a scene, on a ground that suits it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch.edits.fields import gauss, grown, make_noise
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filters.means import saturated
from kaiga.engines.sketch.edits.filters.table import apply_look, apply_stuff, find_stuff
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Floats,
    Pixels,
    covering,
    mixed,
    open_layer,
    open_pixels,
    resized,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.typefaces import find_typeface
from kaiga.engines.sketch.lettering.typesetting import Setting, fit_text
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.tools import textures
from kaiga.engines.sketch.tools.cutting import find_thing, is_cut_out
from kaiga.engines.sketch.tools.options import (
    flag_option,
    number_option,
    object_option,
    text_option,
)
from kaiga.engines.sketch.tools.palettes import main_colours
from kaiga.ports.engine import GenerationJob, JobMedia

Pattern = Callable[[int, int, np.random.Generator, tuple[str, ...]], Pixels]
RATIOS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"1:1": (1, 1), "16:9": (16, 9), "9:16": (9, 16)}
)
SHORT_SIDE = 704
"""Source: contract/image-models.yaml, wordart-texture, image_short_size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """How letters are filled: by a pattern, or by a scene in a look, and then turned to a stuff.

    `scene` is added to the prompt. `deep` puts them on a dark ground; `open` on the scene itself.
    """

    scene: str = ""
    look: str = ""
    stuff: str = ""
    pattern: Pattern | None = None
    colours: tuple[str, ...] = ()
    deep: bool = False
    open: bool = False


_TOYS = ("#d0302c", "#f2c230", "#2f6fc0", "#3a9a4c", "#f4f2ec", "#f08030")
TEXTURES: Mapping[str, Texture] = MappingProxyType({
    "material": Texture(),
    "scene": Texture(open=True),
    "lighting": Texture(look="neon", deep=True),
    "waterfall": Texture(scene="a lake in the mountains", open=True),
    "snow_plateau": Texture(scene="snow mountains in winter", open=True),
    "forest": Texture(scene="a forest with trees", open=True),
    "sky": Texture(scene="sky with clouds", open=True),
    "chinese_building": Texture(scene="a temple, a pagoda and a lantern", open=True),
    "cartoon": Texture(look="cartoon"),
    "lego": Texture(pattern=textures.bricks, colours=_TOYS),
    "flower": Texture(scene="a flower field with roses and tulips"),
    "acrylic": Texture(stuff="balloon"),
    "marble": Texture(
        pattern=textures.marble, colours=("#4a4a52", "#b8b6b4", "#f1efeb", "#fdfcfa")
    ),
    "felt": Texture(stuff="plush"),
    "oil_painting": Texture(look="oil"),
    "watercolor_painting": Texture(look="watercolour"),
    "chinese_painting": Texture(look="ink"),
    "claborate_style_painting": Texture(look="picture_book"),
    "city_night": Texture(scene="a city at night", open=True, deep=True),
    "mountain_lake": Texture(scene="mountains and a lake at dawn", open=True),
    "autumn_leaves": Texture(scene="an autumn forest", open=True),
    "green_dragon": Texture(
        pattern=textures.scales, colours=("#06281c", "#12704a", "#48c07c", "#d8f0b0"), deep=True
    ),
    "red_dragon": Texture(
        pattern=textures.scales, colours=("#340608", "#a01c1c", "#e8582c", "#ffd880"), deep=True
    ),
})  # fmt: skip
"""By `texture_style`. Source: contract/image-models.yaml, wordart-texture."""


def make_word_texture(job: GenerationJob) -> Making:
    """Fill the letters of a text, or those in a picture, with what prompt and style say."""
    texture = TEXTURES.get(text_option(job, "texture_style", "material"), TEXTURES["material"])
    width, height = _size(job)
    ink = _ink(job, width, height)
    yield Step(step=1, steps=3)
    scene = _scene(job, texture, width, height)
    filling = _filling(job, texture, scene, ink)
    yield Step(step=2, steps=3)
    letters = textures.raised(filling, ink, max(1.5, min(width, height) / 130))
    if flag_option(job, "alpha_channel", default=False):
        layer = np.dstack([letters, np.rint(ink * 255).astype(np.uint8)])
        return Made(files=(make_png(job, layer),))
    picture = _grounded(letters, ink, _ground(texture, scene, filling, ink), texture)
    return Made(files=(make_png(job, picture),))


def _size(job: GenerationJob) -> tuple[int, int]:
    if job.width_pixels and job.height_pixels:
        return job.width_pixels, job.height_pixels
    short = round(number_option(job, "image_short_size", SHORT_SIDE))
    given = job.media_of("image")
    if given:
        tall, wide = open_layer(given[0]).shape[:2]
    else:
        ratio = str(object_option(job, "text").get("output_image_ratio", "1:1"))
        wide, tall = RATIOS.get(ratio, (1, 1))
    share = short / min(wide, tall)
    return round(wide * share), round(tall * share)


def _ink(job: GenerationJob, width: int, height: int) -> Field:
    """Tell where letters are, 0 to 1: those of the given picture, or of the text."""
    given = job.media_of("image")
    if given:
        return _ink_of_picture(given[0], width, height)
    text = object_option(job, "text")
    content = str(text.get("text_content") or "").strip()
    if not content:
        raise Refused("InvalidParameter", "Field required: input.text.text_content")
    own = next((media.path for media in job.media_of("font")), "")
    setting = Setting(typecase=Typecase(own=own), typeface=find_typeface(text.get("font_name")))
    margin = round(min(width, height) * 0.07)
    inner = fit_text(
        content, width - 2 * margin, height - 2 * margin, setting, largest=float(max(width, height))
    )
    ink = np.zeros((height, width), dtype=np.float32)
    ink[margin : height - margin, margin : width - margin] = inner.coverage / np.float32(255)
    return ink


def _ink_of_picture(media: JobMedia, width: int, height: int) -> Field:
    layer = open_layer(media)
    if is_cut_out(layer):
        return resized(layer, width, height)[..., 3] / np.float32(255)
    ink = find_thing(open_pixels(media, width=width, height=height))
    if not ink.any():
        raise Refused("InvalidParameter", "The image shows no letters: all of it is one colour.")
    return ink


def _scene(job: GenerationJob, texture: Texture, width: int, height: int) -> Pixels:
    """Give what the letters may be filled with: the reference, or what the prompt says."""
    reference = job.media_of("reference")
    if reference:
        return open_pixels(reference[0], width=width, height=height)
    words = ", ".join(part for part in (texture.scene, job.prompt) if part)
    return paint_scene(words, width=width, height=height, seed=job.seed)


def _filling(job: GenerationJob, texture: Texture, scene: Pixels, ink: Field) -> Pixels:
    height, width = scene.shape[:2]
    if texture.pattern is not None and not job.media_of("reference"):
        noise = make_noise("word texture", job.prompt, job.seed)
        return texture.pattern(width, height, noise, texture.colours)
    if texture.look:
        return apply_look(texture.look, scene, job.seed)
    filling = saturated(scene, 1.15)
    stuff = texture.stuff or ("" if texture.open else find_stuff(job.prompt))
    # A stuff shapes what is chosen; all letters together are one thing to it.
    return apply_stuff(stuff, filling, ink, job.seed) if stuff else filling


def _ground(texture: Texture, scene: Pixels, filling: Pixels, ink: Field) -> Pixels:
    height, width = scene.shape[:2]
    if texture.open:
        blurred = gauss(to_floats(scene), min(width, height) / 40)
        veil = 0.08 if texture.deep else 0.96
        return to_pixels(blurred * 0.42 + veil * 0.58)
    tint = main_colours(filling[ink > 0.5][None], 3)[0] / np.float32(255)
    return textures.soft_ground(width, height, _tints(tint, deep=texture.deep))


def _tints(tint: Floats, *, deep: bool) -> tuple[Floats, Floats]:
    if deep:
        return tint * 0.22 + 0.03, tint * 0.1
    return tint * 0.1 + 0.89, tint * 0.28 + 0.62


def _grounded(letters: Pixels, ink: Field, ground: Pixels, texture: Texture) -> Pixels:
    """Put letters on a ground: with a shadow and a rim that part them from it."""
    height, width = ink.shape
    unit = min(width, height) / 100
    dark, light = np.zeros_like(ground), np.full_like(ground, 255)
    shift = max(1, round(unit * 0.9))
    shadow = gauss(np.roll(ink, (shift, shift), (0, 1)), unit * 1.2) * 0.55
    picture = mixed(ground, dark, np.clip(shadow, 0, 1))
    if texture.look == "neon":
        glow = np.clip(gauss(ink, unit * 3.5) * 0.9, 0, 0.8)
        picture = mixed(picture, saturated(letters, 1.4), glow)
    rim = grown(ink > 0.5, max(1, round(unit * 0.45))).astype(np.float32)
    picture = mixed(picture, light if not texture.deep else dark, gauss(rim, 0.6) * 0.92)
    return mixed(picture, covering(letters, width, height), ink)
