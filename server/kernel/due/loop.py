"""The loop over due rows: claims them, runs their handlers, commits what those decide."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import msgspec
import structlog

from server.kernel.clock import Clock
from server.kernel.database import Database, Priority, Stale, Writes
from server.kernel.due.batches import Batch
from server.kernel.due.kinds import Kind
from server.kernel.due.rows import LEASE, Claimed, Share, claim, finish, give_back, postpone, put_off
from server.kernel.errors import Unavailable
from server.kernel.telemetry import DUE_DONE, DUE_LAG, DUE_PARKED, DUE_STALE

log = structlog.get_logger()

RENEW_S = 3.0
TRIES_ON_STALE = 5
TRIES_AFTER_EFFECT = 50
"""A commit that fails behind an effect is tried for seconds: giving the row back would have the effect again."""
PAUSE_S: Final = 0.004
LONGEST_PAUSE_S: Final = 0.25
PAGE_RESTS_S: Final = 0.02
REST: Final = timedelta(seconds=1)
BULK_RESTS_S: Final = (0.03, 0.3)
BULK_RESTS_TIMES: Final = 4
"""Between two of bulk the loop is free for what pages, for longer where one took long, as it does under load."""
ATTEMPTS = 5
CRASHES = 10
IDLE_S = 0.5
STEPS_ASIDE_S = 0.5
END_WITHIN_S = 2.0
"""How long what runs may go on when the process is asked to end."""
BACKOFF = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=60))

Afterwards = Callable[[datetime], Awaitable[Writes]]
"""What a handler that had an effect returns: how to write the outcome, decided again when it is stale."""
Handler = Callable[[Claimed, datetime], Awaitable[Writes | Afterwards]]


class Postponed(Exception):
    """Raised by a handler that had no effect and wants to be asked again `at` a later time; it is no failure."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


@dataclass(frozen=True)
class Binding:
    """What handles a kind, and how many of that kind run at once in this process.

    With `in_batches`, no few are claimed while many run, so that what rows look up is worth sharing; not for handlers
    that wait for others than the database. What `may_be_late` is spread over processes where there is a queue.
    Of those that run for longer than `STEPS_ASIDE_S`, waiting for others, `aside` many count as none that run.
    """

    handler: Handler
    at_once: int = 8
    aside: int = 0
    in_batches: bool = False
    may_be_late: bool = False


@dataclass
class _Decision:
    """How often one claim was decided on, and what says the outcome of its effect, which happens once."""

    claimed: Claimed
    afterwards: Afterwards | None = None
    tried: int = 0

    @property
    def is_spent(self) -> bool:
        return self.tried >= (TRIES_ON_STALE if self.afterwards is None else TRIES_AFTER_EFFECT)


def _look_for(kinds: tuple[Kind[Any], ...]) -> tuple[str, dict[str, str | int]]:
    """A statement that says of each of them whether any is due, and its arguments but for the time."""
    row = (
        "CASE WHEN EXISTS (SELECT 1 FROM due WHERE kind = :kind_{n} AND priority = :priority_{n}"
        " AND due_at <= :now AND leased_until <= :now AND parked_at IS NULL) THEN 1 ELSE 0 END"
    )
    args: dict[str, str | int] = {f"kind_{n}": kind for n, kind in enumerate(kinds)}
    args |= {f"priority_{n}": int(kind.priority) for n, kind in enumerate(kinds)}
    return f"SELECT {', '.join(row.format(n=n) for n in range(len(kinds))) or 0}", args


@dataclass
class DueLoop:
    """Claims what is due and runs its handler; every process may have one over the same rows."""

    db: Database
    clock: Clock
    bindings: Mapping[Kind[Any], Binding]
    running: dict[str, int] = field(default_factory=dict[str, int])
    last_cycle: datetime | None = None
    spread: Callable[[Mapping[Kind[Any], int], datetime], dict[Kind[Any], int]] | None = None
    """Of the kinds that have something due, those that this process is to do itself now."""
    _looks: dict[tuple[Kind[Any], ...], tuple[str, dict[str, str | int]]] = field(default_factory=dict[Any, Any])
    _is_paced: bool = False
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _newest: dict[str, bool] = field(default_factory=dict[str, bool])
    _tasks: dict["asyncio.Task[None]", Claimed] = field(default_factory=dict["asyncio.Task[None]", Claimed])
    _aside: dict[str, set["asyncio.Task[None]"]] = field(default_factory=dict[str, set["asyncio.Task[None]"]])

    def hurry(self) -> None:
        """Look at once instead of at the end of the sleep."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. An error of the database is waited out, never fatal; what is being claimed is known then."""
        cycle, self._is_paced = None, True
        try:
            while True:
                cycle = asyncio.create_task(self._cycle())
                if await asyncio.shield(cycle) == 0:
                    await self._sleep()
        finally:
            if cycle is not None:
                await cycle
            await self._end()

    async def _cycle(self) -> int:
        try:
            return await self.cycle()
        except Exception:
            log.exception("due.cycle_failed")
            return 0

    async def _end(self) -> None:
        """What runs may end within a moment; what doesn't is anybody's at once, and that try isn't counted."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=END_WITHIN_S)
        left = dict(self._tasks)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        for claimed in left.values():
            await self._let_go(claimed, give_back(claimed, rests_until=self.clock.now()))

    async def _sleep(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(IDLE_S):
                await self._wake.wait()
        self._wake.clear()

    async def cycle(self) -> int:
        """Claim what fits and start it; returns how many were claimed."""
        self._wake.clear()
        now = self.clock.now()
        count = 0
        due = await self._due(now)
        if self.spread is not None:
            due = self.spread(due, now)
        for priority in Priority:
            wanted = {kind: self._share(kind, free) for kind, free in due.items() if kind.priority == priority}
            for claimed in await claim(self.db, wanted, now=now):
                self._track(asyncio.create_task(self._handle(claimed)), claimed)
                count += 1
        self.last_cycle = now
        return count

    async def _due(self, now: datetime) -> dict[Kind[Any], int]:
        """The kinds of which something is due, and how many more of each may run; a look costs no write."""
        room = {
            kind: free
            for kind, binding in self.bindings.items()
            if (free := self._room(kind) if self.running.get(kind) else binding.at_once)
        }
        kinds = tuple(room)
        if kinds not in self._looks:
            self._looks[kinds] = _look_for(kinds)
        text, args = self._looks[kinds]
        (found,) = await self.db.values(text, now=now, **args)
        return {kind: free for (kind, free), is_due in zip(room.items(), found, strict=True) if is_due} if room else {}

    def _room(self, kind: Kind[Any]) -> int:
        binding, running = self.bindings[kind], self.running.get(kind, 0)
        free = binding.at_once - running
        return 0 if binding.in_batches and running and free < binding.at_once / 2 else free

    def _share(self, kind: Kind[Any], free: int) -> Share:
        """Half of the longest due and half of the newest; a single one is of the one and of the other in turn."""
        takes_newest = self._newest[kind] = not self._newest.get(kind, True)
        newest = free // 2 + (free % 2 if takes_newest else 0)
        return Share(oldest=free - newest, newest=newest)

    async def work_off(self, kind: Kind[Any]) -> None:
        """Do what is due of this kind until nothing is."""
        while (free := self._room(kind)) > 0:
            found = await claim(self.db, {kind: Share(oldest=free, newest=0)}, now=self.clock.now())
            if not found:
                return
            tasks = [asyncio.create_task(self._handle(claimed)) for claimed in found]
            for claimed, task in zip(found, tasks, strict=True):
                self._track(task, claimed)
            await asyncio.gather(*tasks)

    def _track(self, task: "asyncio.Task[None]", claimed: Claimed) -> None:
        """Count it among those that run until it ends or steps aside."""
        self.running[claimed.kind] = self.running.get(claimed.kind, 0) + 1
        self._tasks[task] = claimed
        loop = asyncio.get_running_loop()
        began = loop.time()
        task.add_done_callback(lambda done: self._ended(claimed.kind, done, loop.time() - began))
        if self.bindings[self._kind(claimed)].aside:
            loop.call_later(STEPS_ASIDE_S, self._step_aside, claimed.kind, task)

    def _step_aside(self, kind: str, task: asyncio.Task[None]) -> None:
        aside = self._aside.setdefault(kind, set())
        if task in self._tasks and len(aside) < self.bindings[self._kind(self._tasks[task])].aside:
            aside.add(task)
            self.running[kind] -= 1
            self._wake.set()

    def _ended(self, kind: str, task: asyncio.Task[None], took_s: float) -> None:
        self._tasks.pop(task, None)
        aside = self._aside.get(kind, set())
        if task in aside:
            aside.discard(task)
        elif self._is_paced and kind in self._bulk:
            shortest, longest = BULK_RESTS_S
            rests_s = min(max(shortest, BULK_RESTS_TIMES * took_s), longest)
            asyncio.get_running_loop().call_later(rests_s, self._free, kind)
        else:
            self._free(kind)

    def _free(self, kind: str) -> None:
        self.running[kind] -= 1
        self._wake.set()

    @cached_property
    def _bulk(self) -> frozenset[str]:
        return frozenset(kind for kind in self.bindings if kind.priority == Priority.BULK)

    async def drain(self) -> None:
        """Run until nothing is due now; for the demo's made history and for tests."""
        while await self.cycle() or self._tasks:
            await asyncio.gather(*self._tasks)

    def _kind(self, claimed: Claimed) -> Kind[Any]:
        return next(kind for kind in self.bindings if kind == claimed.kind)

    @contextlib.asynccontextmanager
    async def _held(self, claimed: Claimed) -> AsyncGenerator[None]:
        """Renew the claim meanwhile, and put the row back when what is done with it fails."""
        renewing = asyncio.create_task(self._renew(claimed))
        try:
            yield
        except Postponed as later:
            await self._let_go(claimed, postpone(claimed, to=later.at))
        except Exception as error:
            log.exception("due.failed", kind=claimed.kind, ref=claimed.ref, attempts=claimed.attempts)
            await self._put_off(claimed, f"{type(error).__name__}: {error}")
        finally:
            renewing.cancel()

    async def _handle(self, claimed: Claimed) -> None:
        """Decide and commit. What is stale is decided again; after an effect only its outcome is, and for longer."""
        if claimed.attempts > CRASHES:
            await self._put_off(claimed, "processes ended again and again while they handled it")
            return
        async with self._held(claimed):
            kind, decision = self._kind(claimed), _Decision(claimed)
            handler = self.bindings[kind].handler
            while True:
                now, decision.tried = self.clock.now(), decision.tried + 1
                try:
                    found = await (decision.afterwards(now) if decision.afterwards else handler(decision.claimed, now))
                    if not isinstance(found, Writes):
                        decision.afterwards = found
                        found = await found(now)
                    await self.db.apply(finish(found, claimed), kind.priority)
                except (Stale, Unavailable) as missed:
                    if await self._gives_up(decision, missed):
                        return
                else:
                    DUE_DONE.labels(claimed.kind).inc()
                    DUE_LAG.labels(claimed.kind).observe(max(0.0, (now - claimed.due_at).total_seconds()))
                    return
                pause_s = min(PAUSE_S * decision.tried, LONGEST_PAUSE_S)
                await asyncio.sleep(random.uniform(0, pause_s))  # noqa: S311 no secret

    async def _gives_up(self, decision: _Decision, missed: Stale | Unavailable) -> bool:
        """Whether it is somebody else's now, or was tried often enough; raises what is to be put off as a failure."""
        claimed = decision.claimed
        try:
            if isinstance(missed, Unavailable):
                raise missed
            if not await self._is_mine(claimed):
                log.warning("due.lease_lost", kind=claimed.kind, ref=claimed.ref)
                return True
            DUE_STALE.labels(claimed.kind).inc()
            decision.claimed = msgspec.structs.replace(claimed, batch=Batch())
        except Unavailable:
            if decision.afterwards is None or decision.is_spent:
                raise
            log.warning("due.outcome_not_written", kind=claimed.kind, ref=claimed.ref, exc_info=True)
        if decision.is_spent:
            await self._give_back(claimed)
        return decision.is_spent

    async def _is_mine(self, claimed: Claimed) -> bool:
        fence = await self.db.value("SELECT fence FROM due WHERE id = :id", id=claimed.id)
        return fence == claimed.fence

    async def _renew(self, claimed: Claimed) -> None:
        """Until cancelled; a renewal that is refused is tried again, as long as the lease lasts and after."""
        while True:
            await asyncio.sleep(RENEW_S)
            writes = Writes().sql(
                "UPDATE due SET leased_until = :until WHERE id = :id AND fence = :fence AND leased_until > 0",
                until=self.clock.now() + LEASE, id=claimed.id, fence=claimed.fence,
            )  # fmt: skip
            try:
                await self.db.apply(writes)
            except Exception:
                log.exception("due.not_renewed", kind=claimed.kind, ref=claimed.ref)

    async def _give_back(self, claimed: Claimed) -> None:
        """Contention is no failure: it isn't counted, and a page rests some milliseconds, anything else a second."""
        rests = REST
        if self._kind(claimed).priority == Priority.PAGE:
            rests = timedelta(seconds=random.uniform(PAGE_RESTS_S / 4, PAGE_RESTS_S))  # noqa: S311 no secret
        log.info("due.given_back", kind=claimed.kind, ref=claimed.ref)
        await self._let_go(claimed, give_back(claimed, rests_until=self.clock.now() + rests))
        asyncio.get_running_loop().call_later(
            rests.total_seconds() * 1.1, self.hurry
        )  # our clock may be followed slowly

    async def _put_off(self, claimed: Claimed, error: str) -> None:
        """Try again later; after the last attempt park the row where the auditor sees it."""
        now = self.clock.now()
        is_spent = claimed.attempts >= ATTEMPTS
        if is_spent:
            DUE_PARKED.labels(claimed.kind).inc()
        later = now + BACKOFF[min(claimed.attempts, len(BACKOFF)) - 1]
        await self._let_go(claimed, put_off(claimed, error, later=later, parked_at=now if is_spent else None))

    async def _let_go(self, claimed: Claimed, writes: Writes) -> None:
        """What can't be written now is anybody's when the lease ends."""
        try:
            await self.db.apply(writes, self._kind(claimed).priority)
        except Exception:
            log.exception("due.not_put_back", kind=claimed.kind, ref=claimed.ref)
