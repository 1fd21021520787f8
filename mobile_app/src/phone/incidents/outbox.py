"""Verbs on their way: each has a key, waits for the network in order, and is done once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import uuid4

import flet as ft
from msgspec import Struct

from phone.base.api.errors import ApiError, SignedOut, Unreachable
from phone.base.copies import Copies
from phone.base.device.store import Store
from shared.wire import routes
from shared.wire.incidents import Incident, Verb

KEPT_AS: Final = "outbox"
LONGEST_WAIT_S: Final = 5.0
PATHS: Final[dict[Verb, str]] = {
    "acknowledge": routes.INCIDENT_ACKNOWLEDGE,
    "resolve": routes.INCIDENT_RESOLVE,
    "escalate": routes.INCIDENT_ESCALATE,
    "undo": routes.INCIDENT_UNDO,
    "unacknowledge": routes.INCIDENT_UNACKNOWLEDGE,
    "snooze": routes.INCIDENT_SNOOZE,
    "unsnooze": routes.INCIDENT_UNSNOOZE,
    "reassign": routes.INCIDENT_REASSIGN,
    "add_responders": routes.INCIDENT_RESPONDERS,
    "merge": routes.INCIDENT_MERGE,
    "reopen": routes.INCIDENT_REOPEN,
    "comment": routes.INCIDENT_COMMENTS,
    "follow": routes.INCIDENT_FOLLOWERS,
}


class Pending(Struct, frozen=True, kw_only=True):
    """A verb that the server has not confirmed."""

    key: str
    incident_id: str
    verb: Verb
    body: dict[str, Any]


Act = Callable[..., Awaitable[Incident]]


class Outbox(ft.Observable):
    """`pending` is in order of the taps; `done` and `refused` tell how each ended."""

    def __init__(self, act: Act, kept: Store, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._act = act
        self._copies = Copies[tuple[Pending, ...]](kept, KEPT_AS, tuple[Pending, ...])
        self._sleep = sleep
        self._task: asyncio.Task[None] | None = None
        self._in_flight: str | None = None
        self.pending: tuple[Pending, ...] = ()
        self.done: Callable[[Pending, Incident], None] = lambda _pending, _incident: None
        self.refused: Callable[[Pending, ApiError], None] = lambda _pending, _error: None
        self.stalled: Callable[[Pending], None] = lambda _pending: None
        self.reached: Callable[[bool], None] = lambda _online: None

    async def load(self) -> None:
        """Take up what an earlier run could not send."""
        self.pending = await self._copies.read() or ()
        self.hurry()

    def put(self, verb: Verb, incident_id: str, body: dict[str, Any] | None = None) -> None:
        """Queue a verb. Undoing one that never left takes both away instead."""
        waiting = [entry for entry in self.pending if entry.key != self._in_flight]
        last = next((entry for entry in reversed(waiting) if entry.incident_id == incident_id), None)
        if verb == "undo" and last is not None and last.verb != "undo":
            self.pending = tuple(entry for entry in self.pending if entry is not last)
        else:
            entry = Pending(key=str(uuid4()), incident_id=incident_id, verb=verb, body=body or {})
            self.pending = (*self.pending, entry)
        self.hurry()

    def verb_of(self, incident_id: str) -> Verb | None:
        """The verb of this incident that is still on its way."""
        return next((entry.verb for entry in reversed(self.pending) if entry.incident_id == incident_id), None)

    def hurry(self) -> None:
        """Send now: something was put, or the network is back."""
        if self._task is not None and not self._task.done() and self._in_flight is None:
            self._task.cancel()
            self._task = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())

    def stop(self) -> None:
        """Stop sending; what is pending stays kept."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
            self._in_flight = None

    async def forget(self) -> None:
        """Drop everything: another person may sign in."""
        self.stop()
        self.pending = ()
        await self._copies.drop()

    async def _drain(self) -> None:
        failures = 0
        await self._save()
        while self.pending:
            entry = self.pending[0]
            try:
                self._in_flight = entry.key
                await self._deliver(entry)
                failures = 0
            except SignedOut:
                return
            except (Unreachable, ApiError) as error:
                self._in_flight = None
                failures += 1
                if failures == 1:
                    self.stalled(entry)
                wait_s = min(LONGEST_WAIT_S, 2.0 ** (failures - 1))
                await self._sleep(error.retry_after_s or wait_s if isinstance(error, ApiError) else wait_s)
            finally:
                self._in_flight = None

    async def _deliver(self, entry: Pending) -> None:
        path = PATHS[entry.verb].format(incident_id=entry.incident_id)
        try:
            incident = await self._act(path, entry.body, key=entry.key)
        except Unreachable:
            self.reached(False)
            raise
        except ApiError as error:
            if error.may_pass_later:
                raise
            await self._settle(entry)
            self.refused(entry, error)
            return
        self.reached(True)
        await self._settle(entry)
        self.done(entry, incident)

    async def _settle(self, entry: Pending) -> None:
        self.pending = tuple(other for other in self.pending if other.key != entry.key)
        await self._save()

    async def _save(self) -> None:
        if self.pending:
            await self._copies.keep(self.pending)
        else:
            await self._copies.drop()
