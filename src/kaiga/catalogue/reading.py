"""Turns the catalogue's data files into typed values; one that breaks its form stops the start."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from kaiga.catalogue.checking import check_model
from kaiga.catalogue.inheriting import Entry, resolve_entries
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import StartRefused
from kaiga.domain.media_limits import MediaLimits

T = TypeVar("T")


class _Operations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    operations: tuple[str, ...]
    other_names: Mapping[str, str]


class _Media(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    limits: Mapping[str, MediaLimits]


class _Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: tuple[dict[str, object], ...] = ()
    limits: Mapping[str, MediaLimits] = {}


def read_catalogue(own_folder: Path | None = None) -> Catalogue:
    """Read every `families/*.toml` of the package, then every `*.toml` of the user's own folder.

    A model of the user's own replaces one of the same name.

    Raises:
        StartRefused: a file is not of the catalogue's form; the message names file and field.
    """
    package = resources.files(__package__)
    files: list[Traversable] = _list_files(package / "families")
    own_files: list[Traversable] = []
    if own_folder is not None:
        if not own_folder.is_dir():
            raise StartRefused(f"KAIGA_CATALOGUE names {own_folder}, which is no folder.")
        own_files = _list_files(own_folder)
    families = [(file.name, _read(file, _Family)) for file in [*files, *own_files]]
    limits = dict(_read(package / "media.toml", _Media).limits)
    for _, family in families:
        limits.update(family.limits)
    entries = [
        Entry(file=name, members=members) for name, family in families for members in family.models
    ]
    models = _make_models(resolve_entries(entries), limits)
    paths = _read(package / "operations.toml", _Operations)
    own_names = frozenset(
        str(members.get("name"))
        for _, family in families[len(files) :]
        for members in family.models
    )
    return Catalogue(models, paths.operations, limits, paths.other_names, own_names)


def _list_files(folder: Traversable) -> list[Traversable]:
    found = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return sorted(found, key=lambda file: file.name)


def _make_models(entries: Iterable[Entry], limits: Mapping[str, MediaLimits]) -> Sequence[Model]:
    models: dict[str, Model] = {}
    for entry in entries:
        name = entry.members.get("name")
        try:
            model = msgspec.convert(entry.members, Model)
            check_model(model, limits)
        except (msgspec.ValidationError, ValueError) as error:
            raise StartRefused(
                f"The catalogue file {entry.file} can't be used: model {name!r}: {error}"
            ) from error
        models[model.name] = model
    return tuple(models.values())


def _read(file: Traversable, form: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(file.read_text("utf-8")), form)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, UnicodeDecodeError, OSError) as error:
        raise StartRefused(f"The catalogue file {file.name} can't be read: {error}") from error
