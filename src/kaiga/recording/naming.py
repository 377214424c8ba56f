"""Names of recordings by their route, and the extensions of the files beside them."""

import mimetypes
import re
from pathlib import PurePosixPath

from kaiga.domain.media import recognise_media
from kaiga.http.dashscope.routes import PREFIX
from kaiga.recording.addresses import LINKS

_SERVICES = f"{PREFIX}services/"
_TASKS = f"{PREFIX}tasks"
_ROUTES = {
    ("GET", "tasks"): "list-tasks",
    ("GET", "uploads"): "get-upload-policy",
    ("POST", "tokens"): "make-temporary-key",
    ("GET", "models"): "list-models",
}
_SAFE_EXTENSION = re.compile(r"\.[a-z0-9]{1,5}", re.ASCII)
_LONGEST_NAME = 40


def name_route(method: str, path: str) -> str:
    """Give what a request does in a few words, fit for a file's name."""
    bare = path.rstrip("/")
    if bare.startswith(LINKS):
        return {"GET": "download", "POST": "upload"}.get(method, f"{method.lower()}-link")
    if bare.startswith(_SERVICES) and method == "POST":
        return f"create-{_tidy(bare.rpartition('/')[2])}"
    if bare.startswith(f"{_TASKS}/"):
        return "cancel-task" if bare.endswith("/cancel") else "query-task"
    known = _ROUTES.get((method, bare.removeprefix(PREFIX)))
    return known or _tidy(f"{method}-{bare.rpartition('/')[2]}")


def choose_extension(head: bytes, content_type: str, name: str) -> str:
    """Give the extension of a file by its first bytes, else by its type, else by its name."""
    known = recognise_media(head)
    if known is not None:
        return f".{known.extension}"
    guessed = mimetypes.guess_extension(content_type.partition(";")[0].strip())
    suffix = PurePosixPath(name.partition("?")[0]).suffix.lower()
    if guessed is None and _SAFE_EXTENSION.fullmatch(suffix):
        return suffix
    return guessed or ".bin"


def _tidy(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return words[:_LONGEST_NAME] or "request"
