"""Cuts things out of given pictures: by transparency, by a plain ground, by what stands out."""

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, gauss, grown, pieces, scaled
from kaiga.engines.sketch.edits.hues import squared_distance, to_lab
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Mask,
    Pixels,
    open_layer,
    open_pixels,
    resized,
)
from kaiga.engines.sketch.edits.subjects import find_subject
from kaiga.ports.engine import JobMedia

HOLES = 0.01
"""From this share of transparent places on, a picture counts as cut out already."""
PLAIN, PLAIN_SHARE = 0.05, 0.65
"""A ground is plain where this share of its edges lies this near to their middle (Oklab)."""
AWAY = 0.06
"""How far a colour must be from a plain ground's to be a thing's; half of it is the soft rim."""
_WORKING_SIDE = 512


def cut_out(media: JobMedia) -> Layer:
    """Give an input as a layer on which only the thing is left, at the picture's own size.

    Raises:
        Refused: the file is no picture that can be decoded.
    """
    layer = open_layer(media)
    if is_cut_out(layer):
        return layer
    pixels = open_pixels(media)
    return as_cut_out(pixels, find_thing(pixels))


def is_cut_out(layer: Layer) -> bool:
    """Tell whether a picture came with its ground taken away."""
    return float((layer[..., 3] < 128).mean()) >= HOLES


def as_cut_out(pixels: Pixels, share: Field) -> Layer:
    """Give a picture with `share` as its opacity."""
    alpha = np.rint(share * 255).astype(np.uint8)
    return np.dstack([pixels, alpha])


def find_thing(pixels: Pixels) -> Field:
    """Tell how surely each place belongs to the thing that was photographed, 0 to 1.

    Before a plain ground it is what has another colour; else what stands out most. A picture of
    one colour alone has no thing in it: all places are 0.
    """
    if is_blank(pixels):
        return np.zeros(pixels.shape[:2], dtype=np.float32)
    before_plain = _before_plain_ground(pixels)
    return find_subject(pixels) if before_plain is None else before_plain


def is_blank(pixels: Pixels) -> bool:
    """Tell whether a picture shows nothing: hardly any place differs from the others."""
    return float(pixels.reshape(-1, 3).std(axis=0).max()) < 3


def box_of(share: Field) -> tuple[int, int, int, int]:
    """Give left, top, right and bottom of what is chosen by more than half."""
    return extent(share > 0.5)


def cropped_to(layer: Layer) -> Layer:
    """Cut a layer down to what is more than half there; an empty one stays as it is."""
    left, top, right, bottom = extent(layer[..., 3] > 127)
    return layer[top:bottom, left:right] if right > left else layer


def _before_plain_ground(pixels: Pixels) -> Field | None:
    """Give the thing before a ground of one colour; None where the edges have several."""
    height, width = pixels.shape[:2]
    share = min(1.0, _WORKING_SIDE / max(height, width))
    small = resized(pixels, max(2, round(width * share)), max(2, round(height * share)))
    lab = to_lab(small)
    rim = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])
    ground = np.median(rim, axis=0)
    if float((np.sqrt(((rim - ground) ** 2).sum(axis=1)) < PLAIN).mean()) < PLAIN_SHARE:
        return None
    away = np.sqrt(squared_distance(lab, ground))
    thing = _largest(away > AWAY)
    if not 0.005 < thing.mean() < 0.97:
        return None
    fine = np.sqrt(squared_distance(to_lab(pixels), ground))
    near = scaled(gauss(grown(thing, 2).astype(np.float32), 1), width, height)
    inner = scaled(grown(thing, -3).astype(np.float32), width, height)
    soft = np.clip(fine / AWAY * 2 - 1, 0, 1) * np.clip(near * 2, 0, 1)
    return np.maximum(soft, np.clip(inner * 2 - 1, 0, 1)).astype(np.float32)


def _largest(chosen: Mask) -> Mask:
    """Keep the largest piece and what is at least a twentieth of it, without holes inside."""
    named = pieces(chosen)
    sizes = np.bincount(named.ravel())
    if len(sizes) < 2:
        return chosen
    kept = np.flatnonzero(sizes >= sizes[1] / 20)
    thing: Mask = np.isin(named, kept[kept > 0])
    outside = pieces(~thing)
    edge = np.unique(np.concatenate([outside[0], outside[-1], outside[:, 0], outside[:, -1]]))
    holes = ~thing & ~np.isin(outside, edge)
    small = np.bincount(outside.ravel())[outside] < 0.004 * thing.size
    return thing | (holes & small)
