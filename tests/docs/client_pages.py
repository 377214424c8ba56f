"""What stands in `docs/clients/`, as programs and values that can be tried."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "clients"


def read_blocks(page: str, language: str) -> list[str]:
    """Give the code of a page that is in one language, in its order."""
    text = (FOLDER / page).read_text("utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no {language}"
    return found


def cut(text: str, before: str, after: str) -> str:
    """Give what stands between two marks."""
    assert before in text, before
    return text.partition(before)[2].partition(after)[0]
