"""Builds what makes a Kaiga an emulator."""

from collections.abc import Awaitable, Callable

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.ids import AccountId
from kaiga.emulation_plans import read_plan_file
from kaiga.http.asgi import Application
from kaiga.http.emulator.faulty_application import FaultyApplication
from kaiga.http.emulator.noting import NoteRequests
from kaiga.http.emulator.occasions import FindOccasion
from kaiga.ports.account_store import AccountStore
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.emulation.account_clocks import AccountClocks
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.account_paces import AccountPaces
from kaiga.service.emulation.bounds import BoundAccounts, MeasuredObjects
from kaiga.service.emulation.disturb_notices import DisturbNotices
from kaiga.service.emulation.fault_book import FaultBook
from kaiga.service.emulation.forget_account import ForgetAccount
from kaiga.service.emulation.noted import NotedNotice, NotedRequest
from kaiga.service.emulation.open_door import ACCOUNT_PREFIX, OpenDoor
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.limits.manage_limits import ManageLimits
from kaiga.service.notices.deliver_notices import DeliverNotice
from kaiga.settings import Settings


class Emulation:
    """What an emulator keeps beside the parts that every Kaiga has.

    `starts` are awaited once before it serves, `works` go on beside it until it is stopped.
    """

    def __init__(
        self,
        machine: Calendar,
        settings: Settings,
        catalogue: Catalogue,
        objects: ObjectStore,
        accounts: AccountStore,
    ) -> None:
        self.clocks = AccountClocks(machine)
        self.accounts = accounts
        self.objects = MeasuredObjects(objects)
        plan = settings.emulator_faults and read_plan_file(settings.emulator_faults)
        self.faults = FaultBook(machine, plan.faults if plan else ())
        self.paces = AccountPaces(settings.emulator_pace, catalogue)
        self.schedule = Schedule(self.clocks, self.paces.find, self.faults.choose_fate)
        self.requests: AccountLog[NotedRequest] = AccountLog()
        self.notices: AccountLog[NotedNotice] = AccountLog()
        self.starts: list[Callable[[], Awaitable[None]]] = [self.objects.look]
        self.works: list[Callable[[], Awaitable[None]]] = []
        self._reset_listeners: list[Callable[[AccountId], None]] = [
            self.clocks.reset,
            self.faults.reset,
            self.paces.reset,
            self.requests.clear,
            self.notices.clear,
        ]

    def on_reset(self, listener: Callable[[AccountId], None]) -> None:
        """Have `listener` called with each account that is reset or forgotten."""
        self._reset_listeners.append(listener)

    def build_forget(self, tasks: TaskStore, limits: ManageLimits) -> ForgetAccount:
        """Build what resets accounts; it tells all listeners, also later ones."""
        return ForgetAccount(
            tasks=tasks,
            accounts=self.accounts,
            objects=self.objects,
            limits=limits,
            listeners=self._reset_listeners,
        )

    def build_door(
        self, settings: Settings, keys: KeyStore, pepper: bytes, forget: ForgetAccount
    ) -> OpenDoor:
        """Build what lets every key in, as long as there is room."""
        bounds = BoundAccounts(
            accounts=self.accounts,
            forget=forget,
            prefix=ACCOUNT_PREFIX,
            most=settings.emulator_max_accounts,
        )
        return OpenDoor(store=keys, calendar=self.clocks, pepper=pepper, bounds=bounds)

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
