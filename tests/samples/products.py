"""Product pictures for tests: a shirt, trousers and a shoe, drawn on white or on nothing."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.painter import rasterise

SHIRT = (
    '<path d="M150 60Q200 100 250 60L330 90L385 200L320 230L300 190V430H100V190L80 230L15 200'
    'L70 90Z" fill="{main}"/>'
    '<path d="M98 250H302V290H98ZM98 330H302V370H98Z" fill="{second}"/>'
    '<path d="M150 60Q200 100 250 60L262 64Q200 122 138 64Z" fill="{second}"/>'
)
TROUSERS = (
    '<path d="M110 40H290L320 450H225L202 180L178 450H80Z" fill="{main}"/>'
    '<path d="M110 40H290V72H110Z" fill="{second}"/>'
)
SHOE = (
    '<path d="M40 150Q60 60 130 60Q150 110 230 140Q340 160 350 220H40Z" fill="{main}"/>'
    '<path d="M36 215H356V245H36Z" fill="{second}"/>'
)


def product(
    shape: str, main: str, second: str, *, on_white: bool = True, side: int = 400, height: int = 480
) -> NDArray[np.uint8]:
    """Give a drawn product: RGB on white, or RGBA on nothing."""
    ground = f'<rect width="{side}" height="{height}" fill="#ffffff"/>' if on_white else ""
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{height}">'
        f"{ground}{shape.format(main=main, second=second)}</svg>"
    )
    image = Image.open(io.BytesIO(rasterise(document)))
    return np.array(image.convert("RGB" if on_white else "RGBA"))
