"""A task that makes a clip, as OpenAI's clients read a video."""

from collections.abc import Mapping

from kaiga.domain.catalogue.model import Model
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.measures import measure
from kaiga.domain.showing import find_sides
from kaiga.domain.tasks import Failure, Task, TaskStatus
from kaiga.http.openai.refusals import name_failure
from kaiga.service.standing.task_standing import Standing

_STATES: Mapping[TaskStatus, str] = {
    TaskStatus.PENDING: "queued",
    TaskStatus.RUNNING: "in_progress",
    TaskStatus.SUCCEEDED: "completed",
    TaskStatus.FAILED: "failed",
    TaskStatus.CANCELED: "failed",
}
"""There is no word for a canceled one: its error says so."""
_CANCELED = Failure(code="canceled", message="The video was canceled.")
_DONE, _NEARLY_DONE = 100, 99


def name_state(task: Task) -> str:
    """Give OpenAI's word for how a task stands."""
    return _STATES[task.status]


def show_video(task: Task, model: Model, standing: Standing) -> dict[str, object]:
    """Make the public form of a video; what is not known is null."""
    order = task.generation
    return {
        "id": task.id,
        "object": "video",
        "created_at": _second(milliseconds_since_epoch(task.submitted_at)),
        "status": name_state(task),
        "model": task.model,
        "progress": _find_progress(task, standing),
        "prompt": order.prompt if order else None,
        "seconds": _tell_seconds(task, model),
        "size": _tell_size(task, model),
        "completed_at": task.ended_at and _second(milliseconds_since_epoch(task.ended_at)),
        "expires_at": task.expires_at and _second(milliseconds_since_epoch(task.expires_at)),
        "error": _tell_error(task),
        "remixed_from_video_id": None,
    }


def _second(milliseconds: int) -> int:
    return milliseconds // 1000


def _find_progress(task: Task, standing: Standing) -> int:
    """Give percent: 100 means that the clip can be fetched, and is told of no other."""
    if task.status is TaskStatus.SUCCEEDED:
        return _DONE
    if task.status is not TaskStatus.RUNNING or not standing.steps:
        return 0
    return min(_NEARLY_DONE, _DONE * standing.step // standing.steps)


def _tell_seconds(task: Task, model: Model) -> str:
    """Tell how long the clip is to be, as far as the order alone says; `0` where an input does."""
    order = task.generation
    return "0" if order is None else f"{measure(model, order, ()).duration_seconds:g}"


def _tell_size(task: Task, model: Model) -> str:
    """Tell `WIDTHxHEIGHT`, or the tier such as `720P` where the shape follows an input."""
    sides = find_sides(task)
    order = task.generation
    if sides is None and order is not None:
        measures = measure(model, order, ())
        sides = (measures.width_pixels, measures.height_pixels)
        if not all(sides):
            return measures.tier
    return f"{sides[0]}x{sides[1]}" if sides else ""


def _tell_error(task: Task) -> Mapping[str, str] | None:
    match task.status:
        case TaskStatus.FAILED | TaskStatus.CANCELED:
            failure = task.failure or _CANCELED
            return {"code": name_failure(failure.code), "message": failure.message}
        case _:
            return None
