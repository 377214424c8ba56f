"""How a command ends badly: one line on standard error and an exit status, never a traceback."""


class CommandFailed(Exception):
    """A command can't do what was asked; the message says why and what to do."""

    exit_status = 1

    def __init__(self, message: str, *, exit_status: int = 1) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class NoServerRuns(CommandFailed):
    """No server was named, and none runs on the data folder."""
