"""Policies and forms of the temporary upload, as clients ask for them and fill them in."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
from http_calls import RawConnection

from kaiga.domain.ids import LinkKeyId
from kaiga.domain.links import LinkKey
from running import RunningKaiga

MODEL = "wan2.5-i2i-preview"
BOUNDARY = "----boundary7"
CONTENT = b"\x89PNG\r\n\x1a\n" + b"a picture of a cat"


def get_policy(client: httpx.Client, model: str = MODEL) -> dict[str, Any]:
    answer = client.get("/uploads", params={"action": "getPolicy", "model": model})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def fill_in(policy: Mapping[str, Any], name: str = "cat.png") -> dict[str, str]:
    """Make the fields before the file, in the order in which the SDK sends them."""
    return {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": f"{policy['upload_dir']}/{name}",
        "x-oss-object-acl": policy["x_oss_object_acl"],
        "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
        "success_action_status": "200",
        "x-oss-content-type": "image/png",
    }


def post(host: str, form: Mapping[str, str], content: bytes = CONTENT) -> httpx.Response:
    """Send a form, without any key."""
    return httpx.post(host, data=dict(form), files={"file": ("cat.png", content)}, timeout=60)


def write_form(parts: list[tuple[str, str | bytes]]) -> bytes:
    """Write a form part by part, in whatever order."""
    written = b""
    for name, value in parts:
        filename = '; filename="cat.png"' if name == "file" else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'
        content = value if isinstance(value, bytes) else value.encode()
        written += head.encode() + content + b"\r\n"
    return written + f"--{BOUNDARY}--\r\n".encode()


def begin_form(connection: RawConnection, form: bytes) -> None:
    connection.begin(
        {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(form)),
        },
        "POST /kaiga/v1/uploads HTTP/1.1",
    )


def send_form(host: str, form: bytes) -> httpx.Response:
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return httpx.post(host, content=form, headers={"Content-Type": content_type})


def refusal_of(response: httpx.Response) -> tuple[int, str, str]:
    """Give status, code and message of an answer that must be the XML of object storage."""
    assert response.headers["content-type"] == "application/xml"
    members = dict(re.findall(r"<(\w+)>([^<]*)</\1>", response.text))
    assert members["RequestId"] == response.headers["x-request-id"]
    return response.status_code, members["Code"], members["Message"].replace("&quot;", '"')


def list_uploads(server: RunningKaiga) -> dict[str, tuple[str, int]]:
    """Give what is recorded: object and size by key."""
    rows = server.select("SELECT key, object_key, size_bytes FROM uploads")
    return {str(key): (str(stored), int(str(size))) for key, stored, size in rows}


def read_link_key(server: RunningKaiga) -> LinkKey:
    """Give the secret that signs, as somebody with the data folder can."""
    ((key_id, secret),) = server.select(
        "SELECT id, value FROM secrets WHERE purpose = 'link-signing'"
    )
    assert isinstance(secret, bytes)
    return LinkKey(id=LinkKeyId(str(key_id)), secret=secret)
