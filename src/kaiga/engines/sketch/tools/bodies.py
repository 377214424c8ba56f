"""Finds the body that goes with a face: where bodies are, in the colours that only it has."""

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import gauss, grown, pieces
from kaiga.engines.sketch.edits.hues import clusters, squared_distance, to_lab
from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels, resized
from kaiga.engines.sketch.edits.subjects import at_full_size, find_small_subject
from kaiga.engines.sketch.judging.boxes import Box

WIDE, ABOVE, BELOW = 3.2, 1.3, 10.0
"""How far the search goes from the face: to each side, upwards and downwards, in faces."""
SEARCH_SIDE = 180
"""The longer side of the picture that is searched, in pixels."""
ROUNDS = 4
OWN_COLOURS, OTHER_COLOURS = 8, 14
TRUST = 36.0
"""How much a difference of colours (Oklab) counts beside the place."""
STRANGE = 0.1
"""No colour counts as further than this from the body's own: trousers are of yet another one."""
UNLIKE_RIM = 0.028
"""How far a colour must be from all those along the edges to be the body's own for sure."""
# Half the width of a body at heights below the top of the face, both in faces: of its core, which
# nearly always belongs to it, and as far as arms and skirts may reach.
_HEIGHTS = (-0.75, -0.45, 0.0, 0.6, 1.0, 1.25, 1.5, 2.0, 2.8, 4.2, 6.0, 7.6, 9.6)
_CORES = (0.0, 0.25, 0.42, 0.44, 0.32, 0.28, 0.55, 0.58, 0.5, 0.45, 0.3, 0.12, 0.0)
_REACHES = (0.7, 0.8, 0.85, 0.88, 0.9, 1.2, 1.9, 2.3, 2.3, 2.0, 1.5, 1.2, 0.7)
_LIKELIHOODS = (0.1, 0.6, 0.97, 0.98, 0.97, 0.95, 0.95, 0.92, 0.75, 0.62, 0.55, 0.35, 0.04)


def find_body(pixels: Pixels, face: Box) -> Field:
    """Tell how surely each place belongs to the person with this face, 0 to 1."""
    height, width = pixels.shape[:2]
    middle = (face.left + face.right) // 2
    around = Box(
        round(middle - WIDE * face.width),
        round(face.top - ABOVE * face.height),
        round(middle + WIDE * face.width),
        round(face.bottom + BELOW * face.height),
    ).within(width, height)
    part = pixels[around.top : around.bottom, around.left : around.right]
    inner = Box(
        face.left - around.left,
        face.top - around.top,
        face.right - around.left,
        face.bottom - around.top,
    )
    share = np.zeros((height, width), dtype=np.float32)
    share[around.top : around.bottom, around.left : around.right] = _searched(part, inner)
    return share


def _searched(part: Pixels, face: Box) -> Field:
    height, width = part.shape[:2]
    share = min(1.0, SEARCH_SIDE / max(height, width))
    small = resized(part, max(4, round(width * share)), max(4, round(height * share)))
    place = _likelihood(small.shape[0], small.shape[1], face, small.shape[1] / width)
    told = _told(small)
    teaching = _away(told, _rim(told), OTHER_COLOURS) > UNLIKE_RIM
    chin = round(face.bottom * small.shape[0] / height)
    place[:chin] = _swayed(place[:chin], find_small_subject(small)[:chin])
    chance = place
    for _ in range(ROUNDS):
        chance = _judged(told, place, chance, teaching)
    body = _joined(chance > 0.5, place)
    return at_full_size(body, part)


def _likelihood(height: int, width: int, face: Box, share: float) -> Field:
    """Tell how often a body is at each place around a face, 0 to 1."""
    side = max(face.height * share, 1)
    rows, columns = np.indices((height, width), dtype=np.float32)
    down = (rows - face.top * share) / side
    across = np.abs(columns - (face.left + face.right) / 2 * share) / side
    core = np.interp(down, _HEIGHTS, _CORES)
    reach = np.interp(down, _HEIGHTS, _REACHES)
    most = np.interp(down, _HEIGHTS, _LIKELIHOODS, left=0, right=0)
    fall = np.clip((reach - across) / np.maximum(reach - core, 0.05), 0, 1)
    return np.asarray(np.clip(fall**1.8 * most, 0.002, 0.995), dtype=np.float32)


def _swayed(place: Field, subject: Mask) -> Field:
    """Trust a place more where something stands out, and less where nothing does.

    That holds around the head; clothes often stand out less than what is behind them.
    """
    doubt = np.where(place > 0.7, 1, 0.2)
    odds = place / (1 - place) * np.where(gauss(subject.astype(np.float32), 1) > 0.5, 5, doubt)
    return np.clip(odds / (1 + odds), 0.002, 0.995).astype(np.float32)


def _told(small: Pixels) -> Floats:
    """Give for each place its colour, slightly blurred, and a little of its height."""
    lab = to_lab(small)
    soft = [gauss(lab[..., channel], 0.6) for channel in range(3)]
    rows = np.indices(small.shape[:2], dtype=np.float32)[0] / small.shape[0] * 0.12
    return np.stack([soft[0] * 0.8, soft[1] * 1.5, soft[2] * 1.5, rows], axis=2)


def _rim(told: Floats) -> Floats:
    """Give what is seen along the left, right and upper edges, where no body is."""
    sides = told[:, (0, 1, -2, -1)].reshape(-1, told.shape[2])
    return np.concatenate([sides, told[:2].reshape(-1, told.shape[2])])


def _judged(told: Floats, place: Field, chance: Field, teaching: Mask) -> Field:
    """Judge anew: by the place, and by whether a colour is more of the body or of the rest.

    Only places of `teaching`, whose colours are not those at the edges, tell the body's colours.
    """
    own, rest = teaching & (chance > 0.85) & (place > 0.45), (chance < 0.06) | (place < 0.05)
    rest[:, (0, -1)] = rest[0] = True
    if own.sum() < OWN_COLOURS * 4 or rest.sum() < OTHER_COLOURS * 4:
        return chance
    to_own = np.minimum(_away(told, told[own], OWN_COLOURS), STRANGE)
    apart = _away(told, told[rest], OTHER_COLOURS) - to_own
    weighed = np.log(place / (1 - place)) + np.clip(apart * TRUST, -6, 6)
    return gauss((1 / (1 + np.exp(-weighed))).astype(np.float32), 0.8)


def _away(told: Floats, some: Floats, count: int) -> Field:
    centres: NDArray[np.float32] = clusters(some, count, "bodies", rounds=5)[0]
    nearest = np.minimum.reduce([squared_distance(told, centre) for centre in centres])
    return np.sqrt(nearest)


def _joined(body: Mask, place: Field) -> Mask:
    """Keep the piece of the face, close small gaps, and fill what it encloses."""
    closed = grown(grown(body, 1), -1)
    named = pieces(closed)
    weights = np.bincount(named.ravel(), weights=(place * closed).ravel())
    weights[0] = 0
    if not weights.any():
        return place > 0.6
    kept = np.flatnonzero(weights > 0.15 * weights.max())
    main: Mask = np.isin(named, kept)
    outside = pieces(np.pad(~main, 1, constant_values=True))[1:-1, 1:-1]
    sizes = np.bincount(outside.ravel())
    holes = ~main & (outside != 1) & (sizes < main.sum() * 0.06)[outside]
    return main | holes
