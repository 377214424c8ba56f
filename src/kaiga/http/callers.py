"""Who calls, in which workspace, and in which region."""

from kaiga.domain.errors import KeyInvalid, WorkspaceRefused, WorkspaceUnknown
from kaiga.domain.ids import DEFAULT_WORKSPACE, WorkspaceId
from kaiga.domain.keys import Caller, Principal
from kaiga.domain.places import Place, find_place
from kaiga.http.asgi import Call
from kaiga.http.identity import authenticate, read_key
from kaiga.service.key_ring import KeyRing
from kaiga.service.recent import Recent

_HOSTS_REMEMBERED = 1024
_WORKSPACE = b"x-dashscope-workspace"


class Callers:
    """Tells callers from their headers alone: the key, the host that was called, the workspace.

    A key opens the region it is bound to, and every one if it is bound to none. Without a
    workspace named by header or host, a call runs in the key's own.
    """

    def __init__(self, key_ring: KeyRing, region: str) -> None:
        self._key_ring = key_ring
        self._region = region
        self._places: Recent[bytes, Place] = Recent(_HOSTS_REMEMBERED)

    async def identify(self, call: Call) -> Caller:
        """Give who calls; judged before any body is read.

        Raises:
            KeyMissing, KeyInvalid: the caller is not known, or not in this region.
            WorkspaceUnknown, WorkspaceRefused: the workspace named is not the key's to use.
            StoreUnavailable: the store did not answer.
        """
        principal = await authenticate(call, self._key_ring)
        place = self._find_place(call)
        _check_region(principal, place)
        named = call.headers.get(_WORKSPACE, b"").decode("latin-1").strip() or place.workspace
        if not named or named == principal.workspace:
            return Caller(principal=principal, workspace=principal.workspace, region=place.region)
        await self._check_workspace(principal, WorkspaceId(named))
        return Caller(principal=principal, workspace=WorkspaceId(named), region=place.region)

    def find_known(self, call: Call) -> Caller | None:
        """Give who calls if that takes no wait; a workspace is not looked at.

        Raises:
            KeyMissing, KeyInvalid: see `identify`.
        """
        principal = self._key_ring.find_known(read_key(call))
        if principal is None:
            return None
        place = self._find_place(call)
        _check_region(principal, place)
        return Caller(principal=principal, workspace=principal.workspace, region=place.region)

    async def _check_workspace(self, principal: Principal, named: WorkspaceId) -> None:
        """Let keys of the default workspace into every one of their account (core.md, 9.3)."""
        if not await self._key_ring.has_workspace(principal.account, named):
            raise WorkspaceUnknown
        if principal.workspace != DEFAULT_WORKSPACE:
            raise WorkspaceRefused

    def _find_place(self, call: Call) -> Place:
        host = call.headers.get(b"host", b"")
        place = self._places.find(host)
        if place is None:
            place = find_place(host.decode("latin-1"), self._region)
            self._places.put(host, place)
        return place


def _check_region(principal: Principal, place: Place) -> None:
    if principal.region is not None and principal.region != place.region:
        raise KeyInvalid
