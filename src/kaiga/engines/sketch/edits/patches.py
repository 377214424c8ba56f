"""Finds, for every place in a hole, from where the picture around it could be continued.

The search is PatchMatch (Barnes et al. 2009) inside the pyramid of Wexler et al. (2007): from
coarse to fine, the hole is painted from its patches' best matches, and matched again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import grown, make_noise, scaled
from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels

_REACH = 3
"""A patch reaches this far to each side of its middle."""
_SIDE = 2 * _REACH + 1
_LEAST_SIDE = 64
"""The shorter side of the smallest copy for a hole: below, its surroundings hold no patches."""
_LEAST_OPEN_SIDE = 20
"""The same where most of the edge is to be made: what is near says little about what is far."""
_MOSTLY = 0.6
"""What share of a small place must be known to show truly: between letters, much of it is."""
_NOWHERE = 1e4
_AGREED = 0.12
"""How far apart colours on both sides of a hole may be that still go on through it."""
_NEARNESS = 1.6
"""What it costs to copy from another height, as skies and grounds lie in layers."""
_ORDERS = 4
"""How many frequencies of a patch are told apart, per side."""
_ROUNDS = 3
_STEPS = (8, 1, 3, 1)
"""How far away neighbours are asked, round by round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """How far down and to the right of each place its copy comes from, in places of this grid.

    `has` tells where that is known: in the hole and around it.
    """

    down: NDArray[np.int32]
    right: NDArray[np.int32]
    has: Mask


def find_origins(
    pixels: Pixels, hole: Mask, known: Mask, side: int, *parts: str | int
) -> Origins | None:
    """Search with a picture whose longer side is `side`; None where there is too little to copy."""
    noise = make_noise("patches", *parts)
    origins: Origins | None = None
    painted: Floats | None = None
    sizes = _sizes(hole.shape, side, _LEAST_OPEN_SIDE if _is_open(hole) else _LEAST_SIDE)
    finest = _shrunk(pixels, hole, known, *sizes[-1])
    for index, (height, width) in enumerate(sizes):
        level = _make_level(finest, height, width)
        if level is None or (index + 1 < len(sizes) and not level.has_rows()):
            continue
        painted = level.started(painted)
        for _ in range(_ROUNDS):
            origins = level.matched(painted, origins, noise)
            painted = level.voted(painted, origins)
    return origins


def _layered(image: Floats, known: Mask) -> Floats:
    """Guess unknown places from the nearest known ones to the sides, above and below.

    Most scenes lie in layers, sky over land over ground, so the sides count more; and a pair of
    opposite places counts the more, the more its two colours agree.
    """
    total = spread_inwards(image, known) * 1e-3
    weights = np.full(known.shape, 1e-3, dtype=np.float32)
    for axis, trust in ((1, 1.0), (0, 0.3)):
        (first, near), (second, far) = (
            _nearest_along(image, known, axis, backwards=backwards) for backwards in (False, True)
        )
        apart = np.square(first - second).sum(axis=2)
        both = np.maximum(near, far) < _NOWHERE
        agreed = np.where(both, np.exp(-apart / (2 * _AGREED**2)) + 0.02, 0.3) * trust
        for values, away in ((first, near), (second, far)):
            weight = agreed / (away + 1) ** 2
            total += values * weight[..., None]
            weights += weight
    return np.where(known[..., None], image, total / weights[..., None])


def _nearest_along(
    image: Floats, known: Mask, axis: int, *, backwards: bool
) -> tuple[Floats, NDArray[np.float32]]:
    """Give for each place the last known value on its line, and how far away that is."""
    if backwards:
        values, away = _nearest_along(
            np.flip(image, axis), np.flip(known, axis), axis, backwards=False
        )
        return np.flip(values, axis), np.flip(away, axis)
    line = np.indices(known.shape)[axis]
    last = np.maximum.accumulate(np.where(known, line, -1), axis=axis)
    there = np.maximum(last, 0)
    values = np.take_along_axis(image, there[..., None], axis=axis)
    away = np.where(last < 0, _NOWHERE, line - last)
    return values, away.astype(np.float32)


def spread_inwards(values: Floats, known: Mask) -> Floats:
    """Continue known values smoothly into all other places (pull and push over a pyramid)."""
    weights = known.astype(np.float32)[..., None]
    return _spread(values.astype(np.float32) * weights, weights)


def _spread(sums: Floats, weights: Floats) -> Floats:
    height, width = weights.shape[:2]
    averages = sums / np.maximum(weights, 1e-6)
    share = np.minimum(weights, 1)
    if weights.min() >= 1 or max(height, width) == 1:
        return averages
    even = ((0, height % 2), (0, width % 2), (0, 0))
    below = _spread(*(_halved(np.pad(part, even)) for part in (averages * share, share)))
    enlarged = np.stack(
        [scaled(below[..., c], width, height) for c in range(below.shape[2])], axis=2
    )
    return averages * share + enlarged * (1 - share)


def _halved(values: Floats) -> Floats:
    height, width, channels = values.shape
    return values.reshape(height // 2, 2, width // 2, 2, channels).sum(axis=(1, 3))


def _is_open(hole: Mask) -> bool:
    """Tell whether a hole lies around the picture rather than in it."""
    edge = np.concatenate([hole[0], hole[-1], hole[:, 0], hole[:, -1]])
    return bool(edge.mean() > 0.3)


def _sizes(shape: tuple[int, ...], side: int, least: int) -> list[tuple[int, int]]:
    height, width = shape
    share = min(1.0, side / max(height, width))
    sizes: list[tuple[int, int]] = []
    while True:
        size = (max(1, round(height * share)), max(1, round(width * share)))
        if min(size) < least and sizes:
            break
        sizes.append(size)
        share /= 1.8
    return sizes[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """One size of the picture.

    `hole` are the places to be painted; `targets` those whose patches touch any unknown place,
    row by row.
    """

    image: Floats
    hole: Mask
    sources: Mask
    source_features: NDArray[np.float32]
    target_rows: NDArray[np.intp]
    target_columns: NDArray[np.intp]

    def has_rows(self) -> bool:
        """Tell whether nearly every row of the hole could be continued from its own height.

        Where it could not, a coarse size would lead grounds up and skies down.
        """
        rows = np.flatnonzero(self.hole.any(axis=1))
        inside = rows[(rows >= _REACH) & (rows < self.hole.shape[0] - _REACH)]
        return bool(self.sources[inside].any(axis=1).mean() > 0.8) if inside.size else False

    def started(self, painted: Floats | None) -> Floats:
        """Give the picture with its hole filled by what a coarser size came to."""
        height, width = self.hole.shape
        if painted is None:
            rough = _layered(self.image, ~self.hole)
        else:
            rough = np.stack([scaled(painted[..., c], width, height) for c in range(3)], axis=2)
        return np.where(self.hole[..., None], rough, self.image)

    def matched(
        self, painted: Floats, before: Origins | None, noise: np.random.Generator
    ) -> Origins:
        """Find for every target a better source, first guesses coming from `before`."""
        search = _Search(level=self, features=self._target_features(painted), noise=noise)
        search.start(before)
        for step in _STEPS:
            search.propagate(step)
            search.try_chance()
        return search.origins()

    def voted(self, painted: Floats, origins: Origins) -> Floats:
        """Paint the hole: each place is the mean of what the patches over it would put there."""
        height, width = self.hole.shape
        rows, columns = np.nonzero(self.hole)
        total = np.zeros((len(rows), 3), dtype=np.float32)
        count = np.zeros(len(rows), dtype=np.float32)
        for row in range(-_REACH, _REACH + 1):
            for column in range(-_REACH, _REACH + 1):
                at = (np.clip(rows + row, 0, height - 1), np.clip(columns + column, 0, width - 1))
                inside = origins.has[at]
                there = rows + origins.down[at], columns + origins.right[at]
                fits = inside & (there[0] >= 0) & (there[0] < height)
                fits &= (there[1] >= 0) & (there[1] < width)
                weight = fits / (1.0 + row * row + column * column)
                taken = self.image[
                    np.clip(there[0], 0, height - 1), np.clip(there[1], 0, width - 1)
                ]
                total += taken * weight[:, None].astype(np.float32)
                count += weight.astype(np.float32)
        result = painted.copy()
        result[rows, columns] = total / np.maximum(count, 1e-6)[:, None]
        return result

    def _target_features(self, painted: Floats) -> NDArray[np.float32]:
        return _features(painted, self.target_rows, self.target_columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shrunk:
    """A small copy: colours times how much of each place is known, and that share."""

    sums: Floats
    known: Field
    hole: Field


def _shrunk(pixels: Pixels, hole: Mask, known: Mask, height: int, width: int) -> _Shrunk:
    whole = known.astype(np.float32)
    channels = [scaled(pixels[..., channel] * (whole / 255), width, height) for channel in range(3)]
    return _Shrunk(
        sums=np.stack(channels, axis=2),
        known=scaled(whole, width, height),
        hole=scaled(hole.astype(np.float32), width, height),
    )


def _make_level(finest: _Shrunk, height: int, width: int) -> _Level | None:
    share = scaled(finest.known, width, height)
    image = np.stack([scaled(finest.sums[..., c], width, height) for c in range(3)], axis=2)
    image = image / np.maximum(share, 1e-3)[..., None]
    unknown = share < 0.999
    inside = np.zeros((height, width), dtype=np.bool_)
    inside[_REACH : height - _REACH, _REACH : width - _REACH] = True
    sources = ~grown(unknown, _REACH) & inside
    touched: Mask = scaled(finest.hole, width, height) > 0
    if sources.sum() < 8:
        return None
    rows, columns = np.nonzero(grown(touched, _REACH))
    source_rows, source_columns = np.nonzero(sources)
    features = np.zeros((height, width, _features_count()), dtype=np.float32)
    safe = spread_inwards(image, share > 1 - _MOSTLY)
    features[source_rows, source_columns] = _features(safe, source_rows, source_columns)
    return _Level(
        image=safe,
        hole=touched & (share < _MOSTLY),
        sources=sources,
        source_features=features,
        target_rows=rows,
        target_columns=columns,
    )


class _Search:
    """The best sources found so far for all targets of a level."""

    def __init__(
        self, *, level: _Level, features: NDArray[np.float32], noise: np.random.Generator
    ) -> None:
        self._level = level
        self._features = features
        self._noise = noise
        height, width = level.hole.shape
        self._height, self._width = height, width
        self._number = np.full((height, width), -1, dtype=np.intp)
        count = len(level.target_rows)
        self._number[level.target_rows, level.target_columns] = np.arange(count)
        self._source_list = np.argwhere(level.sources)
        chosen = self._source_list[noise.integers(len(self._source_list), size=count)]
        self._rows, self._columns = chosen[:, 0].copy(), chosen[:, 1].copy()
        self._costs = self._cost(self._rows, self._columns)

    def start(self, before: Origins | None) -> None:
        """Take over what a coarser size, or an earlier round, has found."""
        if before is None:
            return
        down, across = before.down.shape
        rows = np.minimum(self._level.target_rows * down // self._height, down - 1)
        columns = np.minimum(self._level.target_columns * across // self._width, across - 1)
        has = before.has[rows, columns]
        to_row = before.down[rows, columns] * (self._height / down)
        to_column = before.right[rows, columns] * (self._width / across)
        self._offer(
            self._level.target_rows + np.rint(to_row).astype(np.intp),
            self._level.target_columns + np.rint(to_column).astype(np.intp),
            has,
        )

    def propagate(self, step: int) -> None:
        """Offer every target what suits its neighbours `step` places away, moved along."""
        for down, right in ((0, -step), (-step, 0), (0, step), (step, 0)):
            rows = self._level.target_rows + down
            columns = self._level.target_columns + right
            inside = (rows >= 0) & (rows < self._height) & (columns >= 0) & (columns < self._width)
            other = self._number[
                np.clip(rows, 0, self._height - 1), np.clip(columns, 0, self._width - 1)
            ]
            fits = inside & (other >= 0)
            self._offer(self._rows[other] - down, self._columns[other] - right, fits)

    def try_chance(self) -> None:
        """Offer random sources, ever nearer to the best ones so far."""
        radius = max(self._height, self._width) // 2
        count = len(self._rows)
        while radius >= 1:
            moves = self._noise.integers(-radius, radius + 1, size=(2, count))
            self._offer(self._rows + moves[0], self._columns + moves[1], np.ones(count, np.bool_))
            radius //= 3

    def origins(self) -> Origins:
        """Give what was found."""
        level = self._level
        down = np.zeros(level.hole.shape, dtype=np.int32)
        right = np.zeros(level.hole.shape, dtype=np.int32)
        at = level.target_rows, level.target_columns
        down[at] = self._rows - level.target_rows
        right[at] = self._columns - level.target_columns
        return Origins(down=down, right=right, has=self._number >= 0)

    def _offer(self, rows: NDArray[np.intp], columns: NDArray[np.intp], fits: Mask) -> None:
        inside = (rows >= 0) & (rows < self._height) & (columns >= 0) & (columns < self._width)
        rows = np.clip(rows, 0, self._height - 1)
        columns = np.clip(columns, 0, self._width - 1)
        costs = self._cost(rows, columns)
        better = fits & inside & self._level.sources[rows, columns] & (costs < self._costs)
        self._rows = np.where(better, rows, self._rows)
        self._columns = np.where(better, columns, self._columns)
        self._costs = np.where(better, costs, self._costs)

    def _cost(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float32]:
        apart = self._level.source_features[rows, columns] - self._features
        away = (rows - self._level.target_rows) * (_NEARNESS / self._height)
        return np.einsum("nc,nc->n", apart, apart) + (away * away).astype(np.float32)


def _waves() -> NDArray[np.float32]:
    """Give the lowest frequencies of one side of a patch (cosines), the middle counting most."""
    place = (np.arange(_SIDE) + 0.5) / _SIDE
    window = np.exp(-0.5 * ((np.arange(_SIDE) - _REACH) / 2.4) ** 2)
    waves = [np.cos(np.pi * place * order) * window for order in range(_ORDERS)]
    return np.array([wave / np.linalg.norm(wave) for wave in waves], dtype=np.float32)


_WAVES = _waves()
_PAIRS = tuple(
    (down, right) for down in range(_ORDERS) for right in range(_ORDERS) if down + right < _ORDERS
)


def _features_count() -> int:
    return len(_PAIRS) * 3


def _features(
    image: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Describe the patch around each place by 30 numbers whose distance is that of the patches."""
    described = np.empty((len(rows), len(_PAIRS), 3), dtype=np.float32)
    slid = [_slid(image, wave, 0) for wave in _WAVES]
    for number, (down, right) in enumerate(_PAIRS):
        described[:, number] = _slid(slid[down], _WAVES[right], 1)[rows, columns]
    return described.reshape(len(rows), -1)


def _slid(image: Floats, wave: NDArray[np.float32], axis: int) -> Floats:
    """Sum up along an axis what a wave makes of every place's neighbours."""
    around = [(0, 0), (0, 0), (0, 0)]
    around[axis] = (_REACH, _REACH)
    wide = np.pad(image, around, mode="edge")
    length = image.shape[axis]
    total = np.zeros_like(image)
    for step, weight in enumerate(wave.tolist()):
        part = wide[step : step + length] if axis == 0 else wide[:, step : step + length]
        total += part * weight
    return total
