"""Leases that live through a refused commit, and decisions that are made again: contention is no failure."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

import server.kernel.due.loop
from server.kernel.clock import ManualClock
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import ATTEMPTS, LEASE, Afterwards, Binding, Claimed, DueLoop, Kind, Share, arm, claim
from server.kernel.errors import Stale, Unavailable
from server.kernel.telemetry import REGISTRY
from tests.kernel.refusing import Refusing

pytestmark = pytest.mark.store
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
PAGE = Kind("test.page", Priority.PAGE)
NOTICE = Kind("test.notice", Priority.NOTICE)
PATIENCE_S = 10


async def armed(db: Database, kind: Kind, *refs: str) -> None:
    writes = Writes()
    for ref in refs:
        arm(writes, kind, ref, at=NOW, now=NOW)
    await db.apply(writes)


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await holds():
            await asyncio.sleep(0.005)


async def test_a_renewal_that_is_refused_once_is_tried_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.kernel.due.loop, "RENEW_S", 0.01)
    refusing, clock, goes_on = Refusing(db), ManualClock(NOW), asyncio.Event()
    refusing.refuse("leased_until = :until WHERE")
    started: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        started.append(claimed.ref)
        await goes_on.wait()
        return Writes()

    async def is_renewed() -> bool:
        lease = await db.value("SELECT leased_until FROM due")
        return lease == int((NOW + timedelta(seconds=8) + LEASE).timestamp()) * 1_000_000

    await armed(db, PAGE, "a")
    first = DueLoop(refusing, clock, {PAGE: Binding(handle)})
    assert await first.cycle() == 1
    clock.advance(timedelta(seconds=8))
    await until(is_renewed)
    clock.advance(timedelta(seconds=4))
    assert await DueLoop(db, clock, {PAGE: Binding(handle)}).cycle() == 0
    goes_on.set()
    await first.drain()
    assert started == ["a"]
    assert await db.value("SELECT COUNT(*) FROM due") == 0


async def test_a_row_that_cannot_be_put_back_is_logged_and_waits_for_the_end_of_its_lease(db: Database) -> None:
    refusing, clock = Refusing(db), ManualClock(NOW)
    refusing.refuse("parked_at = :parked")

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        raise RuntimeError("boom")

    await armed(db, PAGE, "a")
    with capture_logs() as logs:
        await DueLoop(refusing, clock, {PAGE: Binding(handle)}).drain()
    assert "due.not_put_back" in [each["event"] for each in logs]
    assert await claim(db, {PAGE: Share(1, 0)}, now=NOW) == []
    assert len(await claim(db, {PAGE: Share(1, 0)}, now=NOW + LEASE)) == 1


def misses(kind: Kind) -> float:
    return REGISTRY.get_sample_value("dogwatch_due_stale_total", {"kind": kind}) or 0


class Contended:
    """Decides on a row that changes under it `times` times, then fits."""

    def __init__(self, times: int) -> None:
        self.times = times
        self.calls = 0

    async def __call__(self, claimed: Claimed, now: datetime) -> Writes:
        self.calls += 1
        is_late = self.calls <= self.times
        wrong = "UPDATE counter SET value = value WHERE name = 'nobody has this name'"
        return Writes().sql(wrong, expect=1) if is_late else Writes()


@pytest.mark.parametrize("kind", [PAGE, NOTICE])
async def test_a_row_that_is_stale_again_and_again_is_neither_failed_nor_parked(db: Database, kind: Kind) -> None:
    clock, handler = ManualClock(NOW), Contended(10 * ATTEMPTS)
    before = misses(kind)
    await armed(db, kind, "a")
    loop = DueLoop(db, clock, {kind: Binding(handler)})
    rounds = 0
    while await db.value("SELECT COUNT(*) FROM due"):
        await loop.drain()
        clock.advance(timedelta(seconds=1))
        assert await db.values("SELECT attempts, parked_at FROM due") in ([(0, None)], [])
        rounds += 1
    assert rounds > ATTEMPTS
    assert misses(kind) - before == handler.times


async def test_a_page_that_was_given_back_is_due_at_once_and_a_notice_in_a_second(db: Database) -> None:
    clock = ManualClock(NOW)
    await armed(db, PAGE, "a")
    await armed(db, NOTICE, "b")
    bindings = {PAGE: Binding(Contended(1000)), NOTICE: Binding(Contended(1000))}
    await DueLoop(db, clock, bindings).drain()
    soon = NOW + timedelta(milliseconds=50)
    assert len(await claim(db, {PAGE: Share(1, 0)}, now=soon)) == 1
    assert await claim(db, {NOTICE: Share(1, 0)}, now=soon) == []
    assert len(await claim(db, {NOTICE: Share(1, 0)}, now=NOW + timedelta(seconds=1))) == 1


async def test_whoever_runs_takes_a_page_that_was_given_back_without_a_sleep(db: Database) -> None:
    """The clock stands for the database's; it goes on while the loop runs."""
    clock, handler = await db.clock(), Contended(12)
    writes = Writes()
    arm(writes, PAGE, "a", at=clock.now(), now=clock.now())
    await db.apply(writes)
    running = asyncio.create_task(DueLoop(db, clock, {PAGE: Binding(handler)}).run())

    async def is_done() -> bool:
        return await db.value("SELECT COUNT(*) FROM due") == 0

    await until(is_done)
    running.cancel()
    assert handler.calls == 13


async def test_a_handler_that_says_stale_itself_is_contended_too(db: Database) -> None:
    calls: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        calls.append(claimed.ref)
        if len(calls) == 1:
            raise Stale("it changed while it was read")
        return Writes()

    await armed(db, PAGE, "a")
    await DueLoop(db, ManualClock(NOW), {PAGE: Binding(handle)}).drain()
    assert calls == ["a", "a"]
    assert await db.value("SELECT COUNT(*) FROM due") == 0


@pytest.mark.parametrize("error", [Stale, Unavailable])
async def test_an_effect_happens_once_and_only_its_outcome_is_written_again(
    db: Database, error: type[Stale] | type[Unavailable]
) -> None:
    refusing, effects, outcomes = Refusing(db), list[str](), list[datetime]()
    refusing.refuse("SET leased_until = 0 WHERE", times=12, error=error)

    async def handle(claimed: Claimed, now: datetime) -> Afterwards:
        effects.append(claimed.ref)

        async def outcome(now: datetime) -> Writes:
            outcomes.append(now)
            return Writes().sql("UPDATE counter SET value = value + 1 WHERE name = 'incident'", expect=1)

        return outcome

    await armed(db, PAGE, "a")
    await DueLoop(refusing, ManualClock(NOW), {PAGE: Binding(handle)}).drain()
    assert (effects, len(outcomes)) == (["a"], 13)
    assert await db.value("SELECT value FROM counter WHERE name = 'incident'") == 1
    assert await db.value("SELECT COUNT(*) FROM due") == 0
