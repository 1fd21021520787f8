"""Every part of the app, made and named once."""

from dataclasses import dataclass

from phone.alerts.store import alert_archive, event_archive, incident_archive
from phone.base.api.client import Client
from phone.base.api.live import Live
from phone.base.device.attention import Attention
from phone.base.device.store import Store
from phone.base.window import Window
from phone.console.audit.store import Trail
from phone.console.beside import Beside
from phone.console.coverage.store import CoverageProof
from phone.console.dead_letters.store import DeadLetters
from phone.console.directory import Directory
from phone.console.form.editor import Editor
from phone.console.form.stores import FormStores
from phone.console.integrations.rules_store import Rules
from phone.console.people.inviting import Inviting
from phone.console.people.person import OpenPerson
from phone.console.schedules.rehearsal import Rehearsal
from phone.console.service_calendars.holidays import Holidays
from phone.covers.store import Covers
from phone.first_run.store import FirstRun
from phone.hand_over.store import HandOver
from phone.incidents.by_hand import ByHand
from phone.incidents.open_incident import OpenIncident
from phone.incidents.outbox import Outbox
from phone.incidents.saved_filters import SavedFilters
from phone.incidents.selection import Selection
from phone.incidents.silencing import Silencing
from phone.incidents.store import Incidents
from phone.incidents.stores import IncidentStores
from phone.incidents.verbs import Verbs
from phone.last_seen import LastSeen
from phone.me.account import Account
from phone.me.safety import Safety
from phone.me.ways import Ways
from phone.names.store import Names
from phone.on_call.my_shifts_store import MyShiftsOfRange
from phone.on_call.next_in_line import NextInLine
from phone.outbox.store import DemoOutbox
from phone.rotas.hues import numbers_of
from phone.rotas.on_call import OnCall
from phone.rotas.store import Rotas
from phone.schedules.feed import Feed
from phone.schedules.handover_store import OpenHandover
from phone.schedules.lanes.store import TeamLanes
from phone.schedules.store import OpenSchedule
from phone.search.store import Door, Search
from phone.sign_in.joining import Joining
from phone.sign_in.proof import Proof
from phone.status.board import StatusBoard
from phone.status.on_incident.store import IncidentOnPages
from phone.status.open_event import OpenEvent
from phone.status.open_page import OpenPage
from phone.status.publishing import Publishing
from phone.status.set_up import SettingUp
from phone.status.stores import StatusStores
from phone.status.subscribers import Subscribers
from phone.time_off.store import MyTimeOff
from shared.wire.lists import Ref


@dataclass(eq=False, kw_only=True)
class Stores(Window):
    """What the app knows, apart."""

    client: Client
    live: Live
    outbox: Outbox
    incidents: Incidents
    attention: Attention
    preferences: Store
    kept: Store
    last_seen: LastSeen

    def __post_init__(self) -> None:
        super().__post_init__()
        self.incident = OpenIncident(self.client)
        self.silencing = Silencing(self.client)
        self.rotas = Rotas(self.client, self.kept, now=self.clock.now)
        self.on_call = OnCall(self.client, self.rotas, self.clock, own=self._own_teams, me=lambda: self.look.person)
        self.next_in_line = NextInLine(self.client)
        self.schedule = OpenSchedule(self.client, self.rotas, self.preferences, self.clock)
        self.lanes = TeamLanes(
            self.client,
            self.rotas,
            self.preferences,
            self.clock,
            own=self._own_teams,
            me=lambda: self.look.person,
        )
        self.my_shifts = MyShiftsOfRange(self.client, self.rotas, self.preferences, self.clock)
        self.covers = Covers(self.client, self.kept, now=self.clock.now, me=lambda: self.look.person)
        self.time_off = MyTimeOff(self.client, now=self.clock.now)
        self.names = Names(self.client)
        self.hand_over = HandOver(
            self.client,
            rotas=self.rotas,
            on_call=self.on_call,
            clock=self.clock,
            names=self.names,
            me=lambda: (self.look.person, self.look.zone_name),
        )
        self.taking_off, self.asking_cover, self.pager = self.hand_over.off, self.hand_over.cover, self.hand_over.pager
        self.handover = OpenHandover(self.client)
        self.demo_outbox = DemoOutbox(self.client)
        self.selection = Selection(self.client)
        self.saved = SavedFilters(self.client)
        self.by_hand = ByHand(self.client)
        self.joining = Joining(self.client)
        self.account = Account(self)
        self.ways = Ways(self.client)
        self.safety = Safety(self.client)
        self.proof = Proof(self.client)
        self.alerts = alert_archive(self.client)
        self.incident_alerts = incident_archive(self.client)
        self.events = event_archive(self.client)
        self.verbs = Verbs(self, self.outbox, incidents=self.incidents, incident=self.incident)
        self.incident_stores = IncidentStores(
            listed=self.incidents,
            opened=self.incident,
            verbs=self.verbs,
            outbox=self.outbox,
            selection=self.selection,
            saved=self.saved,
            names=self.names,
            on_call=self.on_call,
            give=lambda: self.hand_over.open("give"),
        )
        self.directory = Directory(self.client)
        self.editor = Editor(self.client, self.directory, known=lambda: self.directory.known(self))
        self.rehearsal = Rehearsal(self.client, now=self.clock.now, doubt=self.editor.doubt)
        self.holidays = Holidays(self.client)
        self.rules = Rules(self.client)
        self.dead_letters = DeadLetters(self.client)
        self.coverage = CoverageProof(self.client)
        self.feed = Feed(self.client)
        self.beside = Beside(self.client)
        self.person = OpenPerson(self.client)
        self.inviting = Inviting(self.client)
        self.search = Search(self.client)
        self.shortcuts = Door()
        self.trail = Trail(self.client, now=self.clock.now)
        self.first_run = FirstRun(self.client, self.directory, self.preferences, self.ways, me=lambda: self.session.me)
        board = StatusBoard(self.client, self.kept, now=self.clock.now, me=lambda: self.session.me)
        self.status = StatusStores(
            board=board,
            page=OpenPage(self.client, me=lambda: self.session.me),
            event=OpenEvent(self.client),
            publishing=Publishing(self.client),
            on_incident=IncidentOnPages(self.client, board, me=lambda: self.session.me),
            setting_up=SettingUp(self.client),
            subscribers=Subscribers(self.client),
            names=self.names,
        )

    def planned(self) -> None:
        """Who is on call, and which colour is whose, as the schedules say now."""
        self.on_call.work_out()
        numbers = numbers_of(self.rotas.items or (), self.look.person)
        if numbers != self.look.numbers:
            self.look.numbers = numbers

    def _own_teams(self) -> list[Ref]:
        return self.session.me.teams if self.session.me is not None else []

    async def sign_in(self, email: str, password: str, *, server: str | None = None, totp: str | None = None) -> None:
        """Sign in and load everything."""
        raise NotImplementedError

    async def joined(self) -> None:
        """An invitation or a pairing code signed the reader in."""
        raise NotImplementedError

    @property
    def form_stores(self) -> FormStores:
        """What an object's screen reads."""
        return FormStores(
            directory=self.directory,
            editor=self.editor,
            beside=self.beside,
            person=self.person,
            inviting=self.inviting,
            rehearsal=self.rehearsal,
            holidays=self.holidays,
            rules=self.rules,
            feed=self.feed,
        )
