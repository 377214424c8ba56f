"""A server whose prompts are rewritten and whose contents are judged by endpoints beside it."""

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from endpoint import Asked, Endpoint, Planned, judge, running_endpoint, say
from running import RunningKaiga, wait_until

EDIT, EDIT_MODEL = "/services/aigc/image2image/image-synthesis", "wan2.5-i2i-preview"
CHAT_KEY, CHECK_KEY = "sk-ofthelanguagemodel", "sk-ofthemoderation"
PROMPT, FULLER = "a tabby of Marrakesh", "A tabby of Marrakesh dozes on warm tiles."
INPUT_REFUSED = "Input data may contain inappropriate content."
OUTPUT_REFUSED = "Output data may contain inappropriate content."


@dataclass
class Judged:
    """A server with both endpoints, and a client of it."""

    kaiga: RunningKaiga
    client: httpx.Client
    chat: Endpoint
    check: Endpoint

    def make(self, prompt: str = PROMPT, **parameters: Any) -> dict[str, Any]:
        """Order a picture and wait for its end; gives the output."""
        task = self.kaiga.submit(self.client, prompt, prompt_extend=True, **parameters)
        return self.kaiga.wait_for_end(self.client, task)["output"]

    def look(self, output: dict[str, Any]) -> tuple[str | None, str | None]:
        """Give how the header and Kaiga's own route tell of the rewriting."""
        query = self.client.get(f"/tasks/{output['task_id']}")
        own = self.client.get(f"{self.kaiga.base_url}/kaiga/v1/tasks/{output['task_id']}").json()
        return query.headers.get("x-kaiga-rewrite"), own["rewrite"]

    def plan_usual(self) -> None:
        self.chat.plan = lambda _: say(FULLER)
        self.check.plan = lambda _: judge(flagged=False)
        self.chat.asked.clear()
        self.check.asked.clear()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    folder: Path = tmp_path_factory.mktemp("judged")
    key_file = folder / "check-key"
    key_file.write_text(f"{CHECK_KEY}\n", "utf-8")
    with running_endpoint() as chat, running_endpoint() as check:
        settings = {
            "KAIGA_REWRITER": "chat",
            "KAIGA_REWRITER_URL": chat.url,
            "KAIGA_REWRITER_MODEL": "qwen3:8b",
            "KAIGA_REWRITER_KEY": CHAT_KEY,
            "KAIGA_CONTENT_CHECK": "moderation",
            "KAIGA_CONTENT_CHECK_URL": check.url,
            "KAIGA_CONTENT_CHECK_KEY_FILE": str(key_file),
            "KAIGA_CONTENT_CHECK_PICTURES": "true",
            "KAIGA_CONTENT_CHECK_FAILURE": "refuse",
            "KAIGA_LOG_LEVEL": "debug",
        }
        kaiga = RunningKaiga(folder / "data", settings).start()
        with kaiga.client() as client:
            yield Judged(kaiga, client, chat, check)
        kaiga.stop()
        log = kaiga.log()
    assert "Traceback" not in log
    for secret in (CHAT_KEY, CHECK_KEY, "Marrakesh"):
        assert secret not in log


@pytest.fixture
def judged(running: Judged) -> Judged:
    running.plan_usual()
    return running


class TestRewriting:
    def test_the_rewritten_prompt_is_told_and_nothing_else_is_said(self, judged: Judged):
        output = judged.make()

        [result] = output["results"]
        assert (result["orig_prompt"], result["actual_prompt"]) == (PROMPT, FULLER)
        assert judged.look(output) == (None, None)
        [asked] = judged.chat.asked
        assert asked.headers["authorization"] == f"Bearer {CHAT_KEY}"
        assert asked.body["messages"][1]["content"] == PROMPT

    def test_nobody_is_asked_where_the_order_wants_none(self, judged: Judged):
        task = judged.kaiga.submit(judged.client, PROMPT, prompt_extend=False)
        ended = judged.kaiga.wait_for_end(judged.client, task)

        assert "actual_prompt" not in ended["output"]["results"][0]
        assert judged.chat.asked == []

    @pytest.mark.parametrize("planned", [(500, b"{}"), (200, b"<html>"), say("")])
    def test_where_it_fails_the_prompt_goes_on_and_the_task_says_so(
        self, judged: Judged, planned: Planned
    ):
        judged.chat.plan = lambda _: planned

        output = judged.make()

        assert output["task_status"] == "SUCCEEDED"
        assert output["results"][0]["actual_prompt"] == PROMPT
        assert judged.look(output) == ("failed", "failed")

    def test_what_is_longer_than_the_model_reads_is_cut(self, judged: Judged):
        judged.chat.plan = lambda _: say("a cat " * 2000)

        [result] = judged.make()["results"]

        assert result["actual_prompt"] == ("a cat " * 2000).strip()[:2000]
        assert "2000 characters" in judged.chat.asked[0].body["messages"][0]["content"]


class TestJudging:
    def test_words_that_are_flagged_fail_the_task_before_anything_else(self, judged: Judged):
        judged.check.plan = lambda asked: judge(flagged=asked.body["input"] == PROMPT)

        output = judged.make()

        assert output["task_status"] == "FAILED"
        assert (output["code"], output["message"]) == ("DataInspectionFailed", INPUT_REFUSED)
        assert judged.chat.asked == []
        assert judged.check.asked[0].headers["authorization"] == f"Bearer {CHECK_KEY}"

    def test_a_rewritten_prompt_is_judged_as_well(self, judged: Judged):
        judged.check.plan = lambda asked: judge(flagged=asked.body["input"] == FULLER)

        output = judged.make()

        assert (output["code"], output["message"]) == ("DataInspectionFailed", INPUT_REFUSED)

    def test_of_several_results_only_the_flagged_one_is_refused(self, judged: Judged):
        flags = iter([True, False])
        judged.check.plan = lambda asked: judge(flagged=shows_picture(asked) and next(flags))

        output = judged.make(n=2)

        assert output["task_status"] == "SUCCEEDED"
        refused, made = output["results"]
        assert refused == {"code": "DataInspectionFailed", "message": OUTPUT_REFUSED}
        assert made["url"]
        assert output["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 1, "FAILED": 1}

    def test_a_task_whose_every_result_is_flagged_fails(self, judged: Judged):
        judged.check.plan = lambda asked: judge(flagged=shows_picture(asked))

        output = judged.make()

        assert output["task_status"] == "FAILED"
        assert (output["code"], output["message"]) == ("DataInspectionFailed", OUTPUT_REFUSED)

    def test_a_flagged_picture_of_an_order_fails_its_task(self, judged: Judged):
        judged.check.plan = lambda asked: judge(flagged=shows_picture(asked))
        order = {"model": EDIT_MODEL, "input": {"prompt": PROMPT, "images": [make_bmp()]}}

        created = judged.client.post(EDIT, json=order, headers={"X-DashScope-Async": "enable"})
        task = created.json()["output"]["task_id"]
        output = judged.kaiga.wait_for_end(judged.client, task)["output"]

        assert (output["code"], output["message"]) == ("DataInspectionFailed", INPUT_REFUSED)
        assert "image editing model" in judged.chat.asked[0].body["messages"][0]["content"]

    def test_what_nobody_judged_is_refused_where_that_is_set(self, judged: Judged):
        judged.check.plan = lambda _: (500, b"{}")

        output = judged.make()

        assert output["code"] == "DataInspectionFailed"
        assert "did not answer" in output["message"]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    """One that fails tasks whose prompts can't be rewritten, and waits for who judges."""
    folder: Path = tmp_path_factory.mktemp("strict")
    with running_endpoint() as chat, running_endpoint() as check:
        settings = {
            "KAIGA_REWRITER": "chat",
            "KAIGA_REWRITER_URL": chat.url,
            "KAIGA_REWRITER_MODEL": "qwen3:8b",
            "KAIGA_REWRITER_TIMEOUT_SECONDS": "1",
            "KAIGA_REWRITE_FAILURE": "fail",
            "KAIGA_CONTENT_CHECK": "moderation",
            "KAIGA_CONTENT_CHECK_URL": check.url,
        }
        kaiga = RunningKaiga(folder / "data", settings).start()
        with kaiga.client() as client:
            yield Judged(kaiga, client, chat, check)
        kaiga.stop()


class TestStrict:
    def test_a_task_waits_until_somebody_judges_it(self, strict: Judged):
        strict.plan_usual()
        strict.check.plan = lambda _: (503, b"{}")

        task = strict.kaiga.submit(strict.client, PROMPT)
        wait_until(lambda: len(strict.check.asked) >= 1, "the check was asked")
        strict.check.plan = lambda _: judge(flagged=False)
        output = strict.kaiga.wait_for_end(strict.client, task)["output"]

        own = strict.client.get(f"{strict.kaiga.base_url}/kaiga/v1/tasks/{task}").json()
        assert output["task_status"] == "SUCCEEDED"
        assert [each["cause"] for each in own["attempts"]] == ["content_check_away", None]

    def test_pictures_are_shown_to_nobody_unless_that_is_set(self, strict: Judged):
        strict.plan_usual()

        strict.kaiga.wait_for_end(strict.client, strict.kaiga.submit(strict.client, PROMPT))

        assert not any(map(shows_picture, strict.check.asked))

    def test_a_language_model_that_is_too_slow_fails_the_task_and_the_next_one_at_once(
        self, strict: Judged
    ):
        strict.plan_usual()
        strict.chat.hold()

        outputs = [strict.make(), strict.make()]

        for output in outputs:
            assert output["task_status"] == "FAILED"
            assert output["code"] == "RewriteFailed"
            assert output["message"] == "Failed to rewrite content for prompt."
        assert len(strict.chat.asked) == 1


def test_a_synchronous_call_is_refused_for_its_words(tmp_path: Path):
    words = tmp_path / "words.txt"
    words.write_text("# not here\ntabby of marrakesh\n", "utf-8")
    kaiga = RunningKaiga(
        tmp_path / "data",
        {"KAIGA_CONTENT_CHECK": "words", "KAIGA_CONTENT_CHECK_WORDS": str(words)},
    ).start()
    message = {"role": "user", "content": [{"text": PROMPT}]}
    order = {"model": "qwen-image", "input": {"messages": [message]}}
    try:
        with kaiga.client() as client:
            answer = client.post("/services/aigc/multimodal-generation/generation", json=order)
            output = kaiga.wait_for_end(client, kaiga.submit(client, "a tabby"))["output"]
    finally:
        kaiga.stop()

    assert answer.status_code == 400
    assert answer.json()["code"] == "DataInspectionFailed"
    assert answer.json()["message"] == INPUT_REFUSED
    assert output["task_status"] == "SUCCEEDED"


def shows_picture(asked: Asked) -> bool:
    return isinstance(asked.body["input"], list)


def make_bmp() -> str:
    file = io.BytesIO()
    Image.new("RGB", (512, 512), "red").save(file, "BMP")
    return f"data:image/bmp;base64,{base64.b64encode(file.getvalue()).decode()}"


class TestMetrics:
    def test_failed_rewrites_and_refusals_are_counted_by_place_and_reason(self, judged: Judged):
        before = count_troubles(judged)
        judged.chat.plan = lambda _: (500, b"{}")
        judged.make()
        judged.plan_usual()
        judged.check.plan = lambda _: judge(flagged=True)
        judged.make("something else")

        after = count_troubles(judged)

        assert {name: after[name] - before.get(name, 0.0) for name in after} == {
            **dict.fromkeys(before, 0.0),
            'kaiga_failed_rewrites_total{model="wan2.5-t2i-preview"}': 1.0,
            'kaiga_content_refusals_total{place="input",reason="judged"}': 1.0,
        }


def count_troubles(judged: Judged) -> dict[str, float]:
    """Give the two counters by name and labels."""
    shown = judged.client.get(f"{judged.kaiga.base_url}/metrics").text
    names = ("kaiga_failed_rewrites_total{", "kaiga_content_refusals_total{")
    lines = (line.rpartition(" ") for line in shown.splitlines() if line.startswith(names))
    return {name: float(value) for name, _, value in lines}
