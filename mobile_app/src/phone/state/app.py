"""Everything the app knows, joined: what a change, a verb or a sign-in means for the other parts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import flet as ft

from phone import saying
from phone.api.client import Client
from phone.api.live import Live
from phone.api.outbox import Outbox
from phone.console.invitations import TABLE
from phone.console.kind import PEOPLE_EDIT, Kind, Known
from phone.console.kinds import kind_of, kinds_for
from phone.device.attention import Attention
from phone.device.clock import Clock
from phone.device.store import Store
from phone.state.archive import alert_archive, event_archive
from phone.state.beside import Beside
from phone.state.by_hand import ByHand
from phone.state.coverage import CoverageProof
from phone.state.demo_outbox import DemoOutbox
from phone.state.directory import Directory
from phone.state.editor import Editor
from phone.state.feed import Feed
from phone.state.first_run import FirstRun
from phone.state.holidays import Holidays
from phone.state.incident import OpenIncident
from phone.state.incidents import Filter, Incidents
from phone.state.inviting import Inviting
from phone.state.joining import Joining
from phone.state.link import Link
from phone.state.look import Look
from phone.state.names import Names
from phone.state.on_call import OnCall
from phone.state.person import OpenPerson
from phone.state.rehearsal import Rehearsal
from phone.state.safety import Safety
from phone.state.saved_filters import SavedFilters
from phone.state.search import Search
from phone.state.selection import Selection
from phone.state.session import Session
from phone.state.toast import Message, Toast
from phone.state.trail import Trail
from phone.state.verbs import Verbs
from phone.state.ways import Ways
from shared.wire.actions import Button
from shared.wire.outbox import OutboxItem
from shared.wire.sessions import Language

GATHER_S: Final = 0.15


class Part(Protocol):
    """What reads from the server, and forgets when somebody else may sign in."""

    reached: Callable[[bool], None]
    signed_out: Callable[[], None]

    def forget(self) -> None: ...


class Place(ft.Observable):
    """Where the reader is."""

    def __init__(self, route: str) -> None:
        self.route = route


@dataclass(eq=False, kw_only=True)
class App:
    """The parts, and the few things that concern several of them."""

    client: Client
    live: Live
    outbox: Outbox
    session: Session
    look: Look
    incidents: Incidents
    clock: Clock
    attention: Attention
    place: Place
    preferences: Store
    go: Callable[[str], None]

    def __post_init__(self) -> None:
        self.link = Link()
        self.toast = Toast()
        self.incident = OpenIncident(self.client)
        self.on_call = OnCall(self.client)
        self.demo_outbox = DemoOutbox(self.client)
        self.names = Names(self.client)
        self.selection = Selection(self.client)
        self.saved = SavedFilters(self.client)
        self.by_hand = ByHand(self.client)
        self.joining = Joining(self.client)
        self.ways = Ways(self.client)
        self.safety = Safety(self.client)
        self.alerts = alert_archive(self.client)
        self.events = event_archive(self.client)
        self.verbs = Verbs(
            self.outbox,
            toast=self.toast,
            link=self.link,
            look=self.look,
            incidents=self.incidents,
            incident=self.incident,
            hurry=self.hurry,
        )
        self.directory = Directory(self.client)
        self.editor = Editor(self.client, self.directory, known=lambda: self.known)
        self.rehearsal = Rehearsal(self.client, now=self.clock.now, doubt=self.editor.doubt)
        self.holidays = Holidays(self.client)
        self.coverage = CoverageProof(self.client)
        self.feed = Feed(self.client)
        self.beside = Beside(self.client)
        self.person = OpenPerson(self.client)
        self.inviting = Inviting(self.client)
        self.search = Search(self.client)
        self.trail = Trail(self.client)
        self.first_run = FirstRun(self.client, self.directory, self.preferences, me=lambda: self.session.me)
        self._reload: asyncio.Task[None] | None = None
        self._join()

    @property
    def _parts(self) -> tuple[Part, ...]:
        return (
            self.incidents,
            self.incident,
            self.on_call,
            self.demo_outbox,
            self.directory,
            self.editor,
            self.rehearsal,
            self.holidays,
            self.coverage,
            self.feed,
            self.beside,
            self.person,
            self.inviting,
            self.search,
            self.trail,
            self.first_run,
            self.names,
            self.selection,
            self.saved,
            self.by_hand,
            self.ways,
            self.safety,
            self.alerts,
            self.events,
        )

    @property
    def may_act(self) -> bool:
        """Whether the reader may do anything to incidents."""
        return self.session.me is not None and "incidents:act" in self.session.me.permissions

    @property
    def known(self) -> Known | None:
        """What the Console makes its sentences of."""
        me = self.session.me
        if me is None:
            return None
        return Known(lists=self.directory, reader=self.look.reader, me=me, now=self.clock.minutes.at)

    def _join(self) -> None:
        for part in self._parts:
            part.reached = self._reached
            part.signed_out = self._expire
        self.editor.saved, self.editor.removed = self._saved, self._removed
        self.person.changed = self.inviting.changed = self.hurry
        self.incidents.counted = self.attention.waiting
        self.outbox.reached = self._reached
        self.outbox.done = self.verbs.done
        self.outbox.refused = self.verbs.refused
        self.outbox.stalled = self.verbs.stalled
        self.live.changed = lambda _kind, _ident: self.hurry()
        self.live.reset = self.hurry
        self.live.connected = self._connected
        self.live.signed_out = self._expire

    # Coming and going

    async def start(self) -> None:
        """Take up what the device kept, then listen."""
        await self.look.load()
        await self.session.resume()
        self.clock.start()
        if self.session.phase == "signed_in":
            await self.incidents.restore()
            await self.outbox.load()
            await self._enter()
        else:
            await self.joining.open(self.place.route)

    async def sign_in(self, email: str, password: str, *, server: str | None = None, totp: str | None = None) -> None:
        """Sign in and load everything."""
        if await self.session.sign_in(email, password, server=server, totp=totp):
            await self._begin()

    async def joined(self) -> None:
        """An invitation or a pairing code signed the reader in."""
        self.joining.go("password")
        if await self.session.enter():
            self.go("/incidents")
            await self._begin()

    async def _begin(self) -> None:
        if not await self.session.is_same_person():
            await self.outbox.forget()
            await self.incidents.clear()
        await self._enter()

    async def _enter(self) -> None:
        if self.session.me is not None:
            self.look.belong_to(self.session.me)
            self.incidents.scope = "teams" if self.session.me.teams else "all"
        self.live.start()
        self.outbox.hurry()
        await self._open_as_usual()
        await asyncio.gather(self.refresh(), self.first_run.load())

    async def _open_as_usual(self) -> None:
        """Begin with the filter that the reader chose for it."""
        await self.saved.load()
        if (usual := self.saved.default) is not None:
            self.saved.chosen = usual.id
            self.incidents.filter, self.incidents.scope = Filter.of(usual.query), usual.query.scope

    async def sign_out(self) -> None:
        """End the session and forget what it showed."""
        self._leave()
        await self.outbox.forget()
        await self.incidents.clear()
        await self.session.sign_out()

    def _expire(self) -> None:
        self._leave()
        self.session.expire()

    def _leave(self) -> None:
        self.live.forget()
        self.link.live = False
        self.toast.close()
        for part in self._parts:
            part.forget()

    def pause(self) -> None:
        """Nobody looks: stand still."""
        self.clock.stop()
        self.live.stop()

    def wake(self) -> None:
        """Somebody looks again: catch up."""
        self.clock.start()
        if self.session.phase == "signed_in":
            self.live.start()
            self.outbox.hurry()
            self.hurry()

    async def close(self) -> None:
        """The window is gone."""
        self.pause()
        self.outbox.stop()
        self.alerts.stop()
        self.ways.stop()
        self.safety.stop()
        self.toast.close()
        self.attention.close()
        await self.client.close()

    # What is shown

    async def open(self, route: str) -> None:
        """The reader went somewhere: load what stands there."""
        self.place.route = route
        if self.session.phase == "signed_in":
            await self._load_place()
        else:
            await self.joining.open(route)

    async def refresh(self) -> None:
        """Read anew what is on the screen, and the list, which the card and the title need everywhere."""
        await asyncio.gather(self.incidents.load(), self._load_place())

    async def retry(self) -> None:
        """Try again now: send what waits, read what is shown."""
        self.outbox.hurry()
        await self.refresh()

    async def _load_place(self) -> None:
        parts = self.place.route.partition("?")[0].strip("/").split("/")
        if parts == ["incidents", "new"]:
            await self.names.need("services", "people")
        elif parts[0] == "incidents" and len(parts) == 2:
            await self.incident.show(parts[1])
        elif parts[0] in ("alerts", "events"):
            await self._load_archive(*parts)
        elif parts[0] == "on-call":
            await self.on_call.load()
        elif parts[0] == "me":
            await self._load_me(parts[1] if len(parts) > 1 else "")
        elif parts[0] == "outbox":
            await self.demo_outbox.load()
        elif parts[0] == "first-run":
            await self.first_run.load()
        elif parts[0] == "configure":
            await self._load_console(parts[1:])

    async def _load_console(self, parts: list[str]) -> None:
        kind = kind_of(parts[0]) if parts else None
        me = self.session.me
        slugs = [each.slug for each in kinds_for(me)] if me is not None else []
        if parts == ["audit"]:
            await asyncio.gather(self.trail.load(), self.directory.load(["people", *slugs]))
        elif parts == ["coverage"]:
            await asyncio.gather(self.coverage.load(), self.directory.load(slugs))
        elif kind is None:
            await self.directory.load(slugs)
        elif len(parts) == 2 and parts != ["invitations", TABLE]:
            await self.directory.load([kind.slug, *kind.needs])
            await self.editor.show(kind, parts[1])
            await self.beside.show(kind.slug, parts[1])
            if kind.slug == "people":
                may_read = me is not None and PEOPLE_EDIT in me.permissions
                await self.person.show(parts[1], reads_grants=may_read)
        else:
            await self.directory.load([kind.slug, *kind.needs])

    def _saved(self, kind: Kind[Any], ident: str, is_new: bool) -> None:
        self.toast.show(Message(key="console.made" if is_new else "console.saved"))
        if kind.slug == "schedules":
            self.rehearsal.keep(self.editor.item)
        if is_new:
            self.go(f"/configure/{kind.slug}" if kind.is_listed_only else f"/configure/{kind.slug}/{ident}")

    def _removed(self, kind: Kind[Any], name: str) -> None:
        self.toast.show(Message(key="console.removed", args={"name": name}))
        self.go(f"/configure/{kind.slug}")

    async def _load_archive(self, kind: str, ident: str | None = None) -> None:
        archive = self.alerts if kind == "alerts" else self.events
        await asyncio.gather(archive.load(), *([archive.show(ident)] if ident else []))

    async def _load_me(self, part: str) -> None:
        if part != "pair":
            self.safety.stop()
        if part == "security":
            await self.safety.load()
        elif part == "pair":
            await self.safety.invite_phone()
        else:
            now = self.clock.now()
            await self.ways.load(at=saying.three_am(now, now.astimezone(self.look.zone)))

    def tell(self, key: str) -> None:
        """One short message."""
        self.toast.show(Message(key=key))

    def hurry(self) -> None:
        """Something changed: read anew, once for a burst of changes."""
        if self._reload is None or self._reload.done():
            self._reload = asyncio.create_task(self._gathered())

    async def _gathered(self) -> None:
        await asyncio.sleep(GATHER_S)
        self._reload = None
        await self.refresh()

    def _connected(self, is_live: bool) -> None:
        self.link.live = is_live
        if is_live:
            self._reached(True)
            self.hurry()

    def _reached(self, online: bool) -> None:
        was, self.link.online = self.link.online, online
        if online and not was:
            self.outbox.hurry()

    async def choose_language(self, language: Language) -> None:
        """Speak this language here and in what the server sends to me."""
        await self.look.choose_language(language)
        if self.session.me is not None and self.session.me.language != language:
            await self._tell_server(language=language)

    async def rename(self, name: str) -> None:
        """Change my name."""
        await self._tell_server(name=name)

    async def _tell_server(self, *, name: str | None = None, language: Language | None = None) -> None:
        try:
            await self.session.change(name=name, language=language)
        except Exception as error:
            self.toast.show(Message(key="action.refused", kind="refused", error=error))
        else:
            self.toast.show(Message(key="me.saved"))

    # Verbs

    async def press(self, item: OutboxItem, verb: Button) -> None:
        """Press a button of a notification in the demo's outbox."""
        await self.demo_outbox.press(item, verb)
        self.hurry()
