"""The pieces that every description of an operation is put together from."""

from collections.abc import Mapping, Sequence
from typing import cast

from kaiga.http.dashscope.queries import LARGEST_NUMBER_DIGITS
from kaiga.http.operations.description.example_table import find_example

Schema = dict[str, object]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
TIME: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
EVENT: Schema = {
    "type": "object",
    "description": "One event of a stream; data is JSON",
    "properties": {"id": TEXT, "event": TEXT, "data": TEXT},
}
REQUEST_ID: Schema = {"type": "string", "description": "Also in the header x-request-id"}

_JSON = "application/json"
_LARGEST_COUNT = 10**LARGEST_NUMBER_DIGITS - 1
USUAL_REFUSALS = ("400", "401", "403", "404", "429", "503")
REFUSALS_OF_BODIES = (*USUAL_REFUSALS, "408")
_REFUSED_FOR = {
    "400": "Something in the request can't be",
    "401": "The key is missing, or not good here",
    "403": "The key may not do this",
    "404": "There is no such thing here",
    "408": "The body came too slowly",
    "409": "It contradicts what is there already",
    "429": "Too much at once; try again after Retry-After seconds",
    "500": "The task failed, or took longer than such a call may wait",
    "503": "A part of the service does not answer; try again after Retry-After seconds",
}
OPEN: Sequence[Schema] = ()
"""The security of routes that take no key."""


def refer(name: str) -> Schema:
    """Refer to a schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def members_of(required: Mapping[str, Schema], optional: Mapping[str, Schema] = {}) -> Schema:
    """Describe an object that has these members."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def answer_with(required: Mapping[str, Schema], optional: Mapping[str, Schema] = {}) -> Schema:
    """Describe an answer that has these members beside its request id."""
    return members_of({"request_id": REQUEST_ID, **required}, optional)


def list_of(schema: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": schema}


def count_up_to(most: int, usual: int) -> Schema:
    """Describe how many are wished for; who wishes for more than `most` gets that many."""
    return {
        "type": "integer",
        "minimum": 1,
        "maximum": _LARGEST_COUNT,
        "default": usual,
        "description": f"{most} at most",
    }


def or_null(schema: Schema) -> Schema:
    """Describe what may be absent as null."""
    return {"anyOf": [schema, {"type": "null"}]}


def query(name: str, schema: Schema = TEXT, meaning: str = "", *, required: bool = False) -> Schema:
    """Describe a parameter after the `?`."""
    return _parameter(name, "query", schema, meaning, required=required)


def header(
    name: str, schema: Schema = TEXT, meaning: str = "", *, required: bool = False
) -> Schema:
    """Describe a header of the request."""
    return _parameter(name, "header", schema, meaning, required=required)


def in_path(name: str) -> Schema:
    """Describe a part of the path."""
    return _parameter(name, "path", {"type": "string", "minLength": 1}, "", required=True)


def _parameter(name: str, place: str, schema: Schema, meaning: str, *, required: bool) -> Schema:
    told = {"description": meaning} if meaning else {}
    return {"name": name, "in": place, "required": required, "schema": schema, **told}


def json_body(schema: Schema, examples: Mapping[str, object], *, required: bool = True) -> Schema:
    """Describe a body of JSON, with examples by name."""
    shown = {name: {"value": value} for name, value in examples.items()}
    content = {"schema": schema, "examples": shown}
    return {"required": required, "content": {_JSON: content}}


def operation(
    name: str,
    tag: str,
    summary: str,
    good: Schema,
    *,
    parameters: Sequence[Schema] = (),
    body: Schema | None = None,
    refusals: Sequence[str] | None = None,
    security: Sequence[Schema] | None = None,
    **further: object,
) -> Schema:
    """Describe one method of one path; `good` is its response with the status 200.

    `refusals` are the usual ones unless they are given.
    """
    if refusals is None:
        refusals = USUAL_REFUSALS if body is None else REFUSALS_OF_BODIES
    described: Schema = {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "parameters": list(parameters),
        "responses": {
            "200": _exemplify(name, good),
            **{status: _refuse(status) for status in refusals},
        },
        **further,
    }
    if body is not None:
        described["requestBody"] = body
    if security is not None:
        described["security"] = list(security)
    return described


def json_response(
    schema: Schema,
    meaning: str = "As asked",
    headers: Mapping[str, str] = {},
    further: Mapping[str, Schema] = {},
) -> Schema:
    """Describe a response of JSON; `headers` has what each of its own headers means.

    `further` has the schemas of other media types in which it may come.
    """
    kinds = {_JSON: schema, **further}
    return response(meaning, {kind: {"schema": each} for kind, each in kinds.items()}, headers)


def response(
    meaning: str, content: Mapping[str, object], headers: Mapping[str, str] = {}
) -> Schema:
    """Describe a response by its media types."""
    described: Schema = {"description": meaning}
    if content:
        described["content"] = dict(content)
    if headers:
        described["headers"] = {
            name: {"schema": TEXT, "description": told} for name, told in headers.items()
        }
    return described


def _exemplify(name: str, good: Schema) -> Schema:
    """Put the example of an operation into its response."""
    example = find_example(name)
    content = cast("Mapping[str, Schema]", good.get("content", {}))
    if example is None or _JSON not in content:
        return good
    return {**good, "content": {**content, _JSON: {**content[_JSON], "example": example}}}


def _refuse(status: str) -> Schema:
    return json_response(refer("Error"), _REFUSED_FOR[status])
