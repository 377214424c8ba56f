"""The models that are loaded, within a budget of memory: the one used longest ago goes first."""

from collections.abc import Sequence

from kaiga.engines.diffusers.devices import Device
from kaiga.engines.diffusers.loading import Loaded


class Shelf:
    """Loaded models by their name in the catalogue; `budget_bytes` is what they may take."""

    def __init__(self, device: Device, budget_bytes: int) -> None:
        self._device = device
        self.budget_bytes = budget_bytes
        self._models: dict[str, Loaded] = {}

    def find(self, model: str) -> Loaded | None:
        """Give a model that is loaded, and note that it was used."""
        loaded = self._models.pop(model, None)
        if loaded is not None:
            self._models[model] = loaded
        return loaded

    def put(self, model: str, loaded: Loaded) -> None:
        """Take in a model that was just loaded."""
        self._models[model] = loaded

    def drop(self, model: str) -> None:
        """Give up a model; nothing where it is not loaded."""
        if self._models.pop(model, None) is not None:
            self._device.free_memory()

    def make_room(self, needed_bytes: int) -> None:
        """Give up models until so much is free, or none is left."""
        while self._models and self._count_bytes() + needed_bytes > self.budget_bytes:
            self.drop(next(iter(self._models)))

    def list_names(self) -> Sequence[str]:
        """Give what is loaded, the one used last at the end."""
        return tuple(self._models)

    def _count_bytes(self) -> int:
        return sum(each.size_bytes for each in self._models.values())
