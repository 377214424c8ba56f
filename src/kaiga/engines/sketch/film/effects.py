"""The named effects (`template`) that a picture can be sent through, as data.

Ids are the vendor's (contract/video-models.md, 6.3); what they do here was designed anew from what
the ids say. An id that is not listed here gets a gentle effect of its own.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.edits.painting import paint_motif, render_canvas
from kaiga.engines.sketch.film import distortions
from kaiga.engines.sketch.film.affine import about
from kaiga.engines.sketch.film.airborne import SWARMS, Flight
from kaiga.engines.sketch.film.distortions import Distortion, Ground
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.relief import find_middle, guess_subject
from kaiga.engines.sketch.film.sprites import Sprite, lay
from kaiga.engines.sketch.film.stretching import Plane, Rubber, make_grid
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Mention

_RAMP_SECONDS = 1.0
_HEART_PIXELS = 320
_FRAME_COLOUR = (250, 190, 205)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One effect: how the picture is pulled about, what flies through it, and its light.

    `tint` is a colour of light and `tinting` how much of it comes over the picture. `visitor` is a
    motif that crosses the frame. `iris` closes a heart-shaped frame around the middle. `fading`
    leaves only light behind what has gone.
    """

    distortion: Distortion = distortions.swaying
    swarms: tuple[str, ...] = ()
    tint: tuple[int, int, int] = (255, 255, 255)
    tinting: float = 0.0
    visitor: str = ""
    iris: bool = False
    fading: bool = False


EFFECTS: Mapping[str, Effect] = MappingProxyType({
    "squish": Effect(distortion=distortions.squished),
    "rotation": Effect(distortion=distortions.turned),
    "poke": Effect(distortion=distortions.poked),
    "inflate": Effect(distortion=distortions.inflated),
    "dissolve": Effect(distortion=distortions.scattered, swarms=("sparkles",), fading=True),
    "flying": Effect(distortion=distortions.flown, swarms=("puffs",)),
    "carousel": Effect(distortion=distortions.rolled, swarms=("sparkles",)),
    "singleheart": Effect(swarms=("hearts",), tint=(255, 196, 208), tinting=0.14),
    "coupleheart": Effect(
        swarms=("hearts",), tint=(255, 176, 196), tinting=0.14, iris=True,
    ),
    "dance1": Effect(distortion=distortions.danced, swarms=("confetti",)),
    "dance2": Effect(distortion=distortions.hopped, swarms=("confetti_blue",)),
    "dance3": Effect(distortion=distortions.twisted, swarms=("confetti_red",)),
    "mermaid": Effect(
        distortion=distortions.wavering, swarms=("bubbles",), tint=(70, 190, 214), tinting=0.34,
    ),
    "graduation": Effect(swarms=("caps", "confetti", "confetti_blue")),
    "dragon": Effect(
        swarms=("sparkles",), tint=(255, 176, 96), tinting=0.16, visitor="dragon",
    ),
    "money": Effect(swarms=("notes", "coins"), tint=(255, 236, 170), tinting=0.1),
    "rose": Effect(swarms=("roses",), tint=(255, 190, 196), tinting=0.12),
    "crystalrose": Effect(
        swarms=("crystals", "sparkles"), tint=(186, 224, 255), tinting=0.2,
    ),
    "hug": Effect(
        distortion=distortions.embraced, tint=(255, 214, 150), tinting=0.2,
    ),
    "frenchkiss": Effect(
        distortion=distortions.approached, swarms=("hearts",), tint=(255, 150, 160), tinting=0.18,
    ),
    "hanfu-1": Effect(swarms=("petals", "sparkles"), tint=(255, 226, 196), tinting=0.16),
})  # fmt: skip

_GENTLE = ("petals", "sparkles", "seeds", "leaves")


def find_effect(template: str) -> Effect:
    """Give the effect of an id; ids that are not known get a gentle one, each its own air."""
    known = EFFECTS.get(template.strip().lower())
    if known is not None:
        return known
    chance = make_random("template", template)
    return Effect(swarms=(chance.choice(_GENTLE),), tint=(255, 232, 206), tinting=0.1)


def film_effect(picture: Frame, form: ClipForm, template: str, *, seed: int) -> Iterator[Frame]:
    """Give the frames of a picture under an effect; the first is the picture itself."""
    staging = _Staging(picture, form, find_effect(template), seed)
    rate = float(form.rate)
    for number in range(form.frame_count):
        yield staging.frame_at(number / rate)


class _Staging:
    """One picture under one effect."""

    def __init__(self, picture: Frame, form: ClipForm, effect: Effect, seed: int) -> None:
        self._picture, self._effect = picture, effect
        self._rubber = Rubber(picture)
        width, height = self._rubber.width, self._rubber.height
        x, y = make_grid(width, height)
        subject = guess_subject(picture)
        middle = find_middle(subject)
        self._ground = Ground(
            x=x,
            y=y,
            subject=np.clip(subject * np.float32(1.5), 0, 1),
            middle=(middle[0] * width, middle[1] * height),
            reach=0.34 * min(width, height),
            seconds=form.true_seconds,
        )
        self._behind = _paint_behind(picture)
        self._grain = _make_grain(width, height, seed)
        self._heart = _paint_heart() if effect.iris else None
        self._flights = [
            Flight(SWARMS[name], make_random("effect", name, seed), width, height)
            for name in effect.swarms
        ]
        self._visitor = _paint_visitor(effect.visitor, height, seed) if effect.visitor else None

    def frame_at(self, seconds: float) -> Frame:
        if seconds <= 0:
            return self._picture
        effect, ramp = self._effect, min(1.0, seconds / _RAMP_SECONDS)
        x, y = effect.distortion(self._ground, seconds)
        off = np.isnan(x)
        image = self._rubber.stretched(np.nan_to_num(x), y)
        if off.any():
            image.paste(self._behind, (0, 0), Image.fromarray(off))
        if effect.fading:
            image.paste(self._behind, (0, 0), self._gone(seconds))
        if self._visitor is not None:
            _pass_by(image, self._visitor, seconds / self._ground.seconds)
        if effect.tinting:
            light = Image.new("RGB", image.size, effect.tint)
            image = Image.blend(image, light, effect.tinting * ramp)
        for flight in self._flights:
            flight.draw(image, seconds, share=ramp)
        if self._heart is not None:
            _close(image, self._heart, seconds / self._ground.seconds)
        return np.asarray(image)

    def _gone(self, seconds: float) -> Image.Image:
        """Give where the picture has dissolved: from the right on, in grains."""
        ground = self._ground
        front = 1.35 * min(1.0, seconds / ground.seconds) ** 1.3 - 0.12
        loose = np.float32(front - 1) + ground.x / np.float32(ground.width) - self._grain
        return Image.fromarray(np.clip(loose * 1400 + 128, 0, 255).astype(np.uint8))


def _pass_by(image: Image.Image, visitor: Sprite, progress: float) -> None:
    """Let the visitor cross from right to left in waves, nearest in the middle of the clip."""
    wide, tall = visitor.box[2], visitor.box[3]
    near = 0.75 + 0.45 * math.sin(math.pi * progress)
    x = image.width + wide / 2 - (image.width + wide) * progress
    y = image.height * (0.42 + 0.14 * math.sin(math.tau * progress * 1.5))
    beat = 1 + 0.1 * math.sin(math.tau * progress * 9)
    turn = 8 * math.sin(math.tau * progress * 1.5 + 1)
    where = about(
        wide / 2, tall / 2, move=(x - wide / 2, y - tall / 2), turn=turn, scale=(near, near * beat)
    )
    lay(image, visitor, where)


def _close(image: Image.Image, heart: Image.Image, progress: float) -> None:
    """Close a heart-shaped frame around the middle."""
    open_by = 3.4 - 2.2 * min(1.0, progress * 1.25) ** 0.7
    step = _HEART_PIXELS / (min(image.size) * open_by)
    left = heart.width / 2 - step * image.width / 2
    top = heart.height / 2 - step * image.height / 2
    mask = heart.transform(
        image.size,
        Image.Transform.AFFINE,
        (step, 0, left, 0, step, top),
        Image.Resampling.BILINEAR,
    )
    image.paste(_FRAME_COLOUR, (0, 0), mask)


def _paint_heart() -> Image.Image:
    """Paint a plate with a heart-shaped hole in its middle, as a mask of the plate."""
    side = _HEART_PIXELS * 4
    canvas = Canvas(width=side, height=side)
    canvas.shape(
        shapes.box(0, 0, side, side) + shapes.heart(side / 2, side / 2, _HEART_PIXELS),
        "#000000",
        even_odd=True,
    )
    return Image.fromarray(render_canvas(canvas)).getchannel("A")


def _paint_visitor(motif: str, height: int, seed: int) -> Sprite:
    layer = paint_motif(Mention(motif=motif), height=max(8, round(height * 0.5)), seed=seed)
    return Sprite(image=Image.fromarray(layer), left=0.0, top=0.0, density=1.0)


def _paint_behind(picture: Frame) -> Image.Image:
    """Give a pale and soft memory of the picture, to stand where it has gone."""
    image = Image.fromarray(picture)
    small = image.resize((24, max(1, round(24 * image.height / image.width))), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(2)).resize(image.size, Image.Resampling.BICUBIC)
    return Image.blend(soft, Image.new("RGB", image.size, (248, 246, 242)), 0.45)


def _make_grain(width: int, height: int, seed: int) -> Plane:
    """Give a fixed roughness, 0 to 0.3, of grains of a few pixels."""
    noise = np.random.Generator(np.random.PCG64(make_random("grain", seed).getrandbits(64)))
    coarse = noise.random((max(1, height // 5), max(1, width // 5)), np.float32)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32) * np.float32(0.3)
