"""The official `openai` client, as programs use it, against a server that paints."""

import base64
import io
from collections.abc import Iterator

import openai
import pytest
from PIL import Image

from running import MODEL, RunningKaiga

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
EDITOR, CLIP, CLIP_OF_PICTURE = "wan2.5-i2i-preview", "wanx2.1-t2v-turbo", "wanx2.1-i2v-turbo"
PLAIN = {"prompt_extend": False}


@pytest.fixture(scope="module")
def client(server: RunningKaiga) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=f"{server.base_url}/v1", api_key=server.key, max_retries=0
    ) as client:
        yield client


def make_file(side: int = 512) -> bytes:
    """Make a picture that is large as a file."""
    file = io.BytesIO()
    Image.effect_noise((side, side), 100).convert("RGB").save(file, "PNG")
    return file.getvalue()


def size_of(picture: str | None) -> tuple[int, int]:
    with Image.open(io.BytesIO(base64.b64decode(picture or ""))) as opened:
        return opened.size


def test_pictures_are_made_of_words(client: openai.OpenAI):
    answer = client.images.generate(
        model=MODEL, prompt="a red kite", n=2, size="768x1024", extra_body={"seed": 3, **PLAIN}
    )

    assert [size_of(each.b64_json) for each in answer.data or ()] == [(768, 1024)] * 2
    assert answer.size == "768x1024"


def test_a_stream_gives_the_picture_as_an_event(client: openai.OpenAI):
    events = list(
        client.images.generate(
            model=MODEL, prompt="a kite", size="768x768", stream=True, partial_images=1
        )
    )

    assert events[-1].type == "image_generation.completed"
    assert size_of(events[-1].b64_json) == (768, 768)


def test_pictures_are_edited(client: openai.OpenAI):
    one = client.images.edit(model=EDITOR, prompt="make it night", image=("a.png", make_file()))
    two = client.images.edit(
        model="qwen-image-edit-plus",
        prompt="put them side by side",
        image=[("a.png", make_file()), ("b.png", make_file())],
        extra_body=PLAIN,
    )
    masked = client.images.edit(
        model="wanx-x-painting",
        prompt="a hat",
        image=("a.png", make_file()),
        mask=("b.png", make_file()),
    )

    for answer in (one, two, masked):
        assert size_of((answer.data or ())[0].b64_json) > (0, 0)


def test_a_clip_is_ordered_awaited_fetched_and_deleted(client: openai.OpenAI):
    video = client.videos.create_and_poll(
        model=CLIP, prompt="a fox in snow", size="832x480", poll_interval_ms=100
    )

    assert (video.status, video.progress, video.size) == ("completed", 100, "832x480")
    assert client.videos.download_content(video.id).content[4:8] == b"ftyp"
    thumbnail = client.videos.download_content(video.id, variant="thumbnail").content
    assert thumbnail[8:12] == b"WEBP"
    assert video.id in {each.id for each in client.videos.list(limit=1)}
    assert client.videos.delete(video.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(video.id)


def test_a_clip_may_begin_with_a_picture(client: openai.OpenAI):
    video = client.videos.create(
        model=CLIP_OF_PICTURE, prompt="it turns", input_reference=("a.png", make_file())
    )

    assert (video.status, video.model) == ("queued", CLIP_OF_PICTURE)
    assert client.videos.delete(video.id).deleted


def test_models_are_listed_and_shown(client: openai.OpenAI):
    names = {model.id for model in client.models.list()}

    assert {MODEL, EDITOR, CLIP, "kling/kling-v3-image-generation"} <= names
    for name in (MODEL, "kling/kling-v3-image-generation"):
        assert client.models.retrieve(name).id == name


def test_refusals_are_the_client_s_own_errors(client: openai.OpenAI, server: RunningKaiga):
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.generate(model=MODEL, prompt="a kite", size="256x256")
    with pytest.raises(openai.NotFoundError) as unknown:
        client.images.generate(model="dall-e-3", prompt="a kite")
    with (
        openai.OpenAI(base_url=f"{server.base_url}/v1", api_key="sk-wrong") as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()

    assert (refused.value.param, refused.value.code) == ("size", "invalid_value")
    assert unknown.value.code == "model_not_found"
    assert refused.value.request_id
