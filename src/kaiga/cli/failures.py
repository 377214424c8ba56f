"""How a command ends badly: one line on standard error and an exit status, never a traceback."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What a command's exit status means, the same for every command.

    docs/cli.md has the table; a test holds the two together.
    """

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERS = 3
    TASK_FAILED = 4
    TASK_CANCELED = 5
    TIMED_OUT = 6
    INTERRUPTED = 130
    """128 and the number of SIGINT, as shells have it."""


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
