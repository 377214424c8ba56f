"""What tests do with an emulator besides calling its API."""

from typing import Any

import httpx

from running import CREATE, RunningKaiga

ASYNC = {"X-DashScope-Async": "enable"}
CLIP_CREATE = "/services/aigc/video-generation/video-synthesis"


def control(emulator: RunningKaiga, client: httpx.Client, verb: str, what: str, **body: Any) -> Any:
    """Call a control route as the client's account; gives its answer."""
    url = f"{emulator.base_url}/kaiga/v1/emulator/{what}"
    answer = client.request(verb, url, json=body or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def order(client: httpx.Client, body: dict[str, Any], path: str = CREATE) -> str:
    """Create any task; gives its id."""
    answer = client.post(path, json=body, headers=ASYNC)
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def status_of(client: httpx.Client, task_id: str) -> str:
    return client.get(f"/tasks/{task_id}").json()["output"]["task_status"]


def find_links(value: object) -> list[str]:
    """Give all links of an answer, in their order."""
    match value:
        case str():
            return [value] if value.startswith("http") and "Signature=" in value else []
        case dict():
            return [link for each in value.values() for link in find_links(each)]
        case list():
            return [link for each in value for link in find_links(each)]
        case _:
            return []
