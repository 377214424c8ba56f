"""Boxes in a picture: how they overlap, and the frame that a face is shown in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle in pixels from `left`, `top` up to, and without, `right`, `bottom`."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Its extent to the right."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Its extent downwards."""
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """Its number of pixels."""
        return self.width * self.height

    def as_list(self) -> list[int]:
        """Give x1, y1, x2, y2, as the contract writes boxes."""
        return [self.left, self.top, self.right, self.bottom]

    def scaled(self, share: float) -> "Box":
        """Give the box of the same place in a picture that is larger by `share`."""
        return Box(*(round(edge * share) for edge in self.as_list()))

    def within(self, width: int, height: int) -> "Box":
        """Give what of it lies in a picture of this size."""
        return Box(
            max(self.left, 0), max(self.top, 0), min(self.right, width), min(self.bottom, height)
        )

    def shared_area(self, other: "Box") -> int:
        """Count the pixels that lie in both."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        tall = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(wide, 0) * max(tall, 0)

    def likeness(self, other: "Box") -> float:
        """Tell how much of both together they share, 0 to 1."""
        shared = self.shared_area(other)
        return shared / max(self.area + other.area - shared, 1)


FACES_WIDE = 2.4
"""How wide a frame is, in faces: about what the vendor's published samples show."""
ABOVE_FACE = 0.75
"""How far a frame begins above the face, in faces."""


def frame_around(face: Box, ratio: tuple[int, int], width: int, height: int) -> Box:
    """Give a frame of exactly `ratio` (width, height) around a face, inside the picture.

    Where the picture leaves less room, the frame is smaller; it never has less than one pixel a
    part of the ratio.
    """
    across, down = ratio
    wished = face.width * FACES_WIDE / across
    part = max(1, int(min(wished, width / across, height / down)))
    wide, tall = across * part, down * part
    left = (face.left + face.right - wide) // 2
    top = round(face.top - face.height * ABOVE_FACE * min(1.0, part / wished))
    left, top = _between(left, 0, width - wide), _between(top, 0, height - tall)
    return Box(left, top, left + wide, top + tall)


def _between(value: int, least: int, most: int) -> int:
    return max(min(value, most), least)
