"""`kaiga postman`: the collection and environment of this server as files."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from kaiga.cli.env import find_own_url
from kaiga.cli.failures import CommandFailed
from kaiga.cli.options import AsJson, Data, Key, Url, read_command_settings, show_examples
from kaiga.cli.postman import (
    make_cloud_environments,
    make_postman_collection,
    make_postman_environment,
)
from kaiga.cli.reaching import complete_api_url, find_local_key, find_url_in_environment
from kaiga.cli.tables import print_done

COLLECTION_FILE = "kaiga.postman_collection.json"
ENVIRONMENT_FILE = "kaiga.postman_environment.json"
CLOUD_FILE = "model-studio-{place}.postman_environment.json"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "postman",
        epilog=show_examples(
            "kaiga postman",
            "kaiga postman --output postman --url https://kaiga.example.com --key sk-...",
        ),
    )(write_postman)


def write_postman(
    output: Annotated[
        Path, typer.Option("--output", metavar="FOLDER", help="Where the files go.")
    ] = Path(),
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Write a Postman collection and environments.

    One is for this server and holds the key; the others are for the real service, without one.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    elsewhere = url or find_url_in_environment(settings)
    base_url = complete_api_url(elsewhere or find_own_url(settings))
    # The folder's own key is for its own server alone.
    own_key = os.environ.get("DASHSCOPE_API_KEY") if elsewhere else find_local_key(settings)
    shown_key = key or own_key or ""
    files = {
        COLLECTION_FILE: make_postman_collection(base_url=base_url),
        ENVIRONMENT_FILE: make_postman_environment(api_key=shown_key, base_url=base_url),
        **{
            CLOUD_FILE.format(place=place): environment
            for place, environment in make_cloud_environments().items()
        },
    }
    for name, content in files.items():
        _write(output / name, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    written = [str(output / name) for name in files]
    print_done("\n".join(written), {"files": written}, as_json=as_json)
    if not shown_key:
        print("No key is known here: fill in apiKey in the environment.", file=sys.stderr)


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # one of them holds a key
        file.write_text(text, "utf-8")
    except OSError as error:
        raise CommandFailed(f"{file} can't be written: {error.strerror}.") from error
