"""`GET /openapi.json`: the contract's routes for tools that read OpenAPI 3.1."""

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.http.operations.order_schemas import describe_group

_Schema = dict[str, object]

_ERROR: _Schema = {
    "type": "object",
    "required": ["code", "message", "request_id"],
    "properties": {name: {"type": "string"} for name in ("code", "message", "request_id")},
}
_TASK_ID: _Schema = {
    "name": "task_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
}
_REFUSALS = ("400", "401", "403", "404", "429", "503")
_RESULTS_OR_TASK: _Schema = {
    "type": "object",
    "description": "The results where the call waited for them, else the task",
}


def make_openapi(catalogue: Catalogue, version: str) -> _Schema:
    """Describe the contract's routes, creates with every model of the catalogue."""
    operations = {each.operation for model in catalogue.list_models() for each in model.endpoints}
    creates = {
        f"/api/v1/services/{operation}": {"post": _describe_create(catalogue, operation)}
        for operation in sorted(operations)
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kaiga", "version": version},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": _ERROR},
        },
        "security": [{"key": []}],
        "paths": {**creates, **_describe_tasks(), **_describe_others()},
    }


def _describe_create(catalogue: Catalogue, operation: str) -> _Schema:
    offers = [
        (model, endpoint)
        for model in catalogue.list_models()
        for endpoint in model.list_endpoints(operation)
    ]
    modes = {endpoint.mode for _, endpoint in offers}
    return {
        "operationId": "create_" + operation.replace("/", "_").replace("-", "_"),
        "summary": "Create a task, or have its results at once where the model allows that",
        "parameters": [
            {
                "name": "X-DashScope-Async",
                "in": "header",
                "required": modes == {"async"},
                "schema": {"type": "string", "enum": ["enable"]},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"anyOf": [_order(model, endpoint) for model, endpoint in offers]}
                }
            },
        },
        "responses": _responses(
            {
                "type": "object",
                "required": ["output", "request_id"],
                "properties": {
                    "output": _output_schema() if modes == {"async"} else _RESULTS_OR_TASK,
                    "request_id": {"type": "string"},
                },
            },
            _REFUSALS if modes == {"async"} else (*_REFUSALS, "500"),
        ),
    }


def _order(model: Model, endpoint: Endpoint) -> _Schema:
    return {
        "type": "object",
        "title": f"{model.name}, {endpoint.mode}",
        "required": ["model", "input"],
        "properties": {
            "model": {"enum": [model.name, *model.aliases]},
            "input": describe_group(model.input_at(endpoint)),
            "parameters": describe_group(model.parameters_at(endpoint)),
        },
    }


def _describe_tasks() -> _Schema:
    answer: _Schema = {
        "type": "object",
        "required": ["request_id", "output"],
        "properties": {"output": _output_schema(), "request_id": {"type": "string"}},
    }
    listed: _Schema = {
        "type": "object",
        "required": ["request_id", "data", "total", "total_page", "page_no", "page_size"],
    }
    canceled: _Schema = {"type": "object", "required": ["request_id"]}
    return {
        "/api/v1/tasks": {
            "get": {
                "operationId": "list_tasks",
                "parameters": [
                    _query(name)
                    for name in ("task_id", "start_time", "end_time", "model_name", "status")
                ]
                + [_query(name, "integer") for name in ("page_no", "page_size")],
                "responses": _responses(listed),
            }
        },
        "/api/v1/tasks/{task_id}": {
            "parameters": [_TASK_ID],
            "get": {"operationId": "query_task", "responses": _responses(answer)},
        },
        "/api/v1/tasks/{task_id}/cancel": {
            "parameters": [_TASK_ID],
            "post": {"operationId": "cancel_task", "responses": _responses(canceled)},
        },
    }


def _describe_others() -> _Schema:
    """Describe what is around tasks: models, their limits, uploads and temporary keys."""
    page = [_query(name, "integer") for name in ("page_no", "page_size")]
    names = [_query(name) for name in ("model", "name", "providers", "capabilities")]
    lifetime = {"type": "integer", "minimum": 1, "maximum": 1800, "default": 60}
    return {
        "/api/v1/models": _describe_get("list_models", [*page, *names], "output"),
        "/api/v1/models/limits": _describe_get("list_model_limits", [*page, *names], "output"),
        "/api/v1/quotas": _describe_get("list_quotas", [*page, *names], "output"),
        "/api/v1/uploads": _describe_get(
            "get_upload_policy",
            [
                {**_query("action"), "required": True, "schema": {"enum": ["getPolicy"]}},
                {**_query("model"), "required": True, "schema": {"type": "string", "minLength": 1}},
            ],
            "data",
        ),
        "/api/v1/tokens": {
            "post": {
                "operationId": "create_temporary_key",
                "parameters": [{**_query("expire_in_seconds"), "schema": lifetime}],
                "responses": _responses(
                    {
                        "type": "object",
                        "required": ["token", "expires_at"],
                        "properties": {
                            "token": {"type": "string"},
                            "expires_at": {"type": "integer"},
                        },
                    }
                ),
            }
        },
    }


def _describe_get(operation_id: str, parameters: list[_Schema], member: str) -> _Schema:
    good: _Schema = {
        "type": "object",
        "required": ["request_id", member],
        "properties": {"request_id": {"type": "string"}, member: {"type": "object"}},
    }
    responses = _responses(good)
    return {"get": {"operationId": operation_id, "parameters": parameters, "responses": responses}}


def _query(name: str, kind: str = "string") -> _Schema:
    return {"name": name, "in": "query", "schema": {"type": kind}}


def _output_schema() -> _Schema:
    return {
        "type": "object",
        "required": ["task_id", "task_status"],
        "properties": {
            "task_id": {"type": "string"},
            "task_status": {
                "enum": ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELED", "UNKNOWN"]
            },
        },
    }


def _responses(good: _Schema, refusals: tuple[str, ...] = _REFUSALS) -> _Schema:
    refusal: _Schema = {"$ref": "#/components/schemas/Error"}
    return {
        "200": _response("As asked", good),
        **{status: _response("Refused", refusal) for status in refusals},
    }


def _response(meaning: str, schema: _Schema) -> _Schema:
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}
