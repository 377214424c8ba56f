"""What the check of one order has gathered so far."""

from kaiga.domain.generation import MediaInput


class Found:
    """Checked values by path, the media they name, and how many items there are of each type.

    `counts` has lists by their path and items of typed media by path and type; what is given and
    is no list counts 1. `count_path` is the member that tells how many results there are, where
    a rule says so.
    """

    __slots__ = ("count_path", "counts", "media", "values")

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self.media: list[MediaInput] = []
        self.counts: dict[str, int] = {}
        self.count_path = ""

    def has(self, path: str) -> bool:
        """Tell whether a member, or an item of a type, was given."""
        return self.counts.get(path, 0) > 0

    def ignore(self, path: str) -> None:
        """Forget a member, with everything inside it."""
        inside = (f"{path}.", f"{path}[")
        self.values[path] = None
        self.counts = {
            name: count
            for name, count in self.counts.items()
            if name != path and not name.startswith(inside)
        }
        self.media = [
            each
            for each in self.media
            if each.member != path and not each.member.startswith(inside)
        ]
