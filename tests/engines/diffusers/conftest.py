"""Tiny weights on the disk, made when a test first asks for them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

from engines.diffusers.tiny import clips, pictures

MAKERS: dict[str, Callable[[], Any]] = {
    name.removeprefix("make_"): make
    for module in (pictures, clips)
    for name, make in vars(module).items()
    if name.startswith("make_") and make.__module__ == module.__name__
}
Weights = Callable[[str], str]


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """Give the folder of a tiny pipeline by its name."""
    folder = tmp_path_factory.mktemp("weights")

    def find(name: str) -> str:
        place: Path = folder / name
        if not place.exists():
            MAKERS[name]().save_pretrained(str(place), safe_serialization=True)
        return str(place)

    return find
