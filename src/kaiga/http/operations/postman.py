"""`/kaiga/v1/postman/...`: what `kaiga postman` writes, for this server and without a key."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from kaiga.http.asgi import JSON, Answer, Call
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route

MakePostmanFile = Callable[[str], Mapping[str, object]]
"""Called with the base URL, which ends in `/api/v1`."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmanFiles:
    """What makes the two files."""

    make_collection: MakePostmanFile
    make_environment: MakePostmanFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmanRoutes:
    """Gives the files to anybody: all that they tell is this server's address."""

    files: PostmanFiles
    address: PublicAddress

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", "/kaiga/v1/postman/collection", self._collection),
            Route("GET", "/kaiga/v1/postman/environment", self._environment),
        )

    async def _collection(self, call: Call) -> Answer:
        return self._send(call, self.files.make_collection, "collection")

    async def _environment(self, call: Call) -> Answer:
        return self._send(call, self.files.make_environment, "environment")

    def _send(self, call: Call, make: MakePostmanFile, kind: str) -> Answer:
        content = make(f"{self.address.base_url(call)}/api/v1")
        name = f'attachment; filename="kaiga.postman_{kind}.json"'
        headers = (JSON, (b"content-disposition", name.encode()))
        return Answer(body=msgspec.json.format(_encode(content), indent=2), headers=headers)
