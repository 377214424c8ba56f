"""Builds the routes by which the console oversees the service."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from kaiga import __version__
from kaiga.compose.commands.offline import find_sqlite_version
from kaiga.compose.disk import MeasureDisk
from kaiga.compose.doctor.examining import examine_machine
from kaiga.compose.parts import Parts
from kaiga.http.operations.system import SystemRoutes
from kaiga.http.operations.usage import UsageRoutes
from kaiga.service.reading.report_usage import ReportUsage
from kaiga.telemetry import list_recent_lines


def build_overseeing_routes(parts: Parts) -> tuple[UsageRoutes, SystemRoutes]:
    """Build `/kaiga/v1/usage`, `/kaiga/v1/system` and `/kaiga/v1/doctor`."""
    settings = parts.settings

    def examine() -> Sequence[Mapping[str, object]]:
        return [asdict(finding) for finding in examine_machine(settings)]

    usage = UsageRoutes(
        report_usage=ReportUsage(
            ledger=parts.usage, calendar=parts.calendar, zone=settings.time_zone
        ),
        key_ring=parts.key_ring,
    )
    system = SystemRoutes(
        key_ring=parts.key_ring,
        failures=parts.failures,
        versions={
            "kaiga": __version__,
            "python": platform.python_version(),
            "sqlite": find_sqlite_version(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        },
        measure_disk=MeasureDisk(settings),
        list_lines=list_recent_lines,
        examine=examine,
    )
    return usage, system
