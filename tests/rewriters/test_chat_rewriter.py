"""The rewriter that asks a language model: what it asks, what it takes, and when it gives up."""

import socket
from collections.abc import Iterator

import pytest

from endpoint import Endpoint, Planned, running_endpoint, say
from kaiga.domain.errors import RewriteFailed
from kaiga.outgoing.json_endpoint import MOST_ANSWER_BYTES, REST_SECONDS, JsonEndpoint
from kaiga.ports.prompt_rewriter import PromptRewriter, PromptUse
from kaiga.rewriters.chat import ChatRewriter
from kaiga.rewriters.chat.instructing import find_language, make_instruction
from rewriters.prompt_rewriter_contract import PromptRewriterContract

KEY = "sk-ofthelanguagemodel"
FULLER = "A tabby cat rests on a sunlit windowsill."


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running_endpoint() as endpoint:
        endpoint.plan = lambda _: say(FULLER)
        yield endpoint


def build(
    endpoint: Endpoint, clock: Clock | None = None, timeout_seconds: float = 20.0
) -> ChatRewriter:
    asked = JsonEndpoint(
        base_url=endpoint.url,
        key=KEY,
        timeout_seconds=timeout_seconds,
        monotonic=clock or Clock(),
    )
    return ChatRewriter(asked, "qwen3:8b")


class TestContract(PromptRewriterContract):
    @pytest.fixture
    def rewriter(self, endpoint: Endpoint) -> PromptRewriter:
        def write_out(prompt: str) -> str:
            return prompt if len(prompt) > 170 else f"{prompt}, in soft light"

        endpoint.plan = lambda asked: say(write_out(asked.body["messages"][1]["content"]))
        return build(endpoint)


async def test_the_model_is_asked_as_the_documents_say(endpoint: Endpoint):
    assert await build(endpoint).rewrite("a cat", 7) == FULLER

    [asked] = endpoint.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    system, user = asked.body.pop("messages")
    assert (system["role"], user) == ("system", {"role": "user", "content": "a cat"})
    assert asked.body == {"model": "qwen3:8b", "temperature": 0, "seed": 7, "stream": False}


@pytest.mark.parametrize("prompt", ["", "  \n"])
async def test_nobody_is_asked_about_a_blank_prompt(endpoint: Endpoint, prompt: str):
    assert await build(endpoint).rewrite(prompt, 1) == prompt
    assert endpoint.asked == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f"  {FULLER}\n", FULLER),
        (f'"{FULLER}"', FULLER),
        (f"“{FULLER}”", FULLER),
        ("「窓辺の猫。」", "窓辺の猫。"),
        (f"<think>A cat, so fur.</think>\n\n{FULLER}", FULLER),
        (f"so fur, and light.\n</think>\n{FULLER}", FULLER),
        (f"```text\n{FULLER}\n```", FULLER),
        ('A sign reads "Open"', 'A sign reads "Open"'),
        ('"Open" stands beside "Closed"', '"Open" stands beside "Closed"'),
    ],
)
async def test_only_the_text_itself_is_taken(endpoint: Endpoint, content: str, text: str):
    endpoint.plan = lambda _: say(content)

    assert await build(endpoint).rewrite("a cat", 1) == text


@pytest.mark.parametrize(
    ("planned", "reason"),
    [
        ((500, b"{}"), "it answered with the status 500"),
        ((401, b'{"error":{"message":"Incorrect API key"}}'), "it answered with the status 401"),
        ((302, b""), "it answered with the status 302"),
        ((200, b"<html>"), "its answer is no chat completion"),
        ((200, b'{"choices":[{"text":"a cat"}]}'), "its answer is no chat completion"),
        ((200, b'{"choices":[]}'), "its answer has no choice"),
        (say(""), "its answer is empty"),
        (say(None), "its answer is empty"),
        (say('""'), "its answer is empty"),
        (say("<think>A cat, and then"), "its answer is empty"),
        (say(FULLER, "length"), "its answer is cut off"),
        ((200, b" " * (MOST_ANSWER_BYTES + 1)), "its answer is longer than 1048576 bytes"),
    ],
)
async def test_an_answer_that_is_none_fails(endpoint: Endpoint, planned: Planned, reason: str):
    endpoint.plan = lambda _: planned

    with pytest.raises(RewriteFailed) as failed:
        await build(endpoint).rewrite("a cat", 1)

    assert failed.value.reason == reason
    assert str(failed.value) == "Failed to rewrite content for prompt."


async def test_an_endpoint_that_takes_no_connection_fails():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = Endpoint(f"http://127.0.0.1:{closed.getsockname()[1]}/v1")

        with pytest.raises(RewriteFailed) as failed:
            await build(nobody).rewrite("a cat", 1)

    assert failed.value.reason == "it takes no connection"


async def test_after_a_slow_answer_the_endpoint_is_left_alone_for_a_while(endpoint: Endpoint):
    clock = Clock()
    rewriter = build(endpoint, clock, timeout_seconds=0.2)
    endpoint.hold()

    with pytest.raises(RewriteFailed) as slow:
        await rewriter.rewrite("a cat", 1)
    with pytest.raises(RewriteFailed) as left_alone:
        await rewriter.rewrite("a cat", 1)

    assert slow.value.reason == "no answer within 0.2 s"
    assert "left alone" in left_alone.value.reason
    assert len(endpoint.asked) == 1
    endpoint.go_on()
    clock.at += REST_SECONDS
    assert await rewriter.rewrite("a cat", 1) == FULLER
    assert await rewriter.rewrite("a cat", 1) == FULLER


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("a cat", "english"),
        ("un chat sur le toit", "english"),
        ("кот на крыше", "english"),
        ("a shop with a sign 花", "english"),
        ("屋顶上的猫", "chinese"),
        ("屋顶上的猫，写着 OPEN", "chinese"),
        ("屋根の上の猫", "japanese"),
        ("", "english"),
    ],
)
def test_the_instruction_is_in_the_language_of_the_prompt(prompt: str, language: str):
    assert find_language(prompt) == language


@pytest.mark.parametrize("prompt", ["a cat", "屋顶上的猫", "屋根の上の猫"])
def test_pictures_clips_and_edits_have_instructions_of_their_own(prompt: str):
    told = {
        make_instruction(prompt, PromptUse(kind=kind, longest=800))
        for kind in ("picture", "clip", "edit")
    }

    assert len(told) == 3
    assert all("800" in each and "{" not in each for each in told)
