"""Files that say what an emulator is to do, in TOML or JSON."""

import json
import tomllib
from pathlib import Path
from typing import Any, cast


class TableInvalid(Exception):
    """A file can't be read, or is neither TOML nor JSON; the message names it."""


def read_table(file: Path) -> dict[str, Any]:
    """Read a file by its ending: `.json`, and TOML otherwise.

    Raises:
        TableInvalid: see there.
    """
    try:
        text = file.read_text("utf-8")
        table: object = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise TableInvalid(f"{file} can't be read: {error}.") from error
    if not isinstance(table, dict):
        raise TableInvalid(f"{file} holds no table.")
    return cast("dict[str, Any]", table)


def is_named_file(text: str) -> bool:
    """Tell whether a text names a file rather than something that comes with Kaiga."""
    return text.endswith((".toml", ".json"))
