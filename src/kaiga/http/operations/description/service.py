"""How the service is: alive, ready, with which models, how busy, and this description."""

from kaiga.http.operations.description.parts import (
    NUMBER,
    OPEN,
    TEXT,
    Schema,
    answer_with,
    json_response,
    operation,
    response,
)

_TAG = "Kaiga: service"


def describe_service() -> Schema:
    """Describe the routes about the service itself."""
    alive = json_response({"type": "object", "required": ["status"]})
    models: dict[str, Schema] = {"models": {"type": "array", "items": {"type": "object"}}}
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
                security=[{}, {"key": []}],
            )
        },
        "/kaiga/v1/models": {
            "get": _describe_open(
                "describe_models",
                "Show the whole catalogue",
                json_response(answer_with(models)),
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


def _describe_open(name: str, summary: str, good: Schema, *refusals: str) -> Schema:
    return operation(name, _TAG, summary, good, refusals=refusals, security=OPEN)


def _describe_status() -> Schema:
    counted: Schema = {"type": "object", "additionalProperties": NUMBER}
    return answer_with(
        {
            "version": TEXT,
            "engine": TEXT,
            "uptime_seconds": {"type": "number"},
            "workers": counted,
            "queue": {"type": "object", "required": ["waiting", "running", "models"]},
            "running": {"type": "array", "items": {"type": "object"}},
            "since_start": counted,
        }
    )
