"""An emulator's `/openapi.json` has its controls; another server's has none of them."""

from typing import Any

import httpx
import openapi_spec_validator

from running import RunningKaiga

CONTROL = "/kaiga/v1/emulator/"


def describe(server: RunningKaiga) -> list[tuple[str, str]]:
    """Give method and path of every control that a server describes."""
    described: dict[str, Any] = httpx.get(f"{server.base_url}/openapi.json").json()
    openapi_spec_validator.validate(described)
    return [
        (method, path)
        for path, item in described["paths"].items()
        for method in item.keys() - {"parameters"}
        if path.startswith(CONTROL)
    ]


def test_every_control_that_is_described_is_there(emulator: RunningKaiga):
    controls = describe(emulator)

    missing: list[str] = []
    with httpx.Client(headers={"Authorization": "Bearer sk-described-0001"}) as client:
        for method, path in controls:
            named = path.replace("{", "").replace("}", "")
            answer = client.request(method, emulator.base_url + named)
            if "Request method" in answer.text or "Request path" in answer.text:
                missing.append(f"{method} {path}: {answer.text}")

    assert len(controls) > 20
    assert missing == []


def test_a_server_that_is_no_emulator_describes_no_controls(idle_server: RunningKaiga):
    assert describe(idle_server) == []
