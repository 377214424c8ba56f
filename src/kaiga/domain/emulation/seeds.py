"""What an emulator can be filled with: keys and tasks, as files and requests write them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from kaiga.domain.errors import KaigaError
from kaiga.domain.keys import Role


class SeededKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key by its text; without an account it has the one that it would be let in as."""

    text: str
    role: Role = Role.USER
    account: str = ""
    region: str | None = None


class SeededResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a task: beside the seed's own file, or the bytes themselves in base64."""

    file: str = ""
    base64: bytes = b""


class SeededTask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A task of the account of `key`, or of whoever loads it.

    One that is PENDING, or SUCCEEDED without results, goes its usual way from now on, so it has
    no id and no times of its own. `submitted_seconds_ago` is `ended_seconds_ago` where it is left
    out; both are seconds of the account's own calendar.
    """

    key: str = ""
    id: str = ""
    model: str
    operation: str = ""
    input: Mapping[str, object]
    parameters: Mapping[str, object] = {}
    state: Literal["PENDING", "SUCCEEDED", "FAILED", "CANCELED"] = "SUCCEEDED"
    submitted_seconds_ago: float | None = None
    ended_seconds_ago: float = 0.0
    code: str = KaigaError.code
    message: str = KaigaError.message
    results: tuple[SeededResult, ...] = ()

    @property
    def goes_its_way(self) -> bool:
        """Tell whether it is to be made here."""
        return self.state == "PENDING" or (self.state == "SUCCEEDED" and not self.results)


class Seed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is loaded together: first the keys, then the tasks."""

    keys: tuple[SeededKey, ...] = ()
    tasks: tuple[SeededTask, ...] = ()
