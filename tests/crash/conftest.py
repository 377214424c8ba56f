from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _linux_only() -> None:
    if not Path("/proc/self/status").exists():
        pytest.skip("these tests find child processes through /proc")
