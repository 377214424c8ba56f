"""`python -m kaiga.cli.demo`: the vendor's tutorial, answered by a Kaiga of its own.

Nothing of it stays but the picture: the server's folder is temporary.
"""

import os
import sys
import tempfile
from pathlib import Path

from kaiga.cli.client import ApiClient, Order
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.generate import DEFAULT_OPERATION
from kaiga.cli.making import finish_and_save
from kaiga.cli.own_server import run_own_server
from kaiga.cli.postman import DEFAULT_MODEL
from kaiga.cli.progress import ProgressShown
from kaiga.domain.errors import KaigaError
from kaiga.settings import read_settings

PICTURE = Path("demo") / "flower-shop.png"
_ORDER = Order(
    model=DEFAULT_MODEL,
    operation=DEFAULT_OPERATION,
    input={
        "prompt": (
            "A flower shop with exquisite windows, a beautiful wooden door, and flowers on display"
        )
    },
    parameters={"size": "1024*1024", "n": 1},
)
"""The first example of the vendor's text-to-image tutorial."""

_TIMEOUT_SECONDS = 300.0


def run() -> int:
    """Paint the flower shop; prints the picture's path as the last line, gives the status."""
    try:
        with tempfile.TemporaryDirectory(prefix="kaiga-demo-") as folder:
            picture = _paint(Path(folder))
    except (CommandFailed, KaigaError, OSError) as error:
        print(f"kaiga: {error}", file=sys.stderr)
        return ExitStatus.FAILED
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    print(picture)
    return 0


def _paint(folder: Path) -> Path:
    # The demo is to look the same everywhere, whatever this machine's settings are.
    settings = {"KAIGA_DATA": str(folder / "data"), "KAIGA_LOG_LEVEL": "warning"}
    others = {name: text for name, text in os.environ.items() if not name.startswith("KAIGA_")}
    (folder / "kaiga.toml").touch()
    with ProgressShown() as progress:
        progress.tell("Starting Kaiga on a free port ...")
        server = run_own_server(
            read_settings(settings, folder / "kaiga.toml"), {**others, **settings}, folder
        )
        with server as own, ApiClient(own) as client:
            progress.tell(f"Kaiga serves at {own.root_url}; the flower shop is ordered over HTTP.")
            made = finish_and_save(
                client,
                client.create(_ORDER),
                folder=folder / "results",
                timeout_seconds=_TIMEOUT_SECONDS,
                progress=progress,
            )
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(made.files[0].read_bytes())
    return PICTURE.absolute()


if __name__ == "__main__":
    sys.exit(run())
