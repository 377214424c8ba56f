"""Options that several commands share, and the settings as those options change them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from kaiga.settings import Settings, read_settings

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FOLDER", help="Data folder, in place of KAIGA_DATA."),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="Server to ask, such as http://127.0.0.1:8600; unset, DASHSCOPE_HTTP_BASE_URL, "
        "then the server that runs on the data folder.",
    ),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="API key; unset, DASHSCOPE_API_KEY, or the data folder's own key for its own server.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedServer:
    """What the options of a command say about the server to ask."""

    url: str | None = None
    key: str | None = None


def read_command_settings(overrides: Mapping[str, str | Path | None]) -> Settings:
    """Read the settings, with those options in front that were given.

    Raises:
        SettingInvalid: a value is not allowed; the message names its variable.
    """
    given = {name: str(value) for name, value in overrides.items() if value is not None}
    return read_settings({**os.environ, **given})


def show_examples(*lines: str) -> str:
    """Make the end of a command's help: its examples, kept as they are written."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
