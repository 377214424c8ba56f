"""Given pictures as arrays: opening them safely, bringing them to a size, laying one on another.

Rows come first: arrays are height by width by channels, 8 bits a channel.
"""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from kaiga.engines.sketch.making import Refused
from kaiga.ports.engine import JobMedia

Pixels = NDArray[np.uint8]
"""An opaque picture: height by width by red, green, blue."""
Layer = NDArray[np.uint8]
"""A picture with holes: height by width by red, green, blue, alpha; alpha is not multiplied in."""
Mask = NDArray[np.bool_]
"""Chosen places of a picture: height by width."""
Field = NDArray[np.floating[Any]]
"""A number from 0 to 1 for each place of a picture: height by width."""
Floats = NDArray[np.floating[Any]]
"""An opaque picture for sums: height by width by red, green, blue, each 0 to 1."""

FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "GIF", "TIFF", "PPM")
"""What is decoded. Formats that start other programs or hold scripts are not among them."""
MOST_PIXELS = 8192 * 8192
"""The largest picture that any model of the contract takes (contract/image-models.md, 11)."""
MASK_TOLERANCE = 40
"""How far a channel may lie from a mask's colour: lossy files never hit one exactly."""


def open_pixels(media: JobMedia, *, width: int = 0, height: int = 0) -> Pixels:
    """Open an input as an opaque picture, upright; transparent places become white.

    With `width` and `height` it is cropped around its middle and scaled to exactly that size.

    Raises:
        Refused: the file is no picture that can be decoded, or is too large.
    """
    image = flattened(_open(media), "#ffffff")
    if width and height:
        image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    return np.array(image)


def open_layer(media: JobMedia) -> Layer:
    """Open an input with its transparency, upright.

    Raises:
        Refused: as `open_pixels`.
    """
    return np.array(_open(media).convert("RGBA"))


def open_mask(
    media: JobMedia, like: NDArray[np.uint8], colours: Sequence[Sequence[int]] = ()
) -> Mask:
    """Open an input that marks places of the picture `like`.

    Marked is what is light, or, where `colours` are given, what has about one of these (red,
    green, blue). Transparent places are never marked.

    Raises:
        Refused: as `open_pixels`, or the mask's size is not that of the picture.
    """
    layer = np.array(_open(media).convert("RGBA"))
    if layer.shape[:2] != like.shape[:2]:
        raise Refused(
            "InvalidParameter",
            f"The size of {media.role} ({_size(layer)}) and of the image ({_size(like)})"
            " are not the same.",
        )
    seen: Mask = layer[..., 3] >= 128
    if not colours:
        return seen & (layer[..., :3].mean(axis=2) >= 128)
    marked = np.zeros(seen.shape, dtype=np.bool_)
    for colour in colours:
        away = np.abs(layer[..., :3].astype(np.int16) - np.array(colour[:3], dtype=np.int16))
        marked |= away.max(axis=2) <= MASK_TOLERANCE
    return seen & marked


def flattened(image: Image.Image, ground: str) -> Image.Image:
    """Give an image of any mode as RGB, transparent places on `ground` (`#rrggbb`)."""
    if image.mode == "RGB":
        return image
    layer = image.convert("RGBA")
    under = Image.new("RGBA", layer.size, ground)
    under.alpha_composite(layer)
    return under.convert("RGB")


def resized(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale a picture, a layer or a grey plane to exactly this size."""
    if (width, height) == (pixels.shape[1], pixels.shape[0]):
        return pixels
    return np.array(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


def covering(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale and crop around the middle, so that the picture covers exactly this size."""
    if (width, height) == (pixels.shape[1], pixels.shape[0]):
        return pixels
    image = Image.fromarray(pixels)
    return np.array(ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS))


def fitting(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale to the largest size inside this one, keeping the ratio of the sides."""
    tall, wide = pixels.shape[:2]
    share = min(width / wide, height / tall)
    return resized(pixels, max(1, round(wide * share)), max(1, round(tall * share)))


def laid_over(pixels: Pixels, layer: Layer, x: int, y: int) -> Pixels:
    """Give a copy of a picture with a layer on it, its upper left corner at (x, y).

    The layer may reach over the edges. Where it is fully transparent, nothing changes.
    """
    height, width = pixels.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + layer.shape[1], width), min(y + layer.shape[0], height)
    result = pixels.copy()
    if left >= right or top >= bottom:
        return result
    part = layer[top - y : bottom - y, left - x : right - x]
    alpha = part[..., 3:4].astype(np.float32) / 255
    under = result[top:bottom, left:right]
    mixed = under + (part[..., :3].astype(np.float32) - under) * alpha
    result[top:bottom, left:right] = np.rint(mixed).astype(np.uint8)
    return result


def mixed(first: Pixels, second: Pixels, share: Field) -> Pixels:
    """Blend two pictures of one size; where `share` is 0 the first stays bit for bit."""
    shares = share[..., None]
    blend = first + (second.astype(np.float32) - first) * shares
    return np.rint(blend).astype(np.uint8)


def to_floats(pixels: Pixels) -> Floats:
    """Give a picture as numbers from 0 to 1."""
    return pixels.astype(np.float32) / 255


def to_pixels(floats: Floats) -> Pixels:
    """Give numbers back as a picture; what is outside 0 to 1 is clipped."""
    return np.rint(np.clip(floats, 0, 1) * 255).astype(np.uint8)


def _size(pixels: NDArray[np.uint8]) -> str:
    return f"{pixels.shape[1]}*{pixels.shape[0]}"


def _open(media: JobMedia) -> Image.Image:
    """Decode the first frame, turned as its EXIF says, in a mode with 8 bits a channel."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(media)
    except Refused:
        raise
    except Exception as error:  # decoders raise of every kind on broken files
        raise Refused(
            "InvalidParameter", f"Invalid image format or corrupted file: {media.role}."
        ) from error


def _decode(media: JobMedia) -> Image.Image:
    with Image.open(media.path, formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Refused(
                "InvalidParameter",
                f"The size of {media.role} ({image.width}*{image.height}) is too large: at most"
                f" {MOST_PIXELS} pixels are allowed.",
            )
        image.seek(0)
        image.load()
        upright = ImageOps.exif_transpose(image)
    return _eight_bits(upright)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Give RGB or RGBA; 16 and 32 bits and fractions are scaled down rather than clipped."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;"):
        values = np.array(image).astype(np.float64)
        top = max(float(values.max(initial=0)), 1.0)
        most = 65535.0 if image.mode != "F" and top <= 65535 else top
        image = Image.fromarray((np.clip(values / most, 0, 1) * 255).astype(np.uint8))
    holes = image.has_transparency_data
    return image.convert("RGBA" if holes else "RGB")
