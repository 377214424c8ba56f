"""`/kaiga/v1/snapshots`: a copy of the database in the data folder, for `kaiga backup`.

The copy stays on this machine: it holds secrets, and whoever makes a backup reads it there.
"""

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from kaiga.domain.errors import FieldInvalid, KaigaError
from kaiga.http.asgi import NO_STORE, Answer, Call, StreamedAnswer
from kaiga.http.errors import make_error_answer
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.routing import Route
from kaiga.ports.snapshots import Snapshots
from kaiga.service.keys.key_ring import KeyRing

_LINES = (b"content-type", b"application/x-ndjson")

_log = structlog.get_logger(__name__)
NO_SNAPSHOTS = (
    "The tasks are kept in PostgreSQL, which is backed up by its own tools, such as pg_dump; "
    "the objects by those of their store."
)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRoutes:
    """Makes copies below `folder`; who asked for one removes it, and a start removes the rest."""

    key_ring: KeyRing
    snapshots: Snapshots | None
    folder: Path
    objects_address: str

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("POST", "/kaiga/v1/snapshots", self._take),)

    async def _take(self, call: Call) -> Answer | StreamedAnswer:
        await authenticate_admin(call, self.key_ring)
        if self.snapshots is None:
            raise FieldInvalid(NO_SNAPSHOTS)
        return StreamedAnswer(parts=self._tell(call, self.snapshots), headers=(_LINES, NO_STORE))

    async def _tell(self, call: Call, snapshots: Snapshots) -> AsyncGenerator[bytes]:
        """Give one line of JSON per step; the last names the file, or is the error."""
        file = self.folder / f"{secrets.token_hex(8)}.db"
        try:
            async with aclosing(snapshots.take(file)) as steps:
                async for progress in steps:
                    yield _encode(progress) + b"\n"
            yield _encode({"snapshot": str(file), "objects": self.objects_address}) + b"\n"
        except KaigaError as error:
            _log.warning("the database could not be copied", reason=repr(error.__cause__))
            yield make_error_answer(error, call.request_id).body + b"\n"
        except Exception:  # noqa: BLE001  the edge: a bug is told to the log alone
            _log.exception("a bug in a snapshot", request_id=call.request_id)
            yield make_error_answer(KaigaError(), call.request_id).body + b"\n"
