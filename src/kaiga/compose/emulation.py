"""Builds what makes a Kaiga an emulator."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.emulation.fates import USUAL_FATE, TaskFate
from kaiga.domain.tasks import Task
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.clock import ClockRoutes
from kaiga.http.emulator.guard import ControlGuard
from kaiga.http.emulator.pace import PaceRoutes
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.service.emulation.account_clocks import AccountClocks
from kaiga.service.emulation.account_paces import AccountPaces
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.key_ring import KeyRing
from kaiga.settings import Settings


class _RouteGroup(Protocol):
    def routes(self) -> Sequence[Route]: ...


class Emulation:
    """What an emulator keeps beside the parts that every Kaiga has."""

    def __init__(self, machine: Calendar, settings: Settings, catalogue: Catalogue) -> None:
        self.clocks = AccountClocks(machine)
        self.paces = AccountPaces(settings.emulator_pace, catalogue)
        self.schedule = Schedule(self.clocks, self.paces.find, _choose_usual_fate)


def build_control_routes(
    emulation: Emulation | None,
    settings: Settings,
    key_ring: KeyRing,
    address: PublicAddress,
    bodies: BodyReader,
) -> Sequence[_RouteGroup]:
    """Build the routes that control an emulator; none where this is no emulator."""
    if emulation is None:
        return ()
    guard = ControlGuard(key_ring, address, _list_own_hosts(settings))
    return (
        ClockRoutes(clocks=emulation.clocks, guard=guard, bodies=bodies),
        PaceRoutes(paces=emulation.paces, guard=guard, bodies=bodies),
    )


def _choose_usual_fate(_task: Task) -> TaskFate:
    return USUAL_FATE


def _list_own_hosts(settings: Settings) -> frozenset[str]:
    named = {settings.host.lower()}
    if settings.public_url:
        named.add(urlsplit(settings.public_url).hostname or "")
    return frozenset(named)
