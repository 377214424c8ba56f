"""The contract's routes around tasks: models, their limits, uploads and temporary keys."""

from collections.abc import Sequence

from kaiga.http.operations.description.parts import (
    NUMBER,
    TEXT,
    Schema,
    answer_with,
    json_response,
    operation,
    query,
)
from kaiga.service.keys.mint_temporary_key import DEFAULT_SECONDS, LONGEST_SECONDS

_TAG = "Around tasks"


def describe_surroundings() -> Schema:
    """Describe what is beside `/api/v1/services` and `/api/v1/tasks`."""
    quotas = "Tell what is allowed of each model"
    return {
        "/api/v1/models": _describe_list("list_models", "List the models", "models"),
        "/api/v1/models/limits": _describe_list("list_model_limits", quotas, "quotas"),
        "/api/v1/quotas": _describe_list("list_quotas", quotas, "quotas"),
        "/api/v1/uploads": {"get": _describe_policy()},
        "/api/v1/tokens": {"post": _describe_token()},
    }


def _describe_list(name: str, summary: str, member: str) -> Schema:
    output: Schema = {
        "type": "object",
        "required": ["total", "page_no", "page_size", member],
        "properties": {
            **dict.fromkeys(("total", "page_no", "page_size"), NUMBER),
            member: {"type": "array", "items": {"type": "object", "required": ["model"]}},
        },
    }
    parameters = [
        query("page_no", NUMBER),
        query("page_size", NUMBER, "200 at most"),
        *(query(each) for each in ("model", "name", "providers", "capabilities")),
    ]
    good = json_response(answer_with({"output": output}))
    return {"get": operation(name, _TAG, summary, good, parameters=parameters)}


def _describe_policy() -> Schema:
    texts = (
        *("policy", "signature", "upload_dir", "upload_host", "oss_access_key_id"),
        *("x_oss_object_acl", "x_oss_forbid_overwrite"),
    )
    numbers = ("expire_in_seconds", "max_file_size_mb", "capacity_limit_mb")
    return operation(
        "get_upload_policy",
        _TAG,
        "Have uploads permitted, and be told where they go",
        json_response(answer_with({"data": _describe_members(texts, numbers)})),
        parameters=[
            query("action", {"enum": ["getPolicy"]}, required=True),
            query("model", {"type": "string", "minLength": 1}, required=True),
        ],
    )


def _describe_token() -> Schema:
    lifetime: Schema = {
        "type": "integer",
        "minimum": 1,
        "maximum": LONGEST_SECONDS,
        "default": DEFAULT_SECONDS,
    }
    return operation(
        "create_temporary_key",
        _TAG,
        "Make a key that ends by itself",
        json_response(_describe_members(("token",), ("expires_at",))),
        parameters=[query("expire_in_seconds", lifetime)],
    )


def _describe_members(texts: Sequence[str], numbers: Sequence[str]) -> Schema:
    return {
        "type": "object",
        "required": [*texts, *numbers],
        "properties": {**dict.fromkeys(texts, TEXT), **dict.fromkeys(numbers, NUMBER)},
    }
