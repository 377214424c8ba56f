"""Where in a picture the thing is that an instruction speaks of.

Nothing here knows things by sight. A said colour is looked for, then where such a thing would be
(a sky above, water below it, green plants), then what has the colours in which the painter would
paint the thing; else the thing is what stands out most.
"""

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import grown, pieces
from kaiga.engines.sketch.edits.hues import (
    chroma,
    clusters,
    lab_of,
    nearest,
    squared_distance,
    to_lab,
)
from kaiga.engines.sketch.edits.painting import paint_motif
from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels
from kaiga.engines.sketch.edits.subjects import (
    at_full_size,
    find_colour,
    find_small_sky,
    find_small_subject,
    list_small_things,
    patches_of_colour,
    small_copy,
    without_holes,
)
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.scene import Mention, Scene

_WATER = frozenset({"sea", "lake", "underwater", "swamp"})
_GREEN = frozenset({"meadow", "forest", "garden", "paddy", "flower_field", "bamboo_grove"})
_GROUND = frozenset({"street", "beach", "desert", "snowfield", "moonscape", "room"})
_LOW_PLANTS = frozenset({"bush", "grass", "bamboo", "leaf"})
_LEAST = 0.004
"""The least share of a picture that counts as a thing."""
_ALIKE = 0.075
"""How near a colour must be to one of the painter's for the thing, in Oklab."""


def find_region(pixels: Pixels, about: Scene, *, background: bool = False) -> Field:
    """Tell how surely each place belongs to what `about` speaks of, 0 to 1."""
    if background:
        return 1 - at_full_size(find_small_subject(small_copy(pixels)), pixels)
    for mention in about.mentions:
        for colour in mention.colours:
            said = find_colour(pixels, lab_of(colour))
            if (said > 0.5).mean() > _LEAST:
                return _main_part(pixels, said)
    small = small_copy(pixels)
    found = _find_place(small, about)
    if found is None and about.mentions:
        found = _find_thing(small, about.mentions[0])
    return at_full_size(find_small_subject(small) if found is None else found, pixels)


def _main_part(pixels: Pixels, said: Field) -> Field:
    """Keep of a colour what lies on the subject, if most of it does, else its large pieces."""
    subject = at_full_size(find_small_subject(small_copy(pixels)), pixels) > 0.5
    if (said * subject).sum() > 0.5 * said.sum():
        return said * grown(subject, max(2, pixels.shape[1] // 200))
    return said


def _find_place(small: Pixels, about: Scene) -> Mask | None:
    """Find a sky, a water, a green or a ground where one of these was named."""
    places = set(about.places)
    motifs = {mention.motif for mention in about.mentions}
    if not places and not motifs & (_LOW_PLANTS | {"wave"}):
        return None
    sky = find_small_sky(small)
    if "sky" in places and sky.any():
        return sky
    lab = to_lab(small)
    height = small.shape[0]
    rows = (np.arange(height, dtype=np.float32) / height)[:, None] * np.ones(small.shape[:2])
    if places & _WATER or "wave" in motifs:
        blue = (lab[..., 2] < -0.012) & (chroma(lab) > 0.025) & ~sky & (rows > 0.3)
        return _large(blue)
    if places & _GREEN or motifs & _LOW_PLANTS:
        return _large((lab[..., 1] < -0.025) & (lab[..., 2] > 0.015) & ~sky)
    if places & _GROUND:
        return (rows > 0.55) & ~sky & ~find_small_subject(small)
    return None


def _large(mask: Mask) -> Mask | None:
    """Keep the larger pieces of a mask, if there are any."""
    named = pieces(mask)
    sizes = np.bincount(named.ravel())
    sizes[0] = 0
    kept: Mask = (sizes > _LEAST * mask.size)[named]
    return kept if kept.any() else None


def _find_thing(small: Pixels, mention: Mention) -> Mask | None:
    """Find what has the thing's usual colours, unless the subject has them as well."""
    motif = MOTIFS[mention.motif]
    if motif.habitat is Habitat.HEAVENS:
        return _find_in_sky(small, mention)
    lab = to_lab(small)
    alike = _has_colours_of(lab, mention)
    subject = find_small_subject(small)
    own = _share_of(alike, subject)
    best, most = None, max(0.3, own)
    patches = patches_of_colour(lab, subject, edges=1 if motif.size >= 1.9 else 0)
    for piece in [*list_small_things(small), *patches]:
        worth = _share_of(alike, piece) * min(1.0, float(piece.mean()) / 0.025)
        if worth > most:
            best, most = piece, worth
    return None if best is None else _with_parts(best, patches, alike)


def _with_parts(best: Mask, patches: list[Mask], alike: Mask) -> Mask:
    """Add the smaller patches that touch a thing and have its colours too, as a tree's trunk."""
    whole = best
    for patch in patches:
        if patch.sum() > 1.2 * best.sum() or _share_of(alike, patch) < 0.5:
            continue
        if (grown(patch, 2) & best).any():
            whole = whole | patch
    return without_holes(grown(grown(whole, 2), -2), least=0.02)


def _share_of(alike: Mask, part: Mask) -> float:
    return float((alike & part).sum() / max(int(part.sum()), 1))


def _find_in_sky(small: Pixels, mention: Mention) -> Mask | None:
    sky = find_small_sky(small)
    if not sky.any():
        return None
    alike = _has_colours_of(to_lab(small), mention) & grown(sky, 2)
    return alike if alike.any() else None


def _has_colours_of(lab: Floats, mention: Mention) -> Mask:
    usual = _usual_colours(mention)
    away = np.sqrt(squared_distance(lab, usual[nearest(lab, usual)]))
    return away < _ALIKE


def _usual_colours(mention: Mention) -> NDArray[np.float32]:
    """Give the strong colours in which the painter paints a thing, over a few chances."""
    found: list[Floats] = []
    for seed in range(3):
        layer = paint_motif(Mention(motif=mention.motif), height=64, seed=seed)
        lab = to_lab(layer[..., :3])[layer[..., 3] > 200]
        centres, group = clusters(lab, min(4, len(lab)), "usual", seed)
        sizes = np.bincount(group, minlength=len(centres))
        found.append(centres[sizes > 0.16 * len(lab)])
    every = np.concatenate(found)
    strong = every[np.hypot(every[:, 1], every[:, 2]) > 0.05]
    return (strong if len(strong) else every).astype(np.float32)
