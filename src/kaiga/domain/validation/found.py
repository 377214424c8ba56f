"""What the check of one order has gathered so far."""

from dataclasses import dataclass, field

from kaiga.domain.generation import MediaInput


@dataclass(slots=True)
class Found:
    """Checked values by path, the media they name, and how many items there are of each type.

    `counts` has lists by their path and items of typed media by path and type; what is given and
    is no list counts 1. `count_path` is the member that tells how many results there are, where
    a rule says so.
    """

    values: dict[str, object] = field(default_factory=dict[str, object])
    media: list[MediaInput] = field(default_factory=list[MediaInput])
    counts: dict[str, int] = field(default_factory=dict[str, int])
    count_path: str = ""

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
