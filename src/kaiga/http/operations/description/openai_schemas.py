"""The shapes that answers below `/v1` have."""

from kaiga.http.operations.description.openai_examples import REFUSAL
from kaiga.http.operations.description.parts import NUMBER, TEXT, Schema, or_null

OPENAI_ERROR = "OpenaiError"
"""The name of the schema of errors."""


def make_openai_schemas() -> Schema:
    """Make the schemas that these operations refer to, by name."""
    error: Schema = {
        "type": "object",
        "required": ["message", "type", "param", "code"],
        "properties": {
            "message": TEXT,
            "type": TEXT,
            "param": or_null(TEXT),
            "code": or_null(TEXT),
        },
    }
    return {
        OPENAI_ERROR: {
            "type": "object",
            "required": ["error"],
            "properties": {"error": error},
            "examples": [REFUSAL],
        },
        "OpenaiImages": _make_images(),
        "OpenaiModel": _make_model(),
        "OpenaiVideo": _make_video(),
    }


def _make_images() -> Schema:
    picture: Schema = {
        "type": "object",
        "properties": {"b64_json": TEXT, "url": TEXT, "revised_prompt": TEXT},
    }
    told = dict.fromkeys(("background", "output_format", "quality", "size"), TEXT)
    return {
        "type": "object",
        "required": ["created", "data", *told],
        "properties": {
            "created": NUMBER,
            "data": {"type": "array", "items": picture},
            **told,
        },
    }


def _make_model() -> Schema:
    texts = dict.fromkeys(("id", "owned_by", "stands_for"), TEXT)
    members = {
        **texts,
        "object": {"const": "model"},
        "created": NUMBER,
        "product": {"enum": ["image", "video"]},
    }
    return {"type": "object", "required": list(members), "properties": members}


def _make_video() -> Schema:
    error: Schema = {"type": "object", "properties": {"code": TEXT, "message": TEXT}}
    members: dict[str, object] = {
        **dict.fromkeys(("id", "model", "seconds", "size"), TEXT),
        "object": {"const": "video"},
        "status": {"enum": ["queued", "in_progress", "completed", "failed"]},
        "progress": {"type": "integer", "minimum": 0, "maximum": 100},
        "created_at": NUMBER,
        "prompt": or_null(TEXT),
        "completed_at": or_null(NUMBER),
        "expires_at": or_null(NUMBER),
        "error": or_null(error),
        "remixed_from_video_id": or_null(TEXT),
    }
    return {"type": "object", "required": list(members), "properties": members}
