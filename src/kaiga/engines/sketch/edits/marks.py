"""Finds marks that were laid over a picture: writing in white, grey or black, with its plate.

Writing is thin strokes of one shade in a row. It is looked for in the corners and along the upper
and lower edges first; elsewhere it must look like writing beyond doubt.
"""

from dataclasses import dataclass

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, grown, luma, pieces, scaled, widest
from kaiga.engines.sketch.edits.hues import chroma, to_lab
from kaiga.engines.sketch.edits.pictures import Field, Mask, Pixels, resized

_LOOK_SIDE = 1024
_POOL = 4
"""Strokes are grouped on a grid this many pixels wide."""
_EDGE_SHARE = 0.1
"""How near to an edge, per the side, a mark begins."""
_BEYOND_DOUBT = 0.86
_LONGEST = 0.45
_LEAST_RISE = 0.07
_FAINT_RISE = 0.012
_ALIKE = 0.07
"""How near to the shade of writing faint strokes of it are."""
_STEEP = 0.045
"""How much lightness changes at least at a plate's edge."""

_Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """A row of strokes: where it is, and how surely it is writing, about 0 to 1."""

    box: _Box
    strokes: Mask
    likeness: float


def find_marks(pixels: Pixels, side: str = "") -> Mask:
    """Tell which places a mark covers; none if there is no mark.

    `side` (left, right, top, bottom, middle, or empty) is where a mark was said to be: there,
    less of a likeness is enough.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _LOOK_SIDE / max(height, width))
    small = resized(pixels, max(16, round(width * share)), max(16, round(height * share)))
    found = np.zeros(small.shape[:2], dtype=np.bool_)
    for writing in _likeliest(small, side):
        plate = _find_plate(small, writing.box)
        if plate is None:
            found |= grown(writing.strokes, 2)
        else:
            left, top, right, bottom = plate
            found[top:bottom, left:right] = True
    if not found.any():
        return np.zeros((height, width), dtype=np.bool_)
    return scaled(found.astype(np.float32), width, height) > 0.02


def _likeliest(small: Pixels, side: str) -> list[_Writing]:
    """Give the row that is writing most surely, with others close to it, and in other corners."""
    surplus = [
        (writing.likeness - _needed(writing.box, small, side), writing)
        for writing in _list_writings(small)
    ]
    ranked = [
        writing
        for more, writing in sorted(surplus, key=lambda each: (-each[0], each[1].box))
        if more >= 0
    ]
    return [
        writing
        for index, writing in enumerate(ranked)
        if index == 0 or writing.likeness >= _BEYOND_DOUBT or _is_beside(writing, ranked[0])
    ]


def _is_beside(writing: _Writing, other: _Writing) -> bool:
    near = (other.box[3] - other.box[1]) * 1.5
    return (
        writing.box[0] < other.box[2] + near
        and writing.box[2] > other.box[0] - near
        and writing.box[1] < other.box[3] + near
        and writing.box[3] > other.box[1] - near
    )


def _needed(box: _Box, small: Pixels, side: str) -> float:
    """Give the likeness that is enough for writing at this place."""
    height, width = small.shape[:2]
    left, top, right, bottom = box
    across, down = (left + right) / 2 / width, (top + bottom) / 2 / height
    said = {
        "left": across < 0.45, "right": across > 0.55, "top": down < 0.4, "bottom": down > 0.6,
        "middle": 0.25 < across < 0.75 and 0.25 < down < 0.75,
    }.get(side, False)  # fmt: skip
    level = min(top, height - bottom) < _EDGE_SHARE * height
    upright = min(left, width - right) < _EDGE_SHARE * width
    if level and upright:
        return 0.55 if said else 0.62
    if said:
        return 0.6
    return 0.76 if level else 0.97


def _list_writings(small: Pixels) -> list[_Writing]:
    light = luma(small)
    grey = chroma(to_lab(small))
    found: list[_Writing] = []
    reach = max(3, round((light.size**0.5) * 0.0062))
    inside = np.zeros(light.shape, dtype=np.bool_)
    inside[reach:-reach, reach:-reach] = True
    for sign in (1, -1):
        rise = _top_hat(light if sign > 0 else 1 - light, reach)
        for least, gap in ((_LEAST_RISE, 2), (_LEAST_RISE, 5), (_LEAST_RISE * 3, 4)):
            strokes = (rise > least) & (grey < 0.09) & inside
            found += [
                _lengthened(writing, rise, light)
                for part in _groups(strokes, gap)
                if (writing := _judged(_band(part), part, rise)) is not None
            ]
    return found


def _band(strokes: Mask) -> _Box:
    """Give the box around the densest rows of a group, without specks above and below."""
    left, top, right, bottom = extent(strokes)
    density = strokes[top:bottom, left:right].mean(axis=1)
    dense = grown(np.atleast_2d(density > density.max() * 0.22), 1)[0]
    start = end = int(density.argmax())
    while start > 0 and dense[start - 1]:
        start -= 1
    while end + 1 < len(dense) and dense[end + 1]:
        end += 1
    columns = np.flatnonzero(strokes[top + start : top + end + 1].any(axis=0))
    return (int(columns[0]), top + start, int(columns[-1]) + 1, top + end + 1)


def _lengthened(writing: _Writing, rise: Field, light: Field) -> _Writing:
    """Take in the letters before, after and between that were too faint or too far apart.

    On a ground of nearly its own shade, writing is known by that shade.
    """
    left, top, right, bottom = writing.box
    tall = bottom - top
    typical = float(np.median(rise[writing.strokes]))
    strong = writing.strokes & (rise >= typical)
    shade = float(np.median(light[strong]))
    alike = (rise > _FAINT_RISE) & (np.abs(light - shade) < _ALIKE)
    faint = (rise > min(typical * 0.4, _LEAST_RISE)) | alike
    upper, lower = max(0, top - tall // 4), min(rise.shape[0], bottom + tall // 4)
    clear = (rise[top:bottom].max(axis=0) > typical * 0.6) | alike[top:bottom].any(axis=0)
    filled = faint[top:bottom].any(axis=0) & clear
    longer = _reached(filled, left, right, max(3, round(tall * 0.9)))
    if longer[1] - longer[0] < _LONGEST * rise.shape[1]:
        left, right = longer
    strokes = np.zeros(rise.shape, dtype=np.bool_)
    strokes[upper:lower, left:right] = faint[upper:lower, left:right]
    return _Writing(box=(left, top, right, bottom), strokes=strokes, likeness=writing.likeness)


def _reached(filled: Mask, left: int, right: int, gap: int) -> tuple[int, int]:
    """Go on to both sides as long as the next stroke is not more than `gap` away."""
    while (before := np.flatnonzero(filled[max(0, left - gap) : left])).size:
        left = max(0, left - gap) + int(before[0])
    while (after := np.flatnonzero(filled[right : right + gap])).size:
        right += int(after[-1]) + 1
    return left, right


def _top_hat(light: Field, reach: int) -> Field:
    """Tell how much lighter than its surroundings a place is, if it is thinner than `reach`."""
    opened = widest(-widest(-light, reach), reach)
    return light - opened


def _shifted(field: Field, step: int, axis: int) -> Field:
    places = np.clip(
        np.arange(step, field.shape[axis] + step, dtype=np.intp), 0, field.shape[axis] - 1
    )
    return np.take(field, places, axis=axis)


def _groups(strokes: Mask, gap: int) -> list[Mask]:
    """Give rows of strokes that stand at most about `gap` places of the grid apart."""
    height, width = strokes.shape
    down, across = -(-height // _POOL), -(-width // _POOL)
    wide = np.pad(strokes, ((0, down * _POOL - height), (0, across * _POOL - width)))
    pooled = wide.reshape(down, _POOL, across, _POOL).max(axis=(1, 3)).astype(np.float32)
    joined: Field = pooled
    for step in range(1, gap + 1):
        joined = np.maximum(joined, _shifted(pooled, step, 1))
    chosen: Mask = joined > 0
    named = pieces(chosen)
    groups: list[Mask] = []
    for index in range(1, min(int(named.max(initial=0)), 60) + 1):
        rough = np.repeat(np.repeat(named == index, _POOL, axis=0), _POOL, axis=1)
        part: Mask = rough[:height, :width] & strokes
        if part.any():
            groups.append(part)
    return groups


def _judged(box: _Box, strokes: Mask, rise: Field) -> _Writing | None:
    """Judge a row by its form: low and long, many strokes of one shade, each unlike the next."""
    height, width = rise.shape
    left, top, right, bottom = box
    tall, wide = bottom - top, right - left
    if not 0.014 * height < tall < 0.16 * height or wide > 0.7 * width or wide < tall * 1.1:
        return None
    if min(left, top, width - right, height - bottom) < 2:
        return None
    inner = strokes[top:bottom, left:right]
    filled = inner.mean(axis=0)
    columns = filled > 0.06
    runs = int((columns[1:] & ~columns[:-1]).sum()) + int(columns[0])
    density = float(inner.mean())
    if runs < 3 or not 0.06 < density < 0.62:
        return None
    values = rise[top:bottom, left:right][inner]
    strong = values[values >= np.median(values)]
    even = _share(1 - strong.std() / max(float(strong.mean()), 1e-3) * 2)
    many = _share((runs - 2) / 5)
    spaced = _share(1 - abs(float(np.log(max(runs * tall / wide, 0.05) / 1.1))) / 1.4)
    varied = _share(float(filled[columns].std() / filled[columns].mean()) / 0.55)
    rows = inner.mean(axis=1)
    layered = _share(float(rows.std() / max(float(rows.mean()), 1e-3)) / 0.4)
    likeness = 0.26 * even + 0.2 * many + 0.18 * spaced + 0.24 * varied + 0.12 * layered
    return _Writing(box=box, strokes=strokes, likeness=likeness)


def _share(value: float) -> float:
    return float(np.clip(value, 0, 1))


def _find_plate(small: Pixels, box: _Box) -> _Box | None:
    """Find the even plate under writing: where lightness jumps along straight lines around it."""
    light = luma(small)
    height, width = light.shape
    left, top, right, bottom = box
    reach = round((bottom - top) * 1.1) + 3
    upper = _edge(light[:, left:right], range(top - 1, max(1, top - reach), -1))
    lower = _edge(light[:, left:right], range(bottom + 1, min(height - 1, bottom + reach)))
    first = _edge(light[top:bottom].T, range(left - 1, max(1, left - reach), -1))
    last = _edge(light[top:bottom].T, range(right + 1, min(width - 1, right + reach)))
    sides = (first, upper, last, lower)
    if sum(side is not None for side in sides) < 3:
        return None
    return (
        max(0, (left - reach // 2 if first is None else first) - 3),
        max(0, (top - reach // 2 if upper is None else upper) - 3),
        min(width, (right + reach // 2 if last is None else last) + 4),
        min(height, (bottom + reach // 2 if lower is None else lower) + 4),
    )


def _edge(lines: Field, places: range) -> int | None:
    """Find among these lines the one across which lightness jumps one way nearly everywhere."""
    best, most = None, _STEEP
    for place in places:
        jump = lines[min(place + 1, len(lines) - 1)] - lines[max(place - 1, 0)]
        typical = float(np.median(jump))
        alike = float((np.sign(jump) == np.sign(typical)).mean())
        if abs(typical) > most and alike > 0.85:
            best, most = place, abs(typical)
    return best
