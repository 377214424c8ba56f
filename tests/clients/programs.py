"""Users' programs around the official SDK, each run in a process of its own (`scripts/`).

The SDK keeps settings and sessions for its whole process, and a process can hold one version of
it only.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from clients.older_sdks import OLDER, ensure_sdk
from running import RunningKaiga

NEWEST = "2.0"
SDKS = (*OLDER, NEWEST)
Report = dict[str, Any]

_SCRIPTS = Path(__file__).parent / "scripts"


def run_program(
    name: str, server: RunningKaiga, *arguments: object, sdk: str = NEWEST, api_url: str = ""
) -> Report:
    """Run a script against a server, or what stands before it at `api_url`; gives its report.

    The home folder is an empty one, so that nobody's settings of the SDK take part.
    """
    path = {} if sdk == NEWEST else {"PYTHONPATH": str(ensure_sdk(sdk))}
    with tempfile.TemporaryDirectory() as home:
        finished = subprocess.run(
            [sys.executable, str(_SCRIPTS / f"{name}.py"), *map(str, arguments)],
            env={
                "PATH": os.environ["PATH"],
                "HOME": home,
                "NO_PROXY": "*",
                "DASHSCOPE_API_KEY": server.key,
                "DASHSCOPE_HTTP_BASE_URL": api_url or server.api_url,
                **path,
            },
            capture_output=True,
            check=False,
            text=True,
            timeout=110,
        )
    assert finished.returncode == 0, finished.stderr
    report = json.loads(finished.stdout.splitlines()[-1])
    assert report["sdk"].startswith(f"{sdk}."), report["sdk"]
    return report
