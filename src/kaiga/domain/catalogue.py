"""What a model takes: fields with their types, bounds and defaults, as the catalogue's data say.

Adding a model of a known shape is an entry in a data file; this module only knows the shapes.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec


class TextField(msgspec.Struct, frozen=True, kw_only=True, tag="text", forbid_unknown_fields=True):
    """A string; what is past `max_length` characters is cut without an error."""

    max_length: int
    required: bool = False
    default: str = ""


class IntegerField(
    msgspec.Struct, frozen=True, kw_only=True, tag="integer", forbid_unknown_fields=True
):
    """A whole number in `minimum`..`maximum`; a default of None is drawn at submission."""

    minimum: int
    maximum: int
    default: int | None = None


class BooleanField(
    msgspec.Struct, frozen=True, kw_only=True, tag="boolean", forbid_unknown_fields=True
):
    """A switch."""

    default: bool


class AreaSizeField(
    msgspec.Struct, frozen=True, kw_only=True, tag="area_size", forbid_unknown_fields=True
):
    """A size `W*H` bounded by its pixels in total and by width divided by height."""

    default: str
    min_pixels: int
    max_pixels: int
    min_ratio: tuple[int, int]
    """The narrowest shape as (width, height)."""
    max_ratio: tuple[int, int]
    """The widest shape as (width, height)."""
    recommended: Mapping[str, str] = {}


Field = TextField | IntegerField | BooleanField | AreaSizeField
Mode = Literal["async", "sync"]


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model of the catalogue.

    `operation` is the path after `/services/`. The order of `parameters` is the order in which
    their rules are checked and their faults told.
    """

    name: str
    title: str
    description: str
    task: Literal["text-to-image"]
    operation: str
    modes: frozenset[Mode]
    input: Mapping[str, Field]
    parameters: Mapping[str, Field]

    @property
    def operation_name(self) -> str:
        """The operation as lists and notices write it, `{group}:{task}:{function}`."""
        return self.operation.replace("/", ":")


class Catalogue:
    """Every model that is offered, by name; and every path at which there is or could be one."""

    def __init__(self, models: Sequence[Model], documented_operations: Sequence[str]) -> None:
        self._models = {model.name: model for model in models}
        answered = {model.operation for model in models}
        self._operations = frozenset(answered.union(documented_operations))

    def find_model(self, name: str) -> Model | None:
        """Give the model of that name, or None."""
        return self._models.get(name)

    def has_operation(self, operation: str) -> bool:
        """Tell whether `/services/{operation}` is a path of this API."""
        return operation in self._operations

    def list_models(self) -> tuple[Model, ...]:
        """Give every model, in the data's order."""
        return tuple(self._models.values())
