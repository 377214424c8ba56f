"""The manifest of a task: what made its results."""

from kaiga.http.operations.description.parts import (
    NUMBER,
    TEXT,
    Schema,
    answer_with,
    in_path,
    json_response,
    operation,
    or_null,
)

_OBJECT: Schema = {"type": "object"}
_DIGEST = or_null({"type": "string", "pattern": "^[0-9a-f]{64}$"})
_TIME = or_null(TEXT)


def describe_manifests() -> Schema:
    """Describe `/kaiga/v1/tasks/{task_id}/manifest`."""
    members: dict[str, Schema] = {
        **dict.fromkeys(("task_id", "status", "model", "operation"), TEXT),
        "engine": _describe("name", "version", "revision", each=or_null(TEXT)),
        "prompt": or_null(TEXT),
        "actual_prompt": or_null(TEXT),
        "seed": or_null(NUMBER),
        "parameters": or_null(_OBJECT),
        "inputs": {"type": "array", "items": _OBJECT},
        "timings": _describe("submitted_at", "scheduled_at", "ended_at", each=_TIME),
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["number", "seed"],
                "properties": {"number": NUMBER, "sha256": _DIGEST, "made_sha256": _DIGEST},
            },
        },
    }
    return {
        "/kaiga/v1/tasks/{task_id}/manifest": {
            "parameters": [in_path("task_id")],
            "get": operation(
                "show_manifest",
                "Kaiga: tasks",
                "Show what made the results of a task that has ended",
                json_response(answer_with(members)),
                description=(
                    "`sha256` is that of the file as it is published, `made_sha256` that of the "
                    "file before it was labelled and signed"
                ),
            ),
        }
    }


def _describe(*names: str, each: Schema) -> Schema:
    return {"type": "object", "required": list(names), "properties": dict.fromkeys(names, each)}
