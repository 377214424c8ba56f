"""`kaiga generate`: a prompt and files in, pictures and clips out, all of it over HTTP."""

import json
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kaiga.catalogue import read_catalogue
from kaiga.cli.client import ApiClient, Order
from kaiga.cli.completing import complete_models
from kaiga.cli.failures import CommandFailed, ExitStatus, NoServerRuns
from kaiga.cli.making import Made, finish_and_save, naming_interrupted_tasks, save_results
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.ordering.composing import compose, compose_unknown, ensure_prompt
from kaiga.cli.ordering.referring import References
from kaiga.cli.ordering.wishes import MediaWish, Wish, read_pairs
from kaiga.cli.postman import DEFAULT_MODEL
from kaiga.cli.progress import ProgressShown
from kaiga.cli.reaching import reach_server
from kaiga.cli.tables import print_members
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.settings import Settings

if TYPE_CHECKING:
    from kaiga.cli.picturing.screen import Screen

DEFAULT_OPERATION = "aigc/text2image/image-synthesis"
"""Where a model is asked for that this Kaiga does not know; the server there may."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "generate",
        epilog=show_examples(
            'kaiga generate "a lighthouse at dusk"',
            'kaiga generate "a red kite" --size 1024x1024 -n 2 --output pictures',
            'kaiga generate "turn day into night" --model wan2.6-image --image day.png',
            'kaiga generate "the fox looks up" --model wan2.6-i2v --image fox.png --duration 5',
            "kaiga generate --model wan2.2-s2v --image face.png --audio speech.wav",
            'kaiga generate "a red kite" --url http://studio:8600 --key sk-...',
        ),
    )(generate)


def generate(
    prompt: Annotated[
        str | None,
        typer.Argument(metavar="PROMPT", help="What to make; some models take none."),
    ] = None,
    *,
    model: Annotated[
        str,
        typer.Option("--model", metavar="NAME", help="Model.", autocompletion=complete_models),
    ] = DEFAULT_MODEL,
    size: Annotated[
        str | None,
        typer.Option(
            "--size", metavar="WxH", help="Width and height in pixels; unset, the model's own."
        ),
    ] = None,
    count: Annotated[
        int | None, typer.Option("-n", metavar="COUNT", help="How many results; 1 unless given.")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="NUMBER", help="The same seed makes the same result."),
    ] = None,
    negative_prompt: Annotated[
        str | None,
        typer.Option("--negative-prompt", metavar="TEXT", help="What must not be in it."),
    ] = None,
    image: Annotated[
        list[str] | None,
        typer.Option("--image", metavar="FILE", help="Picture to work from; may be repeated."),
    ] = None,
    mask: Annotated[
        str | None,
        typer.Option("--mask", metavar="FILE", help="Picture that marks what is to change."),
    ] = None,
    video: Annotated[
        list[str] | None,
        typer.Option("--video", metavar="FILE", help="Clip to work from; may be repeated."),
    ] = None,
    audio: Annotated[
        list[str] | None,
        typer.Option("--audio", metavar="FILE", help="Sound to work from; may be repeated."),
    ] = None,
    first_frame: Annotated[
        str | None,
        typer.Option("--first-frame", metavar="FILE", help="Picture that a clip begins with."),
    ] = None,
    last_frame: Annotated[
        str | None,
        typer.Option("--last-frame", metavar="FILE", help="Picture that a clip ends with."),
    ] = None,
    named_inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            metavar="NAME=FILE",
            help="File for a member or a type of media by its name; may be repeated.",
        ),
    ] = None,
    duration: Annotated[
        int | None,
        typer.Option("--duration", metavar="SECONDS", help="How long a clip is to be."),
    ] = None,
    resolution: Annotated[
        str | None,
        typer.Option("--resolution", metavar="NAME", help="Such as 720P, where a model has it."),
    ] = None,
    settings_given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Any further member, its value as JSON or as text; may be repeated.",
        ),
    ] = None,
    lora: Annotated[
        list[str] | None,
        typer.Option(
            "--lora",
            metavar="NAME[:WEIGHT]",
            help="Adapter of the model, by its name at the server; may be repeated.",
        ),
    ] = None,
    watermark: Annotated[
        bool, typer.Option("--watermark", help="Ask for a visible mark in the corner.")
    ] = False,
    no_extend: Annotated[
        bool, typer.Option("--no-extend", help="Take the prompt as it is, not rewritten.")
    ] = False,
    sync: Annotated[
        bool,
        typer.Option("--sync", help="Wait within one call, where the model answers so."),
    ] = False,
    output: Annotated[
        Path, typer.Option("--output", metavar="FOLDER", help="Where the files go.")
    ] = Path(),
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="How long to wait.")
    ] = 600.0,
    no_preview: Annotated[
        bool, typer.Option("--no-preview", help="Show no pictures in the terminal.")
    ] = False,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Make pictures or clips from a prompt and from files, and save them.

    Prints the files' paths. FILE is a path or an address; 'kaiga models NAME' tells what a model
    takes. Asks a running server over HTTP; where none runs on the data folder, one is started
    for this call and ended after it.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    uses = {
        "first_frame": [first_frame] if first_frame else None,
        "image": image,
        "mask": [mask] if mask else None,
        "last_frame": [last_frame] if last_frame else None,
        "video": video,
        "audio": audio,
    }
    wish = Wish(
        prompt=prompt,
        negative_prompt=negative_prompt,
        size=size.lower().replace("x", "*") if size and size[0].isdigit() else size,
        count=count,
        seed=seed,
        watermark=watermark or None,
        prompt_extend=False if no_extend else None,
        duration=duration,
        resolution=resolution,
        settings=read_pairs("--set", settings_given or ()),
        media=tuple(_list_media(uses, named_inputs or ())),
    )
    way = _find_way(read_catalogue(settings.catalogue), model, is_sync=sync)
    if way.known is not None:
        ensure_prompt(*way.known, wish)
    screen = None if no_preview or as_json else _find_screen(settings)
    with (
        open_client(NamedServer(url=url, key=key), settings) as client,
        ProgressShown(None if screen is None else screen.draw_preview) as progress,
    ):
        order = replace(_make_order(client, way, wish, progress), adapters=", ".join(lora or ()))
        made = _make(client, order, way, output, timeout, progress)
    _print_made(made, as_json=as_json, screen=screen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a model is called; `known` is None for one that the catalogue lacks."""

    name: str
    catalogue: Catalogue
    known: tuple[Model, Endpoint] | None
    is_sync: bool

    @property
    def operation(self) -> str:
        return DEFAULT_OPERATION if self.known is None else self.known[1].operation


def _find_way(catalogue: Catalogue, name: str, *, is_sync: bool) -> _Way:
    model = catalogue.find_model(name)
    if model is None:
        return _Way(name=name, catalogue=catalogue, known=None, is_sync=is_sync)
    # A task outlives the command, so that is the way where there are both.
    preferred = "sync" if is_sync else "async"
    endpoint = next((each for each in model.endpoints if each.mode == preferred), None)
    if endpoint is None and is_sync:
        raise CommandFailed(
            f"{name} makes tasks only: leave out --sync.", exit_status=ExitStatus.USAGE
        )
    known = model, endpoint or model.endpoints[0]
    return _Way(name=name, catalogue=catalogue, known=known, is_sync=endpoint is None or is_sync)


def _list_media(
    uses: Mapping[str, Sequence[str] | None], named_inputs: Sequence[str]
) -> Iterator[MediaWish]:
    for use, sources in uses.items():
        for source in sources or ():
            yield MediaWish(use=use, source=source)
    for name, source in read_pairs("--input", named_inputs):
        yield MediaWish(use=name, source=source, is_named=True)


def _make_order(client: ApiClient, way: _Way, wish: Wish, progress: ProgressShown) -> Order:
    def upload(file: Path) -> str:
        progress.begin_transfer(f"Uploading {file.name}")
        return client.upload(way.name, file)

    references = References(way.catalogue.media_limits, upload)
    if way.known is None:
        body = compose_unknown(way.name, wish, references.give)
    else:
        body = compose(*way.known, wish, references.give)
    return Order(
        model=way.name,
        operation=way.operation,
        input=body["input"],
        parameters=body["parameters"],
        resolves_uploads=references.resolves_uploads,
    )


def _make(
    client: ApiClient,
    order: Order,
    way: _Way,
    folder: Path,
    timeout_seconds: float,
    progress: ProgressShown,
) -> Made:
    if way.is_sync:
        progress.wait("waiting")
        answer = client.create_and_wait(order, timeout_seconds)
        files = save_results(client, answer, folder, progress)
        return Made(task_id=None, answer=answer, files=files)
    task_id = client.create(order)
    with naming_interrupted_tasks(task_id):
        return finish_and_save(
            client, task_id, folder=folder, timeout_seconds=timeout_seconds, progress=progress
        )


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
        # Slow to import, and most calls find a server that runs.
        from kaiga.cli.own_server import run_own_server  # noqa: PLC0415  slow to import

        with run_own_server(settings) as own, ApiClient(own) as client:
            yield client
        return
    with ApiClient(server) as client:
        yield client


def _find_screen(settings: Settings) -> "Screen | None":
    """Give what shows pictures, where standard output is a terminal that can."""
    if not sys.stdout.isatty():
        return None
    from kaiga.cli.picturing.screen import find_screen  # noqa: PLC0415  loads Pillow

    return find_screen(settings.ffmpeg)


def _print_made(made: Made, *, as_json: bool, screen: "Screen | None") -> None:
    """Print where the files are and what was found, or all that a program may want to know."""
    results = made.answer.results
    if not as_json:
        for file in made.files:
            print(file)
            if screen is not None:
                screen.show(file)
        if not made.files:
            print_members(results.findings)
        for text in () if made.files else results.texts:
            print(text)
        return
    shown = {
        "task_id": made.task_id,
        "files": [str(file) for file in made.files],
        "actual_prompt": results.actual_prompt,
        "usage": made.answer.usage,
        **({"texts": results.texts} if results.texts else {}),
        **({"findings": results.findings} if results.findings else {}),
    }
    print(json.dumps(shown, ensure_ascii=False, indent=2))
