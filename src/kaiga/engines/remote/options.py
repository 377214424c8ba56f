"""What kaiga.toml tells of a server that is an engine: where it is, its key, how much it takes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from kaiga.domain.errors import SettingInvalid

Options = TypeVar("Options", bound=msgspec.Struct)
_READABLE_BY_OTHERS = 0o077
_HTTP = ("http", "https")


class ServerOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[engines.NAME]`, whatever the kind of server.

    `url` is what every path is put behind. The key is in the environment variable `key_env` or
    in the file `key_file`, which nobody else may read; without either, none is sent. At most
    `concurrency` jobs are at the server at the same time, and one that takes longer than
    `timeout_seconds` counts as hung.
    """

    url: str
    key_env: str = ""
    key_file: str = ""
    concurrency: Annotated[int, Meta(ge=1, le=64)] = 1
    timeout_seconds: Annotated[float, Meta(gt=0, le=86400)] = 900.0


def read_options(table: str, told: Mapping[str, object], form: type[Options]) -> Options:
    """Decode a table of kaiga.toml; `table` is its name, as in `[engines.gpu]`.

    Raises:
        SettingInvalid: a member is unknown, missing or not allowed.
    """
    try:
        return msgspec.convert(told, form)
    except msgspec.ValidationError as error:
        allowed = ", ".join(field.name for field in msgspec.structs.fields(form))
        raise SettingInvalid(
            f"{table} in kaiga.toml can't be used: {error}. Allowed: {allowed}."
        ) from None


def ensure_url(table: str, url: str) -> None:
    """Check the address of a server.

    Raises:
        SettingInvalid: it is no plain http or https address.
    """
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in _HTTP and parts.hostname and parts.port != 0
    except ValueError:
        is_plain, parts = False, urlsplit("")
    if not is_plain or parts.username or parts.password or parts.query or parts.fragment:
        raise SettingInvalid(
            f"url of {table} in kaiga.toml is not allowed. Allowed: an address such as "
            "http://127.0.0.1:8000/v1, without a password, a query or a fragment."
        )


def read_key(table: str, options: ServerOptions, environment: Mapping[str, str]) -> str:
    """Give the server's key; empty where none is named.

    Raises:
        SettingInvalid: it is named and not there, or others may read its file.
    """
    if options.key_env and options.key_file:
        raise SettingInvalid(f"{table} in kaiga.toml may have key_env or key_file, not both.")
    if options.key_env:
        key = environment.get(options.key_env, "").strip()
        source = f"the environment variable {options.key_env}"
    elif options.key_file:
        key = _read_file(table, Path(options.key_file))
        source = options.key_file
    else:
        return ""
    if not key or not key.isascii() or not key.isprintable():
        raise SettingInvalid(f"{table} in kaiga.toml needs a key in {source}; there is none.")
    return key


def _read_file(table: str, path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text("utf-8").strip()
    except (OSError, ValueError):
        raise SettingInvalid(f"key_file of {table} in kaiga.toml can't be read: {path}.") from None
    if mode & _READABLE_BY_OTHERS:
        raise SettingInvalid(
            f"key_file of {table} in kaiga.toml may be read by others: chmod 600 {path}."
        )
    return text
