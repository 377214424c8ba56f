"""The roster over PostgreSQL: a row for each process, by this database's own clock."""

from collections.abc import Sequence

import msgspec

from kaiga.ports.roster import Member, Seen
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write

PRESENT_SECONDS = 15.0
"""Three times as long as members are silent; who was not heard of for longer is not told of."""
_FORGET_SECONDS = 3600.0
_NOW = "extract(epoch FROM clock_timestamp())::float8"
_ATTEND = f"""
    INSERT INTO workers (id, told, seen_at) VALUES ($1, $2, {_NOW})
    ON CONFLICT (id) DO UPDATE SET told = excluded.told, seen_at = excluded.seen_at
"""  # noqa: S608  constants
_FORGET = f"DELETE FROM workers WHERE seen_at < {_NOW} - $1"  # noqa: S608  constants
_LEAVE = "DELETE FROM workers WHERE id = $1"
_LIST = f"SELECT told, {_NOW} - seen_at FROM workers WHERE seen_at > {_NOW} - $1"  # noqa: S608  constants

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Member).decode


class PostgresRoster:
    """Implements the port `Roster`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader
        self._writer.sync_later(_attend)

    async def attend(self, member: Member) -> None:
        """See the port."""
        await self._writer.write(_attend, member)

    async def leave(self, member_id: str) -> None:
        """See the port."""
        await self._writer.write(_leave, member_id)

    async def list_present(self) -> Sequence[Seen]:
        """See the port; one that a newer version has written otherwise is left out."""
        rows = await self._reader.fetch(_LIST, PRESENT_SECONDS)
        seen: list[Seen] = []
        for told, seconds_ago in rows:
            try:
                seen.append(Seen(_decode(told), max(0.0, seconds_ago)))
            except msgspec.MsgspecError:
                continue
        return sorted(seen, key=lambda each: (each.member.kind, each.member.host, each.member.id))


async def _attend(write: Write, members: Sequence[Member]) -> Sequence[None]:
    await write.connection.execute(_FORGET, _FORGET_SECONDS)
    for member in members:
        await write.connection.execute(_ATTEND, member.id, _encode(member).decode())
    return [None] * len(members)


async def _leave(write: Write, ids: Sequence[str]) -> Sequence[None]:
    for each in ids:
        await write.connection.execute(_LEAVE, each)
    return [None] * len(ids)
