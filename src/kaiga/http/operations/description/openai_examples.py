"""Answers of the operations in OpenAI's shapes, to be read before anything is sent."""

from collections.abc import Mapping

_ID = "019de821-7578-7000-8000-000000000001"
_PICTURE_URL = (
    f"http://127.0.0.1:8600/1d/0f/20261122/1a2b3c4d/{_ID}-1.png"
    "?Expires=1795400422&OSSAccessKeyId=kaiga&Signature=c2lnbmF0dXJl"
)

REFUSAL = {
    "error": {
        "message": "n must be 1 to 4 for the model wan2.5-t2i-preview. Got 9.",
        "type": "invalid_request_error",
        "param": "n",
        "code": "invalid_value",
    }
}
IMAGES = {
    "created": 1795312822,
    "background": "opaque",
    "output_format": "png",
    "quality": "auto",
    "size": "1280x1280",
    "data": [{"url": _PICTURE_URL}],
}
MODEL = {
    "id": "wan2.5-t2i-preview",
    "object": "model",
    "created": 0,
    "owned_by": "wan",
    "stands_for": "wan2.5-t2i-preview",
    "product": "image",
}
MODEL_OF_MAKER = {
    **MODEL,
    "id": "kling/kling-v3-image-generation",
    "owned_by": "kling",
    "stands_for": "kling/kling-v3-image-generation",
}
MODELS = {"object": "list", "data": [MODEL, MODEL_OF_MAKER]}
QUEUED_VIDEO: dict[str, object] = {
    "id": _ID,
    "object": "video",
    "created_at": 1795312800,
    "status": "queued",
    "model": "wanx2.1-t2v-turbo",
    "progress": 0,
    "prompt": "A fox in fresh snow",
    "seconds": "5",
    "size": "832x480",
    "completed_at": None,
    "expires_at": None,
    "error": None,
    "remixed_from_video_id": None,
}
VIDEO = {
    **QUEUED_VIDEO,
    "status": "completed",
    "progress": 100,
    "completed_at": 1795312822,
    "expires_at": 1795399222,
}
VIDEOS = {"object": "list", "data": [VIDEO], "first_id": _ID, "last_id": _ID, "has_more": False}
DELETED = {"id": _ID, "object": "video.deleted", "deleted": True}

OPENAI_EXAMPLES: Mapping[str, object] = {
    "generate_images": IMAGES,
    "edit_images": IMAGES,
    "create_video": QUEUED_VIDEO,
    "show_video": VIDEO,
    "list_videos": VIDEOS,
    "delete_video": DELETED,
    "list_openai_models": MODELS,
    "show_openai_model": MODEL,
    "show_openai_model_of_maker": MODEL_OF_MAKER,
}
"""By the name of the operation."""
