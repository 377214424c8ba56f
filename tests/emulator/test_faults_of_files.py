"""What a client meets whose file has a fault; links are opened without any key."""

import hashlib
import re
from collections.abc import Iterator

import httpx
import pytest
from controlling import Tester

from running import RunningKaiga


@pytest.fixture(scope="module")
def painter(emulator: RunningKaiga) -> Iterator[Tester]:
    with Tester(emulator) as opened:
        yield opened


@pytest.fixture(scope="module")
def link(painter: Tester) -> str:
    return painter.end()["results"][0]["url"]


@pytest.fixture
def tester(painter: Tester) -> Iterator[Tester]:
    """The one whose link it is, with no fault left of other tests."""
    painter.control("DELETE", "faults")
    yield painter
    painter.control("DELETE", "faults")


def test_a_link_can_have_expired(tester: Tester, link: str):
    tester.fault("link-expired")

    answer = httpx.get(link)
    told = dict(re.findall(r"<(\w+)>([^<]*)</", answer.text))

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/xml"
    assert told["Message"] == "Request has expired."
    assert told["EC"] == "0002-00000069"
    assert told["Expires"] <= told["ServerTime"]


def test_the_file_behind_a_link_can_be_gone(tester: Tester, link: str):
    tester.fault("link-gone")

    answer = httpx.get(link)

    assert answer.status_code == 404
    assert "<Code>NoSuchKey</Code>" in answer.text


def collect(answer: httpx.Response, into: bytearray) -> None:
    for part in answer.iter_raw():
        into += part


@pytest.mark.parametrize(("values", "share"), [({}, 0.5), ({"bytes": 100}, None)])
def test_a_file_can_be_truncated(
    tester: Tester, link: str, values: dict[str, int], share: float | None
):
    whole = httpx.get(link).content
    tester.fault("truncated-file", **values)
    came = bytearray()

    with httpx.stream("GET", link) as answer:
        announced = int(answer.headers["content-length"])
        with pytest.raises(httpx.RemoteProtocolError):
            collect(answer, came)

    assert announced == len(whole)
    assert came == whole[: len(whole) // 2 if share else 100]


def test_a_file_can_have_a_wrong_content_type(tester: Tester, link: str):
    tester.fault("wrong-content-type")

    assert httpx.get(link).headers["content-type"] == "text/html"


def test_a_file_can_come_slowly_and_whole(tester: Tester, link: str):
    whole = hashlib.sha256(httpx.get(link).content).digest()
    tester.fault("slow-body", on="file", seconds=0.2)

    assert hashlib.sha256(httpx.get(link).content).digest() == whole


def test_a_connection_can_be_dropped_at_a_file(tester: Tester, link: str):
    tester.fault("dropped-before", on="file", times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(link)
    assert httpx.get(link).status_code == 200


@pytest.mark.usefixtures("tester")
def test_anothers_fault_leaves_the_file_alone(link: str, emulator: RunningKaiga):
    with Tester(emulator) as other:
        other.fault("link-gone")

        assert httpx.get(link).status_code == 200


def send_form(tester: Tester) -> httpx.Response:
    """Upload a small file as the SDK does: ask for a policy, then send a form."""
    asked = {"action": "getPolicy", "model": "wan2.5-i2i-preview"}
    data = tester.api.get("/uploads", params=asked).json()["data"]
    fields = {
        "OSSAccessKeyId": data["oss_access_key_id"],
        "Signature": data["signature"],
        "policy": data["policy"],
        "key": f"{data['upload_dir']}/a.txt",
        "x-oss-object-acl": data["x_oss_object_acl"],
        "x-oss-forbid-overwrite": data["x_oss_forbid_overwrite"],
        "success_action_status": "200",
    }
    return httpx.post(data["upload_host"], data=fields, files={"file": ("a.txt", b"a file")})


def test_a_connection_can_be_dropped_at_the_form_of_an_upload(tester: Tester):
    tester.fault("dropped-before", on="form", model="wan2.5-i2i-preview", times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        send_form(tester)
    assert send_form(tester).status_code == 200


def test_a_form_is_shown_to_whose_policy_it_has(tester: Tester):
    send_form(tester)

    assert [each["path"] for each in tester.requests()[-2:]] == [
        "/api/v1/uploads",
        "/kaiga/v1/uploads",
    ]
