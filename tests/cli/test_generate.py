"""`kaiga generate`: a prompt in, pictures in a folder out."""

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image

from running import wait_until

SMALL = ("--size", "768x768", "--no-extend")
TASK_ID_LENGTH = 36


def test_a_prompt_becomes_a_picture_of_the_ordered_size(terminal: Any, at_server: dict[str, str]):
    told = terminal.succeed("generate", "a cat", "--size", "1024x768", settings=at_server)

    with Image.open(terminal.folder / told.strip()) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1024, 768)


def test_several_pictures_go_into_the_folder_that_is_named(
    quick_terminal: Any, at_server: dict[str, str]
):
    told = quick_terminal.succeed(
        "generate", "a cat", *SMALL, "-n", "2", "--output", "new/pictures", settings=at_server
    )

    files = [quick_terminal.folder / line for line in told.splitlines()]
    assert len(files) == 2
    assert sorted((quick_terminal.folder / "new/pictures").iterdir()) == sorted(files)


def test_json_is_all_that_standard_output_holds(quick_terminal: Any, at_server: dict[str, str]):
    told = json.loads(
        quick_terminal.succeed(
            "generate", "a cat", "--size", "768*768", "--json", settings=at_server
        )
    )

    assert set(told) == {"task_id", "files", "actual_prompt", "usage"}
    assert len(told["task_id"]) == TASK_ID_LENGTH
    assert Path(told["files"][0]).name.startswith(told["task_id"])
    assert told["actual_prompt"].startswith("a cat")
    assert told["usage"] == {"image_count": 1}


def test_a_prompt_is_not_rewritten_where_that_is_refused(
    quick_terminal: Any, at_server: dict[str, str]
):
    told = json.loads(
        quick_terminal.succeed("generate", "a cat", *SMALL, "--json", settings=at_server)
    )

    assert told["actual_prompt"] is None


def test_the_same_seed_paints_the_same_picture(quick_terminal: Any, at_server: dict[str, str]):
    order = ("generate", "a cat", *SMALL, "--seed", "7")

    first, second = (
        Image.open(
            quick_terminal.folder / quick_terminal.succeed(*order, settings=at_server).strip()
        )
        for _ in range(2)
    )

    with first, second:
        assert first.tobytes() == second.tobytes()


def test_a_task_that_fails_is_told_with_its_code(terminal: Any, at_server: dict[str, str]):
    message = terminal.fail("generate", "a cat", "--size", "1x1", settings=at_server, status=4)

    assert message.startswith("InvalidParameter: ")
    assert list(terminal.folder.glob("*.png")) == []


def test_a_model_that_does_not_exist_is_refused(quick_terminal: Any, at_server: dict[str, str]):
    message = quick_terminal.fail("generate", "a cat", "--model", "wan9", settings=at_server)

    assert message == "InvalidParameter: Model not exist."


def test_a_server_is_found_through_the_environment_and_no_proxy_is_asked(
    terminal: Any, server: Any
):
    settings = {
        "DASHSCOPE_HTTP_BASE_URL": server.api_url,
        "DASHSCOPE_API_KEY": server.key,
        "HTTP_PROXY": "http://127.0.0.1:1",
        "ALL_PROXY": "http://127.0.0.1:1",
    }

    told = terminal.succeed("generate", "a cat", *SMALL, settings=settings)

    assert (terminal.folder / told.strip()).exists()
    assert not (terminal.folder / "data").exists()


def test_options_count_before_the_environment(quick_terminal: Any, server: Any):
    settings = {"DASHSCOPE_HTTP_BASE_URL": "http://127.0.0.1:1", "DASHSCOPE_API_KEY": "sk-wrong"}

    told = quick_terminal.succeed(
        "generate", "a cat", *SMALL, "--url", server.base_url, "--key", server.key,
        settings=settings,
    )  # fmt: skip

    assert (quick_terminal.folder / told.strip()).exists()


def test_a_wrong_key_is_told_as_one(quick_terminal: Any, server: Any):
    message = quick_terminal.fail("generate", "a cat", "--url", server.api_url, "--key", "sk-wrong")

    assert message == "InvalidApiKey: Invalid API-key provided."


def test_the_folders_own_key_is_not_sent_to_another_server(quick_terminal: Any, server: Any):
    (quick_terminal.folder / "data").mkdir()
    (quick_terminal.folder / "data" / "local-key").write_text(server.key)

    message = quick_terminal.fail("generate", "a cat", "--url", server.api_url)

    assert "no key" in message
    assert "--key" in message


def test_a_server_that_does_not_answer_is_named(terminal: Any):
    message = terminal.fail("generate", "a cat", "--url", "http://127.0.0.1:1", "--key", "sk-any")

    assert "http://127.0.0.1:1 does not answer" in message


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_refused(quick_terminal: Any, url: str):
    assert url in quick_terminal.fail(
        "generate", "a cat", "--url", url, "--key", "sk-any", status=2
    )


def test_a_task_that_does_not_end_in_time_is_named(
    quick_terminal: Any, at_idle_server: dict[str, str]
):
    message = quick_terminal.fail(
        "generate", "a cat", "--timeout", "0.3", settings=at_idle_server, status=6
    )

    assert "has not ended after 0.3 seconds" in message
    assert "kaiga tasks watch" in message


def test_a_folder_that_cannot_be_written_is_named(quick_terminal: Any, at_server: dict[str, str]):
    (quick_terminal.folder / "a-file").touch()

    message = quick_terminal.fail(
        "generate", "a cat", *SMALL, "--output", "a-file", settings=at_server
    )

    assert "a-file" in message
    assert "can't be written" in message


def test_where_no_server_runs_one_is_started_and_ended(terminal: Any):
    told = terminal.succeed("generate", "a cat", *SMALL)

    with Image.open(terminal.folder / told.strip()) as picture:
        assert picture.size == (768, 768)
    assert (terminal.folder / "data").is_dir()
    assert not (terminal.folder / "data" / "server.json").exists()
    terminal.succeed("keys", "list")  # the store is free again


def test_a_key_that_a_call_made_for_itself_does_not_stay(quick_terminal: Any):
    quick_terminal.succeed("keys", "create", "--name", "mine")

    quick_terminal.succeed("generate", "a cat", *SMALL)

    keys = json.loads(quick_terminal.succeed("keys", "list", "--json"))["keys"]
    assert [key["name"] for key in keys] == ["mine"]


def test_why_a_server_of_its_own_does_not_start_is_told(terminal: Any):
    message = terminal.fail("generate", "a cat", settings={"KAIGA_OBJECTS": "nowhere:"})

    assert "Kaiga did not start: KAIGA_OBJECTS=nowhere: is not understood" in message


def test_an_interrupted_task_is_named_and_can_be_picked_up(terminal: Any):
    slow = {"KAIGA_SKETCH_SECONDS": "2"}
    process = terminal.start("generate", "a cat", *SMALL, settings=slow)
    wait_for_status(process, "RUNNING")
    process.send_signal(signal.SIGINT)
    told, problems = process.communicate(timeout=60)

    hint = problems.split("Pick it up with: kaiga ")[1].split()
    picked_up = terminal.succeed(*hint)

    assert process.returncode == 130
    assert told == ""
    assert hint[:2] == ["tasks", "watch"]
    with Image.open(terminal.folder / picked_up.strip()) as picture:
        assert picture.size == (768, 768)


def test_a_killed_command_takes_its_server_with_it(terminal: Any):
    settings = {"KAIGA_SKETCH_SECONDS": "60", "KAIGA_GRACE_SECONDS": "0"}
    process = terminal.start("generate", "a cat", *SMALL, settings=settings)
    wait_for_status(process, "RUNNING")
    told = json.loads((terminal.folder / "data" / "server.json").read_text())

    process.kill()

    wait_until(lambda: not is_answering(told["url"]), "its server has ended")


def wait_for_status(process: subprocess.Popen[str], status: str) -> None:
    assert process.stderr is not None
    told = ""
    while status not in told:
        told = process.stderr.readline()
        assert told, "the command ended before its task was " + status


def is_answering(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).is_success
    except httpx.HTTPError:
        return False


def test_a_model_of_messages_answers_within_the_call(quick_terminal: Any, at_server: Any):
    order = ("generate", "a cat", "--model", "z-image-turbo", "--size", "512x512", "--json")

    told = json.loads(quick_terminal.succeed(*order, settings=at_server))

    assert told["task_id"] is None
    with Image.open(quick_terminal.folder / told["files"][0]) as picture:
        assert picture.size == (512, 512)


def test_a_model_that_only_makes_tasks_is_not_waited_for_in_one_call(
    quick_terminal: Any, at_server: Any
):
    message = quick_terminal.fail("generate", "a cat", "--sync", settings=at_server, status=2)

    assert message == "wan2.5-t2i-preview makes tasks only: leave out --sync."


def test_what_was_judged_is_printed(quick_terminal: Any, at_server: Any, drawing: Path):
    order = ("generate", "--model", "animate-anyone-detect-gen2", "--image", str(drawing))

    told = quick_terminal.succeed(*order, settings=at_server)

    assert told.splitlines()[0].split() == ["check_pass", "False"]


def test_a_picture_becomes_a_clip(terminal: Any, at_server: Any, drawing: Path):
    order = ("--model", "wanx2.1-i2v-turbo", "--duration", "3", "--resolution", "480P")

    told = terminal.succeed(
        "generate", "the leaves move", *order, "--image", str(drawing), settings=at_server
    )

    with av.open(str(terminal.folder / told.strip())) as clip:
        assert float(clip.duration / av.time_base) == pytest.approx(3, abs=0.2)


def test_a_large_file_is_uploaded_first(quick_terminal: Any, at_server: Any):
    noise = Image.effect_noise((1400, 1400), 90)
    noise.save(quick_terminal.folder / "noise.png")
    order = ("generate", "--model", "animate-anyone-detect-gen2", "--image", "noise.png")

    done = quick_terminal.run(*order, settings=at_server)

    assert done.status == 0, done.problems
    assert "Uploading noise.png" in done.problems
    assert "check_pass" in done.told


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    file = tmp_path / "drawing.png"
    picture = Image.new("RGB", (640, 480), "skyblue")
    picture.paste("darkgreen", (100, 200, 500, 480))
    picture.save(file)
    return file
