from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes import MemoryObjects, SetCalendar
from service.troubled_store import TroubledStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[TroubledStore]:
    opened = TroubledStore(tmp_path)
    yield opened
    opened.database.close()


@pytest.fixture
def calendar() -> SetCalendar:
    return SetCalendar()


@pytest.fixture
def objects(calendar: SetCalendar) -> MemoryObjects:
    return MemoryObjects(calendar)
