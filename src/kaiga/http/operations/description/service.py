"""How the service is: alive, ready, with which models, how busy, and this description."""

from kaiga.http.operations.description.parts import (
    NUMBER,
    OPEN,
    TEXT,
    Schema,
    answer_with,
    json_response,
    list_of,
    members_of,
    operation,
    query,
    refer,
    response,
)

_TAG = "Kaiga: service"
_THINGS: Schema = {"type": "array", "items": {"type": "object"}}


def describe_service() -> Schema:
    """Describe the routes about the service itself."""
    alive = json_response({"type": "object", "required": ["status"]})
    models: dict[str, Schema] = {"models": _THINGS}
    document = json_response({"type": "object", "required": ["openapi", "info", "paths"]})
    numbers = response("Prometheus' text format", {"text/plain": {"schema": TEXT}})
    return {
        "/healthz": {"get": _describe_open("health", "Tell whether it is alive", alive)},
        "/readyz": {
            "get": _describe_open("ready", "Tell whether the task store answers", alive, "503")
        },
        "/openapi.json": {"get": _describe_open("describe", "Give this description", document)},
        "/metrics": {
            "get": operation(
                "metrics",
                _TAG,
                "Give the numbers; a key is needed from other machines alone",
                numbers,
                refusals=("401", "403"),
                security=[{}, {"key": []}, {"session": []}],
            )
        },
        "/kaiga/v1/models": {
            "get": _describe_open(
                "describe_models",
                "Show the whole catalogue",
                json_response(answer_with(models)),
            )
        },
        "/kaiga/v1/forms": {"get": _describe_forms()},
        "/kaiga/v1/postman/collection": {
            "get": _describe_open(
                "get_postman_collection",
                "Give the Postman collection of the whole API",
                json_response(members_of({"info": {"type": "object"}, "item": _THINGS})),
            )
        },
        "/kaiga/v1/postman/environment": {
            "get": _describe_open(
                "get_postman_environment",
                "Give the Postman environment for this server; its key is still to be filled in",
                json_response(members_of({"name": TEXT, "values": _THINGS})),
            )
        },
        "/kaiga/v1/status": {
            "get": operation(
                "status",
                _TAG,
                "Show the queue and the workers as they are now, for keys with the role admin",
                json_response(_describe_status()),
            )
        },
    }


def _describe_forms() -> Schema:
    listed: dict[str, Schema] = {"models": list_of(refer("ModelInShort"))}
    return operation(
        "show_forms",
        _TAG,
        "List the models in short, or tell what a form needs to know of one",
        json_response({"anyOf": [refer("ModelForm"), answer_with(listed)]}),
        parameters=[query("model", meaning="The one to tell of; all are listed without it")],
        refusals=("400",),
        security=OPEN,
    )


def _describe_open(name: str, summary: str, good: Schema, *refusals: str) -> Schema:
    return operation(name, _TAG, summary, good, refusals=refusals, security=OPEN)


def _describe_status() -> Schema:
    counted: Schema = {"type": "object", "additionalProperties": NUMBER}
    return answer_with(
        {
            "version": TEXT,
            "engine": TEXT,
            "engines": _THINGS,
            "uptime_seconds": {"type": "number"},
            "workers": counted,
            "queue": {"type": "object", "required": ["waiting", "running", "models"]},
            "running": _THINGS,
            "members": _THINGS,
            "since_start": counted,
        }
    )
