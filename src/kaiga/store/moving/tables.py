"""Which tables are moved, and what their rows are on both sides."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from uuid import UUID

import msgspec

from kaiga.store.rows import ReadRow, Row, Value

_DIGEST_BYTES = 8
_WITHOUT_NUL = str.maketrans({"\0": "\N{REPLACEMENT CHARACTER}"})
"""PostgreSQL takes no NUL in a text."""


class MovedTable(msgspec.Struct, frozen=True):
    """A table and its key, in whose order it is moved."""

    name: str
    key: tuple[str, ...]
    is_numbered: bool = False
    """Whether its key is a number that the database gives."""


TABLES = (
    MovedTable("accounts", ("id",)),
    MovedTable("workspaces", ("account", "id")),
    MovedTable("api_keys", ("id",), is_numbered=True),
    MovedTable("secrets", ("purpose", "id")),
    MovedTable("limits", ("account", "model", "key_id")),
    MovedTable("webhooks", ("id",), is_numbered=True),
    MovedTable("uploads", ("account", "key")),
    MovedTable("submissions", ("account", "workspace", "key")),
    MovedTable("upstream_calls", ("task_id", "engine")),
    MovedTable("inputs", ("task_id", "position")),
    MovedTable("results", ("task_id", "position")),
    MovedTable("attempts", ("task_id", "attempt")),
    MovedTable("tasks", ("id",)),
    MovedTable("usage_ledger", ("task_id",)),
    MovedTable("outbox", ("id",), is_numbered=True),
)
"""What is named comes before what names it."""


def make_moved_row(columns: Sequence[str], row: ReadRow) -> Row:
    """Give what the target holds of a row of the source.

    A lease by the clock of the machine that is left lies before every time of the new clock, so
    that what was under way there is begun again.
    """
    return tuple(_move_value(column, value) for column, value in zip(columns, row, strict=True))


def _move_value(column: str, value: Value) -> Value:
    if column == "lease_deadline" and value is not None:
        return 0.0
    return value.translate(_WITHOUT_NUL) if isinstance(value, str) and "\0" in value else value


class Sum(msgspec.Struct):
    """How many rows there are, and the sum of their digests; their order does not count."""

    rows: int = 0
    digests: int = 0

    def add(self, rows: Iterable[ReadRow]) -> None:
        """Count rows as `make_moved_row` gives them, or as the target has them."""
        for row in rows:
            plain = tuple(str(value) if isinstance(value, UUID) else value for value in row)
            digest = blake2b(repr(plain).encode(), digest_size=_DIGEST_BYTES).digest()
            self.rows += 1
            self.digests = (self.digests + int.from_bytes(digest)) % 256**_DIGEST_BYTES
