"""Lints and renders a chart with Helm's own code.

It runs in a process of its own, since that code brings the runtime of Go. It reads a JSON list of
values from its input, and tells for each what the linter says and what is rendered.
"""

import json
import sys
from typing import Any

from helm_python.chart import Chart, lint


def try_values(path: str, values: dict[str, Any]) -> dict[str, Any]:
    """Give the linter's errors, warnings among them, and the manifests by their file."""
    with Chart.load(path) as chart:
        files = chart.render(values, name="studio", namespace="pictures")
    return {"faults": lint(path, values, strict=True)["errors"], "files": files}


json.dump([try_values(sys.argv[1], values) for values in json.load(sys.stdin)], sys.stdout)
