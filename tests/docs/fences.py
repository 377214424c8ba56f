"""The fenced code of documents.

What follows the language on a fence's first line says what the block is: `not-run`, `answer`
for what the command before it prints, or the name of the file that it is to be saved as.
"""

import re
from dataclasses import dataclass
from pathlib import Path

NOT_RUN = "not-run"
ANSWER = "answer"

FENCE = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Fenced text: its language, and what stands beside it."""

    language: str
    note: str
    text: str

    @property
    def lines(self) -> list[str]:
        """The lines, with those that end in a backslash joined to the next."""
        return self.text.replace("\\\n", " ").splitlines()


def blocks_in(text: str) -> list[Block]:
    """Give the blocks of a text, in their order."""
    found = FENCE.finditer(text)
    return [Block(language=each[1], note=each[2] or "", text=each[3]) for each in found]


def blocks_of(page: Path) -> list[Block]:
    """Give the blocks of a document, in their order."""
    return blocks_in(page.read_text("utf-8"))
