"""The rewriter of a server whose prompts are not rewritten."""

from kaiga.ports.prompt_rewriter import ANY_PICTURE, PromptUse


class UnchangedPrompts:
    """Implements `PromptRewriter`; every prompt is full already."""

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:
        """See the port."""
        del seed, use
        return prompt
