"""`/kaiga/v1/emulator/seed`: keys and tasks put into an emulator."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.emulation.seeds import Seed
from kaiga.domain.errors import FieldInvalid, RoleTooLow
from kaiga.domain.keys import Principal, Role
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.decoding import decode_control
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.identity import authenticate
from kaiga.http.operations.routing import Route
from kaiga.service.emulation.load_seed import LoadSeed
from kaiga.service.keys.key_ring import KeyRing

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Seed).decode


class SeedRoutes:
    """Answers what is to be loaded."""

    def __init__(
        self, *, load_seed: LoadSeed, key_ring: KeyRing, guard: ControlGuard, bodies: BodyReader
    ) -> None:
        self._load_seed = load_seed
        self._key_ring = key_ring
        self._guard = guard
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("POST", f"{EMULATOR}/seed", self._load),)

    async def _load(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        principal = await authenticate(call, self._key_ring)
        with self._bodies.reserve(call) as reservation:
            seed = decode_control(_decode, await reservation.read(call))
        _check_role(seed, principal)
        owner = msgspec.structs.replace(principal, account=account)
        loaded = await self._load_seed(seed, owner, _read_no_file)
        told = {"request_id": call.request_id, **msgspec.structs.asdict(loaded)}
        return Answer(body=_encode(told))


def _check_role(seed: Seed, principal: Principal) -> None:
    """See that only admins make keys, and tasks of others."""
    names_keys = seed.keys or any(task.key for task in seed.tasks)
    if names_keys and principal.role is not Role.ADMIN:
        raise RoleTooLow


def _read_no_file(_name: str) -> bytes:
    raise FieldInvalid("a result's file can be named in a seed file alone; send base64.")
