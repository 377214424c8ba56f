"""`kaiga conformance`: holds a server against the contract, Kaiga or the real service."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kaiga.catalogue import read_catalogue
from kaiga.cli.completing import complete_models
from kaiga.cli.conformance.checking import Check
from kaiga.cli.conformance.examining import examine_server
from kaiga.cli.conformance.running import list_general_checks, list_model_checks
from kaiga.cli.conformance.spending import Spending
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.options import AsJson, Data, Key, NamedServer, read_command_settings, show_examples
from kaiga.cli.postman import DEFAULT_MODEL
from kaiga.cli.reaching import reach_server
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "conformance",
        epilog=show_examples(
            "kaiga conformance",
            "kaiga conformance --base-url http://studio:8600/api/v1 --key sk-... --json",
            "kaiga conformance --spend --model wan2.5-t2i-preview --model wan2.6-i2v",
        ),
    )(examine)


def examine(
    *,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url",
            metavar="URL",
            help="Server to examine; unset, the one that other commands would ask.",
        ),
    ] = None,
    key: Key = None,
    models: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            metavar="NAME",
            help="Only checks of this model; repeatable.",
            autocompletion=complete_models,
        ),
    ] = None,
    spend: Annotated[
        bool,
        typer.Option("--spend", help="Have each model make something as well. THIS MAY COST."),
    ] = False,
    shows_all: Annotated[
        bool, typer.Option("--all", help="Show also what is exact, not only what is not.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Hold a server against the contract, check by check.

    Without --spend nothing is sent that can be billed. Ends with status 3 if something differs.
    """
    settings = read_command_settings({"KAIGA_DATA": data})
    server = reach_server(NamedServer(url=base_url, key=key), settings)
    catalogue = read_catalogue(settings.catalogue)
    checks = _list_checks(catalogue, models or (), spend=spend)
    examine_server(server, checks, shows_all=shows_all, as_json=as_json)


def _list_checks(catalogue: Catalogue, names: Sequence[str], *, spend: bool) -> Sequence[Check]:
    models = [_find(catalogue, name) for name in names] or list(catalogue.list_models())
    general = () if names else list_general_checks(DEFAULT_MODEL)
    spending = Spending(catalogue).list_checks(models) if spend else ()
    return [*general, *list_model_checks(models), *spending]


def _find(catalogue: Catalogue, name: str) -> Model:
    model = catalogue.find_model(name)
    if model is None:
        raise CommandFailed(
            f"There is no model {name}. 'kaiga models' lists them.", exit_status=ExitStatus.USAGE
        )
    return model
