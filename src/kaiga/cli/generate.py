"""`kaiga generate`: a prompt in, picture files out, all of it over HTTP."""

import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from kaiga.catalogue import read_catalogue
from kaiga.cli.client import ApiClient, Order
from kaiga.cli.failures import NoServerRuns
from kaiga.cli.making import Made, finish_and_save, naming_interrupted_task
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.own_server import run_own_server
from kaiga.cli.postman import DEFAULT_MODEL
from kaiga.cli.progress import ProgressShown
from kaiga.cli.reaching import reach_server
from kaiga.settings import Settings

DEFAULT_OPERATION = "aigc/text2image/image-synthesis"
"""Where a model is asked for that this Kaiga does not know; the server there may."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "generate",
        epilog=show_examples(
            'kaiga generate "a lighthouse at dusk"',
            'kaiga generate "a red kite" --size 1024x1024 -n 2 --output pictures',
            'kaiga generate "a red kite" --seed 7 --json',
            'kaiga generate "a red kite" --url http://studio:8600 --key sk-...',
        ),
    )(generate)


def generate(
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What to paint.")],
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="Model.")] = DEFAULT_MODEL,
    size: Annotated[
        str | None,
        typer.Option(
            "--size", metavar="WxH", help="Width and height in pixels; unset, the model's own."
        ),
    ] = None,
    count: Annotated[int, typer.Option("-n", metavar="COUNT", help="How many pictures.")] = 1,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="NUMBER", help="The same seed paints the same picture."),
    ] = None,
    negative_prompt: Annotated[
        str | None,
        typer.Option("--negative-prompt", metavar="TEXT", help="What must not be in it."),
    ] = None,
    *,
    watermark: Annotated[
        bool, typer.Option("--watermark", help="Ask for a visible mark in the corner.")
    ] = False,
    no_extend: Annotated[
        bool, typer.Option("--no-extend", help="Paint the prompt as it is, not rewritten.")
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", metavar="FOLDER", help="Where the files go.")
    ] = Path(),
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait.")
    ] = 600.0,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Paint pictures from a prompt and save them.

    Prints the files' paths. Asks a running server over HTTP; where none runs on the data
    folder, one is started for this call and ended after it.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    known = read_catalogue().find_model(model)
    order = Order(
        model=model,
        operation=known.endpoints[0].operation if known else DEFAULT_OPERATION,
        prompt=prompt,
        negative_prompt=negative_prompt,
        size=size.lower().replace("x", "*") if size else None,
        count=count,
        seed=seed,
        watermark=watermark or None,
        prompt_extend=False if no_extend else None,
    )
    with (
        open_client(NamedServer(url=url, key=key), settings) as client,
        ProgressShown() as progress,
    ):
        task_id = client.create(order)
        with naming_interrupted_task(task_id):
            made = finish_and_save(
                client, task_id, folder=output, timeout_seconds=timeout, progress=progress
            )
    print_made(made, as_json=as_json)


@contextmanager
def open_client(named: NamedServer, settings: Settings) -> Generator[ApiClient]:
    """Open a client of the server that is named or runs, or of one started for this block.

    Raises:
        CommandFailed: there is none, and none can be started.
    """
    try:
        server = reach_server(named, settings)
    except NoServerRuns:
        print(f"No Kaiga runs on {settings.data}; starting one for this call.", file=sys.stderr)
        with run_own_server(settings) as own, ApiClient(own) as client:
            yield client
        return
    with ApiClient(server) as client:
        yield client


def print_made(made: Made, *, as_json: bool) -> None:
    """Print where the files are, or all that a program may want to know."""
    if not as_json:
        print("\n".join(str(file) for file in made.files))
        return
    output = made.answer.output
    prompts = [picture.actual_prompt for picture in output.results if picture.actual_prompt]
    shown = {
        "task_id": output.task_id,
        "files": [str(file) for file in made.files],
        "actual_prompt": prompts[0] if prompts else None,
        "usage": made.answer.usage,
    }
    print(json.dumps(shown, ensure_ascii=False, indent=2))
