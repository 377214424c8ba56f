"""Jobs as clients would have them made, for measurements."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import SettingInvalid
from kaiga.domain.measures import measure
from kaiga.domain.validation.faults import Faults
from kaiga.domain.validation.order_rules import OrderRules
from kaiga.ports.engine import GenerationJob
from kaiga.service.running.making_jobs import make_jobs

_SUBJECTS = ("a red house by a lake", "a cat on a chair", "mountains at dawn", "a boat in a storm")
_SEED = 1


def make_sample_jobs(model: Model, count: int) -> Sequence[GenerationJob]:
    """Make jobs of the least order that a model takes, in its own size, each of other words.

    They are as different as those of different tasks, which is what a batch has to be worth for.

    Raises:
        SettingInvalid: the model takes files, and not words alone.
    """
    endpoint = model.endpoints[0]
    order = model.minimal_request_at(endpoint)
    checked = OrderRules(model, endpoint).check(
        order.get("input"), order.get("parameters"), drawn_seed=_SEED
    )
    if isinstance(checked, Faults) or checked.media:
        raise SettingInvalid(f"{model.name} takes files; only models of words alone are measured.")
    single = msgspec.structs.replace(checked, count=1)
    measures = measure(model, single, [])
    return [
        make_jobs(
            model,
            msgspec.structs.replace(single, seed=_SEED + number),
            measures,
            f"{_SUBJECTS[number % len(_SUBJECTS)]}, number {number + 1}",
            (),
        )[0]
        for number in range(count)
    ]
