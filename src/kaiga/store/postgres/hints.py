"""What nodes tell each other: that something has changed, never what it is now.

A hint goes out with the commit that it is about, one NOTIFY for all of a batch. It may be late,
doubled or missing; a node that hears nothing for a while drops what it remembers (`on_gap`).
"""

import secrets
from collections.abc import Callable, Iterator, Sequence

import msgspec

from kaiga.domain.ids import TaskId

CHANNEL = "kaiga"
_LARGEST_PAYLOAD_IDS = 180
"""A payload has to be below 8,000 bytes, and an id takes 39 of them as JSON."""


class Hint(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What one commit changed.

    `changed` are tasks that are not what they were; `waiting` tells that tasks may have begun to
    wait, `announced` that notices may be in the outbox. `keys` and `limits` tell that what is
    remembered of them is old. `progress` are tasks that are further than they were.
    """

    node: str = ""
    changed: list[TaskId] = msgspec.field(default_factory=list[TaskId])
    waiting: bool = False
    announced: bool = False
    keys: bool = False
    limits: bool = False
    progress: list[TaskId] = msgspec.field(default_factory=list[TaskId])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return self == _EMPTY


_EMPTY = Hint()
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Hint).decode


class Hints:
    """Tells what listens on this node, of its own commits at once and of others' as they come."""

    def __init__(self) -> None:
        self.node = secrets.token_hex(6)
        self._listeners: list[Callable[[Hint], None]] = []
        self._gap_listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[Hint], None]) -> None:
        """Have `listener` called with every hint, on the event loop."""
        self._listeners.append(listener)

    def on_gap(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when hints of other nodes may have been missed."""
        self._gap_listeners.append(listener)

    def tell(self, hint: Hint) -> None:
        """Tell this node's listeners."""
        if not hint.is_empty:
            for listener in self._listeners:
                listener(hint)

    def tell_of_gap(self) -> None:
        """Tell that hints may have been missed."""
        for listener in self._gap_listeners:
            listener()

    def take(self, payload: str) -> None:
        """Take what another node has told; one's own was told with its commit already."""
        try:
            hint = _decode(payload)
        except msgspec.MsgspecError:  # a newer node's kind of hint: something has changed
            self.tell_of_gap()
            return
        if hint.node != self.node:
            self.tell(hint)

    def make_payloads(self, hint: Hint) -> Iterator[str]:
        """Write a hint as what NOTIFY carries, in as many parts as it needs."""
        rest = msgspec.structs.replace(hint, node=self.node, changed=[], progress=[])
        parts = [
            *({"changed": part} for part in _parts_of(hint.changed)),
            *({"progress": part} for part in _parts_of(hint.progress)),
        ]
        for part in parts or ({},):
            yield _encode(msgspec.structs.replace(rest, **part)).decode()


def _parts_of(task_ids: Sequence[TaskId]) -> Iterator[list[TaskId]]:
    for start in range(0, len(task_ids), _LARGEST_PAYLOAD_IDS):
        yield list(task_ids[start : start + _LARGEST_PAYLOAD_IDS])
