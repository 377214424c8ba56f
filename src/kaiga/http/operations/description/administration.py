"""What is for keys with the role admin: keys, limits, links and copies of the database."""

from kaiga.http.operations.description.parts import (
    TEXT,
    Schema,
    answer_with,
    in_path,
    json_body,
    json_response,
    operation,
    query,
    refer,
    response,
)

_TAG = "Kaiga: administration"


def describe_administration() -> Schema:
    """Describe the routes of administration."""
    return {**_describe_keys(), **_describe_limits(), **_describe_rest()}


def _describe_keys() -> Schema:
    listed: dict[str, Schema] = {"keys": {"type": "array", "items": refer("ApiKey")}}
    made: Schema = {"allOf": [answer_with({"key": TEXT}), refer("ApiKey")]}
    wanted = json_body(
        refer("KeyWanted"), {"example": {"name": "studio", "role": "user"}}, required=False
    )
    return {
        "/kaiga/v1/keys": {
            "get": operation("list_keys", _TAG, "List keys", json_response(answer_with(listed))),
            "post": operation(
                "create_key",
                _TAG,
                "Make a key; it is shown this once",
                json_response(made),
                body=wanted,
            ),
        },
        "/kaiga/v1/keys/{key_id}": {
            "parameters": [in_path("key_id")],
            "delete": operation("revoke_key", _TAG, "Revoke a key", json_response(answer_with({}))),
        },
    }


def _describe_limits() -> Schema:
    listed: dict[str, Schema] = {
        "defaults": refer("Limits"),
        "rules": {"type": "array", "items": refer("LimitRule")},
    }
    return {
        "/kaiga/v1/limits": {
            "get": operation(
                "list_limits", _TAG, "List the rules", json_response(answer_with(listed))
            ),
            "patch": operation(
                "change_limit",
                _TAG,
                "Set limits for everybody, an account, a model, or a key",
                json_response(answer_with({"rule": refer("LimitRule")})),
                body=json_body(refer("LimitRule"), {"example": {"submissions_per_minute": 60}}),
            ),
            "delete": operation(
                "remove_limit",
                _TAG,
                "Forget a rule",
                json_response(answer_with({})),
                parameters=[query(name) for name in ("account", "model", "key_id")],
            ),
        }
    }


def _describe_rest() -> Schema:
    steps: Schema = {
        "anyOf": [refer("SnapshotProgress"), {"type": "object", "required": ["snapshot"]}]
    }
    lines = response(
        "One object a line; the last has the file", {"application/x-ndjson": {"schema": steps}}
    )
    return {
        "/kaiga/v1/links/rotate": {
            "post": operation(
                "rotate_links",
                _TAG,
                "Sign links with another key from now on",
                json_response(answer_with({})),
            )
        },
        "/kaiga/v1/snapshots": {
            "post": operation(
                "take_snapshot", _TAG, "Copy the database into the data folder", lines
            )
        },
    }
