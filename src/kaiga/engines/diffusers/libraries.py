"""The libraries that the models run on, as values without types: none of them ships any.

Whoever imports this module has the extra `kaiga[diffusers]`, or gets an `ImportError`.
"""

from importlib import import_module
from typing import Any

torch: Any = import_module("torch")
diffusers: Any = import_module("diffusers")


def load_library(name: str) -> Any:
    """Import a library that only some settings need.

    Raises:
        ImportError: it is not installed.
    """
    return import_module(name)
