"""`kaiga models`: what the catalogue offers, and what answers it."""

import typer

from kaiga.catalogue import read_catalogue
from kaiga.cli.options import AsJson, read_command_settings, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.compose.server import ENGINE
from kaiga.domain.catalogue.fields import AreaSizeField, ListedSizeField, SideSizeField
from kaiga.domain.catalogue.model import Model

_ENGINE_NOTES = {"sketch": "drawn by rules, no AI model"}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("models", epilog=show_examples("kaiga models", "kaiga models --json"))(show_models)


def show_models(*, as_json: AsJson = False) -> None:
    """List the models and the engine that answers them."""
    models = read_catalogue(read_command_settings({}).catalogue).list_models()
    if as_json:
        print_json({"models": [_as_members(model) for model in models]})
        return
    note = _ENGINE_NOTES.get(ENGINE)
    typer.echo(f"{len(models)} models, answered by {ENGINE}{f' ({note})' if note else ''}.")
    print_table(("Model", "Task", "Modes", "Contract"), [_make_row(model) for model in models])


def _make_row(model: Model) -> tuple[str, str, str, str]:
    return (model.name, model.task, ", ".join(_list_modes(model)), _CONTRACT[model.certainty])


_CONTRACT = {"exact": "known", "lenient": "known in part: served leniently"}


def _as_members(model: Model) -> dict[str, object]:
    return {
        "name": model.name,
        "aliases": list(model.aliases),
        "family": model.family,
        "title": model.title,
        "description": model.description,
        "product": model.product,
        "task": model.task,
        "endpoints": [{"operation": each.operation, "mode": each.mode} for each in model.endpoints],
        "modes": _list_modes(model),
        "certainty": model.certainty,
        "doubts": list(model.doubts),
        "retired": model.retired,
        "engine": ENGINE,
        "engine_note": _ENGINE_NOTES.get(ENGINE),
        "sizes": list(_list_sizes(model)),
    }


def _list_modes(model: Model) -> list[str]:
    return sorted({each.mode for each in model.endpoints})


def _list_sizes(model: Model) -> tuple[str, ...]:
    """Give the recommended sizes; within its bounds a model takes others too."""
    field = model.parameters.get("size")
    match field:
        case ListedSizeField():
            return field.values
        case AreaSizeField():
            return (*field.tiers, *field.recommended.values())
        case SideSizeField():
            return tuple(field.recommended.values())
        case _:
            return ()
