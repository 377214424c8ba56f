"""Turns the catalogue's data files into typed values; one that breaks its form stops the start."""

import tomllib
from importlib import resources

import msgspec

from kaiga.domain.catalogue import Catalogue, Model
from kaiga.domain.errors import StartRefused


class _Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: tuple[Model, ...]


def read_catalogue() -> Catalogue:
    """Read every `families/*.toml` of the package, in the order of their names.

    Raises:
        StartRefused: a file is not of the catalogue's form; the message names file and field.
    """
    folder = resources.files(__package__) / "families"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    return Catalogue(
        tuple(model for file in files for model in _read_family(file.name, file.read_text("utf-8")))
    )


def _read_family(name: str, text: str) -> tuple[Model, ...]:
    try:
        return msgspec.convert(tomllib.loads(text), _Family).models
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise StartRefused(f"The catalogue file {name} can't be read: {error}") from error
