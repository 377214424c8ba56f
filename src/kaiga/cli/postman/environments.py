"""Environments: where a server is, with which key, and what is ordered there."""

from collections.abc import Mapping

from kaiga.cli.postman.items import JsonObject, make_id

DEFAULT_BASE_URL = "http://127.0.0.1:8600/api/v1"
DEFAULT_MODEL = "wan2.5-t2i-preview"
DEFAULT_PROMPT = "A flower shop with a wooden door and flowers on display"
DEFAULT_SIZE = "1280*1280"

CLOUDS: Mapping[str, str] = {
    "beijing": "https://dashscope.aliyuncs.com/api/v1",
    "singapore": "https://dashscope-intl.aliyuncs.com/api/v1",
    "virginia": "https://dashscope-us.aliyuncs.com/api/v1",
}
"""The shared hosts of the real service, by where they are (contract/core.md, 9.4)."""


def make_postman_environment(
    *,
    api_key: str = "",
    name: str = "Kaiga",
    base_url: str = DEFAULT_BASE_URL,
    model: str = DEFAULT_MODEL,
    prompt: str = DEFAULT_PROMPT,
    size: str = DEFAULT_SIZE,
    n: int = 1,
) -> JsonObject:
    """Make an environment for the collection, with `api_key` as a secret.

    Its id depends on `name` alone: an environment of another name is another environment.
    """
    variables = list_variables(base_url=base_url, model=model, prompt=prompt, size=size, n=n)
    variables["apiKey"] = api_key
    return {
        "id": make_id("environment", name),
        "name": name,
        "values": [
            {
                "key": key,
                "value": value,
                "type": "secret" if key == "apiKey" else "default",
                "enabled": True,
            }
            for key, value in variables.items()
        ],
        "_postman_variable_scope": "environment",
    }


def make_cloud_environments() -> Mapping[str, JsonObject]:
    """Make an environment for each region of the real service, by its name; none has a key."""
    return {
        place: make_postman_environment(name=f"Model Studio, {place.title()}", base_url=url)
        for place, url in CLOUDS.items()
    }


def list_variables(*, base_url: str, model: str, prompt: str, size: str, n: int) -> dict[str, str]:
    """Give what every environment has; `base_url` ends in `/api/v1`, `size` is in pixels."""
    return {
        "baseUrl": base_url.rstrip("/"),
        "apiKey": "",
        "model": model,
        "prompt": prompt,
        "size": size,
        "n": str(n),
        "taskId": "",
        "resultUrl": "",
    }
