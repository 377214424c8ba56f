"""Finds the weights of a model on the disk, and tells what they are before anything is loaded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kaiga.domain.errors import EngineUnfit
from kaiga.engines.diffusers.libraries import load_library
from kaiga.engines.diffusers.options import ModelOptions
from kaiga.engines.diffusers.profiles import PROFILES, Profile

_INDEX = "model_index.json"
_SAFE = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")
"""What is fetched of a repository at the hub; nothing of it is code."""
_PICKLES = ("*.bin", "*.pt", "*.ckpt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of a pipeline that has weights, and how many bytes these take."""

    name: str
    library: str
    class_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A folder in the layout of diffusers; the class is one that is run."""

    folder: Path
    class_name: str
    components: tuple[Component, ...]

    @property
    def profile(self) -> Profile:
        """What there is to know of its class."""
        return PROFILES[self.class_name]

    @property
    def size_bytes(self) -> int:
        """What its files take."""
        return sum(each.size_bytes for each in self.components)


def find_weights(options: ModelOptions, *, hub: bool) -> Weights:
    """Find what the options name.

    Raises:
        EngineUnfit: it is not there, is no such folder, or is of a class that is not run.
    """
    folder = _find_folder(options, hub=hub)
    index = _read_index(folder)
    name = options.pipeline or str(index.get("_class_name"))
    if name not in PROFILES:
        raise EngineUnfit(
            f"{folder} is a {name}, which is not run here. Run are: {', '.join(sorted(PROFILES))}."
        )
    return Weights(folder=folder, class_name=name, components=tuple(_list_parts(folder, index)))


def _find_folder(options: ModelOptions, *, hub: bool) -> Path:
    folder = Path(options.weights).expanduser()
    if folder.is_dir():
        return folder
    if folder.is_absolute() or options.weights.startswith(".") or options.weights.count("/") != 1:
        raise EngineUnfit(f"there is no folder {options.weights}")
    patterns = [*_SAFE, *(_PICKLES if options.allow_pickle else ())]
    try:
        found = load_library("huggingface_hub").snapshot_download(
            options.weights,
            revision=options.revision,
            local_files_only=not hub,
            allow_patterns=patterns,
        )
    except Exception as error:  # the hub's client raises of every kind
        way = "" if hub else "; hub = true lets the engine fetch it"
        raise EngineUnfit(
            f"{options.weights} at {options.revision} is not on this machine{way}"
        ) from error
    return Path(found)


def _read_index(folder: Path) -> Mapping[str, object]:
    try:
        index = json.loads((folder / _INDEX).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EngineUnfit(f"{folder} has no {_INDEX} that can be read") from error
    if not isinstance(index, dict):
        raise EngineUnfit(f"{_INDEX} of {folder} is no object")
    return cast("Mapping[str, object]", index)


def _list_parts(folder: Path, index: Mapping[str, object]) -> list[Component]:
    """Give the parts that have weights; they come from the two libraries and nowhere else."""
    parts: list[Component] = []
    for name, told in index.items():
        if name.startswith("_") or not isinstance(told, list):
            continue
        library, class_name = [*cast("list[object]", told), None, None][:2]
        kinds = ("*.safetensors", *_PICKLES)
        files = [file for kind in kinds for file in (folder / name).glob(kind)]
        size = sum(file.stat().st_size for file in files)
        if size and library in {"diffusers", "transformers"}:
            parts.append(
                Component(
                    name=name, library=str(library), class_name=str(class_name), size_bytes=size
                )
            )
    return parts
