"""`/kaiga/v1/keys`: keys made, shown and revoked, for keys with the role admin."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

import msgspec

from kaiga.domain.errors import BodyMalformed, FieldInvalid
from kaiga.domain.ids import DEFAULT_ACCOUNT, DEFAULT_WORKSPACE, AccountId, KeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Role
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys

_encode = msgspec.json.Encoder().encode


class KeyWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /kaiga/v1/keys`."""

    name: str = ""
    role: Role = Role.USER
    account: str = DEFAULT_ACCOUNT
    workspace: str = DEFAULT_WORKSPACE
    region: str | None = None
    expires_in_hours: float | None = None


class KeyRoutes:
    """Answers the administration of keys."""

    def __init__(
        self,
        *,
        manage_keys: ManageKeys,
        key_ring: KeyRing,
        bodies: BodyReader,
        calendar: Calendar,
        forget_local_key: Callable[[bytes], None],
    ) -> None:
        self._manage_keys = manage_keys
        self._key_ring = key_ring
        self._bodies = bodies
        self._calendar = calendar
        self._forget_local_key = forget_local_key

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", "/kaiga/v1/keys", self._list),
            Route("POST", "/kaiga/v1/keys", self._create),
            Route("DELETE", "/kaiga/v1/keys/{key_id}", self._revoke),
        )

    async def _list(self, call: Call) -> Answer:
        await authenticate_admin(call, self._key_ring)
        keys = await self._manage_keys.list_all()
        return Answer(
            body=_encode({"request_id": call.request_id, "keys": [show_key(key) for key in keys]})
        )

    async def _revoke(self, call: Call, key_id: str) -> Answer:
        await authenticate_admin(call, self._key_ring)
        self._forget_local_key(await self._manage_keys.revoke(KeyId(key_id)))
        return Answer(body=_encode({"request_id": call.request_id}))

    async def _create(self, call: Call) -> Answer:
        await authenticate_admin(call, self._key_ring)
        with self._bodies.reserve(call) as reservation:
            body = await reservation.read(call)
        wanted = _read_wanted(body or b"{}")
        key, text = await self._manage_keys.create(
            name=wanted.name,
            role=wanted.role,
            account=AccountId(wanted.account),
            workspace=WorkspaceId(wanted.workspace),
            region=wanted.region,
            expires_at=self._find_expiry(wanted),
        )
        shown = {"request_id": call.request_id, "key": text, **show_key(key)}
        return Answer(body=_encode(shown))

    def _find_expiry(self, wanted: KeyWanted) -> datetime | None:
        if wanted.expires_in_hours is None:
            return None
        return self._calendar.real_now() + timedelta(hours=wanted.expires_in_hours)


def show_key(key: ApiKey) -> Mapping[str, object]:
    """Make the public form of a key; absent times are null."""
    return cast("dict[str, object]", msgspec.to_builtins(key))


def _read_wanted(body: bytes) -> KeyWanted:
    try:
        wanted = msgspec.json.decode(body, type=KeyWanted)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
    longest_hours = 24 * 365 * 100
    if wanted.expires_in_hours is not None and not 0 < wanted.expires_in_hours <= longest_hours:
        raise FieldInvalid(f"expires_in_hours must be above 0 and at most {longest_hours}.")
    return wanted
