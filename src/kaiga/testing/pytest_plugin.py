"""The pytest plugin: the fixture `kaiga_server`, an emulator with a key that no other test has.

pytest loads this module in every run, so it imports nothing before a test asks for the fixture.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kaiga.testing.control import EmulatorControl

ADDRESS_VARIABLE = "KAIGA_EMULATOR_URL"
"""Names an emulator that runs already; unset, every process of the tests starts its own."""
_PACE = "kaiga_pace"
_FAULTS = "kaiga_faults"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of pytest's own configuration file."""
    parser.addini(
        _PACE,
        "seconds that tasks wait and run in tests with kaiga_server, as KAIGA_EMULATOR_PACE",
    )
    parser.addini(
        _FAULTS,
        "plans of faults that tests with kaiga_server begin with: names, or files, one a line",
        type="linelist",
    )


@pytest.fixture(scope="session")
def kaiga_emulator_url() -> Iterator[str]:
    """The address of the emulator that this process's tests share."""
    given = os.environ.get(ADDRESS_VARIABLE)
    with ExitStack() as stack:
        if not given:
            from kaiga.testing.process import EmulatorProcess  # noqa: PLC0415  see the module

            given = stack.enter_context(EmulatorProcess()).url
        yield given


@pytest.fixture
def kaiga_server(
    kaiga_emulator_url: str, pytestconfig: pytest.Config
) -> Iterator["EmulatorControl"]:
    """An emulator as one test sees it: `url`, `base_url`, `key`, and control over all of it.

    The key is new, and so an account of its own: nothing that another test does is seen here.
    """
    from kaiga.testing.control import EmulatorControl  # noqa: PLC0415  see the module

    key = f"sk-{secrets.token_hex(16)}"
    with EmulatorControl(kaiga_emulator_url, key) as control:
        _begin(control, pytestconfig)
        yield control


def _begin(control: "EmulatorControl", config: pytest.Config) -> None:
    """Have the account begin as the configuration file has it."""
    from kaiga.testing.beginning import apply_plans, set_pace  # noqa: PLC0415  see the module

    set_pace(control, config.getini(_PACE))
    apply_plans(control, config.getini(_FAULTS), config.rootpath)
