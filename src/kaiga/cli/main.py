"""The command `kaiga`."""

import sys

from kaiga.compose.serving import serve
from kaiga.domain.errors import SettingInvalid, StartRefused
from kaiga.settings import read_settings


def run() -> None:
    """Run the command that the arguments name."""
    try:
        serve(read_settings(), lambda url, key: print(url, key or "", flush=True))
    except (StartRefused, SettingInvalid) as error:
        sys.exit(f"kaiga: {error}")
