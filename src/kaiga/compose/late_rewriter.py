"""A rewriter of prompts that is loaded when there is a prompt to rewrite."""

import asyncio

from kaiga.ports.prompt_rewriter import PromptRewriter


class LateRewriter:
    """Implements `PromptRewriter` by the embedded one, whose phrasebooks take a while to read."""

    def __init__(self) -> None:
        self._loaded: PromptRewriter | None = None

    async def rewrite(self, prompt: str, seed: int) -> str:
        """See the port."""
        if self._loaded is None:
            self._loaded = await asyncio.to_thread(_load)
        return await self._loaded.rewrite(prompt, seed)


def _load() -> PromptRewriter:
    from kaiga.rewriters.rules import RuleRewriter  # noqa: PLC0415  slow to import

    return RuleRewriter()
