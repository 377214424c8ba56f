"""What the check of one order has gathered so far."""

from kaiga.domain.generation import MediaInput


class Found:
    """Checked values by path, the media they name, and how many items there are of each type.

    `counts` has lists by their path and items of typed media by path and type; what is given and
    is no list counts 1.
    """

    __slots__ = ("counts", "media", "values")

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.media: list[MediaInput] = []
        self.counts: dict[str, int] = {}

    def has(self, path: str) -> bool:
        """Tell whether a member, or an item of a type, was given."""
        return self.counts.get(path, 0) > 0
