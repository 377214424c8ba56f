"""Looks that are quick enough for every frame of a clip, and hold still from frame to frame.

Lightness is evened out and stepped, lines follow its edges, and the grain of paper or print lies
still before the moving picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from kaiga.engines.sketch.edits.fields import make_noise, smooth_noise
from kaiga.engines.sketch.film.frames import Frame
from kaiga.engines.sketch.retouching.grading import ColourTable, toned

_USUAL_HEIGHT = 720
"""Sizes below are for frames of this shorter side, and grow with it."""
Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One look.

    `even` is how often detail is evened out; `steps` the number of levels of lightness, 0 for
    all, and `soft` how softly they meet, 0 to 1. `lines` is how dark lines are, 0 to 1, `fine`
    how thin (pixels), in the colour `ink`. `colour`, `contrast`, `light` and `warmth` change
    colours. `wash` is how far colours run out, in pixels. `paper` is how grainy the ground is,
    `dots` the width of printed dots, 0 for none, `hatch` likewise of strokes, `blocks` of square
    pixels. `relief` raises edges as of cut paper.
    """

    even: int = 1
    steps: int = 0
    soft: float = 0.5
    lines: float = 0.0
    fine: float = 1.3
    ink: str = "#1c1a22"
    colour: float = 1.0
    contrast: float = 1.0
    light: float = 0.0
    warmth: float = 0.0
    wash: float = 0.0
    paper: float = 0.0
    dots: float = 0.0
    hatch: float = 0.0
    blocks: int = 0
    relief: float = 0.0


TREATMENTS: Mapping[str, Treatment] = MappingProxyType({
    "manga": Treatment(even=2, steps=5, soft=0.15, lines=0.95, fine=1.1, colour=1.22, light=0.05),
    "american_comic": Treatment(
        even=2, steps=4, soft=0.05, lines=1.0, fine=1.9, colour=1.45, contrast=1.25, dots=6.0,
    ),
    "fresh_comic": Treatment(
        even=2, steps=6, soft=0.5, lines=0.55, fine=1.0, ink="#4f5f78", colour=0.9, light=0.12,
        contrast=0.82, warmth=0.012,
    ),
    "cartoon_3d": Treatment(even=3, soft=0.8, colour=1.3, light=0.04, contrast=1.1, relief=0.5),
    "chinese_cartoon": Treatment(
        even=2, steps=7, soft=0.5, lines=0.8, fine=1.2, ink="#3a2320", colour=1.15, warmth=0.03,
        paper=0.07,
    ),
    "papercut": Treatment(even=3, steps=5, soft=0.0, colour=1.2, relief=1.0, paper=0.11),
    "minimal": Treatment(even=3, steps=4, soft=0.05, colour=1.05, light=0.05, contrast=1.05),
    "ink": Treatment(
        even=4, steps=4, soft=0.75, lines=1.0, fine=3.0, ink="#16161c", colour=0.08, contrast=1.3,
        light=0.12, wash=7.0, paper=0.14,
    ),
    "watercolour": Treatment(
        even=3, steps=7, soft=0.7, lines=0.28, fine=1.2, ink="#5a4a52", colour=1.1, light=0.1,
        contrast=0.85, wash=6.0, paper=0.18,
    ),
    "woodblock": Treatment(
        even=3, steps=4, soft=0.0, lines=0.95, fine=1.7, ink="#2a2430", colour=0.95, warmth=0.02,
        paper=0.14,
    ),
    "pixel": Treatment(even=0, steps=6, soft=0.0, colour=1.2, blocks=7),
    "line": Treatment(
        even=1, steps=5, soft=0.8, lines=0.95, fine=1.0, ink="#26262c", colour=0.0, light=0.2,
        contrast=0.7, hatch=5.0, paper=0.08,
    ),
    "poster": Treatment(even=2, steps=3, soft=0.0, colour=1.45, contrast=1.3),
    "pastel": Treatment(
        even=3, soft=0.8, lines=0.2, ink="#8a6f86", colour=0.7, light=0.16, contrast=0.7,
        paper=0.14,
    ),
    "noir": Treatment(
        even=1, steps=5, soft=0.5, lines=0.6, fine=1.3, ink="#000000", colour=0.0, contrast=1.55,
        light=-0.06,
    ),
    "oil": Treatment(even=4, steps=10, soft=0.4, colour=1.3, contrast=1.12, relief=0.35, paper=0.1),
    "neon": Treatment(
        even=2, steps=5, soft=0.3, lines=-1.0, fine=1.5, ink="#5cf2ff", colour=1.5, contrast=1.35,
        light=-0.22,
    ),
    "cartoon": Treatment(even=2, steps=5, soft=0.1, lines=0.95, fine=1.6, colour=1.35, light=0.03),
    "picture_book": Treatment(
        even=2, steps=7, soft=0.6, lines=0.5, fine=1.2, ink="#5b463a", colour=1.05, light=0.08,
        contrast=0.9, warmth=0.02, paper=0.13,
    ),
    "gold_foil": Treatment(
        even=2, steps=4, soft=0.3, lines=-0.9, fine=1.6, ink="#f2cf74", colour=0.25, contrast=1.2,
        light=-0.3, warmth=0.05,
    ),
    "photograph": Treatment(even=0, colour=0.92, contrast=1.18, light=-0.02, warmth=0.012),
    "toy": Treatment(even=2, soft=0.9, colour=1.6, contrast=1.18, light=0.03, relief=0.8),
})  # fmt: skip
"""Treatments by name: the looks of given pictures (edits/filters) as they can be had in motion, and
the styles of clips. Lines below 0 shine instead of being dark."""

RESTYLES = (
    "manga", "american_comic", "fresh_comic", "cartoon_3d", "chinese_cartoon", "papercut",
    "minimal", "ink",
)  # fmt: skip
"""The styles 0 to 7 of video-style-transform (contract/video-models.md, 13)."""


class Treated:
    """One treatment for frames of one size; `apply` gives a frame its look.

    With `table`, colours are changed by it instead of as the treatment says.
    """

    def __init__(
        self,
        treatment: Treatment,
        width: int,
        height: int,
        seed: int,
        table: ColourTable | None = None,
    ) -> None:
        self._treatment = treatment
        self._size = width, height
        self._unit = min(width, height) / _USUAL_HEIGHT
        self._half = max(2, round(width / 2)), max(2, round(height / 2))
        self._levels = _step_levels(treatment.steps, treatment.soft)
        self._table = table or ColourTable(
            lambda pixels: toned(
                pixels,
                light=treatment.light,
                contrast=treatment.contrast,
                colour=treatment.colour,
                warmth=treatment.warmth,
            )
        )
        self._paper = _paper(treatment.paper, width, height, seed) if treatment.paper else None
        self._ink = Image.new("RGB", self._size, treatment.ink)

    def apply(self, frame: Frame) -> Frame:
        """Give the frame in this look."""
        if self._treatment.blocks:
            return np.asarray(self._blocked(Image.fromarray(frame)))
        half = Image.fromarray(frame).resize(self._half, Image.Resampling.BOX)
        luma, blue, red = self._evened(half).convert("YCbCr").split()
        stepped = luma.point(self._levels)
        if self._treatment.hatch:
            stepped = ImageChops.lighter(stepped, _strokes(self._half, self._treatment.hatch))
        coloured = Image.merge("YCbCr", (stepped, self._run_out(blue), self._run_out(red)))
        image = self._table.apply(coloured.convert("RGB"))
        if self._treatment.relief:
            image = self._raised(image, luma)
        image = image.resize(self._size, Image.Resampling.BILINEAR)
        if self._treatment.dots:
            image = self._printed(image)
        if self._treatment.lines:
            image.paste(self._ink, (0, 0), self._lines(frame))
        if self._paper is not None:
            image = ImageChops.multiply(image, self._paper)
        return np.asarray(image)

    def _evened(self, half: Image.Image) -> Image.Image:
        """Even out detail and keep edges, by medians in a quarter of the size."""
        if not self._treatment.even:
            return half
        small = half.resize(
            (max(2, half.width // 2), max(2, half.height // 2)), Image.Resampling.BOX
        )
        for _ in range(self._treatment.even):
            small = small.filter(ImageFilter.MedianFilter(3))
        smooth = small.resize(half.size, Image.Resampling.BICUBIC)
        # Near an edge what is evened out is blurred as well, so there the frame itself stays.
        away = ImageChops.difference(half, smooth).convert("L").point(_EDGE)
        return Image.composite(half, smooth, away)

    def _run_out(self, chroma: Image.Image) -> Image.Image:
        wash = self._treatment.wash * self._unit / 2
        return chroma.filter(ImageFilter.BoxBlur(wash)) if wash else chroma

    def _lines(self, frame: Frame) -> Image.Image:
        """Give how much of the ink lies on each place: where it is darker than around."""
        fine = self._treatment.fine * self._unit
        grey = Image.fromarray(frame).convert("L")
        if min(self._size) > 480:
            grey, fine = grey.resize(self._half, Image.Resampling.BOX), fine / 2
        sharp = grey.filter(ImageFilter.GaussianBlur(max(0.35, fine * 0.7)))
        wide = sharp.filter(ImageFilter.BoxBlur(max(1.0, fine * 1.7)))
        strength = abs(self._treatment.lines)
        if self._treatment.lines < 0:
            dark = ImageChops.difference(wide, sharp)
        else:
            dark = ImageChops.subtract(wide, sharp)
        dark = dark.point(_line_levels(strength))
        return dark.resize(self._size, Image.Resampling.BILINEAR)

    def _raised(self, image: Image.Image, luma: Image.Image) -> Image.Image:
        """Light what rises towards the upper left, and shade what falls away from it."""
        shift = max(1, round(1.6 * self._unit * self._treatment.relief))
        stepped = luma.point(self._levels).filter(ImageFilter.BoxBlur(0.6 * self._unit))
        moved = ImageChops.offset(stepped, shift, shift)
        share = 0.5 * self._treatment.relief
        edge = ImageChops.subtract(stepped, moved, 1 / share, 128)
        return ImageChops.overlay(image, Image.merge("RGB", (edge, edge, edge)))

    def _printed(self, image: Image.Image) -> Image.Image:
        """Lay dots over what is neither dark nor light, as cheap printing does."""
        screen = _dots(self._size, round(self._treatment.dots * self._unit))
        darker = image.point(_DARKER)
        middle = image.convert("L").point(_MIDDLE)
        return Image.composite(darker, image, ImageChops.multiply(screen, middle))

    def _blocked(self, image: Image.Image) -> Image.Image:
        side = max(2, round(self._treatment.blocks * self._unit))
        small = image.resize(
            (max(1, self._size[0] // side), max(1, self._size[1] // side)), Image.Resampling.BOX
        )
        luma, blue, red = small.convert("YCbCr").split()
        stepped = Image.merge("YCbCr", (luma.point(self._levels), blue, red)).convert("RGB")
        return self._table.apply(stepped).resize(self._size, Image.Resampling.NEAREST)


_EDGE = [min(255, max(0, (value - 14) * 9)) for value in range(256)]
_DARKER = [round(value * 0.62) for value in range(256)] * 3
_MIDDLE = [round(255 * max(0.0, 1 - abs(value - 140) / 75)) for value in range(256)]


def _step_levels(steps: int, soft: float) -> list[int]:
    """Give the curve that gathers lightness in so many levels, softly or in hard steps."""
    values = np.arange(256) / 255
    if steps < 2:
        return list(range(256))
    place = values * (steps - 1)
    step, part = np.floor(place), place % 1
    hardness = 1.2 + 18 * (1 - soft) ** 2
    bent = 0.5 + 0.5 * np.tanh((part - 0.5) * hardness) / np.tanh(0.5 * hardness)
    return np.rint((step + bent) / (steps - 1) * 255).clip(0, 255).astype(int).tolist()


def _line_levels(strength: float) -> list[int]:
    return [round(strength * min(255.0, max(0.0, (value - 3.5) * 22))) for value in range(256)]


@lru_cache(maxsize=4)
def _paper(strength: float, width: int, height: int, seed: int) -> Image.Image:
    """Make the grain of paper: light, with darker fibres."""
    noise = make_noise("paper", seed)
    rough = smooth_noise(noise, width, height, max(width, height) / 150, 3)
    fine = noise.random((height, width), np.float32)
    grain = 1 - strength * (0.35 + 0.4 * rough + 0.35 * (fine - 0.5))
    warm = np.clip(grain[..., None] * np.array([1.0, 0.99, 0.96]), 0, 1)
    return Image.fromarray(np.rint(warm * 255).astype(np.uint8))


@lru_cache(maxsize=4)
def _dots(size: tuple[int, int], wide: int) -> Image.Image:
    """Make a screen of round dots on a slanting grid."""
    wide = max(3, wide)
    down, across = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    x, y = (across + down) / wide * np.pi / 1.41, (across - down) / wide * np.pi / 1.41
    return Image.fromarray(
        (255 * np.clip((np.cos(x) * np.cos(y) - 0.15) * 2.4, 0, 1)).astype(np.uint8)
    )


@lru_cache(maxsize=4)
def _strokes(size: tuple[int, int], wide: float) -> Image.Image:
    """Make slanting strokes of a pencil, light between them."""
    noise = make_noise("strokes", size[0])
    down, across = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    waver = smooth_noise(noise, size[0], size[1], 60, 2) * wide
    wave = np.sin((across + 0.9 * down + waver) / wide * 2 * np.pi)
    return Image.fromarray((150 + 105 * np.clip(wave * 1.6, -1, 1)).clip(70, 255).astype(np.uint8))
