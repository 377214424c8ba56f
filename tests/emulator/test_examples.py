"""The examples of tests in other people's projects pass, each under its own runner."""

import os
import re
import subprocess
import sys
from pathlib import Path

from clients.postman.newman import FIRST, choose, find_node, run_collection
from kaiga.cli.postman import make_postman_collection, make_postman_environment
from kaiga.settings import list_settings
from kaiga.testing.pytest_plugin import ADDRESS_VARIABLE
from running import RunningKaiga

_ROOT = Path(__file__).parents[2]
_EXAMPLES = _ROOT / "examples"


def run(*command: str, folder: str) -> str:
    """Run a program as somebody does who has installed Kaiga; gives what it printed."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=_EXAMPLES / folder,
        env=os.environ | {"PATH": programs, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_twenty_tests_over_the_sdk_pass():
    told = run(
        *(sys.executable, "-m", "pytest", "-q", "-p", "kaiga", "-p", "no:cacheprovider"),
        folder="pytest-sdk",
    )

    assert "20 passed" in told


def test_tests_under_node_pass():
    told = run(find_node(), "--test", "--test-reporter=tap", folder="node-test")

    assert "# pass 5" in told
    assert "# fail 0" in told


def test_newman_passes_the_collection_with_a_key_of_its_own(emulator: RunningKaiga, tmp_path: Path):
    collection = make_postman_collection(base_url=emulator.api_url)
    collection = choose(collection, FIRST)
    environment = make_postman_environment(base_url=emulator.api_url, api_key="sk-of-newman")

    done = run_collection(tmp_path, collection, environment)

    assert done.list_failures() == []
    assert done.exit_code == 0, done.output


def test_what_is_to_be_copied_names_settings_that_there_are():
    known = {ADDRESS_VARIABLE, *(name for name, _, _ in list_settings())}
    places = [*_EXAMPLES.rglob("*"), *(_ROOT / "deploy" / "emulator").iterdir()]
    texts = [file.read_text("utf-8") for file in places if file.suffix != ".pyc" and file.is_file()]
    named = {name for text in texts for name in re.findall(r"\bKAIGA_[A-Z_]+\b", text)}

    assert ADDRESS_VARIABLE in named
    assert named - known == set()
