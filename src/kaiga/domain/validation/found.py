"""What the check of one order has gathered so far."""

from dataclasses import dataclass, field

from kaiga.domain.generation import MediaInput


@dataclass(slots=True)
class Found:
    """Checked values by path, the media they name, and how many items there are of each type.

    `counts` has lists by their path and items of typed media by path and type; what is given and
    is no list counts 1.
    """

    values: dict[str, object] = field(default_factory=dict[str, object])
    media: list[MediaInput] = field(default_factory=list[MediaInput])
    counts: dict[str, int] = field(default_factory=dict[str, int])

    def has(self, path: str) -> bool:
        """Tell whether a member, or an item of a type, was given."""
        return self.counts.get(path, 0) > 0
