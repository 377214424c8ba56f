"""The looks of portraits by their numbers: a filter, a colour, a new ground, things around."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitLook:
    """How one portrait style looks.

    `look` is one of the filters for given pictures, or empty. `tint` is laid over all by
    `tint_share`; `saturation` strengthens colours first. `ground` is a prompt for a new scene
    behind the person, `things` what floats in front at the edges, and `frame` the colour of a
    border, empty for none.
    """

    look: str = ""
    tint: str = "#ffffff"
    tint_share: float = 0.0
    saturation: float = 1.0
    ground: str = ""
    things: tuple[str, ...] = ()
    frame: str = ""


PORTRAIT_LOOKS: Mapping[int, PortraitLook] = MappingProxyType({
    0: PortraitLook(look="poster", saturation=1.2, frame="#f6ead0"),
    1: PortraitLook(
        look="picture_book", saturation=1.25, ground="a castle in a garden", things=("star",)
    ),
    2: PortraitLook(look="cartoon", saturation=1.35, ground="sky with clouds"),
    3: PortraitLook(look="watercolour", tint="#eaf8ec", tint_share=0.18, things=("daisy",)),
    4: PortraitLook(look="neon", ground="a city at night"),
    5: PortraitLook(look="ink", ground="bamboo in the mist", frame="#c9b48a"),
    6: PortraitLook(look="gold_foil", ground="mountains at dusk", frame="#5a3a18"),
    7: PortraitLook(look="cartoon", saturation=1.7, tint="#ff9ad0", tint_share=0.12),
    8: PortraitLook(look="ink", tint="#d8e6e0", tint_share=0.24, things=("lotus",)),
    9: PortraitLook(
        look="picture_book", saturation=1.2, tint="#d8201c", tint_share=0.1,
        ground="fireworks at night", things=("lantern",), frame="#b01c1c",
    ),
    14: PortraitLook(look="woodblock", ground="mountains", things=("peony",), frame="#e0d2ac"),
    15: PortraitLook(
        look="papercut", tint="#d83028", tint_share=0.16, things=("lantern", "sakura"),
        frame="#d83028",
    ),
    30: PortraitLook(
        look="picture_book", saturation=1.4, ground="a meadow with a rainbow",
        things=("butterfly", "tulip"),
    ),
    31: PortraitLook(
        look="oil", saturation=1.15, ground="a village", tint="#e8b890", tint_share=0.1
    ),
    32: PortraitLook(look="pixel", saturation=1.2, ground="a village"),
    33: PortraitLook(look="cartoon", ground="a volcano and an island", things=("gem",)),
    34: PortraitLook(
        look="pastel", saturation=1.2, ground="sakura in the street", things=("sakura",)
    ),
    35: PortraitLook(saturation=1.3, ground="a toy shop", tint="#fff2dc", tint_share=0.12),
    36: PortraitLook(
        look="cartoon", saturation=1.15, tint="#b8d4ff", tint_share=0.16, ground="a beach"
    ),
    37: PortraitLook(look="line"),
    38: PortraitLook(look="pastel", saturation=1.5, frame="#fbf6ea"),
    39: PortraitLook(look="minimal", saturation=1.3, things=("heart",), frame="#ffffff"),
    40: PortraitLook(look="poster", saturation=1.6, things=("star", "heart"), frame="#f08fb4"),
})  # fmt: skip
"""By `style_index`; -1 is the look of a picture of the client's own.

Source of the numbers: contract/image-models.yaml, wanx-style-repaint-v1; the looks are chosen.
"""
