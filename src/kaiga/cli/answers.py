"""What the API answers, as far as commands read it; unknown members are left alone."""

from datetime import UTC, datetime

import msgspec

from kaiga.domain.tasks import TaskStatus


class PictureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of a task: `url` where it was made, `code` and `message` where not."""

    url: str | None = None
    orig_prompt: str | None = None
    actual_prompt: str | None = None
    code: str | None = None
    message: str | None = None


class TaskOutput(msgspec.Struct, frozen=True, kw_only=True):
    """How a task stands; times are text as the server writes them."""

    task_id: str
    task_status: TaskStatus
    submit_time: str | None = None
    scheduled_time: str | None = None
    end_time: str | None = None
    results: tuple[PictureAnswer, ...] = ()
    code: str | None = None
    message: str | None = None


class TaskAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a query."""

    output: TaskOutput
    usage: dict[str, object] | None = None

    @property
    def has_ended(self) -> bool:
        """Tell whether asking again can't bring news; an unknown task stays unknown."""
        return self.output.task_status not in {TaskStatus.PENDING, TaskStatus.RUNNING}


class CreatedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """The output of a create call."""

    task_id: str


class CreateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a create call."""

    output: CreatedOutput


class TaskRow(msgspec.Struct, frozen=True, kw_only=True):
    """One task of a list; times are milliseconds since 1970."""

    task_id: str
    status: str
    model_name: str = ""
    gmt_create: int | None = None
    start_time: int | None = None
    end_time: int | None = None


class TaskList(msgspec.Struct, frozen=True, kw_only=True):
    """One page of tasks, newest first."""

    data: tuple[TaskRow, ...]
    total: int = 0
    total_page: int = 0
    page_no: int = 1


class RefusalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The body of an error."""

    code: str
    message: str = ""


def instant_of(milliseconds: int | None) -> datetime | None:
    """Give the instant of a list's time."""
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
