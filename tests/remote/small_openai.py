"""A small server that answers as servers of the OpenAI shape are documented to.

Sources: vLLM-Omni, docs/serving/image_generation_api.md, image_edit_api.md and videos_api.md;
SGLang, docs/diffusion/api/openai_api.md and its entrypoints/openai/protocol.py; OpenAI's API
reference for errors (`error.code`) and for the states of a video.
"""

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from remote.serving import paint

Answer = Callable[[], Response]


class SmallOpenai:
    """What it was asked, and what it is to answer; without plans, all goes well."""

    def __init__(self, film: bytes = b"") -> None:
        self.film = film
        self.orders: list[dict[str, Any]] = []
        self.at_work = self.most_at_work = 0
        self.seconds = 0.0
        self.answer: Answer | None = None
        """To orders of pictures and clips."""
        self.health: Answer = lambda: JSONResponse({"object": "list", "data": [{"id": "own"}]})
        self.clip_states: list[dict[str, Any]] = [
            {"status": "queued", "progress": 0},
            {"status": "in_progress", "progress": 50},
            {"status": "completed", "progress": 100},
        ]
        self.look: Answer | None = None
        """To looks at a clip's job, in place of the states."""
        self.files: dict[str, Answer] = {}
        self.fetched: list[str] = []
        self.deleted: list[str] = []
        self.given_up = 0
        self.keys: list[str] = []
        self.app = Starlette(
            routes=[
                Route("/v1/models", lambda _: self.health()),
                Route("/v1/images/generations", self._generate, methods=["POST"]),
                Route("/v1/images/edits", self._edit, methods=["POST"]),
                Route("/v1/videos", self._order_clip, methods=["POST"]),
                Route("/v1/videos/{id}", self._look, methods=["GET"]),
                Route("/v1/videos/{id}", self._delete, methods=["DELETE"]),
                Route("/v1/videos/{id}/content", lambda _: Response(self.film)),
                Route("/{path:path}", self._give),
            ]
        )

    async def _generate(self, request: Request) -> Response:
        return await self._make(request, await request.json())

    async def _edit(self, request: Request) -> Response:
        return await self._make(request, await _read_form(request))

    async def _make(self, request: Request, order: dict[str, Any]) -> Response:
        self.keys.append(request.headers.get("authorization", ""))
        self.orders.append(order)
        if self.answer:
            return self.answer()
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        try:
            end = asyncio.get_running_loop().time() + self.seconds
            while asyncio.get_running_loop().time() < end:
                if await request.is_disconnected():
                    self.given_up += 1
                    return Response(status_code=499)
                await asyncio.sleep(0.02)
        finally:
            self.at_work -= 1
        width, height = (int(side) for side in order.get("size", "64x64").split("x"))
        return picture_answer(paint(width, height, int(order["seed"])))

    async def _order_clip(self, request: Request) -> Response:
        is_form = request.headers["content-type"].startswith("multipart/")
        order = await (_read_form(request) if is_form else request.json())
        self.orders.append({"is_form": is_form, **order})
        if self.answer:
            return self.answer()
        return JSONResponse({"id": "video-1", "status": "queued", "created_at": 1701234567})

    async def _look(self, request: Request) -> Response:
        if self.look:
            return self.look()
        state = self.clip_states.pop(0) if len(self.clip_states) > 1 else self.clip_states[0]
        return JSONResponse({"id": request.path_params["id"], "object": "video", **state})

    async def _delete(self, request: Request) -> Response:
        self.deleted.append(request.path_params["id"])
        return JSONResponse({"id": request.path_params["id"], "deleted": True})

    async def _give(self, request: Request) -> Response:
        path = f"/{request.path_params['path']}"
        self.fetched.append(path)
        found = self.files.get(path)
        return found() if found else Response(status_code=404)


def picture_answer(content: bytes) -> Response:
    text = base64.b64encode(content).decode()
    data = [{"b64_json": text, "url": None, "revised_prompt": None}]
    return JSONResponse({"created": 1701234567, "data": data})


def url_answer(url: str) -> Response:
    return JSONResponse({"created": 1701234567, "data": [{"url": url}]})


async def _read_form(request: Request) -> dict[str, Any]:
    """Texts as they are; of files, by their field, what they hold."""
    order: dict[str, Any] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, str):
                order[name] = value
            else:
                order.setdefault(name, []).append(await value.read())
    return order
