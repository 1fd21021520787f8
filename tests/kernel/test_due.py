"""Due rows: claimed once, fenced, moved, retried and parked."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from server.kernel.clock import ManualClock
from server.kernel.database import Database, Priority, Writes
from server.kernel.due import (
    ATTEMPTS,
    LEASE,
    Binding,
    Claimed,
    DueLoop,
    Kind,
    Postponed,
    Share,
    arm,
    arm_again,
    bring_forward,
    claim,
    disarm,
    finish,
    waiting,
)
from server.kernel.due import loop as loop_module
from server.kernel.errors import Stale

pytestmark = pytest.mark.store
NOW = datetime(2026, 11, 21, 3, 12, tzinfo=UTC)
K = Kind("k", Priority.PAGE)
BULK = Kind("bulk", Priority.BULK)


async def armed(db: Database, *refs: str, at: datetime = NOW, kind: Kind = K) -> None:
    writes = Writes()
    for ref in refs:
        arm(writes, kind, ref, at=at, now=NOW)
    await db.apply(writes)


async def one(db: Database, now: datetime = NOW) -> Claimed:
    claimed = await claim(db, {K: Share(1, 0)}, now=now)
    assert len(claimed) == 1
    return claimed[0]


async def left(db: Database) -> int:
    return await db.value("SELECT COUNT(*) FROM due")


async def test_only_what_is_due_is_claimed_and_only_once(db: Database) -> None:
    await armed(db, "a", "b")
    await armed(db, "later", at=NOW + timedelta(minutes=1))
    first = await claim(db, {K: Share(10, 0)}, now=NOW)
    assert sorted(each.ref for each in first) == ["a", "b"]
    assert await claim(db, {K: Share(10, 0)}, now=NOW) == []


async def test_a_lease_that_ran_out_is_claimed_again_and_the_first_holder_can_write_nothing(
    db: Database,
) -> None:
    await armed(db, "a")
    zombie = await one(db)
    heir = await one(db, NOW + LEASE)
    with pytest.raises(Stale):
        await db.apply(finish(Writes().sql("UPDATE counter SET value = 99"), zombie))
    await db.apply(finish(Writes(), heir))
    assert await left(db) == 0
    assert await db.value("SELECT MAX(value) FROM counter") == 0


async def test_a_row_armed_while_it_is_handled_stays_due(db: Database) -> None:
    await armed(db, "a")
    claimed = await one(db)
    await armed(db, "a")  # for the same instant
    await db.apply(finish(Writes(), claimed))
    again = await one(db, NOW + timedelta(microseconds=1))
    assert again.ref == "a"


async def test_a_handler_may_arm_its_own_row(db: Database) -> None:
    await armed(db, "a")
    claimed = await one(db)
    writes = Writes()
    arm(writes, K, "a", at=NOW + timedelta(minutes=5), now=NOW)
    await db.apply(finish(writes, claimed))
    assert await claim(db, {K: Share(1, 0)}, now=NOW) == []
    assert (await one(db, NOW + timedelta(minutes=5))).ref == "a"


async def test_bringing_forward_and_disarming(db: Database) -> None:
    await armed(db, "a", "b", at=NOW + timedelta(minutes=5))
    writes = Writes()
    bring_forward(writes, K, "a", at=NOW)
    disarm(writes, K, "b")
    await db.apply(writes)
    assert (await one(db)).ref == "a"
    assert await left(db) == 1


async def test_pages_go_before_bulk(db: Database) -> None:
    seen: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        seen.append(claimed.ref)
        return Writes()

    writes = Writes()
    arm(writes, BULK, "mail", at=NOW - timedelta(hours=1), now=NOW)
    arm(writes, K, "phone", at=NOW, now=NOW)
    await db.apply(writes)
    bindings = {BULK: Binding(handle, at_once=1), K: Binding(handle, at_once=1)}
    await DueLoop(db, ManualClock(NOW), bindings).drain()
    assert seen == ["phone", "mail"]


async def test_of_what_waits_no_more_is_counted_than_asked_for(db: Database) -> None:
    await armed(db, *"abcd")
    await armed(db, *"efg", kind=BULK)
    await db.apply(Writes().sql("UPDATE due SET due_at = :later WHERE ref = 'a'", later=NOW + timedelta(days=1)))
    assert [await waiting(db, K, most=most, now=NOW) for most in (2, 3, 10)] == [2, 3, 3]
    assert await waiting(db, BULK, most=10, now=NOW) == 3


async def test_bulk_rests_between_and_pages_do_not(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "BULK_RESTS_S", (3600, 3600))
    done: list[str] = []

    async def handler(claimed: Claimed, now: datetime) -> Writes:
        done.append(claimed.kind)
        return Writes()

    await armed(db, *"abcdef")
    await armed(db, *"ghijkl", kind=BULK)
    loop = DueLoop(db, ManualClock(NOW), {K: Binding(handler, 1), BULK: Binding(handler, 2)})
    running = asyncio.create_task(loop.run())
    while await db.value("SELECT COUNT(*) FROM due WHERE kind = 'k'") or done.count("bulk") < 2:
        await asyncio.sleep(0.01)
    assert sorted(done) == ["bulk"] * 2 + ["k"] * 6
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await DueLoop(db, ManualClock(NOW), loop.bindings).drain()
    assert done.count("bulk") == 6


async def test_a_failing_handler_is_tried_again_then_parked_and_blocks_nobody(db: Database) -> None:
    clock = ManualClock(NOW)
    calls: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        calls.append(claimed.ref)
        if claimed.ref == "poison":
            raise RuntimeError("boom")
        return Writes()

    await armed(db, "poison", "fine")
    loop = DueLoop(db, clock, {K: Binding(handle)})
    for _ in range(ATTEMPTS + 2):
        await loop.drain()
        clock.advance(timedelta(minutes=2))
    assert calls.count("poison") == ATTEMPTS
    assert calls.count("fine") == 1
    parked = await db.values("SELECT ref, error FROM due WHERE parked_at IS NOT NULL")
    assert parked == [("poison", "RuntimeError: boom")]


async def test_a_decision_on_rows_that_changed_is_made_again(db: Database) -> None:
    decided: list[int] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        value = await db.value("SELECT value FROM counter WHERE name = 'incident'")
        decided.append(value)
        if len(decided) == 1:
            await db.apply(Writes().sql("UPDATE counter SET value = 5 WHERE name = 'incident'"))
        return Writes().sql(
            "UPDATE counter SET value = :new WHERE name = 'incident' AND value = :old",
            expect=1, new=value + 1, old=value,
        )  # fmt: skip

    await armed(db, "a")
    await DueLoop(db, ManualClock(NOW), {K: Binding(handle)}).drain()
    assert decided == [0, 5]
    assert await db.value("SELECT value FROM counter WHERE name = 'incident'") == 6


async def test_a_commit_that_arms_wakes_the_loop(db: Database) -> None:
    done = asyncio.Event()

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        done.set()
        return Writes()

    loop = DueLoop(db, ManualClock(NOW), {K: Binding(handle)})
    db.on_hurry(loop.hurry)
    running = asyncio.create_task(loop.run())
    await armed(db, "a")
    await done.wait()
    running.cancel()


async def test_what_kills_its_process_again_and_again_is_parked_without_another_try(db: Database) -> None:
    clock = ManualClock(NOW)
    calls: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        calls.append(claimed.ref)
        return Writes()

    await armed(db, "killer")
    await db.apply(Writes().sql("UPDATE due SET attempts = 10"))
    await DueLoop(db, clock, {K: Binding(handle)}).drain()
    assert calls == []
    assert await db.value("SELECT COUNT(*) FROM due WHERE parked_at IS NOT NULL") == 1


@pytest.mark.parametrize(("wanted_s", "due_s"), [(None, 60), (5, 5), (0, 0), (600, 60)])
async def test_a_handler_that_wants_its_row_again_takes_nothing_back(
    db: Database, wanted_s: int | None, due_s: int
) -> None:
    """Whatever somebody else wanted of it meanwhile comes first."""
    await armed(db, "a")
    claimed = await one(db)
    if wanted_s is not None:
        await armed(db, "a", at=NOW + timedelta(seconds=wanted_s))
    writes = Writes()
    arm_again(writes, claimed, at=NOW + timedelta(seconds=60))
    await db.apply(finish(writes, claimed))
    soonest = NOW + timedelta(seconds=due_s, microseconds=1)
    assert await claim(db, {K: Share(1, 0)}, now=soonest - timedelta(microseconds=2)) == []
    assert (await one(db, soonest)).ref == "a"


async def test_what_becomes_due_now_does_not_wait_behind_a_backlog(db: Database) -> None:
    for n in range(6):
        await armed(db, f"old {n}", at=NOW - timedelta(minutes=5 - n / 10))
    await armed(db, "new")
    claimed = await claim(db, {K: Share(2, 1)}, now=NOW)
    assert [each.ref for each in claimed] == ["old 0", "old 1", "new"]


async def test_a_single_free_hand_takes_the_oldest_and_the_newest_in_turn(db: Database) -> None:
    handled: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        handled.append(claimed.ref)
        return Writes()

    for n in range(5):
        await armed(db, str(n), at=NOW - timedelta(seconds=9 - n))
    await DueLoop(db, ManualClock(NOW), {K: Binding(handle, at_once=1)}).drain()
    assert handled == ["0", "4", "1", "3", "2"]


async def test_what_a_slice_looks_up_is_looked_up_once_and_anew_for_the_next(db: Database) -> None:
    looks: list[str] = []

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        async def look() -> int:
            looks.append(claimed.ref)
            return len(looks)

        assert await claimed.batch.once("who", look) == len(looks)
        return Writes()

    loop = DueLoop(db, ManualClock(NOW), {K: Binding(handle, at_once=4, in_batches=True)})
    await armed(db, "a", "b", "c", "d")
    await loop.drain()
    assert len(looks) == 1
    await armed(db, "e")
    await loop.drain()
    assert looks[1:] == ["e"]


async def test_a_loop_that_ends_finishes_what_it_can_and_gives_the_rest_back_uncounted(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.kernel.due.loop.END_WITHIN_S", 0.2)
    started = asyncio.Event()

    async def handle(claimed: Claimed, _: datetime) -> Writes:
        if claimed.ref == "hangs":
            started.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0.02)
        return Writes()

    await armed(db, "quick", "hangs")
    running = asyncio.create_task(DueLoop(db, ManualClock(NOW), {K: Binding(handle)}).run())
    await started.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await db.values("SELECT ref, attempts FROM due") == [("hangs", 0)]
    assert (await one(db)).ref == "hangs", "anybody's at once"


async def test_whoever_waits_for_others_steps_aside_for_those_behind(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.kernel.due.loop.STEPS_ASIDE_S", 0.01)
    over, begun, done = asyncio.Event(), list[str](), list[str]()

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        del now
        begun.append(claimed.ref)
        if claimed.ref != "quick":
            await over.wait()
        done.append(claimed.ref)
        return Writes()

    loop = DueLoop(db, ManualClock(NOW), {K: Binding(handle, at_once=2, aside=4)})
    await armed(db, *(f"slow {n}" for n in range(4)))
    task = asyncio.create_task(loop.run())
    while len(begun) < 4:
        await asyncio.sleep(0.01)
    await armed(db, "quick", at=NOW - timedelta(seconds=1))
    loop.hurry()
    while not done:
        await asyncio.sleep(0.01)
    assert done == ["quick"]
    over.set()
    while await left(db) or loop.running[K]:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (len(done), loop.running[K]) == (5, 0)


async def test_what_is_postponed_is_asked_again_then_and_counts_as_no_try(db: Database) -> None:
    clock, asked = ManualClock(NOW), list[int]()

    async def handle(claimed: Claimed, now: datetime) -> Writes:
        asked.append(claimed.attempts)
        if now < NOW + timedelta(minutes=1):
            raise Postponed(NOW + timedelta(minutes=1))
        return Writes()

    loop = DueLoop(db, clock, {K: Binding(handle)})
    await armed(db, "a")
    await loop.drain()
    assert (asked, await left(db)) == ([1], 1)
    clock.advance(timedelta(minutes=1))
    await loop.drain()
    assert (asked, await left(db)) == ([1, 1], 0)
