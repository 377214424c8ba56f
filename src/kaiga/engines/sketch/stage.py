"""One picture in the making: its surface, light, chance and measures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.lighting import Light
from kaiga.engines.sketch.scene import Mention, Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a backdrop offers to stand on, in picture pixels.

    Things stand between `back` (far) and `front` (near). `water` is the strip of open water, top
    and bottom, if there is one. `sky_bottom` is where flying things must stay above.
    """

    horizon: float
    back: float
    front: float
    sky_bottom: float
    water: tuple[float, float] | None = None
    floating: bool = False
    shadows: bool = True
    table: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What backdrops and composition share."""

    canvas: Canvas
    rng: Random
    light: Light
    scene: Scene

    @property
    def width(self) -> float:
        """The picture's width in pixels."""
        return self.canvas.width

    @property
    def height(self) -> float:
        """The picture's height in pixels."""
        return self.canvas.height

    @property
    def unit(self) -> float:
        """A hundredth of the geometric mean of the sides: the size of small things."""
        return (self.width * self.height) ** 0.5 / 100

    @property
    def short(self) -> float:
        """The shorter side."""
        return min(self.width, self.height)

    @property
    def season(self) -> str:
        """The season asked for, or the one the weather makes likely."""
        if self.scene.season:
            return self.scene.season
        return "winter" if "snow" in self.scene.weather else "summer"

    def horizon(self, share: float) -> float:
        """Give the height of a horizon: `share` of the height, moved up in tall pictures."""
        tall = self.height / self.width
        moved = share - min(0.05, max(0.0, (tall - 1) * 0.03))
        return round(self.height * moved)

    def mention(self, motif: str) -> Mention | None:
        """Give what was said about a motif, if anything."""
        return self.scene.find(motif)

    def with_rng(self, rng: Random) -> "Stage":
        """Give the same stage with its own chance, so that one part never shifts another."""
        return replace(self, rng=rng)


Backdrop = Callable[[Stage], Setting]
