"""Has the SDK call this test's emulator, and time pass there instead of here."""

from collections.abc import Callable

import dashscope
import pytest

from kaiga.testing import EmulatorControl


@pytest.fixture(autouse=True)
def emulator(kaiga_server: EmulatorControl, monkeypatch: pytest.MonkeyPatch) -> EmulatorControl:
    """An emulator of the test's own, which the SDK calls."""
    monkeypatch.setattr(dashscope, "api_key", kaiga_server.key)
    monkeypatch.setattr(dashscope, "base_http_api_url", kaiga_server.base_url)
    return kaiga_server


@pytest.fixture
def sleep(emulator: EmulatorControl) -> Callable[[float], None]:
    """Sleeps by the emulator's clock: hours pass at once."""
    return lambda seconds: emulator.advance(seconds=seconds) and None
