"""The first requests: a picture, then an edit, a clip and a message."""

from kaiga.cli.postman import texts
from kaiga.cli.postman.items import Entry, Saved
from kaiga.http.operations.description import examples

_CREATE_PATH = "services/aigc/text2image/image-synthesis"
_EDIT_PATH = "services/aigc/image2image/image-synthesis"
_CLIP_PATH = "services/aigc/video-generation/video-synthesis"
_MESSAGE_PATH = "services/aigc/multimodal-generation/generation"
_UNKNOWN_TASK = "00000000-0000-4000-8000-000000000000"
_MOST_POLLS = 200
_ENABLE = {"X-DashScope-Async": "enable"}


def list_tour() -> list[Entry]:
    """List what is about one task: create, poll, download, list, cancel."""
    return [
        _create("1. Create a task", "taskId"),
        _poll(
            "2. Poll until done", "taskId", "output.results[0].url", "resultUrl", examples.PICTURE
        ),
        Entry(
            name="3. Download the result",
            path="{{resultUrl}}",
            after=texts.SHOW + texts.DOWNLOAD_TESTS,
            saved=Saved(body="", kind="image/png"),
            needs_key=False,
        ),
        Entry(
            name="4. List tasks",
            path="{{baseUrl}}/tasks/",
            query={"page_no": "1", "page_size": "10"},
            after=texts.LIST_TESTS,
            saved=Saved(body=examples.TASKS),
        ),
        _create("5. Create another task", "otherTaskId"),
        Entry(
            name="6. Cancel that task",
            method="POST",
            path="{{baseUrl}}/tasks/{{otherTaskId}}/cancel",
            after=texts.CANCEL_TESTS,
            saved=Saved(body=examples.DONE),
        ),
        Entry(
            name="7. Ask for an unknown task",
            path=f"{{{{baseUrl}}}}/tasks/{_UNKNOWN_TASK}",
            after=texts.UNKNOWN_TESTS % _UNKNOWN_TASK,
            saved=Saved(body=examples.tell_unknown(_UNKNOWN_TASK)),
        ),
    ]


def list_more() -> list[Entry]:
    """List what takes that picture further."""
    return [
        _create("8. Edit the picture", "editTaskId", _EDIT_PATH, texts.EDIT_BODY),
        _poll(
            "9. Poll until it is edited",
            "editTaskId",
            "output.results[0].url",
            "editUrl",
            examples.PICTURE,
        ),
        _create(
            "10. Make a clip that begins with the picture",
            "clipTaskId",
            _CLIP_PATH,
            texts.CLIP_BODY,
        ),
        _poll(
            "11. Poll until it is filmed",
            "clipTaskId",
            "output.video_url",
            "clipUrl",
            examples.CLIP,
        ),
        Entry(
            name="12. Download the clip",
            path="{{clipUrl}}",
            after=texts.SHOW + texts.CLIP_DOWNLOAD_TESTS,
            saved=Saved(body="", kind="video/mp4"),
            needs_key=False,
        ),
        Entry(
            name="13. Ask in a message and wait",
            method="POST",
            path=f"{{{{baseUrl}}}}/{_MESSAGE_PATH}",
            body=texts.MESSAGE_BODY,
            before=texts.QUOTE_PROMPT,
            after=texts.SHOW + texts.MESSAGE_TESTS,
            saved=Saved(body=examples.MESSAGE),
        ),
    ]


def _create(
    name: str, remembered_as: str, path: str = _CREATE_PATH, body: str = texts.CREATE_BODY
) -> Entry:
    return Entry(
        name=name,
        method="POST",
        path=f"{{{{baseUrl}}}}/{path}",
        headers=_ENABLE,
        body=body,
        before=texts.QUOTE_PROMPT,
        after=texts.REMEMBER + texts.CREATE_TESTS % remembered_as,
        saved=Saved(body=examples.CREATED),
    )


def _poll(name: str, task: str, url: str, remembered_as: str, answer: object) -> Entry:
    tests = texts.POLL_TESTS % {"most": _MOST_POLLS, "url": url, "name": remembered_as}
    return Entry(
        name=name,
        path=f"{{{{baseUrl}}}}/tasks/{{{{{task}}}}}",
        headers={"Prefer": "wait=20"},
        after=texts.REMEMBER + texts.SHOW + tests,
        saved=Saved(body=answer),
    )
