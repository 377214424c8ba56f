"""Turns the catalogue's data files into typed values; one that breaks its form stops the start."""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from kaiga.domain.catalogue import Catalogue, Model
from kaiga.domain.errors import StartRefused

T = TypeVar("T")


class _Operations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    operations: tuple[str, ...]


class _Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: tuple[Model, ...]


def read_catalogue() -> Catalogue:
    """Read every `families/*.toml` of the package, in the order of their names.

    Raises:
        StartRefused: a file is not of the catalogue's form; the message names file and field.
    """
    package = resources.files(__package__)
    families = sorted(
        (file for file in (package / "families").iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    models = tuple(model for file in families for model in _read(file, _Family).models)
    documented = _read(package / "operations.toml", _Operations).operations
    return Catalogue(models, documented)


def _read(file: Traversable, form: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), form)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StartRefused(f"The catalogue file {file.name} can't be read: {error}") from error
