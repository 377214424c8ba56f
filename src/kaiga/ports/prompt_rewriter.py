"""What turns a short prompt into a fuller one."""

from typing import Literal, Protocol

import msgspec

PromptKind = Literal["picture", "clip", "edit"]
"""What the text is to lead to: a picture, a clip, or a changed picture."""
LONGEST_PROMPT = 2000
"""Characters of a rewritten prompt where its model names no limit."""


class PromptUse(msgspec.Struct, frozen=True, kw_only=True):
    """What a rewritten prompt is for; `longest` is how many characters its model reads of it."""

    kind: PromptKind = "picture"
    longest: int = LONGEST_PROMPT


ANY_PICTURE = PromptUse()


class PromptRewriter(Protocol):
    """Rewrites prompts; the same prompt and seed give the same text, as far as it is its own."""

    async def rewrite(self, prompt: str, seed: int, use: PromptUse = ANY_PICTURE) -> str:
        """Give `prompt` with composition, light, material and style added, in its own language.

        A prompt that is blank or already full comes back as it is. `seed` is 0 to 2147483647.
        The text may be longer than `use` allows; whoever asks cuts it.

        Raises:
            RewriteFailed: no text came that can stand for the prompt.
        """
        ...
