"""The ids between which a search looks, as both databases compare them."""

from kaiga.domain.ids import first_task_id_at
from kaiga.ports.task_store import TaskSearch

_BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000"
_AFTER_ALL_IDS = "ffffffff-ffff-ffff-ffff-ffffffffffff"


def find_span(wanted: TaskSearch) -> tuple[str, str]:
    """Give the ids between which all that may match is, both outside."""
    floor, ceiling = _BEFORE_ALL_IDS, _AFTER_ALL_IDS
    if wanted.submitted_from:
        floor = first_task_id_at(wanted.submitted_from)
    if wanted.submitted_before:
        ceiling = first_task_id_at(wanted.submitted_before)
    return max(floor, wanted.newer_than or ""), min(ceiling, wanted.older_than or ceiling)
