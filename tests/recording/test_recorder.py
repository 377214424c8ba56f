"""What the recorder gives its client, what it gives the server behind it, and what it writes."""

import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from kaiga.domain.errors import StartRefused
from kaiga.recording.folder import RecordingFolder, read_recordings
from kaiga.recording.recorder import Recorder
from kaiga.recording.upstream import Upstream
from recording.a_cloud import Cloud, run_cloud
from recording.asking import KEY, ORDER, TASK, Told, ask

SIGNATURE = "c2lnbmVkIHdpdGggc2VjcmV0%3D"
QUERY = f"Expires=1795314600&OSSAccessKeyId=LTAI5tSecretSecret&Signature={SIGNATURE}"
ACCOUNT = "1234567890123456"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with run_cloud() as running:
        yield running


@pytest.fixture
async def recorder(cloud: Cloud, tmp_path: Path) -> AsyncIterator[Recorder]:
    folder = RecordingFolder(tmp_path / "day")
    async with Upstream(f"{cloud.url}/api/v1", timeout_seconds=5) as upstream:
        yield Recorder(upstream=upstream, folder=folder, tell=ignore)
    folder.close()


def ignore(*_: object) -> None:
    pass


def written(tmp_path: Path) -> str:
    return "\n".join(
        file.read_text("utf-8", "replace") for file in sorted((tmp_path / "day").iterdir())
    )


def names(tmp_path: Path) -> list[str]:
    return sorted(file.name for file in (tmp_path / "day").iterdir())


async def make_picture(cloud: Cloud, recorder: Recorder) -> str:
    """Have a task answered that has a picture; gives the link as the client sees it."""
    path = "/1d/ab/20261127/01234567/picture-1.png"
    link = f"{cloud.url}{path}?{QUERY}"
    cloud.answer(path, PNG, content_type="image/png")
    cloud.answer(TASK, json.dumps({"output": {"results": [{"url": link}]}}).encode())
    told = await ask(recorder, "GET", TASK)
    return told.members["output"]["results"][0]["url"]


async def test_a_link_leads_through_the_recorder_and_the_server_gets_the_signed_one(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    link = await make_picture(cloud, recorder)

    told = await ask(recorder, "GET", link)

    assert link.startswith("http://127.0.0.1:8601/")
    assert link.partition("?")[0].endswith("/picture-1.png")
    assert (told.status, told.body) == (200, PNG)
    assert cloud.paths[-1].endswith(QUERY)
    assert (tmp_path / "day/0002-download.png").read_bytes() == PNG
    assert SIGNATURE not in written(tmp_path)
    assert "LTAI" not in written(tmp_path)


async def test_an_order_with_a_result_in_it_reaches_the_server_with_the_signed_link(
    cloud: Cloud, recorder: Recorder
):
    link = await make_picture(cloud, recorder)
    cloud.answer(ORDER, b"{}")

    await ask(recorder, "POST", ORDER, {"input": {"images": [link], "n": 1}})

    assert json.loads(cloud.bodies[-1])["input"]["images"][0].endswith(QUERY)


async def test_a_temporary_key_works_and_is_in_no_file(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    cloud.answer("/api/v1/tokens", b'{"token":"st-real-secret-token","expires_at":1795314600}')
    cloud.answer(TASK, b"{}")

    token = (await ask(recorder, "POST", "/api/v1/tokens")).members["token"]
    await ask(recorder, "GET", TASK, key=token)

    assert token.startswith("st-recorded-")
    assert cloud.keys[-1] == "Bearer st-real-secret-token"
    assert "real-secret" not in written(tmp_path)


async def test_a_form_reaches_the_server_with_the_real_policy(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    real = {"policy": "cmVhbC1wb2xpY3k=", "signature": SIGNATURE, "oss_access_key_id": "LTAI5tReal"}
    folder = f"dashscope-instant/{'0f3a' * 8}/2026-11-22/2c5e"
    granted = {**real, "upload_dir": folder, "upload_host": f"{cloud.url}/bucket"}
    cloud.answer("/api/v1/uploads", json.dumps({"data": granted}).encode())
    cloud.answer("/bucket", b"")

    policy = (await ask(recorder, "GET", "/api/v1/uploads?action=getPolicy")).members["data"]
    told = await ask(recorder, "POST", policy["upload_host"], make_form(policy), headers=FORM)

    assert told.status == 200
    assert all(value.encode() in cloud.bodies[-1] for value in (*real.values(), folder))
    assert PNG in cloud.bodies[-1]
    assert not any(value in written(tmp_path) for value in (*real.values(), "0f3a0f3a"))
    assert (tmp_path / "day/0002-upload.sent.png").read_bytes() == PNG


FORM = {"content-type": "multipart/form-data; boundary=b"}


def make_form(policy: dict[str, str]) -> bytes:
    fields = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": f"{policy['upload_dir']}/a.png",
    }
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return b"".join([*parts, file, PNG, b"\r\n--b--\r\n"])


async def test_neither_key_nor_cookie_nor_account_gets_into_a_file_or_back_to_the_client(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    rows = [{"caller_uid": ACCOUNT, "caller_parent_id": int(ACCOUNT), "api_key_id": "7654321"}]
    told = {"message": f"{KEY} of {ACCOUNT} may not", "data": rows, "request_id": "r"}
    headers = {"set_cookie": f"uid={ACCOUNT}", "x_acs_caller_uid": ACCOUNT, "x_of": ACCOUNT}
    cloud.answer("/api/v1/tasks", json.dumps(told).encode(), **headers)

    answer = await ask(recorder, "GET", f"/api/v1/tasks?api_key_id=7654321&caller_uid={ACCOUNT}")

    everything = written(tmp_path) + repr(answer)
    assert not re.search(rf"{KEY}|{ACCOUNT}|7654321|cookie", everything)
    assert answer.members["data"][0]["caller_uid"].startswith("recorded-calleruid-")
    assert cloud.paths[-1].endswith(f"caller_uid={ACCOUNT}")


async def test_a_signature_that_the_client_brings_reaches_the_server_and_no_file(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    cloud.answer(ORDER, b"{}")
    mine = f"https://own.oss-cn-beijing.aliyuncs.com/a.png?{QUERY}"

    await ask(recorder, "POST", ORDER, {"input": {"img_url": mine}})

    assert mine.encode() in cloud.bodies[-1]
    assert SIGNATURE not in written(tmp_path)
    assert "own.oss-cn-beijing.aliyuncs.com/a.png?Expires=1795314600" in written(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1.50,"b":"\xe8\x8a\xb1"}'.replace(b"1.50", b"1.5"),
        b'{"a": 1.5, "b": "\xe8\x8a\xb1"}',
        b'{"a":"\\u82b1"}',
        b'{"a": "\\u82b1", "b": [1, 2]}',
        b'{"lone":"\\ud83d"}',
        b"{not json",
        b"",
    ],
)
async def test_an_answer_without_secrets_keeps_its_bytes(
    cloud: Cloud, recorder: Recorder, tmp_path: Path, body: bytes
):
    cloud.answer(TASK, body)

    told = await ask(recorder, "GET", TASK)

    assert told.body == body
    assert told.headers["content-length"] == str(len(body))
    assert len(read_recordings(tmp_path / "day").exchanges) == 1


async def test_events_are_cleaned_line_by_line(cloud: Cloud, recorder: Recorder, tmp_path: Path):
    data = json.dumps({"output": {"url": f"{cloud.url}/a.png?{QUERY}"}}, separators=(",", ":"))
    cloud.answer(ORDER, f"id:1\nevent:result\ndata:{data}\n\n".encode(), content_type=EVENTS)

    told = await ask(recorder, "POST", ORDER, {})

    assert told.body.startswith(
        b'id:1\nevent:result\ndata:{"output":{"url":"http://127.0.0.1:8601/'
    )
    assert told.body.endswith(b"\n\n")
    assert SIGNATURE not in written(tmp_path)


EVENTS = "text/event-stream"


async def test_a_file_that_breaks_off_is_cut_for_the_client_too_and_not_recorded(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    link = await make_picture(cloud, recorder)
    path = "/1d/ab/20261127/01234567/picture-1.png"
    cloud.answer(path, PNG, content_type="image/png", content_length="5000")

    told = await ask(recorder, "GET", link)

    assert not told.is_whole
    assert names(tmp_path) == ["0001-query-task.json", "index.jsonl"]


async def test_a_file_without_a_byte_is_an_answer_without_a_body(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    cloud.answer(TASK, b"", content_type="image/png")

    told = await ask(recorder, "GET", TASK)

    assert (told.status, told.body, told.is_whole) == (200, b"", True)
    assert names(tmp_path) == ["0001-query-task.json", "index.jsonl"]


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"host": "evil.example"}])
async def test_a_page_of_another_origin_gets_nothing_through(
    cloud: Cloud, recorder: Recorder, headers: dict[str, str]
):
    told = await ask(recorder, "GET", TASK, headers=headers)

    assert told.status == 403
    assert cloud.paths == []


async def ask_nobody(url: str, folder: Path, timeout_seconds: float = 5) -> Told:
    opened = RecordingFolder(folder)
    async with Upstream(url, timeout_seconds) as upstream:
        recorder = Recorder(upstream=upstream, folder=opened, tell=ignore)
        told = await ask(recorder, "GET", TASK)
    opened.close()
    return told


async def test_a_server_that_is_not_there_is_told_and_not_recorded(tmp_path: Path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        told = await ask_nobody(f"http://127.0.0.1:{closed.getsockname()[1]}", tmp_path / "day")

    assert (told.status, told.members["code"]) == (502, "UpstreamUnreachable")
    assert told.headers["x-should-retry"] == "false"
    assert names(tmp_path) == ["index.jsonl"]


async def test_a_server_that_is_silent_is_told_and_not_recorded(tmp_path: Path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        told = await ask_nobody(url, tmp_path / "day", timeout_seconds=0.2)

    assert (told.status, told.members["code"]) == (504, "UpstreamTimedOut")
    assert "0.2 s" in told.members["message"]
    assert names(tmp_path) == ["index.jsonl"]


async def test_a_server_without_encryption_is_not_trusted_under_https(cloud: Cloud, tmp_path: Path):
    told = await ask_nobody(cloud.url.replace("http:", "https:"), tmp_path / "day")

    assert (told.status, told.members["code"]) == (502, "UpstreamUntrusted")


async def test_a_folder_is_continued_where_it_ends(cloud: Cloud, tmp_path: Path):
    cloud.answer(TASK, b"{}")
    for _ in range(2):
        await ask_nobody(cloud.url, tmp_path / "day")

    assert names(tmp_path) == ["0001-query-task.json", "0002-query-task.json", "index.jsonl"]
    assert len((tmp_path / "day/index.jsonl").read_text().splitlines()) == 2


async def test_a_link_of_an_earlier_recorder_says_what_to_do(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    link = await make_picture(cloud, recorder)
    async with Upstream(cloud.url, 5) as upstream:
        folder = RecordingFolder(tmp_path / "later")
        later = Recorder(upstream=upstream, folder=folder, tell=ignore)
        told = await ask(later, "GET", link)
        folder.close()

    assert (told.status, told.members["code"]) == (404, "RecordedLinkUnknown")
    assert "Query the task again" in told.members["message"]


def test_two_recorders_never_write_to_one_folder(tmp_path: Path):
    first = RecordingFolder(tmp_path / "day")

    with pytest.raises(StartRefused, match="Another recorder"):
        RecordingFolder(tmp_path / "day")
    first.close()


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"name": "x"}', json.dumps({"request": {"body": {"kind": "odd"}}})]
)
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, text: str):
    (tmp_path / "0001-query-task.json").write_text(text)

    with pytest.raises(StartRefused, match=r"0001-query-task\.json is not a recording"):
        read_recordings(tmp_path)


async def test_a_recording_leads_to_no_file_elsewhere(
    cloud: Cloud, recorder: Recorder, tmp_path: Path
):
    await ask(recorder, "GET", await make_picture(cloud, recorder))
    file = tmp_path / "day/0002-download.json"
    told: Any = json.loads(file.read_text())
    told["answer"]["body"]["file"] = "../secret.png"
    (tmp_path / "secret.png").touch()
    file.write_text(json.dumps(told))

    with pytest.raises(StartRefused, match="not beside it"):
        read_recordings(tmp_path / "day")
