"""A picture whose face can be moved: it is bent by meshes, and mouth and lids are drawn."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.film.frames import Frame
from kaiga.engines.sketch.footage.regions import Region
from kaiga.engines.sketch.footage.warping import Mesh, Shifts, bump
from kaiga.engines.sketch.performing.expressions import Expression
from kaiga.engines.sketch.performing.faces import Face

Colour = tuple[int, int, int]

_CELLS = 30
"""Cells of the face's mesh across: fine enough for a mouth."""
_SUPER = 4
_OPEN = 0.62
"""How far a mouth opens, per its width."""
_UPPER = 0.2
"""How much of that the upper lip does."""
_POINTS = 24
_THROAT: Colour = (72, 22, 28)
_TONGUE: Colour = (196, 88, 92)
_TEETH: Colour = (244, 240, 232)


class Puppet:
    """The face of one picture; `draw` gives the picture with the face in an expression."""

    def __init__(self, pixels: Pixels, face: Face) -> None:
        self._picture = Image.fromarray(pixels)
        self._face = face
        width, height = self._picture.size
        self._near = face.box.grown(0.35).inside(width, height)
        box = face.box
        head = Region(
            left=box.left - 0.95 * box.width,
            right=box.right + 0.95 * box.width,
            top=box.top - 1.15 * box.height,
            bottom=box.bottom + 0.95 * box.height,
        )
        self._around = head.inside(width, height)
        self._mesh = _mesh_of(self._near, box.width * 1.7 / _CELLS)
        self._head_mesh = _mesh_of(self._around, box.width * 0.16)
        self._held = self._weigh_head()

    def draw(self, expression: Expression) -> Frame:
        """Give the whole picture, of its own size."""
        picture = self._picture.copy()
        picture.paste(self._with_features(expression), self._near[:2])
        if expression.moves_head:
            picture.paste(self._with_head(picture.crop(self._around), expression), self._around[:2])
        return np.array(picture)

    def _with_features(self, expression: Expression) -> Image.Image:
        near = self._picture.crop(self._near)
        if expression.bends_features:
            near = self._mesh.bend(near, *self._bend(expression))
        for eye, closed in zip(self._face.eyes, expression.lids, strict=True):
            if closed > 0.02:
                self._close_eye(near, eye, min(closed, 1.0))
        if expression.mouth_open > 0.02:
            self._open_mouth(near, expression)
        return near

    def _bend(self, expression: Expression) -> tuple[Shifts, Shifts]:
        """Give where each node of the face's mesh takes its colour from."""
        x, y = self._mesh.x + self._near[0], self._mesh.y + self._near[1]
        across, down = np.zeros_like(x), np.zeros_like(y)
        self._bend_mouth(x, y, across, down, expression)
        for side, eye in zip((-1, 1), self._face.eyes, strict=True):
            self._bend_eye(x, y, across, down, expression, eye, side)
        return across, down

    def _bend_mouth(
        self, x: Shifts, y: Shifts, across: Shifts, down: Shifts, expression: Expression
    ) -> None:
        mouth, box = self._face.mouth, self._face.box
        (middle_x, middle_y), half = mouth.middle, mouth.width / 2
        corners = bump(np.hypot((np.abs(x - middle_x) - half) / half, (y - middle_y) / half))
        outwards = np.sign(x - middle_x)
        across -= outwards * half * (0.34 * expression.mouth_wide) * corners
        across -= outwards * half * (0.16 * max(0.0, expression.smile)) * corners
        u = (x - middle_x) / half
        curl = (np.minimum(u * u, 1.2) - 0.3) * bump(u / 2.2) * bump((y - middle_y) / (1.5 * half))
        down += half * 0.75 * expression.smile * curl
        gap = expression.mouth_open * _OPEN * mouth.width
        if not gap:
            return
        lips = np.clip(1 - u * u, 0, 1) ** 0.75
        chin = max(box.bottom + 0.18 * box.height - middle_y, half)
        below = np.clip((y - middle_y) / chin, 0, 1)
        jaw = (lips * (1 - below) + bump(u / 2.4) * below) * np.clip(1.6 * (1 - below), 0, 1)
        down -= np.where(y > middle_y, np.minimum((1 - _UPPER) * gap * jaw, y - middle_y), 0)
        above = np.clip((middle_y - y) / (1.4 * half), 0, 1)
        lift = _UPPER * gap * lips * (1 - above)
        down += np.where(y < middle_y, np.minimum(lift, middle_y - y), 0)

    def _bend_eye(
        self,
        x: Shifts,
        y: Shifts,
        across: Shifts,
        down: Shifts,
        expression: Expression,
        eye: Region,
        side: int,
    ) -> None:
        middle_x, middle_y = eye.middle
        wide, tall = eye.width, max(eye.height, eye.width * 0.4)
        near = bump(np.hypot((x - middle_x) / (1.1 * wide), (y - middle_y) / (1.3 * tall)))
        grow = 0.32 * expression.eyes_wide
        down -= (y - middle_y) * near * grow / (1 + grow)
        across -= (x - middle_x) * near * grow * 0.5 / (1 + grow * 0.5)
        inner = bump(np.hypot((x - middle_x) / (0.62 * wide), (y - middle_y) / (0.8 * tall)))
        across -= expression.gaze[0] * 0.22 * wide * inner
        down -= expression.gaze[1] * 0.22 * tall * inner
        brow_y = eye.top - 0.16 * self._face.box.height
        brow = bump(np.hypot((x - middle_x) / (1.3 * wide), (y - brow_y) / (1.1 * tall)))
        down += expression.brows * 0.09 * self._face.box.height * brow
        inwards = np.clip(-side * (x - middle_x) / wide, -1, 1)
        down -= expression.frown * 0.08 * self._face.box.height * brow * (0.35 + 0.65 * inwards)

    def _close_eye(self, near: Image.Image, eye: Region, closed: float) -> None:
        """Draw the upper lid over an eye, with its lashes."""
        eye = eye.grown(0.2).moved(-self._near[0], -self._near[1])
        (x, y), wide, tall = eye.middle, eye.width / 2, eye.height / 2
        u = np.linspace(-1, 1, _POINTS)
        arc = np.sqrt(np.clip(1 - u * u, 0, 1))
        upper = y - tall * arc * 1.35
        lower = y - tall * arc * (1 - 2 * closed) + 0.04 * tall
        lid = np.stack([np.append(x + wide * u, x + wide * u[::-1]), np.append(upper, lower[::-1])])
        skin = self._face.skin
        _fill(near, lid, skin, blur=0.02 * wide)
        lashes = np.stack([x + wide * u, lower])
        _line(near, lashes, _shaded(skin, 0.38), max(1.0, 0.13 * wide * (0.4 + 0.6 * closed)))

    def _open_mouth(self, near: Image.Image, expression: Expression) -> None:
        """Draw what shows between the lips: throat, teeth above and tongue below."""
        mouth = self._face.mouth.moved(-self._near[0], -self._near[1])
        x, y = mouth.middle
        half = mouth.width / 2 * (1 + 0.3 * expression.mouth_wide)
        gap = expression.mouth_open * _OPEN * mouth.width
        u = np.linspace(-0.96, 0.96, _POINTS)
        shape = np.clip(1 - u * u, 0, 1) ** 0.75
        curve = -0.3 * mouth.width * expression.smile * (u * u - 0.3)
        upper = y + curve - _UPPER * gap * shape
        lower = y + curve + (1 - _UPPER) * gap * shape
        outline = _closed(x + half * u, upper, lower)
        layer = Image.new("RGB", near.size, _THROAT)
        if gap > 0.16 * mouth.width:
            tongue = y + gap * (1 - _UPPER) * (1.25 - 0.85 * np.clip(1 - u * u, 0, 1))
            _fill(layer, _closed(x + 0.8 * half * u, tongue, np.full_like(u, y + gap)), _TONGUE)
        teeth = upper + np.minimum(0.32 * gap, 0.13 * mouth.width) * shape
        _fill(layer, _closed(x + 0.86 * half * u, upper - 1, teeth), _TEETH)
        near.paste(layer, (0, 0), _drawn(near.size, outline, blur=max(0.4, 0.012 * mouth.width)))

    def _weigh_head(self) -> Shifts:
        """Tell for every node how much it follows the head: the head all, what is around less."""
        x, y = self._head_mesh.x + self._around[0], self._head_mesh.y + self._around[1]
        box = self._face.box
        middle_x, middle_y = box.middle
        rise = np.where(y < middle_y, 1.55, 1.35) * box.height
        away = np.hypot((x - middle_x) / (1.35 * box.width), (y - middle_y) / rise)
        held = np.clip((1 - away) / 0.55, 0, 1)
        return held * held * (3 - 2 * held)

    def _with_head(self, around: Image.Image, expression: Expression) -> Image.Image:
        x, y = self._head_mesh.x + self._around[0], self._head_mesh.y + self._around[1]
        box = self._face.box
        # A head turns about the neck.
        neck_x, neck_y = box.middle[0], box.bottom + 0.15 * box.height
        from_x = (x - neck_x - expression.sway[0] * box.width) / expression.zoom
        from_y = (y - neck_y - expression.sway[1] * box.width) / expression.zoom
        cosine, sine = np.cos(expression.tilt), np.sin(expression.tilt)
        across = neck_x + from_x * cosine + from_y * sine - x
        down = neck_y - from_x * sine + from_y * cosine - y
        return self._head_mesh.bend(around, across * self._held, down * self._held)


def _mesh_of(region: tuple[int, int, int, int], cell_pixels: float) -> Mesh:
    left, top, right, bottom = region
    return Mesh(right - left, bottom - top, max(3.0, cell_pixels))


def _closed(x: Shifts, upper: Shifts, lower: Shifts) -> Shifts:
    """Give the outline between two lines from left to right, as points in two rows."""
    return np.stack([np.append(x, x[::-1]), np.append(upper, lower[::-1])])


def _drawn(size: tuple[int, int], outline: Shifts, blur: float = 0.0) -> Image.Image:
    """Give an outline's inside as a grey mask of this size, with smooth edges."""
    left, top, right, bottom = Region(
        left=float(outline[0].min()) - 3,
        top=float(outline[1].min()) - 3,
        right=float(outline[0].max()) + 3,
        bottom=float(outline[1].max()) + 3,
    ).inside(*size)
    part = Image.new("L", ((right - left) * _SUPER, (bottom - top) * _SUPER))
    points = ((outline - np.array([[left], [top]])) * _SUPER).T
    ImageDraw.Draw(part).polygon([(float(x), float(y)) for x, y in points], fill=255)
    small = part.resize((right - left, bottom - top), Image.Resampling.BOX)
    if blur > 0:
        small = small.filter(ImageFilter.GaussianBlur(float(blur)))  # a float32 is none to Pillow
    mask = Image.new("L", size)
    mask.paste(small, (left, top))
    return mask


def _fill(image: Image.Image, outline: Shifts, colour: Colour, blur: float = 0.0) -> None:
    image.paste(colour, (0, 0, *image.size), _drawn(image.size, outline, blur))


def _line(image: Image.Image, points: Shifts, colour: Colour, wide: float) -> None:
    """Draw a line that is thickest in its middle."""
    swell = np.sqrt(np.clip(1 - np.linspace(-1, 1, points.shape[1]) ** 2, 0.05, 1)) * wide / 2
    _fill(image, _closed(points[0], points[1] - swell, points[1] + swell), colour)


def _shaded(colour: Colour, share: float) -> Colour:
    red, green, blue = (round(part * share) for part in colour)
    return red, green, blue
