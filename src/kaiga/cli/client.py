"""The API as commands call it: one method per call, typed answers, failures in plain words."""

import re
import ssl
from collections.abc import Callable, Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Self, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from kaiga.cli.answers import (
    CancelAnswer,
    CreateAnswer,
    ManifestAnswer,
    PolicyAnswer,
    RefusalAnswer,
    RerunAnswer,
    StopAnswer,
    TaskAnswer,
    TaskList,
    read_result_answer,
    read_task_answer,
)
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.reaching import Server
from kaiga.domain.tasks import TaskStatus

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0
_TRY_LATER = frozenset({408, 429, 500, 502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_STORAGE_ERROR = re.compile(r"<Code>([^<]*)</Code>\s*<Message>([^<]*)</Message>")

Answer = TypeVar("Answer")


class ServerUnreachable(CommandFailed):
    """No connection, or none that lasted until the answer."""


class CallRefused(CommandFailed):
    """The server answered with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}", code=code)
        self.status = status

    @property
    def may_pass(self) -> bool:
        """Tell whether the same call may be answered a moment later."""
        return self.status in _TRY_LATER


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to make, as it is sent: `input` and `parameters` are those of the body.

    `resolves_uploads` is to be set where something in it is an `oss://` address. `adapters` is a
    list of LoRA ids as the header takes it, such as `ink:0.8, paper`.
    """

    model: str
    operation: str
    input: Mapping[str, object]
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    resolves_uploads: bool = False
    adapters: str = ""


class ApiClient:
    """Calls one server; a context manager that closes its connections."""

    def __init__(self, server: Server, *, answer_seconds: float = _ANSWER_SECONDS) -> None:
        self.server = server
        self._answer_seconds = answer_seconds
        self._calls = self._open_client({"Authorization": f"Bearer {server.key}"})
        # Links may lead to another host, and the key is nobody else's business.
        self._downloads = self._open_client({})

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(self, *_: object) -> None:
        """See the class."""
        self._calls.close()
        self._downloads.close()

    def create(self, order: Order) -> str:
        """Create a task; gives its id."""
        answer = self._order(order, {"X-DashScope-Async": "enable"})
        return _decode(answer, CreateAnswer).output.task_id

    def create_and_wait(self, order: Order, timeout_seconds: float) -> TaskAnswer:
        """Have something made within one call, at paths that answer so."""
        timeout = httpx.Timeout(timeout_seconds, connect=_CONNECT_SECONDS)
        return _read(self._order(order, {}, timeout=timeout), read_result_answer)

    def _order(self, order: Order, headers: Mapping[str, str], **arguments: Any) -> bytes:
        headers = dict(headers)
        if order.resolves_uploads:
            headers["X-DashScope-OssResourceResolve"] = "enable"
        if order.adapters:
            headers["X-Kaiga-Lora"] = order.adapters
        body = {"model": order.model, "input": order.input, "parameters": order.parameters}
        url = f"{self.server.api_url}/services/{order.operation}"
        return self._call("POST", url, json=body, headers=headers, **arguments)

    def upload(self, model: str, file: Path) -> str:
        """Upload a file for an order of this model; gives its `oss://` address.

        Raises:
            OSError: the file can't be read.
        """
        query = {"action": "getPolicy", "model": model}
        answer = self._call("GET", f"{self.server.api_url}/uploads", params=query)
        policy = _decode(answer, PolicyAnswer).data
        key = f"{policy.upload_dir}/{file.name}"
        form = {
            "OSSAccessKeyId": policy.oss_access_key_id,
            "Signature": policy.signature,
            "policy": policy.policy,
            "key": key,
            "x-oss-object-acl": policy.x_oss_object_acl,
            "x-oss-forbid-overwrite": policy.x_oss_forbid_overwrite,
            "success_action_status": "200",
        }
        with file.open("rb") as content:
            files = {"file": (file.name, content)}
            self._send(self._downloads, "POST", policy.upload_host, data=form, files=files)
        return f"oss://{key}"

    def query(self, task_id: str) -> TaskAnswer:
        """Ask how a task stands."""
        return _read(self.query_raw(task_id), read_task_answer)

    def query_raw(self, task_id: str) -> bytes:
        """Ask how a task stands; gives the answer's body as it came."""
        return self._call("GET", self._task_url(task_id))

    def list_raw(self, query: Mapping[str, str | int | None]) -> bytes:
        """List tasks; gives the answer's body as it came."""
        return self._call("GET", f"{self.server.api_url}/tasks", params=_without_none(query))

    def list_tasks(self, query: Mapping[str, str | int | None]) -> TaskList:
        """List tasks, newest first."""
        return _decode(self.list_raw(query), TaskList)

    def cancel(self, task_id: str) -> None:
        """Cancel a task that waits."""
        self._call("POST", f"{self._task_url(task_id)}/cancel")

    def stop(self, task_id: str) -> TaskStatus:
        """Cancel a task that waits, or have one stopped that runs; gives how it stands then."""
        answer = self.administer("POST", f"tasks/{_checked(task_id)}/cancel")
        return _decode(answer, StopAnswer).status

    def rerun(self, task_id: str, *, seed: str, changes: Mapping[str, object]) -> str:
        """Have a task made again, with the `same` seed or a `new` one; gives the new task's id."""
        body = {"seed": seed, "changes": changes}
        answer = self.administer("POST", f"tasks/{_checked(task_id)}/rerun", body)
        return _decode(answer, RerunAnswer).task_id

    def show_manifest(self, task_id: str) -> ManifestAnswer:
        """Show what made the results of a task that has ended."""
        answer = self.administer("GET", f"tasks/{_checked(task_id)}/manifest")
        return _decode(answer, ManifestAnswer)

    def cancel_all_waiting(self) -> CancelAnswer:
        """Cancel waiting tasks of the key that is shown; it is repeated while there are more."""
        body = {"status": TaskStatus.PENDING}
        return _decode(self.administer("POST", "tasks/cancel", body), CancelAnswer)

    def administer(self, method: str, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """Call one of Kaiga's own routes, `path` being what follows `/kaiga/v1/`."""
        return self._call(method, f"{self.server.root_url}/kaiga/v1/{path}", json=body)

    def administer_in_lines(self, method: str, path: str) -> Generator[bytes]:
        """Call one of Kaiga's own routes that answers line by line; gives them as they come."""
        url = f"{self.server.root_url}/kaiga/v1/{path}"
        try:
            with self._calls.stream(method, url) as answer:
                if not answer.is_success:
                    raise _refusal_of(answer.status_code, answer.read())
                yield from (line.encode() for line in answer.iter_lines())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(f"{self.server.root_url} does not answer: {error}.") from error

    def is_ready(self) -> bool:
        """Tell whether the server says that it can work."""
        with suppress(CallRefused):
            self._call("GET", f"{self.server.root_url}/readyz")
            return True
        return False

    def download(
        self, url: str, folder: Path, on_progress: Callable[[int, int | None], None]
    ) -> Path:
        """Save what a link opens under the name in its path; gives the file.

        `on_progress` gets the bytes so far and in all, the latter where the server tells it.
        A file appears only once it is whole.
        """
        file = folder / _name_in(url)
        partial = file.with_name(f".{file.name}.part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._download(url, partial, on_progress)
            partial.replace(file)
        except OSError as error:
            raise CommandFailed(f"{file} can't be written: {error.strerror}.") from error
        finally:
            with suppress(OSError):
                partial.unlink()
        return file

    def _download(
        self, url: str, file: Path, on_progress: Callable[[int, int | None], None]
    ) -> None:
        try:
            with self._downloads.stream("GET", url) as answer, file.open("wb") as output:
                if not answer.is_success:
                    raise _refusal_of(answer.status_code, answer.read())
                length = answer.headers.get("content-length", "")
                total = int(length) if length.isdigit() else None
                for chunk in answer.iter_bytes(64 * 1024):
                    output.write(chunk)
                    on_progress(output.tell(), total)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(f"The result can't be downloaded: {error}.") from error

    def _call(self, method: str, url: str, **arguments: Any) -> bytes:
        return self._send(self._calls, method, url, **arguments)

    def _send(self, client: httpx.Client, method: str, url: str, **arguments: Any) -> bytes:
        try:
            answer = client.request(method, url, **arguments)
        except httpx.TimeoutException as error:
            raise ServerUnreachable(f"{self.server.root_url} does not answer in time.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(f"{self.server.root_url} does not answer: {error}.") from error
        if not answer.is_success:
            raise _refusal_of(answer.status_code, answer.content)
        return answer.content

    def _task_url(self, task_id: str) -> str:
        return f"{self.server.api_url}/tasks/{_checked(task_id)}"

    def _open_client(self, headers: dict[str, str]) -> httpx.Client:
        host = urlsplit(self.server.api_url).hostname
        return httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(
                self._answer_seconds, connect=min(self._answer_seconds, _CONNECT_SECONDS)
            ),
            # A proxy for the world outside can't reach this machine's own loopback.
            trust_env=host not in _LOOPBACK,
            verify=make_tls_context(self.server.certificate),
        )


def _checked(task_id: str) -> str:
    """Give a task's id, which goes into a path.

    Raises:
        CommandFailed: it can't be one.
    """
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", task_id):
        raise CommandFailed(f"{task_id!r} is not a task id.", exit_status=ExitStatus.USAGE)
    return task_id


def make_tls_context(certificate: Path | None) -> ssl.SSLContext | bool:
    """Make what trusts a server's own chain, whatever name it is for; without one, the usual.

    Raises:
        CommandFailed: the file can't be read.
    """
    if certificate is None:
        return True
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(certificate)
    except OSError as error:
        raise CommandFailed(f"KAIGA_TLS_CERT={certificate} can't be read: {error}.") from error
    return context


def _refusal_of(status: int, body: bytes) -> CallRefused:
    with suppress(msgspec.DecodeError):
        refusal = msgspec.json.decode(body, type=RefusalAnswer)
        return CallRefused(status, refusal.code, refusal.message)
    written = _STORAGE_ERROR.search(body.decode("utf-8", "replace"))
    if written:
        return CallRefused(status, written[1], written[2])
    return CallRefused(status, f"HTTP {status}", "the server gives no reason")


def _decode(body: bytes, kind: type[Answer]) -> Answer:
    return _read(body, msgspec.json.Decoder(kind).decode)


def _read(body: bytes, reader: Callable[[bytes], Answer]) -> Answer:
    try:
        return reader(body)
    except msgspec.DecodeError as error:
        raise CommandFailed(f"The server's answer is not understood: {error}.") from error


def _name_in(url: str) -> str:
    """Give the last part of a link's path, as a name that stays inside its folder."""
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    return re.sub(r"[^\w.-]", "_", name).lstrip(".") or "result"


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
