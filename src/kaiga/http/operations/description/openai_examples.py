"""Answers of the operations in OpenAI's shapes, to be read before anything is sent."""

from kaiga.http.operations.description.examples import PICTURE_URL, TASK

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
    "data": [{"url": PICTURE_URL}],
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
    "id": TASK,
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
VIDEOS = {"object": "list", "data": [VIDEO], "first_id": TASK, "last_id": TASK, "has_more": False}
DELETED = {"id": TASK, "object": "video.deleted", "deleted": True}
