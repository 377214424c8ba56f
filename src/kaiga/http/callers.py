"""Who calls, in which workspace, and in which region."""

from kaiga.domain.errors import (
    EndpointRefused,
    KeyInvalid,
    WorkspaceRefused,
    WorkspaceUnknown,
)
from kaiga.domain.ids import DEFAULT_WORKSPACE, WorkspaceId
from kaiga.domain.keys import Caller, Principal
from kaiga.domain.places import Place, find_place
from kaiga.http.asgi import Call, KnownCaller
from kaiga.http.identity import PublicAddress, authenticate, read_key
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.recent import Recent

_HOSTS_REMEMBERED = 1024
_CALLERS_REMEMBERED = 4096
_WORKSPACE = b"x-dashscope-workspace"


class Callers:
    """Tells callers from their headers alone: the key, the host that was called, the workspace.

    A key opens the region it is bound to, and every one if it is bound to none. A workspace's own
    host is for the keys of that workspace. Without a workspace named in a header, a call runs in
    the key's own.
    """

    def __init__(self, key_ring: KeyRing, region: str, address: PublicAddress) -> None:
        self._key_ring = key_ring
        self._region = region
        self._address = address
        self._places: Recent[str, Place] = Recent(_HOSTS_REMEMBERED)
        self._known: Recent[bytes, KnownCaller] = Recent(_CALLERS_REMEMBERED)
        """By a keyed hash of the headers that decide: a caller's key itself is never kept."""

    async def identify(self, call: Call) -> Caller:
        """Give who calls; judged before any body is read.

        Raises:
            KeyMissing, KeyInvalid: the caller is not known, or not in this region.
            EndpointRefused: the host is another workspace's own.
            WorkspaceUnknown, WorkspaceRefused: the workspace named is not the key's to use.
            StoreUnavailable: the store did not answer.
        """
        known = self.find_known(call)
        if known is not None:
            return known
        principal = await authenticate(call, self._key_ring)
        place = self._find_place(call)
        _check_place(principal, place)
        workspace = _read_workspace(call) or principal.workspace
        if workspace != principal.workspace:
            await self._check_workspace(principal, workspace)
        return _make_caller(principal, workspace, place)

    def find_known(self, call: Call) -> Caller | None:
        """Give who calls if that takes no wait; None where `identify` is to be asked.

        Raises:
            KeyMissing, KeyInvalid, EndpointRefused: see `identify`.
        """
        headers, key_ring = call.headers, self._key_ring
        known = headers.known_caller
        if known is None or known.generation != key_ring.generation:
            known = self._recall(call)
            headers.known_caller = known
        if known is None:
            return None
        caller = known.caller
        if caller.principal.expires_at is not None:  # most never expire, and every poll asks
            key_ring.check_expiry(caller.principal)
        return caller

    def _recall(self, call: Call) -> KnownCaller | None:
        headers, key_ring = call.headers, self._key_ring
        shown = headers.get(b"authorization", b""), headers.get(_WORKSPACE, b"")
        mark = key_ring.mark(b"%b\n%b\n%b" % (*shown, self._address.read_host(call).encode()))
        known = self._known.find(mark)
        if known is None or known.generation != key_ring.generation:
            caller = self._judge_known(call)
            known = None if caller is None else KnownCaller(caller, key_ring.generation)
            if known is not None:
                self._known.put(mark, known)
        return known

    def _judge_known(self, call: Call) -> Caller | None:
        principal = self._key_ring.find_known(read_key(call))
        if principal is None:
            return None
        place = self._find_place(call)
        _check_place(principal, place)
        if _read_workspace(call) not in {"", principal.workspace}:
            return None
        return _make_caller(principal, principal.workspace, place)

    async def _check_workspace(self, principal: Principal, named: WorkspaceId) -> None:
        """Let keys of the default workspace into every one of their account (core.md, 9.3)."""
        if not await self._key_ring.has_workspace(principal.account, named):
            raise WorkspaceUnknown
        if principal.workspace != DEFAULT_WORKSPACE:
            raise WorkspaceRefused

    def _find_place(self, call: Call) -> Place:
        host = self._address.read_host(call)
        place = self._places.find(host)
        if place is None:
            place = find_place(host, self._region)
            self._places.put(host, place)
        return place


def _read_workspace(call: Call) -> WorkspaceId:
    """Give the workspace that a header names, empty for none."""
    return WorkspaceId(call.header(_WORKSPACE).strip())


def _check_place(principal: Principal, place: Place) -> None:
    if principal.region is not None and principal.region != place.region:
        raise KeyInvalid
    if place.workspace is not None and place.workspace != principal.workspace.lower():
        raise EndpointRefused


def _make_caller(principal: Principal, workspace: WorkspaceId, place: Place) -> Caller:
    return Caller(
        principal=principal,
        workspace=workspace,
        region=place.region,
        is_sync_only=place.is_sync_only,
    )
