"""How a command ends badly: one line on standard error and an exit status, never a traceback."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a command's exit status means, the same for every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERS = 3
    TASK_FAILED = 4
    TASK_CANCELED = 5
    TIMED_OUT = 6
    INTERRUPTED = 130
    """128 and the number of SIGINT, as shells have it."""

    @property
    def meaning(self) -> str:
        """Say what it means, for the documents."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitStatus.DONE: "it is done",
    ExitStatus.FAILED: (
        "it could not be done: no server, a call that was refused, a file that can't be written, "
        "a check of `kaiga doctor` that failed"
    ),
    ExitStatus.USAGE: "the command was written wrongly",
    ExitStatus.DIFFERS: "`kaiga conformance` or `kaiga emulator compare` found what differs",
    ExitStatus.TASK_FAILED: "a task failed",
    ExitStatus.TASK_CANCELED: "a task was canceled",
    ExitStatus.TIMED_OUT: "a task has not ended in the time that was given",
    ExitStatus.INTERRUPTED: "it was interrupted with Ctrl-C",
}


class CommandFailed(Exception):
    """A command can't do what was asked; the message says why and what to do.

    `code` is the API's or the task's own where one was told, else the name of the error.
    """

    def __init__(
        self,
        message: str,
        *,
        exit_status: ExitStatus = ExitStatus.FAILED,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.exit_status = exit_status
        self.code = code or type(self).__name__


class NoServerRuns(CommandFailed):
    """No server was named, and none runs on the data folder."""
