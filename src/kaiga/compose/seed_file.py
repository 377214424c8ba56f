"""Reads the file that an emulator starts with."""

from pathlib import Path

import msgspec

from kaiga.domain.emulation.seeds import Seed
from kaiga.domain.errors import FieldInvalid, StartRefused


def read_seed_file(path: Path) -> Seed:
    """Read a seed: JSON where the file's name ends in `.json`, TOML otherwise.

    Raises:
        StartRefused: it can't be read, or something in it can't be; the message names it.
    """
    decode = msgspec.json.decode if path.suffix == ".json" else msgspec.toml.decode
    try:
        return decode(path.read_bytes(), type=Seed)
    except OSError as error:
        raise StartRefused(f"{path} can't be read: {error.strerror}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise StartRefused(f"{path} is no seed: {error}.") from error


def read_beside(path: Path, name: str) -> bytes:
    """Read a file that a seed names, which has to lie beside it or below.

    Raises:
        FieldInvalid: there is none.
    """
    folder = path.parent.resolve()
    file = (folder / name).resolve()
    if not file.is_relative_to(folder):
        raise FieldInvalid(f"file must be beside the seed or below; {name} is not.")
    try:
        return file.read_bytes()
    except OSError as error:
        raise FieldInvalid(f"{name} can't be read: {error.strerror}.") from error
