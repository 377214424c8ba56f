"""A small server that answers as ComfyUI is documented to.

Sources: docs.comfy.org, "Routes" and "Messages"; ComfyUI's server.py, protocol.py (binary frames)
and execution.py (history, queue), and script_examples/websockets_api_example.py.
"""

import asyncio
import json
import struct
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from remote.serving import paint

PROMPT_ID = "6f962d0e-40d9-45e8-b378-7247258cadde"


def tell(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": {"prompt_id": PROMPT_ID, **data}})


def show(picture: bytes) -> bytes:
    return struct.pack(">II", 1, 1) + picture


def show_with_metadata(picture: bytes) -> bytes:
    metadata = json.dumps({"node_id": "3", "prompt_id": PROMPT_ID}).encode()
    return struct.pack(">II", 4, len(metadata)) + metadata + picture


class SmallComfyui:
    """What it was asked, and what it is to tell; without plans, all goes well."""

    def __init__(self) -> None:
        self.orders: list[dict[str, Any]] = []
        self.uploads: list[tuple[str, bytes]] = []
        self.asked: list[tuple[str, Any]] = []
        self.viewed: list[dict[str, str]] = []
        self.messages: list[str | bytes] = [
            tell("execution_start"),
            tell("progress", value=1, max=2, node="3"),
            show(paint(8, 8, 1, "JPEG")),
            tell("progress", value=2, max=2, node="3"),
            tell("execution_success"),
            tell("executing", node=None),
        ]
        self.closes_socket = False
        self.refusal: Response | None = None
        self.outputs: dict[str, Any] = {
            "8": {"images": [{"filename": "a.png", "subfolder": "", "type": "temp"}]},
            "9": {"images": [{"filename": "ä b.png", "subfolder": "x", "type": "output"}]},
        }
        self.status = {"status_str": "success", "completed": True, "messages": []}
        self.running: list[list[Any]] = []
        self.pending: list[list[Any]] = []
        self.history_after = 0
        self._may_go_on = asyncio.Event()
        self._client_id = ""
        self.app = Starlette(
            routes=[
                WebSocketRoute("/ws", self._talk),
                Route("/system_stats", lambda _: JSONResponse({"system": {}, "devices": []})),
                Route("/prompt", self._order, methods=["POST"]),
                Route("/upload/image", self._upload, methods=["POST"]),
                Route("/history/{id}", self._history),
                Route("/queue", self._queue, methods=["GET"]),
                Route("/view", self._view),
                Route("/{name}", self._note, methods=["POST"]),
            ]
        )

    async def _talk(self, socket: WebSocket) -> None:
        await socket.accept()
        self._client_id = socket.query_params["clientId"]
        status = {"status": {"exec_info": {"queue_remaining": 0}}, "sid": self._client_id}
        await socket.send_json({"type": "status", "data": status})
        await self._may_go_on.wait()
        for message in self.messages:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_text(message)
        if self.closes_socket:
            await socket.close()
            return
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            pass

    async def _order(self, request: Request) -> Response:
        order = await request.json()
        self.orders.append(order["prompt"])
        if self.refusal:
            return self.refusal
        assert order["client_id"] == self._client_id
        self._may_go_on.set()
        return JSONResponse({"prompt_id": PROMPT_ID, "number": 1, "node_errors": {}})

    async def _upload(self, request: Request) -> Response:
        async with request.form() as form:
            image: Any = form["image"]
            self.uploads.append((image.filename, await image.read()))
            assert form["overwrite"] == "true"
        return JSONResponse({"name": image.filename, "subfolder": "", "type": "input"})

    async def _history(self, request: Request) -> Response:
        if self.history_after:
            self.history_after -= 1
            return JSONResponse({})
        entry = {"prompt": [], "outputs": self.outputs, "status": self.status}
        return JSONResponse({request.path_params["id"]: entry})

    async def _queue(self, _: Request) -> Response:
        return JSONResponse({"queue_running": self.running, "queue_pending": self.pending})

    async def _view(self, request: Request) -> Response:
        self.viewed.append(dict(request.query_params))
        return Response(paint(64, 32, 9))

    async def _note(self, request: Request) -> Response:
        self.asked.append((request.path_params["name"], await request.json()))
        return Response()
