"""Reads every setting: from the environment, then kaiga.toml, then the default."""

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, cast

from kaiga.domain.errors import SettingInvalid
from kaiga.settings.checking import check_together
from kaiga.settings.settings import Settings, name_variable

_TABLES = ("engines", "models")
"""What kaiga.toml has as tables."""


def read_settings(
    environment: Mapping[str, str] = os.environ, file: Path | None = None
) -> Settings:
    """Read every setting.

    `file` is `KAIGA_CONFIG`, else `kaiga.toml` in the working folder, where it exists.

    Raises:
        SettingInvalid: a value is not allowed, or a name is not known; the message names it.
    """
    written = _read_file(file or _find_file(environment))
    tables = {name: written.pop(name) for name in _TABLES if name in written}
    settings = _list_fields()
    unknown = sorted(set(written) - {setting.name for setting in settings})
    if unknown:
        raise SettingInvalid(f"kaiga.toml names settings that do not exist: {', '.join(unknown)}.")
    values: dict[str, object] = {"tables": tables}
    for setting in settings:
        variable = name_variable(setting.name)
        text = environment.get(variable)
        source = variable
        if text is None and setting.name in written:
            text, source = _as_text(written[setting.name]), f"{setting.name} in kaiga.toml"
        for otherwise in setting.metadata["otherwise"]:
            if text is None and environment.get(otherwise):
                text, source = environment[otherwise], otherwise
        if text is None:
            text = cast("str", setting.metadata["default"])
        read = cast("Callable[[str], object]", setting.metadata["read"])
        try:
            values[setting.name] = read(text.strip())
        except ValueError as error:
            raise SettingInvalid(f"{source}={text} is not allowed. Allowed: {error}.") from None
    return check_together(Settings(**cast("dict[str, Any]", values)))


def list_settings() -> list[tuple[str, str, str]]:
    """Give every setting as (variable, default, meaning), for the documents."""
    return [
        (name_variable(setting.name), setting.metadata["default"], setting.metadata["meaning"])
        for setting in _list_fields()
    ]


def _list_fields() -> Sequence[Field[Any]]:
    """Give the fields that are settings."""
    return [each for each in fields(Settings) if each.metadata]


def _find_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("KAIGA_CONFIG")
    if named:
        if not Path(named).is_file():
            raise SettingInvalid(f"KAIGA_CONFIG={named} is not a file.")
        return Path(named)
    return Path("kaiga.toml") if Path("kaiga.toml").is_file() else None


def _read_file(file: Path | None) -> dict[str, object]:
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingInvalid(f"{file} can't be read: {error}.") from error
    return dict(_list_written(content))


def _list_written(content: Mapping[str, object], table: str = "") -> Iterator[tuple[str, object]]:
    """Give what a file sets, by name: a table's settings have its name before their own."""
    known = {*_TABLES, *(setting.name for setting in fields(Settings))}
    for name, value in content.items():
        full_name = f"{table}{name}"
        if full_name in known or not isinstance(value, dict):
            yield full_name, value
        else:
            yield from _list_written(cast("dict[str, object]", value), f"{full_name}_")


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return ",".join(
            f"{name}={_as_text(each).replace(',', '+')}"
            for name, each in cast("dict[str, object]", value).items()
        )
    if isinstance(value, list):
        return ",".join(str(part) for part in cast("list[object]", value))
    return str(value).lower() if isinstance(value, bool) else str(value)
