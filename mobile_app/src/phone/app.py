"""Everything the app knows, joined: what a change, a verb or a sign-in means for the other parts."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from phone.base import moments
from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.toast import Message
from phone.console.form.kind import Kind
from phone.incidents.store import Filter
from phone.locate import at
from phone.status.rights import PUBLISH
from phone.stores import Stores
from phone.titles import Titles
from phone.unsent import Unsent
from shared.domain.covers.requests import CoverVerb
from shared.wire.covers import CoverRequest, PagerHanded, TimeOff
from shared.wire.incidents import Scope
from shared.wire.schedules import Override
from shared.wire.sessions import Language, Me, MeChange

log = logging.getLogger(__name__)
GATHER_S: Final = 0.15
CHOSEN_SCOPE: Final = "shown_scope"
BESIDE_SCHEDULES: Final = ("incident", "alert", "event", "notification", "delivery")
MYSELF: Final = "user"
"""Of people the live feed tells everybody their own changes alone."""
SAVED: Final = {"schedules": "console.saved_schedule", "on-call-roles": "me.saved", "service-calendars": "me.saved"}


@dataclass(eq=False, kw_only=True)
class App(Stores):
    """The parts, and the few things that concern several of them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._reload: asyncio.Task[None] | None = None
        self._glance: asyncio.Task[None] | None = None
        self.unsent = Unsent(self)
        self.titles = Titles(self)
        self._join()

    def _join(self) -> None:
        self.client.reached, self.client.signed_out = self._reached, self._expire
        self.editor.saved, self.editor.removed = self._saved, self._removed
        self.person.changed = self.inviting.changed = self.hurry
        self.incidents.counted, self.incidents.chose = self.attention.waiting, self._choose_scope
        self.outbox.reached = self._reached
        self.outbox.done = self.verbs.done
        self.outbox.refused = self.verbs.refused
        self.outbox.stalled = self.verbs.stalled
        self.rotas.changed = self.planned
        self.schedule.told, self.schedule.made = self.tell, self._overridden
        self.time_off.told, self.time_off.changed = self.tell, self.rotas.touch
        self.covers.done, self.covers.failed = self._answered, self._overtaken
        for each in (self.status.publishing, self.status.setting_up, self.status.subscribers):
            each.told, each.changed = self.tell, self._published
        self.taking_off.sent_all = self._off_sent
        self.asking_cover.sent = self._asked
        self.pager.handed = self._handed
        self.session.known = self._recognised
        self.client.prove_first = self.proof.ask
        self.live.changed = self._changed
        self.live.reset = self._missed
        self.live.connected = self._connected
        self.live.silent = lambda: self._reached(False)
        self.live.signed_out = self._expire

    # Coming and going

    async def start(self) -> None:
        """Take up what the device kept, then listen."""
        await asyncio.gather(self.look.load(), self.look.drafts.load())
        await self.session.resume()
        self.clock.start()
        if self.session.phase == "signed_in":
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
        is_new_here = not await self.session.is_same_person()
        if is_new_here:
            await self._clear()
        await self._introduce(is_new_here=is_new_here)
        await self._enter()

    async def _enter(self) -> None:
        await asyncio.gather(*(state.restore() for state in self.client.states))
        if self.session.me is not None:
            self.look.belong_to(self.session.me)
            await self.look.keep_habits()
            self.planned()
            self.incidents.scope = await self._usual_scope(self.session.me)
        self.live.start()
        self.outbox.hurry()
        await self._open_as_usual()
        if self.place.route == "/" and (left := self.look.drafts.route) is not None:
            self.go(left)
            self.place.move(left)
        await asyncio.gather(self.refresh(), self.rotas.freshen(), self.covers.freshen(), self.first_run.load())
        await self.unsent.take_up()
        self.look.drafts.begin(lambda: (self.look.person, self.place.route))

    def _recognised(self, me: Me) -> None:
        """Before anything of theirs is drawn, what they left unsent is at hand; known already, nothing changes."""
        if self.session.phase != "signed_in":
            self.look.hands.write(False)
            self.look.drafts.belong_to(me.id, self.place.route)

    async def _usual_scope(self, me: Me) -> Scope:
        """The segment that this person chose last on this device: a session that begins anew shows the same list."""
        kept = await self.preferences.get(f"{CHOSEN_SCOPE}.{me.id}")
        usual: Scope = "teams" if me.teams else "all"
        return cast(Scope, kept) if kept in get_args(Scope) else usual

    async def _choose_scope(self, scope: Scope) -> None:
        if self.session.me is not None:
            await self.preferences.set(f"{CHOSEN_SCOPE}.{self.session.me.id}", scope)

    async def _open_as_usual(self) -> None:
        """Begin with the filter that the reader chose for it."""
        await self.saved.load()
        if (usual := self.saved.default) is not None:
            self.saved.chosen = usual.id
            self.incidents.filter, self.incidents.scope = Filter.of(usual.query), usual.query.scope

    async def sign_out(self) -> None:
        """End the session and forget what it showed."""
        await self.look.drafts.forget()
        if self.session.me is not None:
            await self.preferences.remove(f"{CHOSEN_SCOPE}.{self.session.me.id}")
        self._leave()
        await self._clear()
        await self.look.forget_zone()
        await self.session.sign_out()

    async def _clear(self) -> None:
        await self.look.drafts.forget()
        await asyncio.gather(self.outbox.forget(), *(state.clear() for state in self.client.states))

    def _expire(self) -> None:
        self._leave()
        self.session.expire()

    def _leave(self) -> None:
        self.look.drafts.pause()
        self.live.forget()
        self.link.live = False
        self.look.part()
        self.toast.close()
        for state in self.client.states:
            state.forget()

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
        self.look.drafts.pause()
        self.pause()
        self.outbox.stop()
        self.alerts.stop()
        self.ways.stop()
        self.safety.stop()
        self.toast.close()
        self.attention.close()
        if self._glance is not None:
            self._glance.cancel()
        await self.client.close()

    # What is shown

    async def open(self, route: str) -> None:
        """The reader went somewhere: load what stands there."""
        if route.partition("?")[0] != self.place.route.partition("?")[0]:
            self.hand_over.close()
            self.safety.leave_pairing()
            self.look.hands.write(False)
        self.place.move(route)
        if self.session.phase == "signed_in":
            await self._load_place()
        else:
            await self.joining.open(route)

    async def _load_place(self) -> None:
        me = self.session.me
        here = at(self.place.route, demo=me is not None and me.server.demo)
        if here is not None:
            await here.route.load(self, here)

    async def refresh(self) -> None:
        """Read anew what is on the screen, and the list, which the card and the title need everywhere."""
        await self._know_myself()
        await asyncio.gather(self.incidents.load(), self.covers.freshen(), self._load_place(), self._count_proposals())

    async def _count_proposals(self) -> None:
        """What waits for somebody who publishes is told wherever they are."""
        if self.session.me is not None and PUBLISH in self.session.me.permissions:
            await self.status.board.freshen()

    async def _know_myself(self) -> None:
        """Name, teams, role, language and zone, where something was told of them; what hangs on them follows."""
        if not await self.session.freshen() or self.session.me is None:
            return
        self.look.belong_to(self.session.me)
        await self.look.keep_habits()
        if self.first_run.is_wanted:
            await self.first_run.load()

    def find(self) -> None:
        """Open the search over everything."""
        self.search.open()

    async def retry(self) -> None:
        """Try again now: send what waits, read what is shown."""
        self.outbox.hurry()
        self.rotas.touch()
        self.covers.touch()
        self.status.board.touch()
        await self.refresh()

    def _saved(self, kind: Kind[Any, Any], ident: str, is_new: bool) -> None:
        self.toast.show(Message(key="console.made" if is_new else SAVED.get(kind.slug, "console.saved")))
        if kind.slug == "schedules":
            self.rehearsal.keep(self.editor.item)
        if is_new:
            self.go(f"/configure/{kind.slug}" if kind.is_listed_only else f"/configure/{kind.slug}/{ident}")

    def _removed(self, kind: Kind[Any, Any], name: str) -> None:
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

    def _changed(self, kind: str, _ident: str) -> None:
        if kind not in BESIDE_SCHEDULES:
            self.rotas.touch()
            self.covers.touch()
        if kind == MYSELF:
            self.session.touch()
        self.hurry()

    def _missed(self) -> None:
        """Whatever changed meanwhile, also of myself."""
        self.session.touch()
        self.hurry()

    def _connected(self, is_live: bool) -> None:
        self.link.live = is_live
        if is_live:
            self._reached(True)
            self.hurry()
        elif self._glance is None or self._glance.done():
            self._glance = asyncio.create_task(self._look_for_server())

    async def _look_for_server(self) -> None:
        """The socket is lost: where nothing else asks the server, nobody would notice that it is away."""
        answers = await self.client.answers()
        if not self.link.live and self.session.phase == "signed_in":
            self._reached(answers)

    def _reached(self, online: bool) -> None:
        was, self.link.online = self.link.online, online
        if online and not was:
            self.outbox.hurry()

    async def choose_language(self, language: Language) -> None:
        """Speak this language here and in what the server sends to the reader."""
        await self.account.choose_language(language)

    async def _introduce(self, *, is_new_here: bool) -> None:
        """Tell the account what this device knows of its reader; what can't be told now is asked for again later."""
        me = self.session.me
        if me is None or (wishes := self.look.wishes(me, is_new_here=is_new_here)) == MeChange():
            return
        try:
            await self.session.change(wishes)
        except (ApiError, Unreachable, SignedOut):
            log.warning("the reader's language and zone were not saved")
        else:
            if wishes.time_zone is not None:
                self.toast.show(Message(key="me.zone_taken", args={"zone": wishes.time_zone}))

    # Covers, time off and the pager

    def _answered(self, verb: CoverVerb, after: CoverRequest) -> None:
        key = f"cover.done_{verb}"
        if verb == "accept" and after.needs_approval:
            key = "cover.done_accept_waits"
        if verb == "cancel" and after.requester.id != self.look.person:
            key = "cover.done_cancel_for"
        args: dict[str, object] = {}
        if after.warnings:
            key, args = f"{key}_unreachable", {"name": after.warnings[0].args.get("name", "")}
        self.toast.show(Message(key=key, args=args))
        self.rotas.touch()
        self.hurry()

    def _overtaken(self, error: Exception) -> None:
        who = error.arguments.get("who") if isinstance(error, ApiError) else None
        if who:
            self.toast.show(Message(key="cover.has_it", args={"who": who}, kind="refused"))
        else:
            self.toast.show(Message(key="action.refused", kind="refused", error=error))

    def _off_sent(self, off: TimeOff | None, asked: tuple[CoverRequest, ...]) -> None:
        async def take_back() -> None:
            for each in asked:
                await self.covers.take_back(each)
            if off is not None:
                await self.time_off.take_back(off)

        count = len(asked)
        self.offer("off.sent_asked" if count else "off.sent", {"count": count} if count else {}, take_back)
        self._settled()

    def _asked(self, made: CoverRequest) -> None:
        self.offer("ask_cover.sent", {"count": len(made.asked)}, lambda: self.covers.take_back(made))
        self._settled()

    def _overridden(self, schedule_id: str, made: Override) -> None:
        first = next(iter(made.warnings), None)
        key = f"override.made_{first.code}" if first is not None else "override.made"
        args: dict[str, object] = {"name": first.args.get("name", "")} if first is not None else {}
        self.offer(key, args, lambda: self.schedule.take_back(schedule_id, made.id))

    def overtaken(self) -> None:
        """What was done was taken back: schedules and requests may say otherwise, too."""
        self.rotas.touch()
        self.covers.touch()
        self.hurry()

    def _handed(self, handed: PagerHanded) -> None:
        until = moments.moment(self.look.words, handed.until, now=self.clock.now(), zone=self.look.zone)
        is_mine = handed.holder.id == self.look.person
        args: dict[str, object] = {"until": until, "schedule": handed.schedule.name, "who": handed.holder.name}
        key = "pager.taken" if is_mine else "pager.given"
        if handed.override.warnings:
            key = "pager.taken_unreachable" if is_mine else "pager.given_unreachable"
        if handed.override.cancelled_at is None:
            self.offer(key, args, lambda: self.schedule.take_back(handed.schedule.id, handed.override.id))
        else:
            self.toast.show(Message(key=key, args=args))
        self._settled()

    def _published(self) -> None:
        """Status pages say otherwise now, and so does the timeline of what they are about."""
        self.status.board.touch()
        self.hurry()

    def _settled(self) -> None:
        self.hand_over.close()
        self.rotas.touch()
        self.covers.touch()
        self.hurry()
