"""What is done to an installation, and what must hold afterwards."""

import asyncio
import contextlib
import itertools
import os
import signal
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from tests.kit.fake_http import Reply
from tests.kit.fake_http import running as serving
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.storm_site import cpu_seconds
from tests.soak.checking import Found, pages_of
from tests.soak.installed import Run, Wanted
from tests.soak.sending import Bundle, Ledger

ALERTS = int(os.environ.get("SOAK_ALERTS", "10000"))
KILLS = int(os.environ.get("SOAK_KILLS", "200"))
SECONDS = float(os.environ.get("SOAK_SECONDS", "300"))
EACH, IN_A_GROUP = 5, 20
EVERY_S = 1.0
DELAY_S = 60
DOWN_S = 30 * 60
RESTARTS = 10
FRIENDS = 19


def bundles(number: int, each: int, *, in_a_group: int = IN_A_GROUP, prefix: str = "g") -> list[Bundle]:
    """So many alerts, each with a name of its own."""
    names = [(f"{prefix}{n // in_a_group}.", f"{prefix}p{n}") for n in range(number)]
    return [
        Bundle(names[begin][0], tuple(name for _, name in names[begin : begin + each]))
        for begin in range(0, number, each)
    ]


async def kills(run: Run) -> Found:
    """Groups of twenty, in bodies of five, while any process dies once a second."""
    ledger, total = Ledger(), KILLS * EVERY_S
    sending = run.send(bundles(ALERTS, EACH), ledger, per_second=ALERTS / EACH / total)
    await asyncio.gather(sending, run.nemesis.kill(KILLS, every_s=EVERY_S))
    return await run.checked(ledger)


async def steady(run: Run) -> Found:
    """300 alerts a second, one a request, and a death every five seconds."""
    ledger, number = Ledger(), int(300 * SECONDS)
    sending = run.send(bundles(number, 1, in_a_group=300), ledger, per_second=300)
    await asyncio.gather(sending, run.nemesis.kill(int(SECONDS / 5), every_s=5))
    return await run.checked(ledger)


async def stops(run: Run) -> Found:
    """The engine stands still for longer than its leases, four times."""
    ledger = Ledger()
    sending = run.send(bundles(ALERTS // 5, EACH), ledger, per_second=ALERTS / 5 / EACH / 60)
    await asyncio.gather(sending, run.nemesis.stop(4))
    return await run.checked(ledger)


async def full(run: Run) -> Found | None:
    """The disk is full for ten seconds while alerts come; whoever sent them waits."""
    if run.ballast is None:
        return None
    ledger = Ledger()
    sending = asyncio.create_task(run.send(bundles(ALERTS, EACH), ledger, per_second=100))
    while ledger.others["503"] < 20 and not sending.done():
        await asyncio.sleep(0.1)
    print(f"  full after {len(ledger.accepted)} accepted")
    await asyncio.sleep(10)
    run.ballast.unlink()
    await sending
    return await run.checked(ledger)


async def forgetful(run: Run) -> Found | None:
    """Redis is killed or forgets everything every five seconds, while each alert pages."""
    if (redis := run.redis) is None:
        return None
    ledger, number = Ledger(), int(20 * SECONDS)
    sending = asyncio.create_task(run.send(bundles(number, 1, in_a_group=1), ledger, per_second=20))
    while not sending.done():
        await asyncio.wait([sending], timeout=5)
        if run.nemesis.chance.random() < 0.5:
            await redis.forget()
            run.nemesis.done["emptied"] += 1
        else:
            await redis.kill()
            await asyncio.wait([sending], timeout=2)
            await redis.__aenter__()
            run.nemesis.done["redis"] += 1
    await sending
    found = await run.checked(ledger)
    _print_waits("alert to page", _waits(ledger, run.site.hook))
    return found


async def restarts(run: Run) -> Found | None:
    """PostgreSQL crashes ten times while 200 alerts a second come."""
    if (postgres := run.postgres) is None:
        return None
    ledger, number = Ledger(), 200 * 6 * RESTARTS
    sending = asyncio.create_task(run.send(bundles(number, 1, in_a_group=20), ledger, per_second=200))
    back = list[float]()
    for _ in range(RESTARTS):
        await asyncio.sleep(run.nemesis.chance.uniform(3, 6))
        await asyncio.to_thread(postgres.stop, signal.SIGQUIT)
        await asyncio.to_thread(postgres.start)
        up, before = time.monotonic(), len(ledger.accepted)
        while len(ledger.accepted) == before and not sending.done():
            await asyncio.sleep(0.02)
        back.append(time.monotonic() - up)
        run.nemesis.done["postgres"] += 1
    await sending
    print(f"  accepted again after at most {max(back):.1f} s")
    return await run.checked(ledger)


async def hanging(run: Run) -> Found:
    """Half of twenty receivers stop answering: the others are paged as fast as before."""
    async with contextlib.AsyncExitStack() as stack:
        friends = [FakeWebhook(host=f"127.0.1.{n + 1}") for n in range(FRIENDS)]
        for friend in friends:
            await stack.enter_async_context(serving(friend))
            added = {"channel": "webhook", "name": friend.url(), "value": friend.url()}
            await run.site.api.call("POST", "/api/v1/me/contact-methods", added)
        healthy = [run.site.hook, *friends[:9]]
        p99 = list[float]()
        for phase in ("all answer", "half hang"):
            ledger = Ledger()
            await run.send(bundles(200, 1, in_a_group=1, prefix=phase[:1]), ledger, per_second=5)
            found = await run.checked(ledger)
            await _all_there(ledger, healthy)
            waits = [wait for each in healthy for wait in _waits(ledger, each)]
            p99.append(_print_waits(f"{phase}: alert to page at {len(healthy)} that answer", waits))
            missed = sum(len(ledger.groups - set(pages_of(each))) for each in healthy)
            found = replace(found, unpaged=found.unpaged + missed)
            if found.is_broken:
                return found
            for each in friends[9:]:
                each.script.usual = Reply(hang=True)
        print(f"  99th of 100, hanging / before: {p99[1] / p99[0]:.2f}")
        return found


async def _all_there(ledger: Ledger, hooks: Sequence[FakeWebhook]) -> None:
    for _ in range(100):
        if all(ledger.groups <= set(pages_of(each)) for each in hooks):
            return
        await asyncio.sleep(0.3)


async def jumps(run: Run) -> Found | None:
    """The machine's clock is set two hours ahead, and later two hours back, while three levels are waited for."""
    if run.clock is None:
        return None
    ledger = Ledger()
    for hours, prefix in ((0, "a"), (2, "b"), (0, "c"), (-2, "d"), (0, "e")):
        run.set_clock(hours)
        run.nemesis.done[f"clock {hours:+}"] += 1
        await run.send(bundles(20, 1, in_a_group=1, prefix=prefix), ledger, per_second=2)
        await asyncio.sleep(DELAY_S / 4)
    found = await run.checked(ledger)
    return replace(found, **await _levels(run, ledger, within_s=3 * DELAY_S / 0.9 + 30))


async def downtime(run: Run) -> Found:
    """Nothing runs for half an hour, and 10,000 second levels come due meanwhile."""
    ledger = Ledger()
    await run.send(bundles(ALERTS, 1, in_a_group=1), ledger, per_second=1000)
    await run.checked(ledger, within_s=600)
    family = run.site.pids["serve"]
    os.kill(family, signal.SIGTERM)
    await _ended(family)
    await run.outside.change("UPDATE escalation_run SET next_at = next_at - {us}", DOWN_S)
    moved = await run.outside.change("UPDATE due SET due_at = due_at - {us} WHERE kind = 'run.advance'", DOWN_S)
    first, began = len(run.site.pages()), time.monotonic()
    await run.site.start("serve")
    family = run.site.pids["serve"]
    run.nemesis.done["due rows late"] = moved
    found = await run.checked(ledger)
    while len(run.site.pages()) < first + len(ledger.groups) and time.monotonic() - began < 600:
        await asyncio.sleep(0.2)
    print(f"  {len(run.site.pages()) - first} second pages within {time.monotonic() - began:.0f} s of the start")
    before = cpu_seconds([family])
    await asyncio.sleep(20)
    print(f"  CPU afterwards {(cpu_seconds([family]) - before) / 20:.0%}")
    arrived = [len(times) for times in pages_of(run.site.hook).values()]
    print(f"  of which {sum(number > 2 for number in arrived)} had a third, of the fallback: untaken for a minute")
    levels = await run.outside.rows(
        "SELECT COUNT(*) FROM escalation_step WHERE outcome = 'paged' GROUP BY incident_id HAVING COUNT(*) > 2"
    )
    return replace(found, early=len(levels), skipped=sum(number < 2 for number in arrived))


async def _levels(run: Run, ledger: Ledger, *, within_s: float) -> dict[str, int]:
    """How many incidents missed a level, and how many pages came too early after the one before."""
    end = time.monotonic() + within_s
    while time.monotonic() < end and any(len(times) < 3 for times in pages_of(run.site.hook).values()):
        await asyncio.sleep(1)
    arrived = pages_of(run.site.hook)
    gaps = [later - sooner for times in arrived.values() for sooner, later in itertools.pairwise(times)]
    print(f"  between two levels {min(gaps):.0f} to {max(gaps):.0f} s")
    return {
        "skipped": sum(len(arrived.get(group, ())) < 3 for group in ledger.groups),
        "early": sum(gap < min(DELAY_S, 30) - 1 for gap in gaps),
    }


async def _ended(pid: int) -> None:
    for _ in range(200):
        if not os.path.exists(f"/proc/{pid}/task/{pid}/children") or _is_zombie(pid):
            return
        await asyncio.sleep(0.1)


def _is_zombie(pid: int) -> bool:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rpartition(")")[2].split()[0] == "Z"


def _waits(ledger: Ledger, hook: FakeWebhook) -> list[float]:
    """Seconds from each group's first acceptance to its first page there."""
    accepted: dict[str, float] = {}
    for (cluster, _), at in ledger.accepted.items():
        accepted[cluster] = min(at, accepted.get(cluster, at))
    arrived = pages_of(hook)
    return [arrived[group][0] - at for group, at in accepted.items() if group in arrived]


def _print_waits(what: str, waits: Sequence[float]) -> float:
    p50, p99 = statistics.median(waits), statistics.quantiles(waits, n=100)[98]
    print(f"  {what}: p50 {p50 * 1000:.0f} ms, p99 {p99 * 1000:.0f} ms, longest {max(waits):.2f} s", flush=True)
    return p99


Scenario = Callable[[Run], Awaitable[Found | None]]
SCENARIOS: dict[str, tuple[Scenario, Wanted]] = {
    "kills": (kills, Wanted()),
    "steady": (steady, Wanted()),
    "stops": (stops, Wanted()),
    "full": (full, Wanted(small_disk=True)),
    "forgetful": (forgetful, Wanted()),
    "restarts": (restarts, Wanted()),
    "hanging": (hanging, Wanted()),
    "jumps": (jumps, Wanted(own_clock=True, levels=3, delay_s=DELAY_S)),
    "downtime": (downtime, Wanted(levels=3, delay_s=15 * 60)),
}
