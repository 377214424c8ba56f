"""The check that asks an endpoint: what it asks, and which answers are none."""

import base64
from collections.abc import Iterator

import pytest

from content_checks.content_check_contract import ContentCheckContract
from endpoint import Endpoint, Planned, judge, running_endpoint
from kaiga.content_checks.moderation import ModerationCheck
from kaiga.domain.errors import ContentCheckAway
from kaiga.outgoing.json_endpoint import JsonEndpoint
from kaiga.ports.content_check import ContentCheck


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running_endpoint() as endpoint:
        endpoint.plan = lambda asked: judge(flagged="forbidden" in str(asked.body["input"]))
        yield endpoint


def build(endpoint: Endpoint, model: str | None = None, key: str | None = None) -> ModerationCheck:
    asked = JsonEndpoint(base_url=endpoint.url, key=key, timeout_seconds=10)
    return ModerationCheck(asked, model, pictures=True)


class TestContract(ContentCheckContract):
    @pytest.fixture
    def check(self, endpoint: Endpoint) -> ContentCheck:
        return build(endpoint)


async def test_a_text_is_asked_about_as_the_documents_say(endpoint: Endpoint):
    await build(endpoint, "omni-moderation-latest", "sk-moderation").allows_text("a cat")

    [asked] = endpoint.asked
    assert asked.path == "/v1/moderations"
    assert asked.headers["authorization"] == "Bearer sk-moderation"
    assert asked.body == {"model": "omni-moderation-latest", "input": "a cat"}


async def test_without_a_model_or_a_key_none_is_named(endpoint: Endpoint):
    await build(endpoint).allows_text("a cat")

    assert endpoint.asked[0].body == {"input": "a cat"}
    assert "authorization" not in endpoint.asked[0].headers


async def test_a_picture_goes_along_as_a_data_uri(endpoint: Endpoint):
    await build(endpoint).allows_picture(b"a picture")

    url = f"data:image/webp;base64,{base64.b64encode(b'a picture').decode()}"
    assert endpoint.asked[0].body == {"input": [{"type": "image_url", "image_url": {"url": url}}]}


async def test_a_flagged_picture_is_refused(endpoint: Endpoint):
    endpoint.plan = lambda _: judge(flagged=True)

    assert not await build(endpoint).allows_picture(b"a picture")


@pytest.mark.parametrize(
    ("planned", "reason"),
    [
        ((500, b"{}"), "it answered with the status 500"),
        ((200, b"<html>"), "its answer is no moderation"),
        ((200, b'{"results":[]}'), "its answer is no moderation"),
        ((200, b'{"results":[{"flagged":"no"}]}'), "its answer is no moderation"),
    ],
)
async def test_an_answer_that_is_none_judges_nothing(
    endpoint: Endpoint, planned: Planned, reason: str
):
    endpoint.plan = lambda _: planned

    with pytest.raises(ContentCheckAway) as away:
        await build(endpoint).allows_text("a cat")

    assert away.value.reason == reason
