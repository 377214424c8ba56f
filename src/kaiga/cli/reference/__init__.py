"""The pages below docs/reference/, made from the code that they tell of."""

from collections.abc import Callable, Mapping
from pathlib import Path

from kaiga.cli.reference.commands import make_commands_page
from kaiga.cli.reference.errors import make_errors_page
from kaiga.cli.reference.metrics import make_metrics_page
from kaiga.cli.reference.routes import make_routes_page

FOLDER = Path("docs") / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": make_commands_page,
    "errors.md": make_errors_page,
    "metrics.md": make_metrics_page,
    "routes.md": make_routes_page,
}
"""By file, what makes it: the same code always gives the same page."""
