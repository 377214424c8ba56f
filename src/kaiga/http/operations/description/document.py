"""The whole description: the contract's routes, files, and Kaiga's own."""

from collections.abc import Mapping
from typing import cast

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.http.operations.description.administration import describe_administration
from kaiga.http.operations.description.answers import make_contract_schemas
from kaiga.http.operations.description.creates import describe_creates
from kaiga.http.operations.description.emulator import EMULATOR_TAG, describe_emulator
from kaiga.http.operations.description.files import describe_files
from kaiga.http.operations.description.overseeing import describe_overseeing
from kaiga.http.operations.description.own_answers import make_own_schemas
from kaiga.http.operations.description.own_tasks import describe_own_tasks
from kaiga.http.operations.description.parts import Schema
from kaiga.http.operations.description.results import describe_results
from kaiga.http.operations.description.service import describe_service
from kaiga.http.operations.description.sessions import CHANGE, READ, SCHEMES, describe_sessions
from kaiga.http.operations.description.surroundings import describe_surroundings
from kaiga.http.operations.description.tasks import describe_tasks
from kaiga.http.operations.description.webhooks import describe_notice, describe_webhooks

_ABOUT = """\
Creates tasks that make pictures and clips, and tells how they stand.

What is below `/api/v1` is the API of Model Studio (DashScope); what is below `/kaiga/v1` is \
Kaiga's own. Every path also answers with a slash at its end.
"""
_TAGS = {
    "Create": "Orders for every model of the catalogue",
    "Tasks": "How tasks stand, lists of them, and their end before it is due",
    "Around tasks": "Models, limits, uploads and temporary keys",
    "Files": "What is uploaded, and what was made",
    "Kaiga: tasks": "What the API of tasks does not tell or do",
    "Kaiga: results": "What was made: looking through it, packing it, keeping it",
    "Kaiga: webhooks": "Addresses that are told of the ends of tasks",
    "Kaiga: administration": "Keys, limits, links and copies, for keys with the role admin",
    "Kaiga: overseeing": "What was used, and how the machine is",
    "Kaiga: sessions": "Signing in to the console, and out",
    "Kaiga: service": "How the service is, and what it offers",
}

_CHANGING = frozenset({"post", "put", "patch", "delete"})
_TAGS_OF_EMULATORS = {EMULATOR_TAG: "Clocks, paces and faults, for tests"}


def make_openapi(catalogue: Catalogue, version: str, *, is_emulator: bool = False) -> Schema:
    """Describe the whole API, creates with every model of the catalogue.

    An emulator has routes of its own besides.
    """
    tags = _TAGS | _TAGS_OF_EMULATORS if is_emulator else _TAGS
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kaiga",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": told} for name, told in tags.items()],
        "components": {
            "securitySchemes": SCHEMES,
            "schemas": {**make_contract_schemas(), **make_own_schemas()},
        },
        **READ,
        "paths": _guard_changes(
            {
                **describe_creates(catalogue),
                **describe_tasks(),
                **describe_surroundings(),
                **describe_files(),
                **describe_own_tasks(),
                **describe_results(),
                **describe_webhooks(),
                **describe_administration(),
                **describe_overseeing(),
                **describe_sessions(),
                **describe_service(),
                **(describe_emulator() if is_emulator else {}),
            }
        ),
        "webhooks": {"taskEnded": {"post": describe_notice()}},
    }


def _guard_changes(paths: Schema) -> Schema:
    """Say of what changes something that a session alone is not enough for it."""
    return {path: _guard(cast("Mapping[str, Schema]", item)) for path, item in paths.items()}


def _guard(item: Mapping[str, Schema]) -> Schema:
    return {
        name: {**CHANGE, **member} if name in _CHANGING else member for name, member in item.items()
    }
