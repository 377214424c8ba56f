"""`kaiga models`: what the catalogue offers, what each model takes, and what answers it."""

from typing import Annotated

import msgspec
import typer

from kaiga.catalogue import read_catalogue
from kaiga.cli.completing import complete_models
from kaiga.cli.describing.fields import describe_fields, list_limits
from kaiga.cli.describing.limits import describe_limits
from kaiga.cli.describing.rules import describe_rule
from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.cli.options import AsJson, read_command_settings, show_examples
from kaiga.cli.tables import print_json, print_members, print_table
from kaiga.compose.engines.engine_plan import read_plan
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.fields import AreaSizeField, ListedSizeField, SideSizeField
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.engines import EnginePlan

_ENGINE_NOTES = {"sketch": "drawn by rules, no AI model"}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    examples = show_examples(
        "kaiga models", "kaiga models wan2.7-i2v", "kaiga models wan2.7-i2v --json"
    )
    app.command("models", epilog=examples)(show_models)


def show_models(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="Show this model with all that it takes.",
            autocompletion=complete_models,
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the models and the engine that answers them, or show one of them."""
    settings = read_command_settings({})
    catalogue = read_catalogue(settings.catalogue)
    plan = read_plan(settings, catalogue)
    if name is None:
        _show_all(catalogue.list_models(), plan, as_json=as_json)
        return
    model = catalogue.find_model(name)
    if model is None:
        raise CommandFailed(
            f"There is no model {name}. 'kaiga models' lists them.", exit_status=ExitStatus.USAGE
        )
    if as_json:
        print_json(_as_members(model, plan) | _make_details(catalogue, model))
    else:
        _show_one(catalogue, model, plan)


def _show_all(models: tuple[Model, ...], plan: EnginePlan, *, as_json: bool) -> None:
    if as_json:
        print_json({"models": [_as_members(model, plan) for model in models]})
        return
    answered = [model for model in models if plan.engines_of(model.name)]
    names = ", ".join(_note_engine(spec.name) for spec in plan.specs)
    typer.echo(f"{len(models)} models, {len(answered)} of them answered, by {names}.")
    headings = ("Model", "Task", "Modes", "Contract", "Engines")
    print_table(headings, [_make_row(model, plan) for model in models])


def _note_engine(engine: str) -> str:
    note = _ENGINE_NOTES.get(engine)
    return f"{engine} ({note})" if note else engine


def _make_row(model: Model, plan: EnginePlan) -> tuple[str, ...]:
    engines = ", then ".join(plan.engines_of(model.name)) or "none"
    modes = ", ".join(_list_modes(model))
    return (model.name, model.task, modes, _CONTRACT[model.certainty], engines)


_CONTRACT = {"exact": "known", "lenient": "known in part: served leniently"}


def _show_one(catalogue: Catalogue, model: Model, plan: EnginePlan) -> None:
    print(f"{model.name}: {model.title}")
    print(model.description)
    print()
    shown: dict[str, object] = {
        "task": model.task,
        "contract": _CONTRACT[model.certainty],
        "answered by": ", then ".join(plan.engines_of(model.name)) or "no engine here",
        "also called": ", ".join(model.aliases),
        "offered in": ", ".join(model.documented_regions),
        "retired": "yes" if model.retired else "",
        "usage": ", ".join(model.usage),
        "documented limits": ", ".join(_tell_rates(model)),
    }
    print_members({name: value for name, value in shown.items() if value})
    for endpoint in model.endpoints:
        _show_endpoint(model, endpoint)
    _print_lines("Files", _describe_files(catalogue, model))
    _print_lines("Unknown or chosen", model.doubts)


def _show_endpoint(model: Model, endpoint: Endpoint) -> None:
    mode = "makes a task" if endpoint.mode == "async" else "answers within the call"
    streams = ", as events too" if endpoint.streams else ""
    shape = model.output_at(endpoint.operation).shape
    print(f"\nPOST services/{endpoint.operation}  ({mode}{streams}; results as {shape})")
    rows = [
        (each.path, "yes" if each.is_required else "", each.default, each.takes)
        for each in describe_fields(model, endpoint)
    ]
    print_table(("Member", "Required", "Default", "Takes"), rows)
    _print_lines("Rules", [describe_rule(rule) for rule in model.rules_at(endpoint)])


def _print_lines(heading: str, lines: list[str] | tuple[str, ...]) -> None:
    if lines:
        print(f"\n{heading}")
        for line in lines:
            print(f"- {line}")


def _describe_files(catalogue: Catalogue, model: Model) -> list[str]:
    names = {
        name: None
        for endpoint in model.endpoints
        for name in list_limits(dict(model.input_at(endpoint)))
        if name
    }
    return [f"{name}: {describe_limits(catalogue.media_limits[name])}" for name in names]


def _tell_rates(model: Model) -> list[str]:
    limits = model.limits
    told = {
        "submissions a second": limits.submissions_per_second,
        "submissions a minute": limits.submissions_per_minute,
        "tasks at a time": limits.concurrent_tasks,
    }
    return [f"{count} {what}" for what, count in told.items() if count is not None]


def _make_details(catalogue: Catalogue, model: Model) -> dict[str, object]:
    return {
        "documented_regions": list(model.documented_regions),
        "usage": dict(model.usage),
        "calls": [
            {
                "operation": each.operation,
                "mode": each.mode,
                "streams": each.streams,
                "output": msgspec.to_builtins(model.output_at(each.operation)),
                "input": msgspec.to_builtins(model.input_at(each)),
                "parameters": msgspec.to_builtins(model.parameters_at(each)),
                "rules": [describe_rule(rule) for rule in model.rules_at(each)],
            }
            for each in model.endpoints
        ],
        "files": _describe_files(catalogue, model),
        "limits": msgspec.to_builtins(model.limits),
    }


def _as_members(model: Model, plan: EnginePlan) -> dict[str, object]:
    engine = plan.first_of(model.name)
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
        "engine": engine,
        "engines": list(plan.engines_of(model.name)),
        "engine_note": _ENGINE_NOTES.get(engine),
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
