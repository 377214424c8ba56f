from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fakes import MemoryObjects, MemoryUploads, SetCalendar
from kaiga.domain.fetch_rules import read_allowed_place
from kaiga.media.fetching import HttpxFetcher
from media.origins import Origin, answer, open_origin
from service.building import build_inputs, open_links
from service.collecting import BLUE, RED, Collecting
from service.telling import Telling, open_telling
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


@pytest.fixture
async def collecting(
    store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar
) -> AsyncIterator[Collecting]:
    folder, uploads = store.folder / "inputs", MemoryUploads()
    links = await open_links(store.tasks, store.keys, calendar)
    fetcher = HttpxFetcher(allowed=[read_allowed_place("127.0.0.1")], timeout_seconds=30)
    collect = build_inputs(
        folder,
        store.tasks,
        store.keys,
        objects,
        calendar,
        links=links,
        uploads=uploads,
        fetcher=fetcher,
    )
    made = Collecting(
        collect=collect,
        store=store,
        objects=objects,
        uploads=uploads,
        links=links,
        calendar=calendar,
        folder=folder,
    )
    yield made
    assert made.leftovers() == []


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with open_origin() as opened:
        opened.plays["/red.png"] = answer(RED)
        opened.plays["/blue.png"] = answer(BLUE)
        yield opened


@pytest.fixture
async def telling(store: TroubledStore, calendar: SetCalendar) -> AsyncIterator[Telling]:
    opened = open_telling(store, calendar)
    yield opened
    opened.events.stop()
