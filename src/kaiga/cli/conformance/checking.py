"""What a check is, and how one ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from kaiga.cli.conformance.target import Answer, Request, Target


class Verdict(StrEnum):
    """How a check ended.

    `unknown`: the server does something else than was inferred, where the contract does not say.
    """

    EXACT = "exact"
    DIFFERS = "differs"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found; `subject` is the model that it is about, empty for none."""

    name: str
    source: str
    expected: str
    seen: str
    verdict: Verdict
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to look at; `perform` asks the server and gives what it found.

    `source` is a section of the notes on the contract, as in `core 1.3`.
    """

    name: str
    source: str
    perform: "Perform"
    subject: str = ""

    def find(self, expected: str, seen: str, verdict: Verdict, aspect: str = "") -> Finding:
        """Make a finding of this check, or of one aspect of it."""
        return Finding(
            name=f"{self.name}: {aspect}" if aspect else self.name,
            source=self.source,
            expected=expected,
            seen=seen,
            verdict=verdict,
            subject=self.subject,
        )


Perform = Callable[[Check, Target], Sequence[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error: its status, its code, and what its message begins with.

    The service may add a sentence to a message (contract/core.md, 5.1).
    """

    status: int
    code: str
    message: str

    def __str__(self) -> str:
        """Write it as what was seen is written."""
        return f"{self.status} {self.code}: {self.message}"

    def is_told_by(self, answer: Answer) -> bool:
        """Tell whether an answer is this error, in the form that errors have."""
        told = answer.members
        return (
            answer.status == self.status
            and set(told) == {"code", "message", "request_id"}
            and told["code"] == self.code
            and str(told["message"]).startswith(self.message)
        )


Certainty = Literal["certain", "inferred"]


def check_refusal(
    name: str,
    source: str,
    request: Request,
    *expected: Refusal,
    certainty: Certainty = "certain",
    subject: str = "",
) -> Check:
    """Make the check that a request is refused in one of the ways expected."""

    def perform(check: Check, target: Target) -> Sequence[Finding]:
        answer = target.send(request)
        is_met = any(refusal.is_told_by(answer) for refusal in expected)
        return [
            check.find(
                " or ".join(map(str, expected)), answer.show(), judge(answer, is_met, certainty)
            )
        ]

    return Check(name=name, source=source, perform=perform, subject=subject)


def judge(answer: Answer, is_met: bool, certainty: Certainty = "certain") -> Verdict:
    """Give the verdict on an answer; a server that is too busy to answer is not judged."""
    if is_met:
        return Verdict.EXACT
    if answer.is_throttled:
        return Verdict.SKIPPED
    return Verdict.DIFFERS if certainty == "certain" else Verdict.UNKNOWN


def count_verdicts(findings: Sequence[Finding]) -> Mapping[Verdict, int]:
    """Count the findings of each verdict."""
    return {verdict: sum(finding.verdict is verdict for finding in findings) for verdict in Verdict}
