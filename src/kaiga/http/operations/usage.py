"""`GET /kaiga/v1/usage`: what was used, by day, account, key and model, as JSON or CSV.

A key sees what its own account used; one with the role admin sees every account.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import msgspec

from kaiga.domain.errors import FieldInvalid, RoleTooLow
from kaiga.domain.ids import AccountId
from kaiga.domain.keys import Principal, Role
from kaiga.domain.usage_report import SUMS, UsageDimension
from kaiga.http.asgi import NO_STORE, Answer, Call, Header
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.identity import authenticate
from kaiga.http.operations.routing import Route
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.reading.report_usage import USUAL_DAYS, ReportUsage, UsageReport, UsageWanted

_PATH = "/kaiga/v1/usage"
_USUAL = (UsageDimension.DAY, UsageDimension.MODEL)
_CSV: Header = (b"content-type", b"text/csv; charset=utf-8")
_YEARS = range(2000, 9999)  # a day more or less of these is still a date

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRoutes:
    """Answers reports of usage."""

    report_usage: ReportUsage
    key_ring: KeyRing

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._report),
            Route("GET", f"{_PATH}.csv", self._report_as_csv),
        )

    async def _report(self, call: Call) -> Answer:
        if "text/csv" in call.header(b"accept"):
            return await self._report_as_csv(call)
        report, by = await self._make(call)
        shown = {
            "request_id": call.request_id,
            "from": report.first,
            "to": report.last,
            "by": by,
            "usage": report.lines,
        }
        return Answer(body=_encode(shown))

    async def _report_as_csv(self, call: Call) -> Answer:
        report, by = await self._make(call)
        name = f"kaiga-usage-{report.first}-{report.last}.csv"
        disposition = (b"content-disposition", f'attachment; filename="{name}"'.encode())
        return Answer(body=_write_csv(report, by), headers=(_CSV, NO_STORE, disposition))

    async def _make(self, call: Call) -> tuple[UsageReport, Sequence[UsageDimension]]:
        principal = await authenticate(call, self.key_ring)
        asked = read_query(call)
        by = _read_by(asked.get("by"))
        wanted = UsageWanted(
            account=_decide_account(principal, asked.get("account")),
            first=_read_day("from", asked.get("from")),
            last=_read_day("to", asked.get("to")),
            days=read_number("days", asked.get("days"), USUAL_DAYS),
            by=by,
        )
        return await self.report_usage(wanted), by


def _decide_account(principal: Principal, asked: str | None) -> AccountId | None:
    if principal.role is Role.ADMIN:
        return None if asked is None else AccountId(asked)
    if asked is not None and asked != principal.account:
        raise RoleTooLow
    return principal.account


def _read_day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise FieldInvalid(f"{name} must be a day such as 2026-05-02.")
    return day


def _read_by(text: str | None) -> Sequence[UsageDimension]:
    """Read names between commas; the order of an answer's columns is always the same."""
    if text is None:
        return _USUAL
    try:
        asked = {UsageDimension(name.strip()) for name in text.split(",")}
    except ValueError:
        allowed = ", ".join(UsageDimension)
        raise FieldInvalid(f"by must be some of {allowed}, with commas between them.") from None
    return tuple(name for name in UsageDimension if name in asked)


def _write_csv(report: UsageReport, by: Sequence[UsageDimension]) -> bytes:
    columns = [*by, *SUMS]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    for line in report.lines:
        writer.writerow(cast("dict[str, object]", msgspec.to_builtins(line)))
    return text.getvalue().encode()
