"""A content check that asks an endpoint with OpenAI's moderations."""

from base64 import b64encode

import msgspec

from kaiga.domain.errors import ContentCheckAway
from kaiga.outgoing.json_endpoint import EndpointFailed, JsonEndpoint

_PATH = "moderations"
"""Source: the API reference of OpenAI, Create moderation."""
_UNUSABLE = "its answer is no moderation"


class _Judgement(msgspec.Struct, frozen=True):
    flagged: bool


class _Moderation(msgspec.Struct, frozen=True):
    results: tuple[_Judgement, ...]


_decode = msgspec.json.Decoder(_Moderation).decode


class ModerationCheck:
    """Implements `ContentCheck`: refuses what the endpoint flags.

    Without a `model` the endpoint takes its own. Pictures go along as data URIs, one a request:
    more are refused by the endpoint.
    """

    def __init__(self, endpoint: JsonEndpoint, model: str | None, *, pictures: bool) -> None:
        self._endpoint = endpoint
        self._model = {"model": model} if model else {}
        self._looks_at_pictures = pictures

    @property
    def looks_at_pictures(self) -> bool:
        """See the port."""
        return self._looks_at_pictures

    async def allows_text(self, text: str) -> bool:
        """See the port."""
        return await self._allows(text.encode("utf-8", "replace").decode())

    async def allows_picture(self, picture: bytes) -> bool:
        """See the port."""
        url = f"data:image/webp;base64,{b64encode(picture).decode()}"
        return await self._allows([{"type": "image_url", "image_url": {"url": url}}])

    async def _allows(self, order: object) -> bool:
        try:
            answer = await self._endpoint.post(_PATH, {**self._model, "input": order})
        except EndpointFailed as failed:
            raise ContentCheckAway(str(failed)) from None
        try:
            judgements = _decode(answer).results
        except msgspec.DecodeError:
            raise ContentCheckAway(_UNUSABLE) from None
        if not judgements:
            raise ContentCheckAway(_UNUSABLE)
        return not any(judgement.flagged for judgement in judgements)
