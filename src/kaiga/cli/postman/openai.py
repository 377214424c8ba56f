"""Requests in OpenAI's shapes: models, pictures that are waited for, and a clip as a job."""

from kaiga.cli.postman import openai_texts, texts
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import openai_examples as examples

_MODELS = "{{kaigaUrl}}/v1/models"
_IMAGES = "{{kaigaUrl}}/v1/images"
_VIDEOS = "{{kaigaUrl}}/v1/videos"
_VIDEO = f"{_VIDEOS}/{{{{videoId}}}}"
_MOST_POLLS = 200


def list_openai() -> list[Entry]:
    """List every operation below `/v1`, in an order in which they can be run."""
    return [
        Entry(
            name="OpenAI: list the models",
            path=_MODELS,
            after=texts.REMEMBER + openai_texts.MODELS_TESTS,
            saved=Saved(body=examples.MODELS),
        ),
        _get("OpenAI: show a model", f"{_MODELS}/{{{{model}}}}", examples.MODEL),
        _get(
            "OpenAI: show a model with its maker",
            f"{_MODELS}/{{{{openaiMaker}}}}/{{{{openaiModel}}}}",
            examples.MODEL_OF_MAKER,
        ),
        _picture("OpenAI: make a picture and wait", "generations", openai_texts.IMAGE_BODY),
        _picture("OpenAI: edit it and wait", "edits", openai_texts.EDIT_BODY),
        Entry(
            name="OpenAI: order a clip",
            method="POST",
            path=_VIDEOS,
            body=openai_texts.VIDEO_BODY,
            after=texts.REMEMBER + texts.NOTE_TESTS % {"name": "videoId", "member": "id"},
            saved=Saved(body=examples.QUEUED_VIDEO),
        ),
        Entry(
            name="OpenAI: ask until it is made",
            path=_VIDEO,
            after=openai_texts.POLL_TESTS % _MOST_POLLS,
            saved=Saved(body=examples.VIDEO),
        ),
        Entry(
            name="OpenAI: download the clip",
            path=f"{_VIDEO}/content",
            after=texts.SHOW + texts.CLIP_DOWNLOAD_TESTS,
            saved=Saved(body="", kind="video/mp4"),
        ),
        _get("OpenAI: list the clips", _VIDEOS, examples.VIDEOS),
        Entry(
            name="OpenAI: delete the clip",
            method="DELETE",
            path=_VIDEO,
            after=texts.GOOD_TESTS,
            saved=Saved(body=examples.DELETED),
        ),
    ]


def _get(name: str, path: str, answer: object) -> Entry:
    return Entry(name=name, path=path, after=texts.GOOD_TESTS, saved=Saved(body=answer))


def _picture(name: str, operation: str, body: str) -> Entry:
    return Entry(
        name=name,
        method="POST",
        path=f"{_IMAGES}/{operation}",
        body=body,
        before=texts.QUOTE_PROMPT,
        after=texts.REMEMBER + texts.SHOW + openai_texts.IMAGE_TESTS,
        saved=Saved(body=examples.IMAGES),
    )
