"""A cut-out that takes poses: its bands are shifted and widened by a mesh."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.footage.cutouts import Cutout
from kaiga.engines.sketch.footage.warping import Mesh
from kaiga.engines.sketch.performing.poses import BANDS, Pose

_ASIDE, _ABOVE = 0.24, 0.3
"""Room around the figure, per its height."""
_MESH_CELLS = 16
_LEAST_FACING = 0.12
"""A flat figure is never seen from its edge."""


class Figure:
    """A cut-out at one height in pixels, standing on the middle of its lower edge."""

    def __init__(self, cutout: Cutout, height_pixels: float) -> None:
        tall = max(8, round(height_pixels))
        wide = max(4, round(tall * cutout.aspect))
        self.height, self.width = tall, wide
        aside, above = round(tall * _ASIDE), round(tall * _ABOVE)
        self._foot = (aside + wide / 2, float(above + tall))
        # One that has no feet of its own goes on below, so that no lower edge comes to be seen.
        below = above if cutout.grounded else 2
        body = cutout.image.resize((wide, tall), Image.Resampling.LANCZOS)
        self._image = Image.new("RGBA", (wide + 2 * aside, above + tall + below))
        self._image.paste(body, (aside, above))
        if cutout.grounded:
            last = body.crop((0, tall - 1, wide, tall)).resize((wide, below))
            self._image.paste(last, (aside, above + tall))
        self._rest = self._image
        self._grounded = cutout.grounded
        self._mesh = Mesh(*self._image.size, max(self._image.size) / _MESH_CELLS)

    @property
    def colours(self) -> Pixels:
        """The figure's own picture, with the room around it in grey."""
        plain = Image.new("RGB", self._rest.size, "#808080")
        plain.paste(self._rest, (0, 0), self._rest)
        return np.asarray(plain)

    def put_on(self, colours: Pixels) -> None:
        """Give the figure other colours of the same outline, as of a face that speaks."""
        self._image = Image.fromarray(colours)
        self._image.putalpha(self._rest.getchannel("A"))

    def draw(self, picture: Image.Image, foot: tuple[float, float], pose: Pose) -> None:
        """Draw the figure into an RGB picture in a pose, the foot of its usual one at a place."""
        bent = self._bend(pose)
        lift = 0.0 if self._grounded else pose.up * self.height
        x = foot[0] + pose.across * self.height - self._foot[0]
        y = foot[1] - lift - self._foot[1]
        picture.paste(bent, (round(x), round(y)), bent)

    def _bend(self, pose: Pose) -> Image.Image:
        x, y = self._mesh.x, self._mesh.y
        foot_x, foot_y = self._foot
        stretch = pose.stretch + (0.5 * pose.up if self._grounded else 0.0)
        rise = (foot_y - y) / stretch
        # Bands go from head to feet, and their middles are what was measured.
        place = (1 - rise / self.height) * BANDS - 0.5
        known = np.arange(BANDS)
        shift = np.interp(place, known, pose.shifts) * self.height
        wide = np.interp(place, known, pose.widths)
        facing = pose.facing
        if abs(facing) < _LEAST_FACING:
            facing = _LEAST_FACING if facing >= 0 else -_LEAST_FACING
        across = foot_x + (x - foot_x - shift) / (wide * facing) - x
        down = foot_y - rise - y
        return self._mesh.bend(self._image, across, down)


def draw_shadow(picture: Image.Image, x: float, y: float, width: float, strength: float) -> None:
    """Draw a soft flat shadow on the ground of an RGB picture, its middle at a place."""
    half, tall = max(2, round(width / 2)), max(1, round(width * 0.09))
    soft = max(1, tall // 2)
    size = 2 * (half + 2 * soft), 2 * (tall + 2 * soft)
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).ellipse(
        (2 * soft, 2 * soft, size[0] - 2 * soft, size[1] - 2 * soft), fill=round(255 * strength)
    )
    mask = mask.filter(ImageFilter.BoxBlur(soft))
    picture.paste((18, 20, 32), (round(x) - size[0] // 2, round(y) - size[1] // 2), mask)
