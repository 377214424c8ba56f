"""The rewriter itself: one question to a language model, and what of its answer is a prompt."""

from kaiga.domain.errors import RewriteFailed
from kaiga.outgoing.json_endpoint import EndpointFailed, JsonEndpoint
from kaiga.ports.prompt_rewriter import ANY_PICTURE, PromptUse
from kaiga.rewriters.chat.answers import read_rewritten
from kaiga.rewriters.chat.instructing import make_instruction

_PATH = "chat/completions"
"""Source: the API reference of OpenAI, Create chat completion; Ollama and vLLM have the same."""


class ChatRewriter:
    """Implements `PromptRewriter`; `model` is what the endpoint calls the language model.

    The temperature is 0 and the seed goes along, so that the same prompt gives the same text as
    far as the endpoint can.
    """

    def __init__(self, endpoint: JsonEndpoint, model: str) -> None:
        self._endpoint = endpoint
        self._model = model

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:
        """See the port."""
        if not prompt.strip():
            return prompt
        written = prompt.encode("utf-8", "replace").decode()  # half a surrogate pair is no UTF-8
        body = {
            "model": self._model,
            "messages": [
                {"role": "system", "content": make_instruction(written, use)},
                {"role": "user", "content": written},
            ],
            "temperature": 0,
            "seed": seed,
            "stream": False,
        }
        try:
            return read_rewritten(await self._endpoint.post(_PATH, body))
        except EndpointFailed as failed:
            raise RewriteFailed(str(failed)) from None
