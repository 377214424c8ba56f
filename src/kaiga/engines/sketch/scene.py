"""What was understood of a prompt: values only, no drawing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One thing to draw, how many of it, and what was said about it.

    `colours` are `#rrggbb` in the order said; `material` is one too, or empty.
    """

    motif: str
    count: int = 1
    colours: tuple[str, ...] = ()
    material: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything understood of one prompt; an empty text means that nothing was said about it."""

    mentions: tuple[Mention, ...] = ()
    places: tuple[str, ...] = ()
    time: str = ""
    weather: tuple[str, ...] = ()
    season: str = ""
    style: str = ""
    moods: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()
    poses: tuple[str, ...] = ()
    excluded: frozenset[str] = frozenset()

    def find(self, motif: str) -> Mention | None:
        """Give what was said about a motif, if it was mentioned."""
        return next((mention for mention in self.mentions if mention.motif == motif), None)
