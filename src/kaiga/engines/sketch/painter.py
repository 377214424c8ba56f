"""Turns an order into the bytes of a PNG: understands, composes, renders, and says what it is."""

import resvg_py

from kaiga import __version__
from kaiga.engines.sketch.composition import compose
from kaiga.engines.sketch.order import PictureOrder
from kaiga.engines.sketch.png_metadata import with_texts
from kaiga.engines.sketch.reading import read_prompt, without

__all__ = ["NOTICE", "PictureOrder", "paint"]

NOTICE = "Drawn by rules from the words of the prompt. No AI model made this picture."


def paint(order: PictureOrder) -> bytes:
    """Paint a picture and give it as an opaque PNG of exactly the ordered size.

    The same order gives the same bytes in any process of the same version.
    """
    scene = without(read_prompt(order.prompt), read_prompt(order.negative_prompt))
    document = compose(scene, order)
    png = resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True)
    return with_texts(
        png,
        (
            ("Software", f"Kaiga sketch {__version__}"),
            ("Description", NOTICE),
            ("Comment", f"prompt: {order.prompt}"),
            ("Source", f"kaiga-sketch seed {order.seed}"),
        ),
    )
