"""Create calls: one path for each operation of the catalogue, with the orders of its models."""

from collections.abc import Mapping, Sequence
from typing import cast

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.tasks import LARGEST_PRIORITY, LEAST_PRIORITY
from kaiga.http.operations.description.order_schemas import describe_group
from kaiga.http.operations.description.parts import (
    EVENT,
    REFUSALS_OF_BODIES,
    TEXT,
    Schema,
    answer_with,
    header,
    json_body,
    json_response,
    operation,
    refer,
)

_ENABLE: Schema = {"type": "string", "enum": ["enable"]}
_FILES = {
    "image": "picture.png",
    "video": "clip.mp4",
    "audio": "sound.wav",
    "document": "script.txt",
    "link": "",
}
"""What stands in examples for a file of each kind."""
_EXTRAS = (
    header("X-DashScope-OssResourceResolve", _ENABLE, "Has `oss://` addresses resolved"),
    header("X-DashScope-WorkSpace", TEXT, "The workspace that the call runs in"),
    header(
        "Idempotency-Key",
        {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
        "Kaiga's own: a repeat of the call with the same key makes no second task",
    ),
    header(
        "X-Kaiga-Priority",
        {"type": "integer", "minimum": LEAST_PRIORITY, "maximum": LARGEST_PRIORITY, "default": 0},
        "Kaiga's own: before or after other tasks of the account",
    ),
    header(
        "X-Kaiga-Webhook",
        {"type": "string", "format": "uri"},
        "Kaiga's own: an address that is told of the task's end",
    ),
    header(
        "X-Kaiga-Lora",
        {"type": "string", "examples": ["ink", "ink:0.8, paper:0.5"]},
        "Kaiga's own: adapters (LoRA) of the model, by their ids on this server, with weights",
    ),
)
_HEADERS = {
    "X-Kaiga-Engine": "Which engine answers the model here",
    "X-Kaiga-Repeated": "true where an earlier call made the task",
}


def describe_creates(catalogue: Catalogue) -> Schema:
    """Describe the paths at which the models of the catalogue are called."""
    operations = {each.operation for model in catalogue.list_models() for each in model.endpoints}
    return {
        f"/api/v1/services/{name}": {"post": _describe_create(catalogue, name)}
        for name in sorted(operations)
    }


def _describe_create(catalogue: Catalogue, name: str) -> Schema:
    offers = [
        (model, endpoint)
        for model in catalogue.list_models()
        for endpoint in model.list_endpoints(name)
    ]
    is_async = {endpoint.mode for _, endpoint in offers} == {"async"}
    task = answer_with({"output": refer("CreatedTask")})
    waited = answer_with({"output": {"type": "object"}}, {"usage": {"type": "object"}})
    return operation(
        "create_" + name.replace("/", "_").replace("-", "_"),
        "Create",
        "Make a task" if is_async else "Make a task, or have its results at once",
        json_response(task, "The task is made", _HEADERS)
        if is_async
        else json_response(
            {"anyOf": [task, waited]},
            "The task is made, or has ended and these are its results",
            _HEADERS,
            {"text/event-stream": EVENT},
        ),
        parameters=_list_parameters(is_async=is_async),
        body=json_body(
            {"anyOf": [_describe_order(model, endpoint) for model, endpoint in offers]},
            {_name(model, endpoint): _exemplify(model, endpoint) for model, endpoint in offers},
        ),
        refusals=(*REFUSALS_OF_BODIES, "409") if is_async else (*REFUSALS_OF_BODIES, "409", "500"),
    )


def _list_parameters(*, is_async: bool) -> list[Schema]:
    mode = header(
        "X-DashScope-Async",
        _ENABLE,
        "Makes a task; without it the call waits for the results, where the model allows that",
        required=is_async,
    )
    stream = header("X-DashScope-SSE", _ENABLE, "Sends the results as events")
    return [mode, *_EXTRAS] if is_async else [mode, stream, *_EXTRAS]


def _name(model: Model, endpoint: Endpoint) -> str:
    return f"{model.name}, {endpoint.mode}"


def _describe_order(model: Model, endpoint: Endpoint) -> Schema:
    least = model.minimal_request_at(endpoint)
    return {
        "type": "object",
        "title": _name(model, endpoint),
        "required": ["model", "input"] if "input" in least else ["model"],
        "properties": {
            "model": {"enum": [model.name, *model.aliases]},
            "input": describe_group(model.input_at(endpoint)),
            "parameters": describe_group(model.parameters_at(endpoint)),
        },
    }


def _exemplify(model: Model, endpoint: Endpoint) -> object:
    """Give the least that a model takes, with addresses for its files."""
    return {"model": model.name, **_fill_in(model.minimal_request_at(endpoint))}


def _fill_in(members: Mapping[str, object]) -> dict[str, object]:
    return {name: _fill(value) for name, value in members.items()}


def _fill(value: object) -> object:
    match value:
        case str() if value.startswith("media:"):
            return f"https://example.com/{_FILES[value.split(':')[1]]}"
        case Mapping():
            return _fill_in(cast("Mapping[str, object]", value))
        case list() | tuple():
            return [_fill(item) for item in cast("Sequence[object]", value)]
        case _:
            return value
