"""Result links: what they look like, what they open, and what happens when they do not."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree as ET

import httpx
import pytest
from PIL import Image

from kaiga.domain.ids import LinkKeyId
from kaiga.domain.links import LinkKey, make_link_query
from running import RunningKaiga

PATH = re.compile(
    r"/1d/[0-9a-f]{2}/[0-9]{8}/[0-9a-f]{8}/(?P<task>[0-9a-f-]{36})-(?P<n>[1-4])\.png", re.ASCII
)
SAFE = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}


@pytest.fixture(scope="module")
def url(painted) -> str:
    return painted["output"]["results"][0]["url"]


@pytest.fixture(scope="module")
def png(url) -> bytes:
    return httpx.get(url).content


def read_xml(response: httpx.Response) -> Mapping[str, str]:
    """Read a refusal in the form of the object storage."""
    assert response.headers["content-type"].startswith("application/xml")
    root = ET.fromstring(response.text)  # noqa: S314  our own server's answer
    assert root.tag == "Error"
    return {child.tag: child.text or "" for child in root}


def sign(server: RunningKaiga, path: str, expires_at: datetime) -> str:
    """Make a link as the server itself would, with its own newest secret."""
    [(key_id, secret), *_] = server.select(
        "SELECT id, value FROM secrets WHERE purpose = 'link-signing' "
        "ORDER BY created_ms DESC, id DESC"
    )
    assert isinstance(secret, bytes)
    key = LinkKey(id=LinkKeyId(str(key_id)), secret=secret)
    return f"{server.base_url}{path}?{make_link_query(key, path, expires_at)}"


def test_a_link_has_the_documented_form(server, painted, url):
    parts = urlsplit(url)
    query = parse_qs(parts.query, strict_parsing=True)

    named = PATH.fullmatch(parts.path)
    assert f"{parts.scheme}://{parts.netloc}" == server.base_url
    assert named
    assert (named["task"], named["n"]) == (painted["output"]["task_id"], "1")
    assert list(query) == ["Expires", "OSSAccessKeyId", "Signature"]
    assert re.fullmatch(r"[A-Za-z0-9%]+", parts.query.rpartition("Signature=")[2])


def test_a_link_ends_24_hours_after_its_task(painted, url):
    expires = int(parse_qs(urlsplit(url).query)["Expires"][0])

    ended_at = datetime.strptime(painted["output"]["end_time"] + "+0800", "%Y-%m-%d %H:%M:%S.%f%z")
    assert 0 <= expires - (ended_at + timedelta(hours=24)).timestamp() < 1


def test_no_api_key_is_in_a_link(server, url):
    assert server.key not in url
    assert server.key[3:] not in url


def test_a_link_stays_the_same_from_query_to_query(painter, painted, url):
    again = painter.get(f"/tasks/{painted['output']['task_id']}").json()

    assert again["output"]["results"][0]["url"] == url


def test_a_link_opens_without_a_key_and_gives_the_picture(url):
    response = httpx.get(url)

    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert int(response.headers["content-length"]) == len(response.content)
    with Image.open(BytesIO(response.content)) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (768, 768))


@pytest.mark.parametrize("key", ["Bearer sk-wrong", "Basic x"])
def test_a_wrong_key_does_no_harm_on_a_link(url, key):
    assert httpx.get(url, headers={"Authorization": key}).status_code == 200


def test_head_tells_the_same_as_get_without_the_bytes(url, png):
    got, head = httpx.get(url), httpx.head(url)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "accept-ranges", *SAFE):
        assert head.headers[name] == got.headers[name]
    assert int(head.headers["content-length"]) == len(png)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_link_takes_no_other_method(url, method):
    response = httpx.request(method, url)

    assert response.status_code in {400, 403, 405}
    assert "Code" in read_xml(response)
    assert httpx.get(url).status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=8-99", 8, 99),
        ("Bytes=8-99", 8, 99),
        ("bytes=100-", 100, -1),
        ("bytes=-1", -1, -1),
        ("bytes=-50", -50, -1),
        ("bytes=0-99999999", 0, -1),
        ("bytes=-99999999", 0, -1),
    ],
)
def test_one_range_is_answered_with_that_part(url, png, asked, first, last):
    response = httpx.get(url, headers={"Range": asked})

    start, end = first % len(png), last % len(png)
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes {start}-{end}/{len(png)}"
    assert response.content == png[start : end + 1]
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "bytes=", "bytes=-", "bytes=9-2", "bytes=a-b", "lines=0-5", "0-5", "bytes=0"],
)
def test_a_range_in_another_form_gives_the_whole(url, png, asked):
    response = httpx.get(url, headers={"Range": asked})

    assert (response.status_code, response.content) == (200, png)


@pytest.mark.parametrize("asked", ["bytes={size}-", "bytes=999999999-", "bytes=-0"])
def test_a_range_past_the_end_is_refused(url, png, asked):
    response = httpx.get(url, headers={"Range": asked.format(size=len(png))})

    assert response.status_code == 416
    assert response.headers["content-range"] == f"bytes */{len(png)}"
    assert response.content == b""


def test_a_caller_who_leaves_in_mid_download_does_no_harm(url, png):
    for _ in range(3):
        with httpx.stream("GET", url) as response:
            next(response.iter_raw(10))

    assert httpx.get(url).content == png


@pytest.mark.parametrize("form", ["{etag}", "W/{etag}", '"other", {etag}', "*"])
def test_a_picture_that_the_caller_has_is_not_sent_again(url, form):
    etag = httpx.head(url).headers["etag"]

    response = httpx.get(url, headers={"If-None-Match": form.format(etag=etag)})

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == etag


def test_a_range_of_another_version_gives_the_whole(url, png):
    response = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})

    assert (response.status_code, response.content) == (200, png)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Range": "bytes=0-9"}, {"Range": "bytes=999999999-"}, {"If-None-Match": "*"}],
)
def test_every_file_answer_forbids_guessing_and_running(url, headers):
    response = httpx.get(url, headers=headers)

    assert {name: response.headers[name] for name in SAFE} == SAFE
    assert response.headers["x-request-id"]


def alter(url: str, *, path: str = "", **query: str) -> str:
    """Change a link's path, or members of its query; None drops one."""
    parts = urlsplit(url)
    members = {name: values[0] for name, values in parse_qs(parts.query).items()} | query
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in members.items())
    return f"{parts.scheme}://{parts.netloc}{path or parts.path}?{text}"


@pytest.mark.parametrize(
    "change",
    [
        {"Signature": "AAAA"},
        {"Signature": ""},
        {"Signature": "é\x00"},
        {"Signature": "A" * 10_000},
        {"Expires": "9999999999"},
        {"Expires": "0"},
        {"Expires": ""},
        {"Expires": "-1"},
        {"Expires": "１７９５３１４６００"},
        {"OSSAccessKeyId": "LTAI0000000000000000"},
        {"OSSAccessKeyId": ""},
        {"path": "/1d/"},
        {"path": "/1d/%2e%2e/%2e%2e/kaiga.db"},
        {"path": "/1d/00/20260101/00000000/x.png"},
        {"path": "/1d/\x00"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_changed_link_does_not_open(url, change, method):
    changed = alter(url, **{name: value for name, value in change.items() if name != "path"})
    if "path" in change:
        changed = alter(url, path=quote(change["path"], safe="/%"))

    response = httpx.request(method, changed)

    assert response.status_code == 403
    assert {name: response.headers[name] for name in SAFE} == SAFE
    if method == "GET":
        assert read_xml(response)["Code"] == "SignatureDoesNotMatch"


def test_a_link_does_not_open_the_picture_beside_its_own(url):
    parts = urlsplit(url)

    response = httpx.get(alter(url, path=parts.path.replace("-1.png", "-2.png")))

    assert (response.status_code, read_xml(response)["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_link_without_its_query_does_not_open(url):
    response = httpx.get(url.partition("?")[0])

    assert (response.status_code, read_xml(response)["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_link_whose_time_is_over_says_so(server, url):
    expired_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    response = httpx.get(sign(server, urlsplit(url).path, expired_at))

    error = read_xml(response)
    assert response.status_code == 403
    assert error.keys() == {
        "Code",
        "Message",
        "RequestId",
        "HostId",
        "Expires",
        "ServerTime",
        "EC",
    }
    assert error["Code"] == "AccessDenied"
    assert error["Message"] == "Request has expired."
    assert error["Expires"] == "2026-01-02T03:04:05.000Z"
    assert error["EC"] == "0002-00000069"
    assert error["RequestId"] == response.headers["x-request-id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", error["ServerTime"])


def test_a_link_signed_for_tomorrow_opens(server, url, png):
    response = httpx.get(sign(server, urlsplit(url).path, datetime.now(UTC) + timedelta(hours=20)))

    assert response.content == png


@pytest.mark.parametrize(
    "path",
    [
        "/1d/00/20260101/00000000/01890a5d-ac96-774b-bcce-b302099a8057-1.png",
        "/1d/00/20260101/00000000/x.png",
        "/1d/",
    ],
)
def test_a_good_signature_on_a_path_that_names_nothing_opens_nothing(server, path):
    response = httpx.get(sign(server, path, datetime.now(UTC) + timedelta(hours=1)))

    assert (response.status_code, read_xml(response)["Code"]) in {
        (404, "NoSuchKey"),
        (403, "SignatureDoesNotMatch"),
    }


@pytest.mark.parametrize("number", ["0", "2", "999999", "-1"])
def test_a_good_signature_on_a_picture_that_was_not_ordered_opens_nothing(server, url, number):
    path = urlsplit(url).path.replace("-1.png", f"-{number}.png")

    response = httpx.get(sign(server, path, datetime.now(UTC) + timedelta(hours=1)))

    assert response.status_code in {403, 404}
    assert read_xml(response)["Code"] in {"NoSuchKey", "SignatureDoesNotMatch"}


def test_hostile_hosts_do_not_break_the_refusals_xml(server):
    response = httpx.get(f"{server.base_url}/1d/x", headers={"Host": "a<b>&amp;]]>"})

    assert read_xml(response)["HostId"] == "a<b>&amp;]]>"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_good_link_to_a_file_that_is_gone_says_so(server, painter, method):
    answer = server.wait_for_end(painter, server.submit(painter, "a lost picture"))
    task_id, result = answer["output"]["task_id"], answer["output"]["results"][0]
    keys = [key for key in server.objects().list_keys() if task_id in key]
    for key in keys:
        server.objects().remove(key)

    response = httpx.request(method, result["url"])

    assert keys
    assert response.status_code == 404
    if method == "GET":
        assert read_xml(response)["Code"] == "NoSuchKey"


def test_new_link_keys_sign_new_links_and_old_links_still_open(server, painter, painted, url):
    old_key_id = parse_qs(urlsplit(url).query)["OSSAccessKeyId"]

    rotated = painter.post(f"{server.base_url}/kaiga/v1/links/rotate")

    again = painter.get(f"/tasks/{painted['output']['task_id']}").json()
    new_url = again["output"]["results"][0]["url"]
    assert rotated.status_code == 200
    assert parse_qs(urlsplit(new_url).query)["OSSAccessKeyId"] != old_key_id
    assert urlsplit(new_url).path == urlsplit(url).path
    assert [httpx.get(link).status_code for link in (url, new_url)] == [200, 200]


def test_an_old_keys_id_does_not_go_with_a_new_keys_signature(server, painter, painted):
    def ask() -> str:
        answer = painter.get(f"/tasks/{painted['output']['task_id']}").json()
        return answer["output"]["results"][0]["url"]

    old = ask()
    painter.post(f"{server.base_url}/kaiga/v1/links/rotate")
    mixed = alter(ask(), OSSAccessKeyId=parse_qs(urlsplit(old).query)["OSSAccessKeyId"][0])

    response = httpx.get(mixed)

    assert (response.status_code, read_xml(response)["Code"]) == (403, "SignatureDoesNotMatch")
