"""How a part of a run says that its task is to end as FAILED, and in which words."""


class TaskRefused(Exception):
    """The task can't be made as it was ordered; code and text are for its owner."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
