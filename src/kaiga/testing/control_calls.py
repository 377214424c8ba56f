"""The emulator's control routes, one method per call, over whatever sends them."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from kaiga.testing.seeds import read_seed

Json = dict[str, Any]
"""A JSON object as it came; docs/emulator.md tells its members."""

Send = Callable[[str, str, Mapping[str, object] | None], bytes]
"""Sends a method, what follows `/kaiga/v1/`, and a JSON body or none; gives the answer's body."""


class ControlCalls:
    """Controls an emulator for the account of the key that is shown.

    An admin's key may name another `account`, or, for `reset` and `requests`, `everybody`.
    """

    def __init__(self, send: Send, *, account: str | None = None, everybody: bool = False) -> None:
        self._send = send
        named = {"account": account, "all": "true" if everybody else None}
        self._whose = {name: value for name, value in named.items() if value is not None}

    def clock(self) -> Json:
        """Show the account's clock: `now`, and whether it is `frozen`."""
        return self._ask("GET", "clock")

    def freeze(self) -> Json:
        """Have the account's clock stand still, and with it whatever waits for time to pass."""
        return self._ask("PATCH", "clock", {"frozen": True})

    def run(self) -> Json:
        """Have the account's clock run again from where it stands."""
        return self._ask("PATCH", "clock", {"frozen": False})

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> Json:
        """Move the account's clock forward, frozen or not."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self._ask("PATCH", "clock", {"advance_seconds": by.total_seconds()})

    def reset_clock(self) -> Json:
        """Bring the account back into the machine's present."""
        return self._ask("DELETE", "clock")

    def reset(self) -> Json:
        """Forget all that the account has: tasks, results, faults, its clock and the rest."""
        return self._ask("POST", "reset")

    def pace(
        self,
        *,
        pending_seconds: float = 0,
        running_seconds: float = 0,
        jitter: float = 0,
        model: str | None = None,
    ) -> Json:
        """Set how long tasks wait and run, by the account's clock: of one model, or of the rest."""
        pace = {
            "pending_seconds": pending_seconds,
            "running_seconds": running_seconds,
            "jitter": jitter,
        }
        table = self.get_pace()
        default, models = table["default"], table["models"]
        if model is None:
            default = pace
        else:
            models = {**models, model: pace}
        return self._ask("PUT", "pace", {"default": default, "models": models})

    def get_pace(self) -> Json:
        """Show the account's paces."""
        return self._ask("GET", "pace")

    def reset_pace(self) -> Json:
        """Have the account's tasks go as those of everybody else."""
        return self._ask("DELETE", "pace")

    def fault(self, kind: str, **values: object) -> Json:
        """Set a fault of a kind, with its scope and its values; gives it with its `id`."""
        return self._ask("POST", "faults", {"kind": kind, **values})

    def faults(self) -> Sequence[Json]:
        """List the account's faults."""
        return self._ask("GET", "faults")["faults"]

    def remove_fault(self, fault_id: str) -> None:
        """Heal one fault."""
        self._ask("DELETE", f"faults/{quote(fault_id, safe='')}")

    def remove_faults(self) -> None:
        """Heal every fault of the account."""
        self._ask("DELETE", "faults")

    def kinds(self) -> Sequence[Json]:
        """List the kinds of faults: where each acts, what it takes, what its victim sees."""
        return self._ask("GET", "faults/kinds")["kinds"]

    def plans(self) -> Sequence[Json]:
        """List the plans that come with Kaiga."""
        return self._ask("GET", "faults/plans")["plans"]

    def apply_plan(self, plan: str | Mapping[str, object]) -> Sequence[Json]:
        """Set every fault of a plan that comes with Kaiga, by its name, or of one's own."""
        if isinstance(plan, str):
            return self._ask("POST", f"faults/plans/{quote(plan, safe='')}")["faults"]
        return self._ask("POST", "faults/plans", plan)["faults"]

    def requests(self, *, limit: int = 1000) -> Sequence[Json]:
        """List the latest calls, oldest first: path, headers, body, and what was answered."""
        return self._ask("GET", "requests", limit=limit)["requests"]

    def forget_requests(self) -> None:
        """Begin the list of requests anew."""
        self._ask("DELETE", "requests")

    def tasks(self, *, limit: int = 1000) -> Sequence[Json]:
        """List the latest tasks, newest first: states, times, results, attempts, the request."""
        return self._ask("GET", "tasks", limit=limit)["tasks"]

    def webhooks(self, *, limit: int = 1000) -> Sequence[Json]:
        """List the latest notices that were sent, oldest first: body, headers, and the answer."""
        return self._ask("GET", "webhooks", limit=limit)["notices"]

    def seed(self, seed: Mapping[str, object] | Path) -> Json:
        """Load keys and tasks: those of a file with what lies beside it, or the same as members.

        Raises:
            StartRefused, FieldInvalid: see `read_seed`.
        """
        return self._ask("POST", "seed", read_seed(seed) if isinstance(seed, Path) else seed)

    def accounts(self) -> Sequence[Json]:
        """List the accounts that the key may see, each key as its prefix and hash."""
        return self._ask("GET", "accounts")["accounts"]

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        **asked: object,
    ) -> Any:
        query = urlencode({**self._whose, **asked})
        answer = self._send(method, f"emulator/{path}{'?' if query else ''}{query}", body)
        return json.loads(answer or b"{}")
