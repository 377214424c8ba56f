"""Finds clothes on people and in product pictures, and lays one garment over another's place."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import extent, gauss, grown, luma
from kaiga.engines.sketch.edits.pictures import Field, Layer, Mask, Pixels
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.judging.skin import skin
from kaiga.engines.sketch.tools.people import Person


class Part(Enum):
    """Which clothes: from the neck to the hips, from the hips down, or both."""

    UPPER = "upper"
    LOWER = "lower"
    WHOLE = "whole"


HIPS, ANKLES = 0.56, 0.94
"""Where shirts and trousers end on a figure that is seen whole, in shares of its height."""
NECK_FACES, HIPS_FACES = 1.16, 4.6
"""Where the neck is, and the hips of a figure that is not, in faces below the face's top."""
NECKLINE = 0.3
"""How far down a garment's own outline may show skin, in shares of its height."""
SKIN_NEAR = 26.0
"""How far a colour may lie from the face's own to be skin of the same person (of 255)."""


def worn(pixels: Pixels, person: Person, part: Part) -> Mask:
    """Mark the clothes of one person: what is not skin, between the heights of the part."""
    top, bottom = _heights(person, part)
    body: Mask = person.share > 0.5
    rows: NDArray[np.intp] = np.arange(pixels.shape[0], dtype=np.intp)[:, None]
    clothes = body & (rows >= top) & (rows < bottom) & ~_own_skin(pixels, person)
    if part is not Part.LOWER:
        clothes &= ~_hair(pixels, person, rows)
    return grown(grown(clothes, -1), 1) & body


def _heights(person: Person, part: Part) -> tuple[int, int]:
    box, face = person.box, person.face
    neck = round(face.top + NECK_FACES * face.height)
    whole = box.bottom < 0.985 * person.share.shape[0]
    below = box.top + HIPS * box.height if whole else face.top + HIPS_FACES * face.height
    hips = max(round(below), neck + face.height // 2)
    ankles = round(box.top + ANKLES * box.height) if whole else box.bottom
    match part:
        case Part.UPPER:
            return neck, min(hips, box.bottom)
        case Part.LOWER:
            return min(hips, box.bottom), ankles
        case Part.WHOLE:
            return neck, ankles


def _own_skin(pixels: Pixels, person: Person) -> Mask:
    """Mark what has the colour of this person's face, and of any skin."""
    face = person.face
    inner = pixels[
        face.top + face.height // 3 : face.bottom - face.height // 4,
        face.left + face.width // 4 : face.right - face.width // 4,
    ]
    if not inner.size:
        return np.zeros(pixels.shape[:2], dtype=np.bool_)
    tone = np.median(inner.reshape(-1, 3), axis=0)
    away = np.abs(pixels.astype(np.float32) - tone.astype(np.float32)).max(axis=2)
    return (away < SKIN_NEAR) & skin(pixels)


def _hair(pixels: Pixels, person: Person, rows: NDArray[np.intp]) -> Mask:
    """Mark long hair on the shoulders: what has the colour of the crown."""
    face, box = person.face, person.box
    crown = pixels[max(box.top, face.top - face.height // 3) : face.top + 1, face.left : face.right]
    body = person.share[
        max(box.top, face.top - face.height // 3) : face.top + 1, face.left : face.right
    ]
    chosen = crown[body > 0.5]
    if len(chosen) < 8:
        return np.zeros(pixels.shape[:2], dtype=np.bool_)
    tone = np.median(chosen, axis=0).astype(np.float32)
    away = np.abs(pixels.astype(np.float32) - tone).max(axis=2)
    return (away < SKIN_NEAR) & (rows < face.top + 2.2 * face.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silhouette:
    """The left and right edges of a shape in each of its rows, smoothed."""

    top: int
    left: NDArray[np.float64]
    right: NDArray[np.float64]


def laid_on(pixels: Pixels, place: Mask, garment: Layer, skin_tone: NDArray[np.uint8]) -> Pixels:
    """Give a copy in which a garment fills `place`, bent from its own outline to that one.

    The folds of what was worn there shade it. Where its upper part is cut out, as at a neck,
    `skin_tone` shows. Nothing outside of `place` changes but a soft rim of a pixel.
    """
    if not place.any():
        return pixels
    left, top, right, bottom = extent(place)
    cut = _with_edges(garment)
    target, source = _silhouette(place), _silhouette(cut[..., 3] > 127)
    columns, rows = _sources(target, source, (left, right), bottom - top)
    taken = _sampled(cut, rows, columns)
    tall = bottom - top
    taken[round(tall * NECKLINE) :, :, 3] = 255
    inner = np.s_[top:bottom, left:right]
    cloth = taken[..., :3] * _folds(pixels, place)[inner][..., None]
    seen = taken[..., 3:4] / 255
    dressed = cloth * seen + skin_tone.astype(np.float32) * (1 - seen)
    share = gauss(place.astype(np.float32), 0.8)[inner][..., None]
    result = pixels.copy()
    under = result[inner].astype(np.float32)
    result[inner] = np.rint(np.clip(under + (dressed - under) * share, 0, 255)).astype(np.uint8)
    return result


def tone_of(pixels: Pixels, face: Box) -> NDArray[np.uint8]:
    """Give the colour of the skin of a face."""
    across, down = face.width // 4, face.height // 3
    inner = pixels[
        face.top + down : face.bottom - down // 2, face.left + across : face.right - across
    ]
    if not inner.size:
        return np.array([222, 180, 150], dtype=np.uint8)
    return np.median(inner.reshape(-1, 3), axis=0).astype(np.uint8)


def _with_edges(garment: Layer) -> Layer:
    """Spread the garment's colours outwards, so that sampling beside it finds cloth."""
    alpha = garment[..., 3].astype(np.float32) / 255
    colours = garment[..., :3].astype(np.float32)
    for reach in (max(garment.shape[:2]) / 8, 3.0):
        weight = np.maximum(gauss(alpha, reach), 1e-3)
        spread = [gauss(garment[..., c] * alpha, reach) / weight for c in range(3)]
        near = np.clip(weight * 40 - 1, 0, 1)[..., None] if reach < 5 else 1.0
        colours = np.stack(spread, axis=2) * near + colours * (1 - near)
    colours = np.where(alpha[..., None] > 0.9, garment[..., :3], np.clip(colours, 0, 255))
    return np.dstack([np.rint(colours).astype(np.uint8), garment[..., 3]])


def _silhouette(mask: Mask) -> _Silhouette:
    _, top, _, bottom = extent(mask)
    rows = mask[top:bottom]
    width = mask.shape[1]
    width = mask.shape[1]
    left: NDArray[np.float64] = np.argmax(rows, axis=1).astype(np.float64)
    right: NDArray[np.float64] = width - np.argmax(rows[:, ::-1], axis=1).astype(np.float64)
    filled = np.flatnonzero(rows.sum(axis=1))
    places = np.arange(len(rows), dtype=np.float64)
    reach = max(1, len(rows) // 40)
    return _Silhouette(
        top=top,
        left=_smoothed(np.interp(places, places[filled], left[filled]), reach),
        right=_smoothed(np.interp(places, places[filled], right[filled]), reach),
    )


def _smoothed(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    padded = np.pad(values, reach, mode="edge")
    kernel = np.ones(2 * reach + 1) / (2 * reach + 1)
    return np.convolve(padded, kernel, mode="valid")


def _sources(
    target: _Silhouette, source: _Silhouette, across: tuple[int, int], tall: int
) -> tuple[Field, Field]:
    """Tell from which column and row of the garment each place of the target's box comes."""
    down = np.linspace(0, len(source.left) - 1, tall)
    places = np.arange(len(source.left))
    source_left = np.interp(down, places, source.left)
    source_right = np.interp(down, places, source.right)
    columns = np.arange(across[0], across[1], dtype=np.float64)[None]
    wide = np.maximum(target.right - target.left, 1)[:, None]
    share = np.clip((columns - target.left[:, None]) / wide, 0, 1)
    found = source_left[:, None] + share * (source_right - source_left - 1)[:, None]
    rows = np.broadcast_to((down + source.top)[:, None], found.shape)
    return found.astype(np.float32), rows.astype(np.float32)


def _sampled(layer: Layer, rows: Field, columns: Field) -> Field:
    """Take colours and opacity between places, weighted by nearness."""
    height, width = layer.shape[:2]
    low_row = np.clip(np.floor(rows).astype(np.intp), 0, height - 1)
    low_column = np.clip(np.floor(columns).astype(np.intp), 0, width - 1)
    next_row, next_column = (
        np.minimum(low_row + 1, height - 1),
        np.minimum(low_column + 1, width - 1),
    )
    down, right = (rows - low_row)[..., None], (columns - low_column)[..., None]
    upper = layer[low_row, low_column] * (1 - right) + layer[low_row, next_column] * right
    lower = layer[next_row, low_column] * (1 - right) + layer[next_row, next_column] * right
    return (upper * (1 - down) + lower * down).astype(np.float32)


def _folds(pixels: Pixels, place: Mask) -> Field:
    """Tell how much lighter or darker each place of the old clothes is than these are around it."""
    light = luma(pixels)
    inside = place.astype(np.float32)
    reach = max(2.0, (place.sum() ** 0.5) / 8)
    usual = gauss(light * inside, reach) / np.maximum(gauss(inside, reach), 1e-3)
    return np.clip(light / np.maximum(usual, 0.08), 0.72, 1.18)
