"""Every engine keeps what the ports promise, over real children and real servers."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from emulator.controlling import Tester
from engine_contract.engine_contract import EngineContract, TriedEngine
from engine_contract.local_engines import open_batching, open_odd, open_sketch
from engine_contract.remote_engines import BUILDERS, open_remote
from engine_contract.upstream_engine import open_upstream
from kaiga.domain.engines import EngineState
from remote.pooling import pooled
from remote.serving import Changing, find_port, served
from running import RunningKaiga

LOCAL = {"odd": open_odd, "batching": open_batching, "sketch": open_sketch}


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Changing, str]]:
    changing = Changing()
    with served(changing) as address:
        yield changing, address


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tester]:
    """An account at an emulator, which stands for an upstream."""
    folder = tmp_path_factory.mktemp("upstream") / "data"
    emulator = RunningKaiga(folder, {"KAIGA_EMULATOR": "true"}).start()
    with Tester(emulator) as tester:
        yield tester
    emulator.stop()


class TestChildren(EngineContract):
    @pytest.fixture(params=sorted(LOCAL))
    async def engine(self, request: pytest.FixtureRequest) -> AsyncIterator[TriedEngine]:
        async with LOCAL[request.param]() as engine:
            yield engine


class TestUpstream(EngineContract):
    @pytest.fixture
    async def engine(self, account: Tester, tmp_path: Path) -> AsyncIterator[TriedEngine]:
        async with open_upstream(account, tmp_path) as engine:
            yield engine


class TestServers(EngineContract):
    @pytest.fixture(params=sorted(BUILDERS))
    async def engine(
        self, request: pytest.FixtureRequest, place: tuple[Changing, str], tmp_path: Path
    ) -> AsyncIterator[TriedEngine]:
        async with open_remote(request.param, place, tmp_path) as engine:
            yield engine


@pytest.mark.parametrize("kind", sorted(BUILDERS))
async def test_a_server_that_is_not_there_is_away(kind: str, tmp_path: Path):
    async with pooled(
        BUILDERS[kind](f"http://127.0.0.1:{find_port()}", tmp_path), tmp_path
    ) as pool:
        health = await pool.check_health()

    assert health.state is EngineState.AWAY
    assert health.message
