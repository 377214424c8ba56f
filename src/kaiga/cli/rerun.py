"""`kaiga rerun`: makes a task again, and says whether the same came of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from kaiga.cli.answers import ManifestAnswer, ManifestResult
from kaiga.cli.completing import complete_tasks
from kaiga.cli.generate import open_client
from kaiga.cli.making import Made, finish_and_save, naming_interrupted_tasks
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.ordering.values import read_value
from kaiga.cli.ordering.wishes import read_pairs
from kaiga.cli.progress import ProgressShown
from kaiga.cli.tables import print_json


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "rerun",
        epilog=show_examples(
            "kaiga rerun ID",
            "kaiga rerun ID --new-seed --output pictures",
            "kaiga rerun ID --set n=2 --set prompt='a red kite' --json",
        ),
    )(rerun)


def rerun(
    task_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="A task that has ended.", autocompletion=complete_tasks),
    ],
    *,
    new_seed: Annotated[
        bool, typer.Option("--new-seed", help="Draw another seed, for another result.")
    ] = False,
    settings_given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A member to change, its value as JSON or as text; may be repeated.",
        ),
    ] = None,
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
    """Make a task again as it was ordered, save the results, and compare their bytes.

    The seed is the one of then unless --new-seed says otherwise. Asks a running server over HTTP;
    where none runs on the data folder, one is started for this call and ended after it.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    changes = {name: read_value(text) for name, text in read_pairs("--set", settings_given or ())}
    with (
        open_client(NamedServer(url=url, key=key), settings) as client,
        ProgressShown() as progress,
    ):
        before = client.show_manifest(task_id)
        again = client.rerun(task_id, seed="new" if new_seed else "same", changes=changes)
        with naming_interrupted_tasks(again):
            made = finish_and_save(
                client, again, folder=output, timeout_seconds=timeout, progress=progress
            )
        comparison = _compare(before, client.show_manifest(again))
    _print_made(again, made, comparison, as_json=as_json)


def _compare(before: ManifestAnswer, now: ManifestAnswer) -> Mapping[int, bool]:
    """Tell for each result that both have, by its number, whether its bytes are the same."""
    old = {each.number: each for each in before.results}
    return {
        each.number: _is_same(old[each.number], each)
        for each in now.results
        if each.sha256 and each.number in old and old[each.number].sha256
    }


def _is_same(old: ManifestResult, new: ManifestResult) -> bool:
    """Compare files as they were made where that is known: signatures never come out the same."""
    if old.made_sha256 and new.made_sha256:
        return old.made_sha256 == new.made_sha256
    return old.sha256 == new.sha256


def _print_made(task_id: str, made: Made, comparison: Mapping[int, bool], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "task_id": task_id,
                "files": [str(file) for file in made.files],
                "results": [
                    {"number": number, "same_bytes": same} for number, same in comparison.items()
                ],
            }
        )
        return
    for file in made.files:
        print(file)
    print(_describe(comparison))


def _describe(comparison: Mapping[int, bool]) -> str:
    other = [str(number) for number, is_same in comparison.items() if not is_same]
    if not comparison:
        return "There is nothing to compare with: the files of then are gone, or were none."
    if not other:
        return "The bytes are the same as before."
    return f"The bytes differ from those of before: result {', '.join(other)}."
