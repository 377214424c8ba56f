"""What is published works alone: in an empty environment elsewhere, it serves and paints."""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from PIL import Image

from running import RunningKaiga

_ROOT = Path(__file__).parents[2]
_NOBODY = 65534
_AS_NOBODY = (
    *("setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--no-new-privs"),
    *("--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search"),
)
"""It may write what is its own alone, and reads what it has to: Python may be in root's home."""


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(_ROOT))
    return folder


@pytest.mark.timeout(400)
@pytest.mark.parametrize("form", ["*.whl", "*.tar.gz"])
def test_an_installed_distribution_serves_and_paints(
    distributions: Path, form: str, tmp_path: Path
) -> None:
    (distribution,) = distributions.glob(form)
    environment = tmp_path / "environment"
    uv = (sys.executable, "-m", "uv")
    _run(*uv, "venv", "--quiet", "--python", sys.executable, str(environment))
    python = environment / "bin" / "python"
    _run(*uv, "pip", "install", "--quiet", "--python", str(python), str(distribution))

    running = RunningKaiga(tmp_path / "data", program=[str(environment / "bin" / "kaiga")])
    running.start()
    try:
        with running.client() as client:
            ended = running.wait_for_end(client, running.submit(client, "a lighthouse at dusk"))
        picture = httpx.get(ended["output"]["results"][0]["url"]).content
    finally:
        running.stop()

    with Image.open(io.BytesIO(picture)) as image:
        assert (image.format, image.size) == ("PNG", (768, 768))


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="kaiga-image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.timeout(400)
@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root to become another user"
)
def test_what_the_image_installs_paints_for_a_user_who_may_write_its_data_alone(
    distributions: Path, open_folder: Path
) -> None:
    """The steps of the Dockerfile, without a container."""
    (wheel,) = distributions.glob("*.whl")
    environment, data = open_folder / "kaiga", open_folder / "data"
    python = environment / "bin" / "python"
    uv = (sys.executable, "-m", "uv")
    install = (*uv, "pip", "install", "--quiet", "--compile-bytecode", "--no-deps", "--python")
    locked = ("--require-hashes", "--requirement", str(_ROOT / "requirements" / "image.txt"))
    _run(*uv, "venv", "--quiet", "--python", sys.executable, str(environment))
    _run(*install, str(python), *locked)
    _run(*install, str(python), "--no-index", str(wheel))
    _run(*uv, "pip", "check", "--quiet", "--python", str(python))
    data.mkdir()
    os.chown(data, _NOBODY, _NOBODY)
    program = [*_AS_NOBODY, str(environment / "bin" / "kaiga")]
    running = RunningKaiga(data, _read_environment_of_the_image(), program)
    before = set(environment.rglob("*"))

    running.start()
    try:
        with running.client() as client:
            ended = running.wait_for_end(client, running.submit(client, "a lighthouse at dusk"))
    finally:
        status = running.stop()

    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert status == 0
    assert set(environment.rglob("*")) == before
    assert {file.name for file in open_folder.iterdir()} == {"kaiga", "data", "data.log"}


def _read_environment_of_the_image() -> Mapping[str, str]:
    """Give what the Dockerfile sets for every image, but for its place and its addresses."""
    text = (_ROOT / "Dockerfile").read_text("utf-8")
    [block] = re.findall(r"^ENV PATH=(?:.*\\\n)*.*$", text, re.MULTILINE)
    named = dict(re.findall(r"([A-Z_]+)=(\S+)", block))
    return {
        name: value
        for name, value in named.items()
        if name not in {"PATH", "KAIGA_HOST", "KAIGA_DATA"}
    }


def test_the_wheel_holds_its_data_and_nothing_else(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    [entry_points] = [name for name in names if name.endswith("/entry_points.txt")]

    assert "kaiga/store/sqlite/migrations/0001_first_schema.sql" in names
    assert "kaiga/catalogue/families/wan_text_to_image.toml" in names
    assert "kaiga/catalogue/media.toml" in names
    assert "kaiga/http/reference/static/index.html" in names
    assert "kaiga = kaiga.testing.pytest_plugin" in archive.read(entry_points).decode()
    assert "kaiga/testing/pytest_plugin.py" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"kaiga"}


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
