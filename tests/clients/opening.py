"""Opening what a result link leads to, as anybody would: without a key."""

import io
from dataclasses import dataclass

import av
import httpx
import numpy as np
from PIL import Image

Pixels = np.ndarray


@dataclass(frozen=True, kw_only=True)
class Film:
    """A clip, with its first and last picture; sizes in pixels, `seconds` from picture to end."""

    width: int
    height: int
    seconds: float
    first: Pixels
    last: Pixels


def fetch(url: str) -> httpx.Response:
    """Fetch a link, redirects not followed."""
    answer = httpx.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer


def open_picture(url: str) -> Image.Image:
    """Decode the PNG behind a link."""
    picture = Image.open(io.BytesIO(fetch(url).content))
    picture.load()
    assert picture.format == "PNG"
    return picture


def size_of_png(url: str) -> tuple[int, int]:
    """Tell the width and height of the PNG behind a link."""
    return open_picture(url).size


def open_film(url: str) -> Film:
    """Decode the whole MP4 behind a link."""
    content = fetch(url).content
    with av.open(io.BytesIO(content)) as film:
        stream = film.streams.video[0]
        rate = stream.average_rate
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(stream)]
    assert rate is not None
    height, width, _ = frames[0].shape
    return Film(
        width=width,
        height=height,
        seconds=float(len(frames) / rate),
        first=frames[0],
        last=frames[-1],
    )


def is_about(pixels: Pixels, colour: tuple[int, int, int], tolerance: float = 40) -> bool:
    """Tell whether the mean of a picture is near a colour."""
    return bool(np.all(np.abs(pixels.mean(axis=(0, 1)) - np.array(colour)) < tolerance))
