"""What letters can be made of: marble, toy bricks, scales, and how they are raised and lit."""

import numpy as np

from kaiga.engines.sketch.edits.fields import gauss, slopes, smooth_noise
from kaiga.engines.sketch.edits.filters.means import colour_floats, toned
from kaiga.engines.sketch.edits.pictures import Field, Floats, Pixels, to_floats, to_pixels


def marble(width: int, height: int, noise: np.random.Generator, colours: tuple[str, ...]) -> Pixels:
    """Lay veins through polished stone; `colours` go from the veins to the stone."""
    rows, columns = np.indices((height, width), dtype=np.float32)
    cell = max(width, height) / 3
    drift = smooth_noise(noise, width, height, cell, 4) * 5
    waves = np.abs(np.sin((columns + rows * 0.6) / cell * np.pi + drift))
    fine = np.abs(np.sin(rows / cell * 4 + smooth_noise(noise, width, height, cell / 2, 4) * 7))
    light = np.clip(0.12 + 0.78 * waves**0.45 + 0.18 * fine**0.4, 0, 1)
    return to_pixels(toned(light.astype(np.float32), colours))


def bricks(width: int, height: int, noise: np.random.Generator, colours: tuple[str, ...]) -> Pixels:
    """Build of square toy bricks with a stud each, in a mix of `colours`."""
    side = max(8, min(width, height) // 22)
    rows, columns = np.indices((height, width), dtype=np.intp)
    down, across = rows // side, columns // side
    chosen = noise.integers(0, len(colours), (height // side + 1, width // side + 1))
    table = np.array([colour_floats(colour) for colour in colours])
    base = table[chosen[down, across]]
    y, x = (rows % side) / side - 0.5, (columns % side) / side - 0.5
    away = np.hypot(x, y)
    stud = np.clip((0.32 - away) * side / 2, 0, 1)
    rim = np.exp(-(((away - 0.32) * side / 1.4) ** 2)) * np.sign(-(x + y))
    seam = (np.maximum(np.abs(x), np.abs(y)) > 0.5 - 1.1 / side).astype(np.float32)
    light = 1 + stud * 0.06 + rim * 0.28 - seam * 0.35
    return to_pixels((base * light[..., None]).astype(np.float32))


def scales(width: int, height: int, noise: np.random.Generator, colours: tuple[str, ...]) -> Pixels:
    """Cover with overlapping scales, dark where one goes under the next."""
    side = max(8.0, min(width, height) / 20)
    rows, columns = np.indices((height, width), dtype=np.float32)
    line = np.floor(rows / (side * 0.5))
    x = np.mod(columns + (line % 2) * side / 2, side) / side - 0.5
    y = np.mod(rows, side * 0.5) / side
    arc = np.clip(1 - (np.abs(x) * 2) ** 2, 0, 1) ** 0.5 * 0.5
    lower = y > arc
    depth = np.where(lower, y - arc, y + 0.5 - arc)
    light = np.clip(0.15 + depth * 1.5 + smooth_noise(noise, width, height, side * 4) * 0.12, 0, 1)
    return to_pixels(toned(light.astype(np.float32), colours))


def raised(pixels: Pixels, ink: Field, depth: float) -> Pixels:
    """Light what `ink` chooses as if it bulged, from the upper left; `depth` is in pixels."""
    height = gauss(ink, depth) + 0.6 * gauss(ink, depth * 2.4)
    right, down = slopes(height)
    light = np.clip((right + down) * depth * 1.5, -0.5, 0.6) * ink
    floats = to_floats(pixels)
    brighter = floats + (1 - floats) * np.clip(light, 0, 1)[..., None]
    return to_pixels(brighter * (1 + np.clip(light, -1, 0))[..., None])


def soft_ground(width: int, height: int, colours: tuple[Floats, Floats]) -> Pixels:
    """Paint a quiet ground: the first colour around the middle, the second at the edges."""
    rows, columns = np.indices((height, width), dtype=np.float32)
    away = np.hypot((rows / height - 0.45) * 1.3, columns / width - 0.5) / 0.75
    share = np.clip(away, 0, 1)[..., None] ** 1.4
    return to_pixels((colours[0] * (1 - share) + colours[1] * share).astype(np.float32))
