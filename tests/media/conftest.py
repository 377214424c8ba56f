from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from media.origins import Origin, open_origin


@pytest_asyncio.fixture
async def origin() -> AsyncIterator[Origin]:
    """A server on 127.0.0.1."""
    async with open_origin() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where inputs go; nothing else is in it."""
    made = tmp_path / "inputs"
    made.mkdir()
    return made
