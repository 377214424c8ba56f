"""A small server that answers as that of stable-diffusion.cpp is documented to.

Source: github.com/leejet/stable-diffusion.cpp, examples/server/api.md, "sdcpp API".
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


class SmallSdCpp:
    """What it was asked, and what it is to answer; without plans, all goes well."""

    def __init__(self, film: bytes = b"") -> None:
        self.film = film
        self.orders: list[tuple[str, dict[str, Any]]] = []
        self.answer: Callable[[], Response] | None = None
        self.states: list[dict[str, Any]] = [{"status": "queued"}, {"status": "generating"}]
        self.seconds = 0.0
        """Until an order is answered."""
        self.canceled: list[str] = []
        self.app = Starlette(
            routes=[
                Route("/sdcpp/v1/capabilities", lambda _: JSONResponse({"model": {"name": "a"}})),
                Route("/sdcpp/v1/{kind:str}", self._order, methods=["POST"]),
                Route("/sdcpp/v1/jobs/{id}", self._look),
                Route("/sdcpp/v1/jobs/{id}/cancel", self._cancel, methods=["POST"]),
            ]
        )

    async def _order(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        self.orders.append((kind, await request.json()))
        if self.answer:
            return self.answer()
        await asyncio.sleep(self.seconds)
        job = {"id": "job_1", "kind": kind, "status": "queued", "created": 1775401200}
        return JSONResponse({**job, "poll_url": "/sdcpp/v1/jobs/job_1"}, 202)

    async def _look(self, request: Request) -> Response:
        state = self.states.pop(0) if self.states else self._end()
        if state.get("stays"):
            self.states.append(state)
        shared = {"id": request.path_params["id"], "result": None, "error": None}
        return JSONResponse({**shared, **state})

    async def _cancel(self, request: Request) -> Response:
        self.canceled.append(request.path_params["id"])
        return JSONResponse({"id": "job_1", "status": "cancelled"})

    def _end(self) -> dict[str, Any]:
        kind, order = self.orders[-1]
        if kind == "vid_gen":
            text = base64.b64encode(self.film).decode()
            made = {"output_format": "avi", "mime_type": "video/x-msvideo", "b64_json": text}
        else:
            text = base64.b64encode(paint(order["width"], order["height"], order["seed"])).decode()
            made = {"output_format": "png", "images": [{"index": 0, "b64_json": text}]}
        return {"status": "completed", "result": made}
