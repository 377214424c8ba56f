"""Builds what makes a Kaiga an emulator."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.emulation_plans import read_plan_file, read_ready_plans
from kaiga.http.asgi import Application
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.clock import ClockRoutes
from kaiga.http.emulator.faults import FaultRoutes
from kaiga.http.emulator.faulty_application import FaultyApplication
from kaiga.http.emulator.guard import ControlGuard
from kaiga.http.emulator.notices import NoticeRoutes
from kaiga.http.emulator.noting import NoteRequests
from kaiga.http.emulator.occasions import FindOccasion
from kaiga.http.emulator.pace import PaceRoutes
from kaiga.http.emulator.requests import RequestRoutes
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.service.deliver_notices import DeliverNotice
from kaiga.service.emulation.account_clocks import AccountClocks
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.account_paces import AccountPaces
from kaiga.service.emulation.disturb_notices import DisturbNotices
from kaiga.service.emulation.fault_book import FaultBook
from kaiga.service.emulation.noted import NotedNotice, NotedRequest
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.key_ring import KeyRing
from kaiga.service.manage_webhooks import ManageWebhooks
from kaiga.settings import Settings


class _RouteGroup(Protocol):
    def routes(self) -> Sequence[Route]: ...


class Emulation:
    """What an emulator keeps beside the parts that every Kaiga has."""

    def __init__(self, machine: Calendar, settings: Settings, catalogue: Catalogue) -> None:
        self.clocks = AccountClocks(machine)
        plan = settings.emulator_faults and read_plan_file(settings.emulator_faults)
        self.faults = FaultBook(machine, plan.faults if plan else ())
        self.paces = AccountPaces(settings.emulator_pace, catalogue)
        self.schedule = Schedule(self.clocks, self.paces.find, self.faults.choose_fate)
        self.requests: AccountLog[NotedRequest] = AccountLog()
        self.notices: AccountLog[NotedNotice] = AccountLog()

    def disturb_calls(
        self, application: Application, key_ring: KeyRing, hot: HotTasks, pepper: bytes
    ) -> FaultyApplication:
        """Build what stands before the application."""
        return FaultyApplication(
            application=application,
            find_occasion=FindOccasion(key_ring, hot),
            faults=self.faults,
            note=NoteRequests(self.requests, self.clocks, pepper),
            calendar=self.clocks,
        )

    def disturb_notices(self, deliver: DeliverNotice) -> DisturbNotices:
        """Build what stands before the delivery of notices."""
        return DisturbNotices(
            deliver=deliver, faults=self.faults, log=self.notices, calendar=self.clocks
        )


def build_control_routes(
    emulation: Emulation | None,
    settings: Settings,
    key_ring: KeyRing,
    address: PublicAddress,
    bodies: BodyReader,
    manage_webhooks: ManageWebhooks,
) -> Sequence[_RouteGroup]:
    """Build the routes that control an emulator; none where this is no emulator."""
    if emulation is None:
        return ()
    guard = ControlGuard(key_ring, address, _list_own_hosts(settings))
    return (
        ClockRoutes(clocks=emulation.clocks, guard=guard, bodies=bodies),
        PaceRoutes(paces=emulation.paces, guard=guard, bodies=bodies),
        FaultRoutes(faults=emulation.faults, plans=read_ready_plans(), guard=guard, bodies=bodies),
        RequestRoutes(log=emulation.requests, guard=guard),
        NoticeRoutes(log=emulation.notices, manage=manage_webhooks, guard=guard),
    )


def _list_own_hosts(settings: Settings) -> frozenset[str]:
    named = {settings.host.lower()}
    if settings.public_url:
        named.add(urlsplit(settings.public_url).hostname or "")
    return frozenset(named)
