"""The typefaces that the contract names, as ways to draw the letters of the fonts at hand.

None of these fonts is here: a name changes weight, slant, width and roundness, so that each name
looks different from the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """How letters are drawn: all in shares of the letter's size.

    `weight` thickens every stroke on each side, `slant` leans to the right per height, `width`
    stretches, and `roundness` is the radius of corners.
    """

    weight: float = 0.0
    slant: float = 0.0
    width: float = 1.0
    roundness: float = 0.0


REGULAR = Typeface()
BOLD = Typeface(weight=0.022)
TYPEFACES: Mapping[str, Typeface] = MappingProxyType({
    "dongfangdakai": Typeface(weight=0.03, slant=0.08, roundness=0.02),
    "puhuiti_m": Typeface(weight=0.012),
    "shuheiti": Typeface(weight=0.02, width=0.9),
    "jinbuti": Typeface(weight=0.028, slant=0.16),
    "kuheiti": Typeface(weight=0.04, width=1.06),
    "kuaileti": Typeface(weight=0.024, roundness=0.034),
    "wenyiti": Typeface(weight=0.004, width=0.94),
    "logoti": Typeface(weight=0.036, roundness=0.012, width=1.1),
    "cangeryuyangti_m": Typeface(weight=0.012, roundness=0.024),
    "siyuansongti_b": Typeface(weight=0.024, width=0.96),
    "siyuanheiti_m": Typeface(weight=0.016, width=1.02),
    "fangzhengkaiti": Typeface(weight=0.008, slant=0.05, roundness=0.015),
})  # fmt: skip
"""By `font_name`. Source: contract/image-models.yaml, wordart-texture."""


def find_typeface(name: object) -> Typeface:
    """Give the typeface of a `font_name`; an unknown or missing one is drawn bold."""
    return TYPEFACES.get(str(name), BOLD)
