"""Requests around tasks: models, limits, an upload, a temporary key."""

from collections.abc import Mapping

from kaiga.cli.postman import texts
from kaiga.cli.postman.items import Entry, JsonObject, Saved
from kaiga.http.operations.description import examples

_FIELDS: Mapping[str, str] = {
    "OSSAccessKeyId": "{{uploadKeyId}}",
    "Signature": "{{uploadSignature}}",
    "policy": "{{uploadPolicy}}",
    "x-oss-object-acl": "private",
    "x-oss-forbid-overwrite": "true",
    "key": "{{uploadDir}}/picture.png",
    "success_action_status": "200",
}


def list_surroundings() -> list[Entry]:
    """List the requests, the upload's in the order in which they go."""
    page = {"page_no": "1", "page_size": "20"}
    return [
        _get("List the models", "models", examples.MODELS, page),
        _get("Show what is allowed of each model", "models/limits", examples.QUOTAS, page),
        _get("The same at its other path", "quotas", examples.QUOTAS, page),
        Entry(
            name="Have an upload permitted",
            path="{{baseUrl}}/uploads",
            query={"action": "getPolicy", "model": "wan2.5-i2i-preview"},
            after=texts.REMEMBER + texts.POLICY_TESTS,
            saved=Saved(body=examples.POLICY),
        ),
        Entry(
            name="Upload a file: choose one first",
            method="POST",
            path="{{uploadHost}}",
            form=[*map(_make_field, _FIELDS.items()), {"key": "file", "type": "file", "src": []}],
            after=texts.REMEMBER + texts.UPLOAD_TESTS,
            saved=Saved(body="", kind="text/plain"),
            needs_key=False,
        ),
        Entry(
            name="Make a key that ends by itself",
            method="POST",
            path="{{baseUrl}}/tokens",
            query={"expire_in_seconds": "60"},
            after=texts.GOOD_TESTS,
            saved=Saved(body=examples.TOKEN),
        ),
    ]


def _get(name: str, path: str, answer: object, query: Mapping[str, str]) -> Entry:
    return Entry(
        name=name,
        path=f"{{{{baseUrl}}}}/{path}",
        query=query,
        after=texts.GOOD_TESTS,
        saved=Saved(body=answer),
    )


def _make_field(field: tuple[str, str]) -> JsonObject:
    name, value = field
    return {"key": name, "value": value, "type": "text"}
