"""`kaiga models`: what the catalogue offers, and what answers it."""

import typer

from kaiga.catalogue import read_catalogue
from kaiga.cli.options import AsJson, show_examples
from kaiga.cli.tables import print_json, print_table
from kaiga.compose.server import ENGINE
from kaiga.domain.catalogue import AreaSizeField, Model

_ENGINE_NOTES = {"sketch": "drawn by rules, no AI model"}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("models", epilog=show_examples("kaiga models", "kaiga models --json"))(show_models)


def show_models(*, as_json: AsJson = False) -> None:
    """List the models and the engine that answers them."""
    models = read_catalogue().list_models()
    if as_json:
        print_json({"models": [_as_members(model) for model in models]})
        return
    headings = ("Model", "Task", "Modes", "Engine", "Sizes")
    note = _ENGINE_NOTES.get(ENGINE)
    engine = f"{ENGINE} ({note})" if note else ENGINE
    print_table(
        headings,
        [
            (model.name, model.task, ", ".join(sorted(model.modes)), engine, _show_sizes(model))
            for model in models
        ],
    )


def _as_members(model: Model) -> dict[str, object]:
    return {
        "name": model.name,
        "title": model.title,
        "description": model.description,
        "task": model.task,
        "operation": model.operation,
        "modes": sorted(model.modes),
        "engine": ENGINE,
        "engine_note": _ENGINE_NOTES.get(ENGINE),
        "sizes": list(_list_sizes(model)),
    }


def _list_sizes(model: Model) -> tuple[str, ...]:
    """Give the recommended sizes; within its bounds a model takes others too."""
    sizes = [field for field in model.parameters.values() if isinstance(field, AreaSizeField)]
    return tuple(size for field in sizes for size in field.recommended.values())


def _show_sizes(model: Model) -> str:
    return ", ".join(_list_sizes(model)) or "-"
