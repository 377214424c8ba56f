"""Images, videos and models in OpenAI's shapes, below `/v1`."""

from collections.abc import Mapping, Sequence

from kaiga.http.operations.description.openai_schemas import OPENAI_ERROR
from kaiga.http.operations.description.parts import (
    EVENT,
    FILE,
    FLAG,
    REFUSALS_OF_BODIES,
    TEXT,
    USUAL_REFUSALS,
    Schema,
    header,
    in_path,
    json_response,
    list_of,
    members_of,
    operation,
    or_null,
    query,
    refer,
    response,
)
from kaiga.ports.thumbnail_maker import THUMBNAIL_TYPE

OPENAI_TAG = "OpenAI's shapes"

_TASK_ID = {"X-Kaiga-Task-Id": "The task that this is about"}
_PROMPT: Schema = {"type": "string", "description": "Empty only where a model takes none"}
_SIZE: Schema = {"type": "string", "examples": ["1024x1024", "auto"]}
_MODEL: Schema = {"type": "string", "description": "A name that GET /v1/models lists"}
_REFERENCE: Schema = {
    "type": "object",
    "properties": {"image_url": {"type": "string", "description": "Also an oss:// or data: one"}},
}
_FURTHER = (
    "Members of the model's own, such as seed, negative_prompt and prompt_extend, are taken as "
    "well; what a model does not know is refused."
)


def describe_openai() -> Schema:
    """Describe every route below `/v1`."""
    return {**_describe_images(), **_describe_videos(), **_describe_models()}


def _describe_images() -> Schema:
    shared: dict[str, Schema] = {
        "model": _MODEL,
        "prompt": _PROMPT,
        "n": {"type": "integer", "minimum": 1, "description": "1 unless given"},
        "size": _SIZE,
        "response_format": {"enum": ["b64_json", "url"]},
        "stream": FLAG,
        "partial_images": {"type": "integer", "minimum": 0, "maximum": 3},
    }
    address: Schema = {"anyOf": [TEXT, _REFERENCE]}
    listed: dict[str, Schema] = {
        "images": list_of(address),
        "mask": address,
    }
    files: dict[str, Schema] = {"image": list_of(FILE), "mask": FILE}
    events: dict[str, Schema] = {"text/event-stream": EVENT}
    good = json_response(refer("OpenaiImages"), "The pictures", _TASK_ID, events)
    return {
        "/v1/images/generations": {
            "post": _describe(
                "generate_images",
                "Make pictures of words, and wait for them",
                good,
                body=_body({"application/json": (("prompt",), shared)}),
                refusals=(*REFUSALS_OF_BODIES, "500"),
                description=_FURTHER,
            )
        },
        "/v1/images/edits": {
            "post": _describe(
                "edit_images",
                "Make pictures of pictures and words, and wait for them",
                good,
                body=_body(
                    {
                        "multipart/form-data": (("image", "prompt"), {**shared, **files}),
                        "application/json": (("images", "prompt"), {**shared, **listed}),
                    }
                ),
                refusals=(*REFUSALS_OF_BODIES, "500"),
                description=_FURTHER,
            )
        },
    }


def _describe_videos() -> Schema:
    shared: dict[str, Schema] = {
        "model": _MODEL,
        "prompt": _PROMPT,
        "seconds": {"type": ["string", "integer"], "examples": ["5"]},
        "size": _SIZE,
    }
    video = json_response(refer("OpenaiVideo"), headers=_TASK_ID)
    listed: dict[str, Schema] = {
        "object": {"const": "list"},
        "data": list_of(refer("OpenaiVideo")),
        "first_id": or_null(TEXT),
        "last_id": or_null(TEXT),
        "has_more": FLAG,
    }
    deleted: dict[str, Schema] = {
        "id": TEXT,
        "object": {"const": "video.deleted"},
        "deleted": FLAG,
    }
    return {
        "/v1/videos": {
            "post": _describe(
                "create_video",
                "Order a clip",
                video,
                body=_body(
                    {
                        "application/json": (
                            ("prompt",),
                            {**shared, "input_reference": _REFERENCE},
                        ),
                        "multipart/form-data": (
                            ("prompt",),
                            {**shared, "input_reference": FILE},
                        ),
                    }
                ),
                description=_FURTHER,
            ),
            "get": _describe(
                "list_videos",
                "List the account's clips, whichever way they were ordered",
                json_response(members_of(listed)),
                parameters=[
                    query("after", meaning="The id of the last one of the page before"),
                    query("limit", {"type": "integer", "minimum": 1, "maximum": 100}),
                    query("order", {"enum": ["desc", "asc"]}),
                ],
            ),
        },
        "/v1/videos/{video_id}": {
            "parameters": [in_path("video_id")],
            "get": _describe("show_video", "Ask how a clip comes on", video),
            "delete": _describe(
                "delete_video",
                "Delete a clip; one that is not made yet is stopped first",
                json_response(members_of(deleted), headers=_TASK_ID),
                refusals=(*USUAL_REFUSALS, "500"),
            ),
        },
        "/v1/videos/{video_id}/content": {
            "parameters": [in_path("video_id")],
            "get": _describe_content(),
        },
    }


def _describe_content() -> Schema:
    content = {kind: {"schema": FILE} for kind in ("video/mp4", THUMBNAIL_TYPE)}
    described = _describe(
        "download_video",
        "Fetch the file of a clip, or a small picture of it",
        response("The file", content, _TASK_ID),
        parameters=[
            query("variant", {"enum": ["video", "thumbnail"]}),
            header("Range", meaning="bytes=0-99"),
        ],
    )
    more = {
        "206": response("The part that was asked for", content),
        "304": response("The file that the caller has already", {}),
        "416": response("There is no such part of the file", {}),
    }
    responses = described["responses"]
    return {**described, "responses": {**responses, **more}} if isinstance(responses, dict) else {}


def _describe_models() -> Schema:
    listed: dict[str, Schema] = {
        "object": {"const": "list"},
        "data": list_of(refer("OpenaiModel")),
    }
    model = json_response(refer("OpenaiModel"))
    return {
        "/v1/models": {
            "get": _describe(
                "list_openai_models",
                "List the names that may be given for models below /v1",
                json_response(members_of(listed)),
            )
        },
        "/v1/models/{model}": {
            "parameters": [in_path("model")],
            "get": _describe("show_openai_model", "Show what a name stands for", model),
        },
        "/v1/models/{maker}/{model}": {
            "parameters": [in_path("maker"), in_path("model")],
            "get": _describe(
                "show_openai_model_of_maker",
                "Show what a name with a slash in it stands for",
                model,
            ),
        },
    }


def _body(kinds: Mapping[str, tuple[Sequence[str], Mapping[str, Schema]]]) -> Schema:
    """Describe a body by its media types, each with the members that must be and those that may."""
    content = {
        kind: {
            "schema": {
                "type": "object",
                "required": list(required),
                "properties": dict(members),
            }
        }
        for kind, (required, members) in kinds.items()
    }
    return {"required": True, "content": content}


def _describe(
    name: str,
    summary: str,
    good: Schema,
    *,
    parameters: Sequence[Schema] = (),
    body: Schema | None = None,
    refusals: Sequence[str] | None = None,
    description: str = "",
) -> Schema:
    described = {"description": description} if description else {}
    return (
        operation(
            name,
            OPENAI_TAG,
            summary,
            good,
            parameters=parameters,
            body=body,
            refusals=refusals,
            error=OPENAI_ERROR,
        )
        | described
    )
