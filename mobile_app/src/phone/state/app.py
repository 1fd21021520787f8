"""Everything the app knows, joined: what a change, a verb or a sign-in means for the other parts."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

import flet as ft

from phone import wording
from phone.api.client import Client
from phone.api.errors import ApiError
from phone.api.live import Live
from phone.api.outbox import Outbox, Pending
from phone.console.invitations import TABLE
from phone.console.kind import PEOPLE_EDIT, Kind, Known
from phone.console.kinds import kind_of, kinds_for
from phone.device.attention import Attention
from phone.device.clock import Clock
from phone.device.store import Store
from phone.state.beside import Beside
from phone.state.demo_outbox import DemoOutbox
from phone.state.directory import Directory
from phone.state.editor import Editor
from phone.state.first_run import FirstRun
from phone.state.incident import OpenIncident
from phone.state.incidents import Incidents
from phone.state.inviting import Inviting
from phone.state.link import Link
from phone.state.look import Look
from phone.state.on_call import OnCall
from phone.state.person import OpenPerson
from phone.state.search import Search
from phone.state.session import Session
from phone.state.toast import Message, Toast
from phone.state.trail import Trail
from shared.wire.actions import Button
from shared.wire.incidents import Incident, IncidentItem, Verb
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
        self.directory = Directory(self.client)
        self.editor = Editor(self.client, self.directory, known=lambda: self.known)
        self.beside = Beside(self.client)
        self.person = OpenPerson(self.client)
        self.inviting = Inviting(self.client)
        self.search = Search(self.client)
        self.trail = Trail(self.client)
        self.first_run = FirstRun(self.client, self.directory, self.preferences, me=lambda: self.session.me)
        self._reload: asyncio.Task[None] | None = None
        self._join()

    @property
    def _parts(
        self,
    ) -> tuple[Part, ...]:
        return (
            self.incidents,
            self.incident,
            self.on_call,
            self.demo_outbox,
            self.directory,
            self.editor,
            self.beside,
            self.person,
            self.inviting,
            self.search,
            self.trail,
            self.first_run,
        )

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
        self.outbox.done = self._done
        self.outbox.refused = self._refused
        self.outbox.stalled = self._stalled
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

    async def sign_in(self, email: str, password: str, *, server: str | None = None) -> None:
        """Sign in and load everything."""
        if not await self.session.sign_in(email, password, server=server):
            return
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
        await asyncio.gather(self.refresh(), self.first_run.load())

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
        self.toast.close()
        self.attention.close()
        await self.client.close()

    # What is shown

    async def open(self, route: str) -> None:
        """The reader went somewhere: load what stands there."""
        self.place.route = route
        if self.session.phase == "signed_in":
            await self._load_place()

    async def refresh(self) -> None:
        """Read anew what is on the screen, and the list, which the card and the title need everywhere."""
        await asyncio.gather(self.incidents.load(), self._load_place())

    async def retry(self) -> None:
        """Try again now: send what waits, read what is shown."""
        self.outbox.hurry()
        await self.refresh()

    async def _load_place(self) -> None:
        parts = self.place.route.partition("?")[0].strip("/").split("/")
        if parts[0] == "incidents" and len(parts) == 2:
            await self.incident.show(parts[1])
        elif parts[0] == "on-call":
            await self.on_call.load()
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
        if is_new:
            self.go(f"/configure/{kind.slug}" if kind.is_listed_only else f"/configure/{kind.slug}/{ident}")

    def _removed(self, kind: Kind[Any], name: str) -> None:
        self.toast.show(Message(key="console.removed", args={"name": name}))
        self.go(f"/configure/{kind.slug}")

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

    def acknowledge(self, item: IncidentItem) -> None:
        """It is mine now."""
        self._act("acknowledge", [item])

    def acknowledge_all(self, items: Sequence[IncidentItem]) -> None:
        """All of them are mine now."""
        self._act("acknowledge", items)

    def resolve(self, incident: Incident, resolution: str) -> None:
        """It is over."""
        self.incident.ask(None)
        self._act("resolve", [incident], {"method": resolution.strip() or None})

    def escalate(self, incident: Incident) -> None:
        """Page the next level now."""
        self.incident.ask(None)
        self._act("escalate", [incident])

    def undo(self, incident_ids: Sequence[str]) -> None:
        """Take the last verb back."""
        before = len(self.outbox.pending)
        for incident_id in incident_ids:
            self.outbox.put("undo", incident_id)
        if len(self.outbox.pending) < before:
            self.toast.show(Message(key="action.taken_back"))
        else:
            self.toast.close()

    async def press(self, item: OutboxItem, verb: Button) -> None:
        """Press a button of a notification in the demo's outbox."""
        await self.demo_outbox.press(item, verb)
        self.hurry()

    def _act(self, verb: Verb, items: Sequence[IncidentItem], body: dict[str, object] | None = None) -> None:
        for item in items:
            self.outbox.put(verb, item.id, body)
        undo = partial(self.undo, [item.id for item in items])
        if not self.link.online:
            self.toast.show(Message(key="action.offline", kind="waiting", undo=undo))
        elif len(items) > 1:
            args: dict[str, object] = {"count": len(items)}
            self.toast.show(Message(key="action.acknowledged_all", args=args, undo=undo))

    def _done(self, pending: Pending, incident: Incident) -> None:
        self.incidents.put(incident)
        self.incident.put(incident)
        self.hurry()
        if any(entry.verb == pending.verb for entry in self.outbox.pending):
            return
        shown = self.toast.message
        if shown is None or shown.key != "action.acknowledged_all" or pending.verb != "acknowledge":
            self.toast.show(self._confirmation(pending, incident))

    def _confirmation(self, pending: Pending, incident: Incident) -> Message:
        if pending.verb == "undo":
            return Message(key="action.undone")
        if pending.verb == "escalate":
            args: dict[str, object] = {"who": self.look.reader.people(incident.paging)}
            return Message(key="action.escalated", args=args)
        undo = partial(self.undo, [incident.id]) if "undo" in incident.can else None
        if pending.verb == "resolve":
            return Message(key="action.resolved", undo=undo)
        then = wording.next_level(self.look.reader, incident.escalation)
        if then is None:
            return Message(key="action.acknowledged", undo=undo)
        return Message(key="action.acknowledged_next", args={"next": then}, undo=undo)

    def _stalled(self, pending: Pending) -> None:
        if pending.verb != "undo" and (self.toast.message is None or self.toast.message.kind != "waiting"):
            undo = partial(self.undo, [pending.incident_id])
            self.toast.show(Message(key="action.offline", kind="waiting", undo=undo))

    def _refused(self, _pending: Pending, error: ApiError) -> None:
        self.toast.show(Message(key="action.refused", kind="refused", error=error))
        self.hurry()
