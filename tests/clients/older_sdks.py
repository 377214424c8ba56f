"""The official SDK in older versions, each in a folder of its own below this one.

The version of `requirements/dev.txt` is installed as everything is; what the older ones need is
there with it, so only the SDK itself is installed again. As a program, this installs all of them.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

OLDER = ("1.24", "1.25")
_REQUIREMENTS = Path(__file__).parents[2] / "requirements"
_FOLDER = Path(__file__).with_name(".sdks")


def ensure_sdk(version: str) -> Path:
    """Give the folder to put before all others on the path; installs what is pinned if need be."""
    wanted = (_REQUIREMENTS / f"clients-{version}.txt").read_bytes()
    folder = _FOLDER / version
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_bytes() != wanted:
        _FOLDER.mkdir(exist_ok=True)
        (_FOLDER / ".gitignore").write_text("*\n")
        with tempfile.TemporaryDirectory(dir=_FOLDER) as fresh:
            _install(version, Path(fresh))
            (Path(fresh) / stamp.name).write_bytes(wanted)
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(fresh, folder)
    return folder


def _install(version: str, folder: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-deps", "--require-hashes", "--target", str(folder)),
            *("-r", str(_REQUIREMENTS / f"clients-{version}.txt")),
        ],
        check=True,
        timeout=100,
    )


if __name__ == "__main__":
    for each in OLDER:
        ensure_sdk(each)
