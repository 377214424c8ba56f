"""Requests of a collection of format v2.1, each with its scripts and an answer that is kept."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

JsonObject = dict[str, object]

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "kaiga postman")
_LANGUAGES = {"application/json": "json", "application/xml": "xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """An answer to be shown beside a request: an object is written as JSON."""

    body: object
    status: int = 200
    kind: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request; `path` begins with the variable of its address, such as `{{baseUrl}}`."""

    name: str
    path: str
    saved: Saved
    after: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: str = ""
    form: Sequence[JsonObject] = ()
    before: str = ""
    needs_key: bool = True


def make_folder(name: str, about: str, entries: Sequence[Entry]) -> JsonObject:
    """Make a folder of requests."""
    return {
        "id": make_id("folder", name),
        "name": name,
        "description": about,
        "item": [make_item(entry) for entry in entries],
    }


def make_item(entry: Entry) -> JsonObject:
    """Make the item of a request."""
    scripts = [("prerequest", entry.before), ("test", entry.after)]
    request = _make_request(entry)
    return {
        "id": make_id("request", entry.name),
        "name": entry.name,
        "event": [make_script(listen, entry.name, text) for listen, text in scripts if text],
        "request": request,
        "response": [_make_saved(entry, request)],
    }


def make_script(listen: str, name: str, text: str) -> JsonObject:
    """Make a script that runs before a request (`prerequest`) or after its answer (`test`)."""
    return {
        "listen": listen,
        "script": {
            "id": make_id(listen, name),
            "type": "text/javascript",
            "exec": text.splitlines(),
        },
    }


def make_id(*parts: str) -> str:
    """Make an id that is always the same for the same parts."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


def _make_request(entry: Entry) -> JsonObject:
    request: JsonObject = {
        "method": entry.method,
        "header": [{"key": key, "value": value} for key, value in _list_headers(entry).items()],
        "url": _make_url(entry),
    }
    if not entry.needs_key:
        request["auth"] = {"type": "noauth"}
    if entry.body:
        options = {"raw": {"language": "json"}}
        request["body"] = {"mode": "raw", "raw": entry.body, "options": options}
    if entry.form:
        request["body"] = {"mode": "formdata", "formdata": list(entry.form)}
    return request


def _list_headers(entry: Entry) -> Mapping[str, str]:
    return ({"Content-Type": "application/json"} if entry.body else {}) | dict(entry.headers)


def _make_url(entry: Entry) -> JsonObject:
    host, *path = entry.path.split("/")
    url: JsonObject = {"raw": entry.path, "host": [host]}
    if path:
        url["path"] = path
    if entry.query:
        url["raw"] = entry.path + "?" + "&".join(f"{k}={v}" for k, v in entry.query.items())
        url["query"] = [{"key": key, "value": value} for key, value in entry.query.items()]
    return url


def _make_saved(entry: Entry, request: JsonObject) -> JsonObject:
    saved = entry.saved
    is_text = isinstance(saved.body, str)
    return {
        "id": make_id("saved", entry.name),
        "name": HTTPStatus(saved.status).phrase,
        "originalRequest": request,
        "status": HTTPStatus(saved.status).phrase,
        "code": saved.status,
        "_postman_previewlanguage": _LANGUAGES.get(saved.kind, "text"),
        "header": [{"key": "Content-Type", "value": saved.kind}],
        "cookie": [],
        "body": saved.body if is_text else json.dumps(saved.body, ensure_ascii=False, indent=2),
    }
