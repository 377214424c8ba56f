"""Every model of the catalogue, asked over HTTP at each of its endpoints, and its media looked at.

A test creates its own task and no other, so that test processes share the models out.
"""

import io
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

import av
import httpx
import pytest
from inputs import MASK_OF_CLIP, MASK_OF_PICTURE, fill
from PIL import Image

from catalogue.orders import PLACES, Place
from kaiga.domain.catalogue.fields import ChoiceField, Field, IntegerField, ListedSizeField
from kaiga.domain.catalogue.model import Clip
from running import RunningKaiga

_PATIENCE_SECONDS = 300.0
_HELD = {"Prefer": "wait=20"}
"""A poll that is held spares both sides hundreds of others while a clip is filmed."""
_MIME_OF = {"png": "image/png", "jpg": "image/jpeg", "mp4": "video/mp4", "svg": "image/svg+xml"}


class Ask:
    """One request to one model at one endpoint."""

    def __init__(self, place: Place, kind: str, request: Mapping[str, Any]) -> None:
        self.place = place
        self.kind = kind
        self.request = request

    def __str__(self) -> str:
        return f"{self.place}-{self.kind}"


def _list_asks() -> list[Ask]:
    """Give the least and the fullest request of each place.

    Clips take the machine long: the first model of each task films as long and as large as its
    fullest request says, all others as little as they may.
    """
    asks: list[Ask] = []
    filmed_in_full: set[str] = set()
    for place in PLACES:
        model, endpoint = place.model, place.endpoint
        asks.append(Ask(place, "minimal", _shrink(place, model.minimal_request_at(endpoint))))
        fullest = max(model.full_requests_at(endpoint), key=lambda each: len(str(each)))
        is_first = model.task not in filmed_in_full
        filmed_in_full.add(model.task)
        asks.append(Ask(place, "full", fullest if is_first else _shrink(place, fullest)))
    return asks


def _shrink(place: Place, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask for the smallest and shortest clip, where it is one and the request leaves it open."""
    if place.model.clip is None:
        return request
    smallest = {
        name: least
        for name, field in place.model.parameters_at(place.endpoint).items()
        if (least := _find_least(name, field)) is not None
    }
    return {**request, "parameters": {**request.get("parameters", {}), **smallest}}


def _find_least(name: str, field: Field) -> str | int | None:
    match field:
        case ListedSizeField():
            return min(field.values, key=lambda size: prod(map(int, size.split("*"))))
        case ChoiceField() if name == "resolution":
            return min(field.values, key=lambda tier: int(tier.rstrip("P")))
        case IntegerField() if name == "duration" and not field.required:
            return min(field.values) if field.values else field.minimum
        case _:
            return None


ASKS = _list_asks()


@pytest.fixture(scope="session")
def template_id(studio: RunningKaiga, input_url: str) -> str:
    """A motion template of this server, which another model asks for."""
    with studio.client() as client:
        body = {
            "model": "animate-anyone-template-gen2",
            "input": fill({"video_url": "media:video"}, input_url),
            "parameters": {},
        }
        answer = client.post(
            "/services/aigc/image2video/aa-template-generation/",
            json=body,
            headers={"X-DashScope-Async": "enable"},
        )
        task_id = answer.json()["output"]["task_id"]
        return studio.wait_for_end(client, task_id)["output"]["template_id"]


def _post(client: httpx.Client, ask: Ask, input_url: str, template_id: str) -> httpx.Response:
    body = {"model": ask.place.model.name, **fill(dict(ask.request), input_url)}
    if "video_url" in body.get("input", {}) and "mask_image_url" in body["input"]:
        mask = body["input"]["mask_image_url"]
        body["input"]["mask_image_url"] = mask.replace(MASK_OF_PICTURE, MASK_OF_CLIP)
    if "template_id" in body.get("input", {}):
        body["input"]["template_id"] = template_id
    is_async = ask.place.endpoint.mode == "async"
    return client.post(
        f"/services/{ask.place.endpoint.operation}",
        json=body,
        headers={"X-DashScope-Async": "enable"} if is_async else {},
        timeout=_PATIENCE_SECONDS,
    )


ASKED_AT_ONCE = [ask for ask in ASKS if ask.place.endpoint.mode == "sync"]
ASKED_AS_TASKS = [ask for ask in ASKS if ask.place.endpoint.mode == "async"]


@pytest.mark.parametrize("ask", ASKED_AT_ONCE, ids=str)
def test_a_synchronous_call_is_answered_with_media_of_the_right_shape_and_size(
    ask: Ask, studio: RunningKaiga, input_url: str, template_id: str
):
    with studio.client() as client:
        answer = _post(client, ask, input_url, template_id)

    assert answer.status_code == 200, answer.text
    _check_usage(ask, answer.json())
    _check_media(ask, answer.json())


@pytest.mark.timeout(_PATIENCE_SECONDS + 60)
@pytest.mark.parametrize("ask", ASKED_AS_TASKS, ids=str)
def test_a_task_ends_with_media_of_the_right_shape_and_size(
    ask: Ask, studio: RunningKaiga, input_url: str, template_id: str
):
    with studio.client() as client:
        created = _post(client, ask, input_url, template_id)
        assert created.status_code == 200, created.text
        client.headers.update(_HELD)
        answer = studio.wait_for_end(client, created.json()["output"]["task_id"], _PATIENCE_SECONDS)

    assert answer["output"]["task_status"] == "SUCCEEDED", str(answer)
    _check_usage(ask, answer)
    _check_media(ask, answer)


def _check_usage(ask: Ask, answer: Mapping[str, Any]) -> None:
    told = ask.place.model.usage_at(ask.place.endpoint.operation)
    assert answer["usage"], answer
    assert answer["usage"].keys() <= {name.partition(".")[0] for name in told}
    for name, value in answer["usage"].items():
        assert not isinstance(value, float) or not value.is_integer(), name


def _check_media(ask: Ask, answer: Mapping[str, Any]) -> None:
    model = ask.place.model
    urls = list(_find_urls(answer["output"]))
    if model.product in {"judgement", "template"}:
        assert urls == []
        return
    assert len(urls) == len(set(urls))
    assert urls, answer
    for url in urls:
        file = httpx.get(url)
        extension = url.partition("?")[0].rpartition(".")[2]
        assert file.status_code == 200
        assert file.headers["content-type"] == _MIME_OF[extension]
        if extension == "mp4":
            assert model.clip is not None
            _check_clip(model.clip, ask.request, answer["usage"], file.content)
        elif extension != "svg":
            _check_picture(ask.request, file.content)


def _find_urls(value: Any) -> Iterator[str]:
    match value:
        case str() if value.startswith("http://127.0.0.1") and "/1d/" in value:
            yield value
        case dict():
            for member in value.values():
                yield from _find_urls(member)
        case list():
            for item in value:
                yield from _find_urls(item)
        case _:
            return


def _check_picture(request: Mapping[str, Any], content: bytes) -> None:
    image = Image.open(io.BytesIO(content))
    image.load()
    size = request.get("parameters", {}).get("size", "")
    if "*" in size:
        assert f"{image.width}*{image.height}" == size
    assert len(image.convert("L").resize((32, 32)).getcolors() or ()) > 1, "one flat colour"


def _check_clip(
    clip: Clip, request: Mapping[str, Any], usage: Mapping[str, Any], content: bytes
) -> None:
    parameters = request.get("parameters", {})
    with av.open(io.BytesIO(content)) as file:
        video = file.streams.video[0]
        frames = [frame.pts for frame in file.decode(video)]
        rate = float(video.average_rate or 0)
        assert video.codec_context.name == "h264"
        assert video.codec_context.pix_fmt == "yuv420p"
        seconds = len(frames) / rate
        size = f"{video.codec_context.width}*{video.codec_context.height}"
        has_sound = bool(file.streams.audio)
    if "size" in parameters:
        assert size == parameters["size"]
    if isinstance(usage.get("SR"), int) and usage["SR"] and "size" not in parameters:
        tier = parameters.get("resolution", "")
        assert tier in {"", f"{usage['SR']}P"}
    if parameters.get("duration", 0) > 0:
        assert seconds == pytest.approx(parameters["duration"], abs=1.5 / rate)
    told = usage.get("output_video_duration", usage.get("video_duration"))
    if told is not None:
        assert seconds == pytest.approx(told, abs=0.51)
    if clip.frames_per_second and not clip.rate_option:
        assert rate == pytest.approx(clip.frames_per_second, abs=0.01)
    if clip.sound == "always":
        assert has_sound
    if clip.sound == "never":
        assert not has_sound
