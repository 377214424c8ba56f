"""An emulator's `/openapi.json` has its controls; another server's has none of them."""

import httpx
import openapi_spec_validator

from running import RunningKaiga

CONTROL = "/kaiga/v1/emulator/"
METHODS = ("get", "post", "put", "patch", "delete")


def describe(server: RunningKaiga) -> dict[str, dict[str, object]]:
    described = httpx.get(f"{server.base_url}/openapi.json").json()
    openapi_spec_validator.validate(described)
    return {path: item for path, item in described["paths"].items() if path.startswith(CONTROL)}


def test_every_control_that_is_described_is_there(emulator: RunningKaiga):
    wrong: list[str] = []
    with httpx.Client(headers={"Authorization": "Bearer sk-described-0001"}) as client:
        for path, item in describe(emulator).items():
            for method in METHODS:
                answer = client.request(
                    method, emulator.base_url + path.replace("{", "").replace("}", "")
                )
                is_there = "Request method" not in answer.text
                if is_there != (method in item):
                    wrong.append(f"{method} {path}: {answer.text}")

    assert wrong == []


def test_a_server_that_is_no_emulator_describes_no_controls(idle_server: RunningKaiga):
    assert describe(idle_server) == {}
