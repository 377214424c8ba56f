"""What a motif is told about how to look this time."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from kaiga.engines.sketch.colours import shifted


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The wishes and the chance that one drawing of one motif works with.

    `colours` are those that the prompt asked for, first the main one. `lit` tells that lamps and
    windows are on. `season` is spring, summer, autumn or winter.
    """

    rng: Random
    colours: tuple[str, ...] = ()
    lit: bool = False
    season: str = "summer"
    material: str = ""
    variant: str = ""

    def main(self, *choices: str) -> str:
        """Give the colour asked for, or one of `choices`, slightly varied."""
        if self.colours:
            return self.colours[0]
        return self.varied(self.rng.choice(choices))

    def accent(self, *choices: str) -> str:
        """Give the second colour asked for, or one of `choices`, slightly varied."""
        if len(self.colours) > 1:
            return self.colours[1]
        return self.varied(self.rng.choice(choices))

    def varied(self, colour: str) -> str:
        """Give a neighbour of a colour, so that two things alike are not the same."""
        return shifted(
            colour, hue=self.rng.uniform(-0.012, 0.012), light=self.rng.uniform(0.97, 1.04)
        )

    def pick(self, choices: Sequence[str]) -> str:
        """Choose one of several names."""
        return self.rng.choice(choices)
