"""A real Kaiga in a process of its own, as tests and their clients meet it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from edition import settings_of
from kept_objects import KeptObjects, open_kept_objects
from raw_rows import RawRows, rows_at

KEY = "sk-0123456789abcdef0123456789abcdef"
CREATE = "/services/aigc/text2image/image-synthesis"
MODEL = "wan2.5-t2i-preview"
OWN_MODELS = Path(__file__).resolve().with_name("own_models")
"""Models whose contract the tests decide, as a user's own folder adds them."""
_PATIENCE_SECONDS = 60.0
_WORKS = " works."
"""What a worker's line ends in once it claims."""


class RunningKaiga:
    """One `kaiga serve` on a free port of 127.0.0.1, with a folder of its own."""

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, str] | None = None,
        program: Sequence[str] = (sys.executable, "-m", "kaiga"),
    ) -> None:
        self.data = data
        self._program = program
        self.key = KEY
        self._settings = {
            "KAIGA_HOST": "127.0.0.1",
            "KAIGA_PORT": "0",
            "KAIGA_DATA": str(data),
            "KAIGA_API_KEY": KEY,
            "KAIGA_API_KEY_ROLE": "admin",
            **settings_of(data, settings or {}),
            **(settings or {}),
        }
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    @property
    def api_url(self) -> str:
        return f"{self.base_url}/api/v1"

    @property
    def process_id(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "RunningKaiga":
        address = self.data / "server.json"
        address.unlink(missing_ok=True)
        process = self._launch("serve")
        wait_until(lambda: address.exists() or process.poll() is not None, "it is ready")
        assert address.exists(), self.log()
        self.base_url = json.loads(address.read_text())["url"]
        return self

    def _launch(self, *command: str) -> "subprocess.Popen[str]":
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KAIGA_")}
        self.data.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("a") as log:
            self._process = subprocess.Popen(
                [*self._program, *command],
                env=environment | self._settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=self.data.parent,
            )
        return self._process

    @property
    def stores(self) -> Mapping[str, str]:
        """What a server is told that is to have the same rows and objects."""
        own = {
            "KAIGA_STORE": f"sqlite://{self.data / 'kaiga.db'}",
            "KAIGA_OBJECTS": (self.data / "objects").as_uri(),
        }
        told = {k: v for k, v in self._settings.items() if k in own or k.startswith("AWS_")}
        return own | told

    def set(self, **settings: str) -> "RunningKaiga":
        """Change settings for the next start."""
        self._settings |= settings
        return self

    @property
    def _log_file(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def log(self) -> str:
        return self._log_file.read_text()

    def stop(self) -> int:
        """End it as Ctrl-C does; gives its exit status."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        return self._process.wait(_PATIENCE_SECONDS)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(_PATIENCE_SECONDS)

    def select(self, query: str, *bindings: str | int) -> list[tuple[object, ...]]:
        """Read committed rows of its database."""
        return self.rows().select(query, *bindings)

    def rows(self) -> RawRows:
        """Give the rows of its database, past Kaiga."""
        return rows_at(self.stores["KAIGA_STORE"])

    def objects(self) -> KeptObjects:
        """Give what it keeps, past Kaiga."""
        return open_kept_objects(self._settings)

    def client(self, key: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=self.api_url, headers=headers, timeout=30)

    def submit(self, client: httpx.Client, prompt: str = "a cat", **parameters: Any) -> str:
        """Create a task with one small picture unless told otherwise; gives its id."""
        body = {
            "model": MODEL,
            "input": {"prompt": prompt},
            "parameters": {"n": 1, "size": "768*768", "prompt_extend": False, **parameters},
        }
        answer = client.post(CREATE, json=body, headers={"X-DashScope-Async": "enable"})
        assert answer.status_code == 200, answer.text
        return answer.json()["output"]["task_id"]

    def wait_for_end(
        self, client: httpx.Client, task_id: str, patience_seconds: float = _PATIENCE_SECONDS
    ) -> dict[str, Any]:
        """Poll until the task has ended; gives the whole last answer."""
        last: dict[str, Any] = {}

        def has_ended() -> bool:
            nonlocal last
            last = client.get(f"/tasks/{task_id}").json()
            return last["output"]["task_status"] not in {"PENDING", "RUNNING"}

        wait_until(has_ended, f"task {task_id} has ended", patience_seconds)
        return last


class RunningWorker(RunningKaiga):
    """One `kaiga worker`, which has no address; `settings` name a store of several nodes."""

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, str],
        program: Sequence[str] = (sys.executable, "-m", "kaiga"),
        arguments: Sequence[str] = (),
    ) -> None:
        super().__init__(data, settings, program)
        self._arguments = arguments

    def start(self) -> "RunningWorker":
        seen = self.log().count(_WORKS) if self._log_file.exists() else 0
        process = self._launch("worker", *self._arguments)
        wait_until(
            lambda: self.log().count(_WORKS) > seen or process.poll() is not None, "it works"
        )
        assert process.poll() is None, self.log()
        return self


def wait_until(condition: Any, meaning: str, patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Look again and again until `condition()` holds; fails, naming it, when patience ends."""
    deadline = time.monotonic() + patience_seconds
    while not condition():
        assert time.monotonic() < deadline, f"still waiting until {meaning}"
        time.sleep(0.02)
