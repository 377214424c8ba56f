"""What the painter is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureOrder:
    """What to paint.

    Any text is allowed in `prompt` and `negative_prompt`. Sides are in pixels, 16 or more. `seed`
    is any integer. `watermark` is the text of a visible mark at the
    lower right, empty for none.
    """

    prompt: str
    negative_prompt: str
    width_pixels: int
    height_pixels: int
    seed: int
    watermark: str
