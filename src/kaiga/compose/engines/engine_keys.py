"""Finds the key of another server: in a file of the operator's own, or in the environment."""

import os
import stat
from pathlib import Path

from kaiga.domain.errors import SettingInvalid

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_engine_key(engine: str, key_file: str, key_env: str) -> str:
    """Give the key of an engine; it is never part of a message.

    Raises:
        SettingInvalid: not exactly one of the two is named, others may read the file, or what is
            there is no key.
    """
    place = f"[engines.{engine}] in kaiga.toml"
    if bool(key_file) == bool(key_env):
        raise SettingInvalid(
            f"{place} needs either key_file, a file that only its owner may read, or key_env, the "
            "name of an environment variable."
        )
    key = _read_file(place, key_file) if key_file else os.environ.get(key_env, "").strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        where = f"the file of key_file, {key_file}," if key_file else f"the variable {key_env}"
        raise SettingInvalid(
            f"{place}: {where} holds no key, one line of visible ASCII characters."
        )
    return key


def _read_file(place: str, name: str) -> str:
    path = Path(name).expanduser().absolute()
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise SettingInvalid(f"{place}: key_file names {name}, which can't be read.") from None
    if os.name == "posix" and mode & _OTHERS:
        raise SettingInvalid(
            f"{place}: others may read the file of key_file, {name}. Only its owner may: "
            f"chmod 600 {name}."
        )
    return text.strip()
