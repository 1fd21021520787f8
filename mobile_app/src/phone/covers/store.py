"""Requests for cover: those that wait for me, those that I made, and what became of them; kept for a look offline."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import msgspec
from msgspec import Struct

from phone.base.api.client import Client
from phone.base.api.errors import ApiError, Unreachable
from phone.base.copies import Copies
from phone.base.device.store import Store
from phone.base.freshened import Freshened
from phone.base.keys import Keys
from phone.hand_over.cover_wording import condition
from shared.domain.covers.requests import CoverVerb
from shared.wire import routes
from shared.wire.covers import CoverAnswer, CoverRequest
from shared.wire.lists import Page

KEPT_AS: Final = "covers"
FRESH_FOR: Final = timedelta(minutes=1)
MOST: Final = "200"
PATHS: Final[dict[CoverVerb, str]] = {
    "accept": routes.COVER_ACCEPT,
    "decline": routes.COVER_DECLINE,
    "approve": routes.COVER_APPROVE,
    "reject": routes.COVER_REJECT,
    "cancel": routes.COVER_CANCEL,
}
WAITING: Final = frozenset(("decline", "approve"))


class Kept(Struct, frozen=True, kw_only=True):
    """The last copy, and when it was made."""

    items: list[CoverRequest]
    read_at: datetime


class Doubt(Struct, frozen=True, kw_only=True):
    """An answer that waits for a second tap."""

    verb: CoverVerb
    request: CoverRequest


class Choosing(Struct, frozen=True, kw_only=True):
    """Some of a request's hours, before they are accepted."""

    request: CoverRequest
    start: datetime
    end: datetime


class Covers(Freshened[list[CoverRequest]]):
    """`items` is None until they are known, newest first; `opened` is one that isn't among them."""

    def __init__(self, client: Client, kept: Store, *, now: Callable[[], datetime], me: Callable[[], str]) -> None:
        super().__init__(client, now=now, fresh_for=FRESH_FOR)
        self._copies = Copies[Kept](kept, KEPT_AS, Kept)
        self._me = me
        self._keys = Keys()
        self.items: tuple[CoverRequest, ...] | None = None
        self.opened: CoverRequest | None = None
        self.choosing: Choosing | None = None
        self.doubting: Doubt | None = None
        self.busy = ""
        self.done: Callable[[CoverVerb, CoverRequest], None] = lambda _verb, _after: None
        self.failed: Callable[[Exception], None] = lambda _error: None

    # What is known

    @property
    def waiting(self) -> tuple[CoverRequest, ...]:
        """Those that wait for my answer or my approval, the earliest hours first."""
        found = (each for each in self.items or () if WAITING & set(each.can))
        return tuple(sorted(found, key=lambda each: each.start))

    @property
    def mine(self) -> tuple[CoverRequest, ...]:
        """Those in which my own hours are asked about."""
        return tuple(each for each in self.items or () if each.requester.id == self._me())

    @property
    def others(self) -> tuple[CoverRequest, ...]:
        """Those that I have answered, or that were answered without me."""
        waiting = {each.id for each in self.waiting}
        return tuple(each for each in self.items or () if each.requester.id != self._me() and each.id not in waiting)

    def find(self, ident: str) -> CoverRequest | None:
        """One of them, or the one that was opened by its address, of which more is known."""
        known = next((each for each in self.items or () if each.id == ident), None)
        opened = self.opened if self.opened is not None and self.opened.id == ident else None
        return known if opened is None or (known is not None and opened.rev < known.rev) else opened

    def asked_about(self, schedule_id: str, start: datetime, end: datetime) -> CoverRequest | None:
        """My request about these hours that nobody has settled yet."""
        now = self._now()
        return next(
            (
                each
                for each in self.mine
                if each.schedule.id == schedule_id
                and each.start < end
                and start < each.end
                and condition(each, now) in ("open", "waiting")
            ),
            None,
        )

    # Reading

    async def restore(self) -> None:
        """Take up the last copy until the server answers."""
        kept = await self._copies.read()
        if kept is not None and self.items is None:
            self.items, self.read_at = tuple(kept.items), kept.read_at

    async def _fetch(self) -> list[CoverRequest] | None:
        pages = await self.read(
            asyncio.gather(
                self._page([("mine", "true")]),
                self._page([("state", "accepted")]),
            )
        )
        if pages is None:
            return None
        mine, accepted = pages
        found = {each.id: each for each in mine.items}
        found |= {each.id: each for each in accepted.items if "approve" in each.can}
        return sorted(found.values(), key=lambda each: each.created_at, reverse=True)

    async def _take(self, found: list[CoverRequest], read_at: datetime) -> None:
        self.read_at, self.items = read_at, tuple(found)
        await self._copies.keep(Kept(items=found, read_at=read_at))

    def _page(self, query: list[tuple[str, str]]) -> asyncio.Future[Page[CoverRequest]]:
        return asyncio.ensure_future(
            self._client.read(routes.COVER_REQUESTS, Page[CoverRequest], [*query, ("limit", MOST)])
        )

    async def show(self, ident: str) -> None:
        """Read one anew: a notice may lead to what is in no list of mine."""
        if self.opened is not None and self.opened.id != ident:
            self.opened, self.error = None, None
        turn = self._turn
        found = await self.read(self._client.read(routes.COVER_REQUEST.format(request_id=ident), CoverRequest))
        if found is not None and turn == self._turn:
            self.error = None
            self._put(found)

    def _put(self, changed: CoverRequest) -> None:
        self.opened = changed
        if self.items is not None:
            self.items = tuple(changed if each.id == changed.id else each for each in self.items)

    # Answering

    def choose_part(self, request: CoverRequest | None) -> None:
        """Ask which of its hours, or stop asking."""
        self.choosing = Choosing(request=request, start=request.start, end=request.end) if request else None

    def begin_at(self, start: datetime) -> None:
        """Only from then on."""
        if self.choosing is not None:
            self.choosing = msgspec.structs.replace(self.choosing, start=start)

    def end_at(self, end: datetime) -> None:
        """Only until then."""
        if self.choosing is not None:
            self.choosing = msgspec.structs.replace(self.choosing, end=end)

    async def doubt(self, verb: CoverVerb, request: CoverRequest) -> None:
        """Ask before it is done: none of these can be taken back. What accepting means is read beside it."""
        self.doubting = Doubt(verb=verb, request=request)
        if verb == "accept" and request.mine is None:
            await self.show(request.id)

    def think_better(self) -> None:
        """Leave it as it is."""
        self.doubting = None

    async def be_sure(self) -> None:
        """Do what was asked about."""
        if (sure := self.doubting) is not None:
            await self.answer(sure.verb, sure.request)
            self.doubting = None

    async def take_back(self, request: CoverRequest) -> None:
        """End a request that was just made; raises ApiError and Unreachable."""
        path = routes.COVER_CANCEL.format(request_id=request.id)
        await self._client.write("POST", path, dict[str, object](), answer=CoverRequest, key=str(uuid4()))

    async def accept_part(self) -> None:
        """Take the hours that were chosen; the rest stays open."""
        part = self.choosing
        if part is not None:
            await self.answer("accept", part.request, CoverAnswer(start=part.start, end=part.end))

    async def answer(self, verb: CoverVerb, request: CoverRequest, body: CoverAnswer | None = None) -> None:
        """Do it; what was overtaken is told, and everything is read anew either way."""
        sent = body or CoverAnswer()
        key = self._keys.of(verb, request.id, sent)
        path = PATHS[verb].format(request_id=request.id)
        payload = sent if verb == "accept" else dict[str, object]()
        self.busy, turn = request.id, self._turn
        try:
            after = await self._client.write("POST", path, payload, answer=CoverRequest, key=key)
        except (ApiError, Unreachable) as error:
            if isinstance(error, ApiError):
                self._keys.drop(verb, request.id, sent)
            self._client.reached(not isinstance(error, Unreachable))
            if turn == self._turn:
                self.choosing = None
                self.failed(error)
        else:
            if turn == self._turn:
                self.choosing = None
                self._put(after)
                self.done(verb, after)
        finally:
            self.busy = ""
        if turn == self._turn:
            await self.load()

    async def clear(self) -> None:
        """Drop what the device kept, too."""
        await self._copies.drop()

    def forget(self) -> None:
        """Empty everything: another person may sign in."""
        super().forget()
        self._keys.forget()
        self.items, self.opened, self.choosing = None, None, None
        self.doubting, self.busy = None, ""
