"""Files: the form that an upload policy permits, and results at their links."""

from kaiga.http.operations.description.parts import (
    OPEN,
    TEXT,
    Schema,
    header,
    in_path,
    operation,
    query,
    response,
)

_FIELDS = ("OSSAccessKeyId", "Signature", "policy", "key")
_OPTIONAL = (
    "x-oss-object-acl",
    "x-oss-forbid-overwrite",
    "success_action_status",
    "x-oss-content-type",
)
_FILE: Schema = {"application/octet-stream": {}}
_REFUSALS = {
    "400": "The form is not what storage takes",
    "403": "The policy has expired, or does not permit this; the link is not good",
    "404": "The file is gone",
    "409": "The name has a file already",
    "416": "There is no such part of the file",
    "429": "Too much at once",
    "503": "Storage does not answer",
}
_REFUSALS_OF_UPLOADS = ("400", "403", "409", "429", "503")
_REFUSALS_OF_RESULTS = ("400", "403", "404", "416", "503")


def describe_files() -> Schema:
    """Describe where files go and come from; these routes answer errors as XML, like storage."""
    return {
        "/kaiga/v1/uploads": {"post": _describe_upload()},
        "/1d/{shard}/{date}/{folder}/{file}": {
            "parameters": [in_path(name) for name in ("shard", "date", "folder", "file")],
            "get": _describe_result(),
        },
    }


def _describe_upload() -> Schema:
    fields = dict.fromkeys((*_FIELDS, *_OPTIONAL), TEXT)
    file: Schema = {"type": "string", "contentMediaType": "application/octet-stream"}
    form: Schema = {
        "type": "object",
        "required": [*_FIELDS, "file"],
        "properties": {**fields, "file": file},
    }
    return operation(
        "upload_file",
        "Files",
        "Send a file that a policy permits; the file is the last part",
        response("The file is there, at oss:// and its key", {}),
        body={"required": True, "content": {"multipart/form-data": {"schema": form}}},
        refusals=(),
        security=OPEN,
    ) | {"responses": _respond(response("The file is there", {}), _REFUSALS_OF_UPLOADS)}


def _describe_result() -> Schema:
    signed = [query(name, required=True) for name in ("Expires", "OSSAccessKeyId", "Signature")]
    whole = response("The file", _FILE)
    part = response("The part that was asked for", _FILE)
    return operation(
        "download_result",
        "Files",
        "Open a result at its signed link, as an answer gives it",
        whole,
        parameters=[*signed, header("Range", meaning="bytes=0-99")],
        refusals=(),
        security=OPEN,
    ) | {"responses": {**_respond(whole, _REFUSALS_OF_RESULTS), "206": part}}


def _respond(good: Schema, refusals: tuple[str, ...]) -> Schema:
    xml: Schema = {"application/xml": {"schema": TEXT}}
    return {
        "200": good,
        **{status: response(_REFUSALS[status], xml) for status in refusals},
    }
