"""What tests of the board of engines share."""

from domain.samples import make_new
from kaiga.domain.tasks import Task


class Seconds:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def task_of(model: str, engine: str) -> Task:
    """Make a task that an engine has run."""
    new = make_new(1, catalogue_model=model).task
    fields = {name: getattr(new, name) for name in new.__struct_fields__}
    return Task(**{**fields, "engine": engine})
