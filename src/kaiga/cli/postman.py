"""Writes the Postman collection and environment of `kaiga postman`.

Both are plain values made of plain values: nothing is read, asked or written here. The same
arguments always give the same files, ids included, so that a file kept in version control
changes only when its content does.
"""

import uuid

JsonObject = dict[str, object]

DEFAULT_BASE_URL = "http://127.0.0.1:8600/api/v1"
DEFAULT_MODEL = "wan2.5-t2i-preview"
DEFAULT_PROMPT = "A flower shop with a wooden door and flowers on display"
DEFAULT_SIZE = "1280*1280"

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_OID, "kaiga postman")
_CREATE_PATH = "services/aigc/text2image/image-synthesis"
_UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000"
_MOST_POLLS = 200

_DESCRIPTION = """\
Creates an image task, waits for it, and downloads its picture.

Choose the environment that came with this collection and fill in `apiKey`.
Then send the requests one by one, or run the whole collection: the second request repeats \
itself until the task has ended.
"""

# Postman puts a variable's text into the body as it is, so a prompt with a quotation mark or a
# line break would break the JSON around it.
_QUOTE_PROMPT = """\
// A prompt may hold quotation marks and line breaks: quote it as JSON asks.
pm.variables.set("quotedPrompt", JSON.stringify(pm.variables.get("prompt")));
"""

_CREATE_BODY = """\
{
  "model": "{{model}}",
  "input": {
    "prompt": {{quotedPrompt}}
  },
  "parameters": {
    "size": "{{size}}",
    "n": {{n}}
  }
}"""

_REMEMBER = """\
// Both scopes, because an environment's value hides the collection's of the same name.
function remember(name, value) {
    pm.environment.set(name, value);
    pm.collectionVariables.set(name, value);
}
"""

_CREATE_TESTS = """\
pm.test("the task is accepted", function () {
    pm.response.to.have.status(200);
});
pm.test("the task is pending and has an id", function () {
    const output = pm.response.json().output;
    pm.expect(output.task_status).to.equal("PENDING");
    pm.expect(output.task_id).to.be.a("string").that.is.not.empty;
    remember("%s", output.task_id);
});
"""

_POLL_TESTS = """\
pm.test("the task can be read", function () {
    pm.response.to.have.status(200);
});
const output = pm.response.code === 200 ? pm.response.json().output : {};
const polls = Number(pm.variables.get("polls") || 0) + 1;
const waiting = output.task_status === "PENDING" || output.task_status === "RUNNING";
if (waiting && polls < %d) {
    pm.variables.set("polls", polls);
    // The next request starts when this timer has run out: 1 second at first, 5 at last.
    setTimeout(function () {}, Math.min(500 + 500 * polls, 5000));
    pm.execution.setNextRequest(pm.info.requestName);
} else {
    pm.variables.set("polls", 0);
    pm.test("the task has succeeded", function () {
        pm.expect(output.task_status, output.message).to.equal("SUCCEEDED");
    });
    pm.test("the result has a link", function () {
        const url = output.results[0].url;
        pm.expect(url).to.match(/^https?:\\/\\//);
        remember("resultUrl", url);
    });
}
"""

_DOWNLOAD_TESTS = """\
pm.test("the link opens without the API key", function () {
    pm.response.to.have.status(200);
});
pm.test("the file is a PNG picture", function () {
    pm.expect(pm.response.headers.get("Content-Type")).to.match(/^image\\/png/);
    const head = Array.from(new Uint8Array(pm.response.stream).slice(0, 8));
    pm.expect(head).to.eql([137, 80, 78, 71, 13, 10, 26, 10]);
});
"""

_LIST_TESTS = """\
pm.test("the tasks are listed", function () {
    pm.response.to.have.status(200);
    const page = pm.response.json();
    pm.expect(page.data).to.be.an("array").that.is.not.empty;
    pm.expect(page.total).to.be.at.least(page.data.length);
    page.data.forEach(function (task) {
        pm.expect(task).to.include.all.keys("task_id", "status", "model_name");
    });
});
"""

_CANCEL_TESTS = """\
pm.test("the task is cancelled, or had begun already", function () {
    pm.expect(pm.response.code).to.be.oneOf([200, 400]);
    if (pm.response.code === 400) {
        pm.expect(pm.response.json().code).to.equal("UnsupportedOperation");
    }
});
"""

_UNKNOWN_TESTS = """\
pm.test("an unknown task is UNKNOWN, and no error", function () {
    pm.response.to.have.status(200);
    const output = pm.response.json().output;
    pm.expect(output.task_status).to.equal("UNKNOWN");
    pm.expect(output.task_id).to.equal("%s");
});
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
            "name": "Kaiga: image tasks",
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
            for name, value in [*variables.items(), ("otherTaskId", "")]
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
    return [
        _make_creation("1. Create a task", remembered_as="taskId"),
        _make_item(
            "2. Poll until done",
            _make_request("GET", "tasks/{{taskId}}"),
            after=_REMEMBER + _POLL_TESTS % _MOST_POLLS,
        ),
        _make_item("3. Download the result", _make_download(), after=_DOWNLOAD_TESTS),
        _make_item(
            "4. List tasks",
            _make_request("GET", "tasks/", {"page_no": "1", "page_size": "10"}),
            after=_LIST_TESTS,
        ),
        _make_creation("5. Create another task", remembered_as="otherTaskId"),
        _make_item(
            "6. Cancel that task",
            _make_request("POST", "tasks/{{otherTaskId}}/cancel"),
            after=_CANCEL_TESTS,
        ),
        _make_item(
            "7. Ask for an unknown task",
            _make_request("GET", f"tasks/{_UNKNOWN_TASK}"),
            after=_UNKNOWN_TESTS % _UNKNOWN_TASK,
        ),
    ]


def _make_creation(name: str, *, remembered_as: str) -> JsonObject:
    request = _make_request("POST", _CREATE_PATH) | {
        "header": [
            {"key": "Content-Type", "value": "application/json"},
            {"key": "X-DashScope-Async", "value": "enable"},
        ],
        "body": {
            "mode": "raw",
            "raw": _CREATE_BODY,
            "options": {"raw": {"language": "json"}},
        },
    }
    return _make_item(
        name, request, before=_QUOTE_PROMPT, after=_REMEMBER + _CREATE_TESTS % remembered_as
    )


def _make_download() -> JsonObject:
    return {
        "method": "GET",
        "header": [],
        "auth": {"type": "noauth"},
        "url": {"raw": "{{resultUrl}}", "host": ["{{resultUrl}}"]},
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
