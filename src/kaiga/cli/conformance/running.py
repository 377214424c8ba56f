"""Goes through the checks, and shows on standard error how far it is."""

from collections.abc import Callable, Iterator, Sequence

from kaiga.cli.client import ServerUnreachable
from kaiga.cli.conformance import asking, refused_models, submitting, surroundings
from kaiga.cli.conformance.checking import Check, Finding, Verdict
from kaiga.cli.conformance.target import Target
from kaiga.domain.catalogue.model import Model

Told = Callable[[str], None]


def list_general_checks(known_model: str) -> Sequence[Check]:
    """Give the checks that are about no model; `known_model` is one that the server has."""
    return [
        *submitting.list_checks(),
        *asking.list_checks(),
        *surroundings.list_checks(known_model),
    ]


def list_model_checks(models: Sequence[Model]) -> Sequence[Check]:
    """Give the checks of models that no one is billed for."""
    return [check for model in models for check in refused_models.list_checks(model)]


def run_checks(target: Target, checks: Sequence[Check], tell: Told) -> Iterator[Finding]:
    """Perform checks one after the other; `tell` is told each one's name before.

    A server that goes away in the middle leaves a finding and not an error.
    """
    for check in checks:
        tell(f"{check.subject} {check.name}".strip())
        try:
            yield from check.perform(check, target)
        except ServerUnreachable as failure:
            yield check.find("an answer", str(failure), Verdict.DIFFERS)
