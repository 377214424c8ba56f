"""What the server and its insert process say to each other."""

from collections.abc import Sequence
from typing import Any

import msgspec


class InsertRows(msgspec.Struct, frozen=True, array_like=True):
    """Rows of tasks, made by `make_row`, to be committed together."""

    rows: Sequence[tuple[Any, ...]]


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The database is open."""


class Inserted(msgspec.Struct, frozen=True, tag="inserted"):
    """The rows are committed and synced."""


class NotInserted(msgspec.Struct, frozen=True, tag="not inserted"):
    """None of the rows is committed; `reason` is for the log alone."""

    reason: str


InsertMessage = Ready | Inserted | NotInserted

decode_rows = msgspec.msgpack.Decoder(InsertRows).decode
decode_message = msgspec.msgpack.Decoder(InsertMessage).decode
