"""How far a running task is."""

import msgspec


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one attempt is.

    `phase` is `queue` (not begun), `inputs`, `load`, `generate`, `encode`, `store` or `canceling`.
    `step` of `steps` counts over all results of the task, 0 of 0 where the engine tells none.
    `preview` is the newest unfinished picture as an encoded file, empty for none.
    """

    attempt: int
    phase: str
    step: int = 0
    steps: int = 0
    preview: bytes = b""
