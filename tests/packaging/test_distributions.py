"""What is published works alone: in an empty environment elsewhere, it serves and paints."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest
from PIL import Image

from running import RunningKaiga

_ROOT = Path(__file__).parents[2]


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
