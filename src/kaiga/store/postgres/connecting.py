"""Opens connections to PostgreSQL, and tells what of its errors means that it is away."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import msgspec

from kaiga.domain.errors import FieldInvalid

if TYPE_CHECKING:
    Line: TypeAlias = asyncpg.Connection[Any]
    Connection: TypeAlias = Line | asyncpg.pool.PoolConnectionProxy[Any]
    Pool: TypeAlias = asyncpg.Pool[Any]
else:
    # A connection of one's own; a connection to ask over, whoever opens and closes it; a pool.
    Line = asyncpg.Connection
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

CONNECT_SECONDS = 5.0
"""How long one try to connect may take."""
STATEMENT_SECONDS = 30.0
"""How long one statement may take: a connection that was cut says nothing at all."""

_APPLICATION = "kaiga"
_STATEMENTS_KEPT = 200
_PLAN_ONCE = {"plan_cache_mode": "force_generic_plan"}
"""With many partitions a plan takes longer to make than to run, and writes have plans that are good
for any values. A pooler takes no such setting, and has statements planned each time anyway."""
_MOST_READERS = 4

# The database or the way to it is at fault, not one row: trying the rows one by one would not help.
UNAVAILABLE_ERRORS: tuple[type[BaseException], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,  # disk full, too many connections, out of memory
    asyncpg.OperatorInterventionError,  # shut down, starting up, cancelled
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process stood still for too long
    asyncpg.ReadOnlySQLTransactionError,  # a primary that has become a standby
    asyncpg.PostgresSystemError,  # I/O errors of its disk
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)

AGAIN_ERRORS = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
)
"""Undone by the database for reasons of its own: the same again may well get through."""


UNFIT_TEXT_ERRORS = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""A text of a caller's has a NUL, which no column of text can hold."""


def refuse_text() -> FieldInvalid:
    """Make the error for a text that no column can hold."""
    return FieldInvalid("A text here must not contain the character U+0000.")


class PostgresPlace(msgspec.Struct, frozen=True):
    """Where a database is.

    `direct_url` reaches it without a pooler, for what a pooler of transactions can't carry: LISTEN
    and migrations. It is the same as `url` where there is no pooler.
    """

    url: str
    direct_url: str

    @property
    def caches_statements(self) -> bool:
        """Whether prepared statements may be kept: a pooler gives each transaction another line."""
        return self.url == self.direct_url

    def __str__(self) -> str:
        """Tell it without a password."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


async def connect(url: str, caches_statements: bool = True) -> Line:
    """Open one connection that stays.

    Raises:
        one of UNAVAILABLE_ERRORS: it can't be opened.
    """
    plans = _PLAN_ONCE if caches_statements else {}
    return await asyncpg.connect(url, **_options(plans, caches_statements=caches_statements))


async def open_pool(place: PostgresPlace) -> Pool:
    """Open a few connections that answer reads, each when it is wanted first."""
    return await asyncpg.create_pool(
        place.url,
        min_size=0,  # with a floor it tells of every try to reach a database that is away
        max_size=_MOST_READERS,
        # What lists ask for is often left out: they are planned by what is there.
        **_options({}, caches_statements=place.caches_statements),
    )


def _options(plans: Mapping[str, str], *, caches_statements: bool) -> dict[str, Any]:
    return {
        "timeout": CONNECT_SECONDS,
        "command_timeout": STATEMENT_SECONDS,
        "statement_cache_size": _STATEMENTS_KEPT if caches_statements else 0,
        "server_settings": {"application_name": _APPLICATION, **plans},
    }
