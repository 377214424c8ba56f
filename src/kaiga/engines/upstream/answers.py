"""The upstream's answers, as far as they are read: their members are the contract's."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.tasks import TaskStatus, Usage
from kaiga.engines.upstream.members import Members, items_of, members_of, objects_of


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A task's answer, or that of a synchronous call."""

    status: TaskStatus
    output: Members = {}
    usage: Usage = {}

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will come of it."""
        return self.status.is_final or self.status is TaskStatus.UNKNOWN

    @property
    def error(self) -> tuple[str, str]:
        """Give code and message of a task that FAILED."""
        code, message = self.output.get("code"), self.output.get("message")
        return str(code or "InternalError"), str(message or "The upstream task has failed.")

    @property
    def actual_prompt(self) -> str:
        """Give the text that the prompt was rewritten to, empty where none is told."""
        return self._find_prompt("actual_prompt")

    @property
    def original_prompt(self) -> str:
        """Give the prompt as it was sent, empty where it is not told."""
        return self._find_prompt("orig_prompt")

    def _find_prompt(self, name: str) -> str:
        results = self.output.get("results")
        places = (self.output, members_of(results), *objects_of(results))
        told = (place.get(name) for place in places)
        return next((text for text in told if isinstance(text, str) and text), "")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A task as the upstream's list shows it; times are in milliseconds since 1970."""

    task_id: str = ""
    status: str = ""
    model_name: str = ""
    gmt_create: int = 0
    user_api_unique_key: str = ""


def read_task(body: Members) -> Answer:
    """Read a task's answer.

    Raises:
        ValueError: it tells of no status that there is.
    """
    output = members_of(body.get("output"))
    status = TaskStatus(str(output.get("task_status")))
    return Answer(status=status, output=output, usage=read_usage(body.get("usage")))


def read_results(body: Members) -> Answer:
    """Read the answer of a synchronous call."""
    return Answer(
        status=TaskStatus.SUCCEEDED,
        output=members_of(body.get("output")),
        usage=read_usage(body.get("usage")),
    )


def read_list(body: Members) -> Sequence[Listed]:
    """Read a page of the list; rows that can't be read are left out."""
    read: list[Listed] = []
    for row in items_of(body.get("data")):
        try:
            read.append(msgspec.convert(row, Listed))
        except msgspec.ValidationError:
            continue
    return read


def read_usage(usage: object) -> Usage:
    """Write usage with a dot between the names of nested members; only plain values are kept."""
    told: dict[str, str | int | float | bool] = {}
    for name, value in members_of(usage).items():
        inner = members_of(value) or {"": value}
        for within, each in inner.items():
            if isinstance(each, str | int | float):
                told[f"{name}.{within}" if within else name] = each
    return told
