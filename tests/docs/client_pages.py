"""What stands in `docs/clients/`, as programs and values that can be tried."""

from pathlib import Path

from docs.fences import blocks_of

FOLDER = Path(__file__).parents[2] / "docs" / "clients"


def read_blocks(page: str, language: str) -> list[str]:
    """Give the code of a page that is in one language, in its order."""
    found = [block.text for block in blocks_of(FOLDER / page) if block.language == language]
    assert found, f"{page} has no {language}"
    return found


def cut(text: str, before: str, after: str) -> str:
    """Give what stands between two marks."""
    assert before in text, before
    return text.partition(before)[2].partition(after)[0]
