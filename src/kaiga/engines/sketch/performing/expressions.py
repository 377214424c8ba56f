"""What a face does at one moment, in measures that fit every face."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One moment of a face; all at rest by default.

    Shares are of what a face can do, most of them 0 to 1, those with a direction -1 to 1: a
    `smile` below 0 is a sad mouth, `brows` below 0 are lowered, `eyes_wide` below 0 are narrowed.
    `lids` are how far the left and the right eye of the picture are closed. `sway` moves the head,
    in widths of the face to the right and downwards; `tilt` turns it clockwise, in radians; `zoom`
    is its size.
    """

    mouth_open: float = 0.0
    mouth_wide: float = 0.0
    smile: float = 0.0
    lids: tuple[float, float] = (0.0, 0.0)
    eyes_wide: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    brows: float = 0.0
    frown: float = 0.0
    sway: tuple[float, float] = (0.0, 0.0)
    tilt: float = 0.0
    zoom: float = 1.0

    @property
    def moves_head(self) -> bool:
        """Whether the head is anywhere but at its place."""
        return self.sway != (0.0, 0.0) or self.tilt != 0.0 or self.zoom != 1.0

    @property
    def bends_features(self) -> bool:
        """Whether anything in the face is bent."""
        return any((
            self.mouth_open, self.mouth_wide, self.smile, self.eyes_wide, *self.gaze,
            self.brows, self.frown,
        ))  # fmt: skip


REST = Expression()
