"""What is counted and timed while the service works, for whoever watches it.

Everything here is a number by the catalogue's name of a model, so that there are few of them:
never an account, a key or a task, and never a word of an order.
"""

from typing import Protocol


class Meter(Protocol):
    """Takes note; no method fails, waits or keeps anything but sums."""

    def time_wait(self, model: str, seconds: float) -> None:
        """Count how long a task waited from its submission to its first attempt."""
        ...

    def time_run(self, model: str, engine: str, seconds: float) -> None:
        """Count how long an attempt ran that ended its task."""
        ...

    def count_attempt(self, model: str, engine: str, cause: str) -> None:
        """Count an attempt that is over; `cause` is `finished` where it ended its task."""
        ...

    def count_waste(self, model: str, engine: str, cause: str, seconds: float) -> None:
        """Count the run time of an attempt that ended without ending its task."""
        ...

    def count_busy(self, model: str, engine: str, seconds: float) -> None:
        """Count time in which an engine worked on a batch, and was not waited upon by storing."""
        ...

    def time_step(self, model: str, engine: str, seconds: float) -> None:
        """Count how long one step of an engine took."""
        ...

    def count_made(self, model: str, megapixels: float, video_seconds: float) -> None:
        """Count what one file holds: the pixels of a picture, or the length of a clip."""
        ...

    def count_refusal(self, place: str, reason: str) -> None:
        """Count what the content check has kept back.

        `place` is `input` or `output`; `reason` is `judged`, or `unanswered` where nobody did.
        """
        ...

    def count_failed_rewrite(self, model: str) -> None:
        """Count a prompt that could not be rewritten, whatever becomes of its task."""
        ...

    def time_commit(self, writes: int, seconds: float) -> None:
        """Count a commit of the task store; may be called on any thread."""
        ...

    def time_notice(self, seconds: float) -> None:
        """Count how long after a task's end a webhook took its notice."""
        ...
