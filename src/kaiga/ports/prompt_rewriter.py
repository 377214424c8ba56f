"""What turns a short prompt into a fuller one."""

from typing import Protocol


class PromptRewriter(Protocol):
    """Rewrites prompts; the same prompt and seed always give the same text."""

    async def rewrite(self, prompt: str, seed: int) -> str:
        """Give `prompt` with composition, light, material and style added, in its own language.

        A prompt that is already full comes back as it is. `seed` is 0 to 2147483647.
        """
        ...
