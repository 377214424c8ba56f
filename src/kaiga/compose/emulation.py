"""Builds what makes a Kaiga an emulator."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.clock import ClockRoutes
from kaiga.http.emulator.guard import ControlGuard
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.service.emulation.account_clocks import AccountClocks
from kaiga.service.key_ring import KeyRing
from kaiga.settings import Settings


class _RouteGroup(Protocol):
    def routes(self) -> Sequence[Route]: ...


class Emulation:
    """What an emulator keeps beside the parts that every Kaiga has."""

    def __init__(self, machine: Calendar) -> None:
        self.clocks = AccountClocks(machine)


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
    return (ClockRoutes(clocks=emulation.clocks, guard=guard, bodies=bodies),)


def _list_own_hosts(settings: Settings) -> frozenset[str]:
    named = {settings.host.lower()}
    if settings.public_url:
        named.add(urlsplit(settings.public_url).hostname or "")
    return frozenset(named)
