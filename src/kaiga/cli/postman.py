"""Writes the Postman collection and environment of `kaiga postman`.

Both are plain values made of plain values: nothing is read, asked or written here. The same
arguments always give the same files, ids included, so that a file kept in version control
changes only when its content does.
"""

import uuid

from kaiga.cli import postman_texts

JsonObject = dict[str, object]

DEFAULT_BASE_URL = "http://127.0.0.1:8600/api/v1"
DEFAULT_MODEL = "wan2.5-t2i-preview"
DEFAULT_PROMPT = "A flower shop with a wooden door and flowers on display"
DEFAULT_SIZE = "1280*1280"

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "kaiga postman")
_CREATE_PATH = "services/aigc/text2image/image-synthesis"
_EDIT_PATH = "services/aigc/image2image/image-synthesis"
_CLIP_PATH = "services/aigc/video-generation/video-synthesis"
_MESSAGE_PATH = "services/aigc/multimodal-generation/generation"
_FURTHER_VARIABLES = ("otherTaskId", "editTaskId", "editUrl", "clipTaskId", "clipUrl")
_UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000"
_MOST_POLLS = 200

_DESCRIPTION = """\
Creates an image task, waits for it, and downloads its picture; then has that picture edited, \
makes a clip that begins with it, and asks for a picture in a message.

Choose the environment that came with this collection and fill in `apiKey`.
Then send the requests one by one, or run the whole collection: the second request repeats \
itself until the task has ended.
"""


def make_postman_collection(
    *,
    base_url: str = DEFAULT_BASE_URL,
    model: str = DEFAULT_MODEL,
    prompt: str = DEFAULT_PROMPT,
    size: str = DEFAULT_SIZE,
    n: int = 1,
) -> JsonObject:
    """Make a collection of format v2.1 that creates, polls, downloads, lists and cancels.

    `base_url` ends in `/api/v1`; `size` is `width*height` in pixels. The collection's variables
    hold everything but the key, so that the collection works with any environment that has
    `apiKey`, or with none once it is filled in there.
    """
    variables = _list_variables(base_url=base_url, model=model, prompt=prompt, size=size, n=n)
    return {
        "info": {
            "_postman_id": _make_id("collection"),
            "name": "Kaiga: pictures and clips",
            "description": _DESCRIPTION,
            "schema": _SCHEMA,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}],
        },
        "item": _list_items(),
        "variable": [
            {"key": name, "value": value, "type": "string"}
            for name, value in [*variables.items(), *((name, "") for name in _FURTHER_VARIABLES)]
        ],
    }


def make_postman_environment(
    *,
    api_key: str = "",
    name: str = "Kaiga",
    base_url: str = DEFAULT_BASE_URL,
    model: str = DEFAULT_MODEL,
    prompt: str = DEFAULT_PROMPT,
    size: str = DEFAULT_SIZE,
    n: int = 1,
) -> JsonObject:
    """Make the environment for that collection, with `api_key` as a secret.

    Its id depends on `name` alone: an environment of another name is another environment.
    """
    variables = _list_variables(base_url=base_url, model=model, prompt=prompt, size=size, n=n)
    variables["apiKey"] = api_key
    return {
        "id": _make_id("environment", name),
        "name": name,
        "values": [
            {
                "key": key,
                "value": value,
                "type": "secret" if key == "apiKey" else "default",
                "enabled": True,
            }
            for key, value in variables.items()
        ],
        "_postman_variable_scope": "environment",
    }


def _list_variables(*, base_url: str, model: str, prompt: str, size: str, n: int) -> dict[str, str]:
    return {
        "baseUrl": base_url.rstrip("/"),
        "apiKey": "",
        "model": model,
        "prompt": prompt,
        "size": size,
        "n": str(n),
        "taskId": "",
        "resultUrl": "",
    }


def _list_items() -> list[JsonObject]:
    return [*_list_task_items(), *_list_edit_items(), *_list_clip_items(), _make_message_item()]


def _list_task_items() -> list[JsonObject]:
    return [
        _make_creation("1. Create a task", remembered_as="taskId"),
        _make_poll("2. Poll until done", "taskId", "output.results[0].url", "resultUrl"),
        _make_item(
            "3. Download the result",
            _make_download("resultUrl"),
            after=postman_texts.DOWNLOAD_TESTS,
        ),
        _make_item(
            "4. List tasks",
            _make_request("GET", "tasks/", {"page_no": "1", "page_size": "10"}),
            after=postman_texts.LIST_TESTS,
        ),
        _make_creation("5. Create another task", remembered_as="otherTaskId"),
        _make_item(
            "6. Cancel that task",
            _make_request("POST", "tasks/{{otherTaskId}}/cancel"),
            after=postman_texts.CANCEL_TESTS,
        ),
        _make_item(
            "7. Ask for an unknown task",
            _make_request("GET", f"tasks/{_UNKNOWN_TASK}"),
            after=postman_texts.UNKNOWN_TESTS % _UNKNOWN_TASK,
        ),
    ]


def _list_edit_items() -> list[JsonObject]:
    return [
        _make_creation(
            "8. Edit the picture",
            remembered_as="editTaskId",
            path=_EDIT_PATH,
            body=postman_texts.EDIT_BODY,
        ),
        _make_poll("9. Poll until it is edited", "editTaskId", "output.results[0].url", "editUrl"),
    ]


def _list_clip_items() -> list[JsonObject]:
    return [
        _make_creation(
            "10. Make a clip that begins with the picture",
            remembered_as="clipTaskId",
            path=_CLIP_PATH,
            body=postman_texts.CLIP_BODY,
        ),
        _make_poll("11. Poll until it is filmed", "clipTaskId", "output.video_url", "clipUrl"),
        _make_item(
            "12. Download the clip",
            _make_download("clipUrl"),
            after=postman_texts.CLIP_DOWNLOAD_TESTS,
        ),
    ]


def _make_message_item() -> JsonObject:
    request = _make_order(_MESSAGE_PATH, postman_texts.MESSAGE_BODY, is_async=False)
    return _make_item(
        "13. Ask in a message and wait",
        request,
        before=postman_texts.QUOTE_PROMPT,
        after=postman_texts.MESSAGE_TESTS,
    )


def _make_creation(
    name: str,
    *,
    remembered_as: str,
    path: str = _CREATE_PATH,
    body: str = postman_texts.CREATE_BODY,
) -> JsonObject:
    tests = postman_texts.REMEMBER + postman_texts.CREATE_TESTS % remembered_as
    request = _make_order(path, body, is_async=True)
    return _make_item(name, request, before=postman_texts.QUOTE_PROMPT, after=tests)


def _make_poll(name: str, task: str, url: str, remembered_as: str) -> JsonObject:
    tests = postman_texts.POLL_TESTS % (_MOST_POLLS, url, remembered_as)
    request = _make_request("GET", f"tasks/{{{{{task}}}}}")
    return _make_item(name, request, after=postman_texts.REMEMBER + tests)


def _make_order(path: str, body: str, *, is_async: bool) -> JsonObject:
    headers = [{"key": "Content-Type", "value": "application/json"}]
    if is_async:
        headers.append({"key": "X-DashScope-Async", "value": "enable"})
    return _make_request("POST", path) | {
        "header": headers,
        "body": {"mode": "raw", "raw": body, "options": {"raw": {"language": "json"}}},
    }


def _make_download(variable: str) -> JsonObject:
    return {
        "method": "GET",
        "header": [],
        "auth": {"type": "noauth"},
        "url": {"raw": f"{{{{{variable}}}}}", "host": [f"{{{{{variable}}}}}"]},
    }


def _make_request(method: str, path: str, query: dict[str, str] | None = None) -> JsonObject:
    raw = "{{baseUrl}}/" + path
    url: JsonObject = {"raw": raw, "host": ["{{baseUrl}}"], "path": path.split("/")}
    if query:
        url["raw"] = raw + "?" + "&".join(f"{key}={value}" for key, value in query.items())
        url["query"] = [{"key": key, "value": value} for key, value in query.items()]
    return {"method": method, "header": [], "url": url}


def _make_item(name: str, request: JsonObject, *, after: str, before: str = "") -> JsonObject:
    scripts = [("prerequest", before), ("test", after)]
    return {
        "id": _make_id("request", name),
        "name": name,
        "event": [
            {
                "listen": listen,
                "script": {
                    "id": _make_id(listen, name),
                    "type": "text/javascript",
                    "exec": text.splitlines(),
                },
            }
            for listen, text in scripts
            if text
        ],
        "request": request,
        "response": list[object](),
    }


def _make_id(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))
