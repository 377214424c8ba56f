from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from worker.workshop import Workshop


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    workshop = Workshop(tmp_path)
    yield workshop
    workshop.database.close()
