"""Kaiga's own routes as data: each group of them lists its own, and one table finds them."""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import msgspec

from kaiga.domain.errors import MethodRefused, PathUnknown
from kaiga.http.asgi import Answer, Call, StreamedAnswer

AnyAnswer = Answer | StreamedAnswer
Handler = Callable[..., Awaitable[AnyAnswer]]
"""Called with the call, and with what stood in the path for each `{name}`, in their order."""


class Route(msgspec.Struct, frozen=True):
    """One method of one path; a part such as `{task_id}` stands for any text without a slash."""

    method: str
    path: str
    handler: Handler


class RouteTable:
    """Finds the handler of a call, with and without a slash at the path's end."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[int, list[tuple[Sequence[str], Route]]] = {}
        for route in routes:
            parts = route.path.split("/")[1:]
            self._routes.setdefault(len(parts), []).append((parts, route))

    async def __call__(self, call: Call) -> AnyAnswer:
        """Answer a call.

        Raises:
            PathUnknown: no route is at this path.
            MethodRefused: there is one, for other methods.
            KaigaError: what the route itself raises.
        """
        asked = call.path.rstrip("/").split("/")[1:]
        here = [
            (parts, route)
            for parts, route in self._routes.get(len(asked), ())
            if _fits(parts, asked)
        ]
        if not here:
            raise PathUnknown
        method = "GET" if call.method == "HEAD" else call.method
        for parts, route in here:
            if route.method == method:
                named = [text for part, text in zip(parts, asked, strict=True) if part[:1] == "{"]
                return await route.handler(call, *named)
        raise MethodRefused(call.method)


def _fits(parts: Sequence[str], asked: Sequence[str]) -> bool:
    return all(
        text if part[:1] == "{" else part == text for part, text in zip(parts, asked, strict=True)
    )
