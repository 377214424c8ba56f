"""Finds faces with the cascades that come inside OpenCV's wheel; OpenCV is imported here alone.

Each cascade looks at several renderings of the picture, and a face is a place on which enough of
these looks agree and which has the colours of skin. So drawn faces and dark ones are found, which
a single look at a grey picture misses.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.judging.skin import has_colour, skin_share

if TYPE_CHECKING:
    from cv2 import CascadeClassifier

FaceFinder = Callable[[Pixels], tuple[Box, ...] | None]
"""Gives the faces in a picture, the largest first; None where nothing can look for any."""

SEARCH_SIDE = 480
"""Longer side of the picture that is searched, in pixels."""
LEAST_SIDE = 28
"""Side of the smallest face in that picture."""
SCALE_STEP = 1.08
NEIGHBOURS = 3
CASCADES = ("frontalface_default", "frontalface_alt", "frontalface_alt2")
SAME_FACE = 0.35
"""From this likeness on, two boxes are the same face."""
LEAST_VOTES = 2
LEAST_SKIN = 0.6
LEAST_VOTES_GREY = 5
"""Of 15 looks, where no colour helps. A dark drawn face gets 5, coins get 3; owls and clocks get
as many as faces, and a check that lets them pass does less harm than one that refuses people."""
LEAST_RIVAL = 0.6
"""A face less tall than this share of the largest is decoration, not another person."""
LEAST_RIVAL_VOTES = 3
LEAST_RIVAL_SURENESS = 0.4
"""Nor is one on which fewer looks agree than this share of those on the surest face."""


def find_faces(pixels: Pixels) -> tuple[Box, ...] | None:
    """Give the faces in a picture, the largest first, or None where OpenCV is not installed.

    Small faces beside a large one are left out. The answer is the same for the same picture and
    the same OpenCV.
    """
    if _cascades() is None:
        return None
    share = min(1.0, SEARCH_SIDE / max(pixels.shape[:2]))
    small = _shrunk(pixels, share)
    faces = _searched(small.tobytes(), small.shape[0], small.shape[1])
    height, width = pixels.shape[:2]
    return tuple(box.scaled(1 / share).within(width, height) for box in faces)


@lru_cache(maxsize=8)
def _searched(content: bytes, height: int, width: int) -> tuple[Box, ...]:
    """Search a small picture; remembered, since the pictures of one task come from one input."""
    small = np.frombuffer(content, dtype=np.uint8).reshape(height, width, 3)
    found = [_joined(group) for group in _grouped(_looks(small, _cascades() or ()))]
    return tuple(_apart([(box, votes) for box, votes in found if _is_face(small, box, votes)]))


@lru_cache(maxsize=1)
def _cascades() -> tuple["CascadeClassifier", ...] | None:
    try:
        import cv2  # noqa: PLC0415 - an optional extra, wanted by these models alone
    except ImportError:
        return None
    folder = Path(cv2.__file__).parent / "data"
    return tuple(
        cv2.CascadeClassifier(str(folder / f"haarcascade_{name}.xml")) for name in CASCADES
    )


def _shrunk(pixels: Pixels, share: float) -> Pixels:
    if share >= 1:
        return pixels
    height, width = pixels.shape[:2]
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))


def _renderings(pixels: Pixels) -> list[NDArray[np.uint8]]:
    """Give grey pictures in which faces look as photographs of faces do.

    All are of the red channel, in which any skin is bright beside eyes and brows. Opening takes
    the whites out of wide drawn eyes, which would else be lighter than dark skin; blurring takes
    the hardness out of drawn lines.
    """
    import cv2  # noqa: PLC0415 - an optional extra; only called where it was found

    red = np.ascontiguousarray(pixels[..., 0])
    softer = cv2.GaussianBlur(red, (0, 0), 1.5)

    def opened(size: int) -> NDArray[np.uint8]:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        return np.asarray(cv2.morphologyEx(red, cv2.MORPH_OPEN, disc), dtype=np.uint8)

    return [
        red,
        np.asarray(cv2.createCLAHE(4.0, (4, 4)).apply(softer), dtype=np.uint8),
        opened(15),
        opened(23),
        np.asarray(cv2.GaussianBlur(red, (0, 0), 3.0), dtype=np.uint8),
    ]


def _looks(pixels: Pixels, cascades: Sequence["CascadeClassifier"]) -> list[list[Box]]:
    """Give what each look (a rendering through a cascade) takes for faces."""
    least = (LEAST_SIDE, LEAST_SIDE)
    return [
        [
            Box(int(x), int(y), int(x + width), int(y + height))
            for x, y, width, height in cascade.detectMultiScale(
                rendering, SCALE_STEP, NEIGHBOURS, minSize=least
            )
        ]
        for rendering in _renderings(pixels)
        for cascade in cascades
    ]


Group = list[tuple[int, Box]]
"""Boxes that are the same face, each with the number of the look that saw it."""


def _grouped(looks: Sequence[Sequence[Box]]) -> list[Group]:
    groups: list[Group] = []
    for box, look in sorted((box, look) for look, boxes in enumerate(looks) for box in boxes):
        alike = [group for group in groups if group[0][1].likeness(box) > SAME_FACE]
        if alike:
            max(alike, key=lambda group: group[0][1].likeness(box)).append((look, box))
        else:
            groups.append([(look, box)])
    return groups


def _joined(group: Group) -> tuple[Box, int]:
    """Give the middle box of a group and how many looks agree on it."""
    edges = zip(*(box.as_list() for _, box in group), strict=True)
    return Box(*(round(median(edge)) for edge in edges)), len({look for look, _ in group})


def _is_face(pixels: Pixels, box: Box, votes: int) -> bool:
    if not has_colour(pixels, box):
        return votes >= LEAST_VOTES_GREY
    return votes >= LEAST_VOTES and skin_share(pixels, box) >= LEAST_SKIN


def _apart(faces: Sequence[tuple[Box, int]]) -> list[Box]:
    """Keep the surest of faces that lie in each other, and leave the small and unsure ones out."""
    if not faces:
        return []
    kept: list[tuple[Box, int]] = []
    for box, votes in sorted(faces, key=lambda face: (-face[1], -face[0].area, face[0])):
        if all(box.shared_area(other) < 0.3 * min(box.area, other.area) for other, _ in kept):
            kept.append((box, votes))
    first, most = kept[0]
    needed = max(LEAST_RIVAL_VOTES, LEAST_RIVAL_SURENESS * most)
    people = [
        box
        for box, votes in kept
        if box == first or (votes >= needed and box.height >= LEAST_RIVAL * first.height)
    ]
    return sorted(people, key=lambda box: (-box.area, box))
