"""Every model that is offered, by name; and every path at which there is or could be one."""

import re
from collections.abc import Mapping, Sequence

from kaiga.domain.catalogue.model import Model
from kaiga.domain.media_limits import MediaLimits

_DATED = re.compile(r"(.+)-20[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)
"""A snapshot of a model; its contract is that of the plain name (contract/image-models.md, 9)."""


class Catalogue:
    """Models by name, alias and dated name; paths; and the rules on input files by name."""

    def __init__(
        self,
        models: Sequence[Model],
        documented_operations: Sequence[str] = (),
        media_limits: Mapping[str, MediaLimits] | None = None,
        other_names: Mapping[str, str] | None = None,
        own_names: frozenset[str] = frozenset(),
    ) -> None:
        self._models = tuple(models)
        self._by_name = {alias: model for model in models for alias in model.aliases}
        self._by_name |= {model.name: model for model in models}
        answered = {each.operation for model in models for each in model.endpoints}
        self._operations = frozenset(answered.union(documented_operations))
        self._other_names: Mapping[str, str] = other_names or {}
        self.own_names = own_names
        """Models that the operator has added, or put in the place of the package's."""
        self.media_limits: Mapping[str, MediaLimits] = media_limits or {}

    def find_model(self, name: str) -> Model | None:
        """Give the model of that name, or None."""
        model = self._by_name.get(name)
        if model is None and (dated := _DATED.fullmatch(name)):
            model = self._by_name.get(dated[1])
        return model

    def name_operation(self, path: str) -> str:
        """Give the operation that `path` stands for: itself, unless it is a client's own name."""
        return self._other_names.get(path, path)

    def has_operation(self, operation: str) -> bool:
        """Tell whether `/services/{operation}` is a path of this API."""
        return operation in self._operations

    def list_models(self) -> tuple[Model, ...]:
        """Give every model, in the data's order."""
        return self._models
