"""CPU an alert, of every process and of the database, until its rows are there: a scene of `bench.storms`."""

import asyncio
import statistics
import time
from dataclasses import dataclass

from bench.aims import aim
from bench.load import memory_mib
from bench.peers import Alertmanager, alertmanager
from tests.kit.family import members
from tests.kit.storm_site import Sender, StormSite, body, cpu_seconds

ROUNDS, SINGLES, BODIES, IN_A_BODY, CONNECTIONS = 3, 4000, 100, 100, 32
REST_S = 2.5
"""Longer than a key is refused after its flood is worked through."""


@dataclass
class _Cost:
    """Microseconds of CPU an alert: until all were accepted, and until all was worked through."""

    accepted: float
    done: float
    by_process: dict[str, float]
    per_second: float


async def costs(site: StormSite) -> None:
    """Single events and bodies of 100, in one group and in 100, each round of groups of its own and in turn with
    Alertmanager.
    """
    engine = engine_of(site)
    print(f"  idle memory {_memory(site):.0f} MiB{aim('idle memory', engine)}")
    async with alertmanager(site.folder) as peer:
        for name, alerts_each in (("single events", 1), (f"bodies of {IN_A_BODY}", IN_A_BODY)):
            before = _bytes_on_disk(site)
            for groups in (1, 100):
                runs, peers = list[_Cost](), list[float]()
                for n in range(ROUNDS):
                    run = f"c{alerts_each}g{groups}r{n}-"
                    runs.append(await _run(site, run, alerts_each, groups))
                    if peer is not None:
                        peers.append(await _peer(peer, run, alerts_each, groups))
                _tell(engine, f"{name}, {groups} groups" if groups > 1 else f"{name}, one group", runs, peers)
            if engine == "sqlite":
                alerts = 2 * ROUNDS * _requests(alerts_each) * alerts_each
                print(
                    f"    {(_bytes_on_disk(site) - before) / alerts:,.0f} bytes on disk an alert{aim('disk', engine)}"
                )
    print(f"  memory afterwards {_memory(site):.0f} MiB")


def engine_of(site: StormSite) -> str:
    return "postgres" if "postgres" in site.pids else "sqlite"


def _requests(alerts_each: int) -> int:
    return SINGLES if alerts_each == 1 else BODIES


def _bytes_on_disk(site: StormSite) -> int:
    """SQLite's file and what waits beside it."""
    return sum(file.stat().st_size for file in site.folder.glob("storm.sqlite*"))


async def _peer(peer: Alertmanager, run: str, alerts_each: int, groups: int) -> float:
    load = await peer.take(_bodies(run, alerts_each, groups), connections=CONNECTIONS)
    return load.cpu_us_per_event


async def _run(site: StormSite, run: str, alerts_each: int, groups: int) -> _Cost:
    bodies, sender = _bodies(run, alerts_each, groups), Sender(site.port)
    alerts = len(bodies) * alerts_each
    await asyncio.sleep(REST_S)
    before, began = _used(site), time.monotonic()
    await sender.all(site.ways["flood"], bodies, connections=CONNECTIONS)
    taken = _used(site)
    await site.worked_through()
    seconds, after = time.monotonic() - began, _used(site)
    assert set(sender.answers) == {202}, sender.answers
    by_process = {name: (used - before.get(name, 0.0)) / alerts * 1e6 for name, used in after.items()}
    accepted = (sum(taken.values()) - sum(before.values())) / alerts * 1e6
    return _Cost(accepted, sum(by_process.values()), by_process, alerts / seconds)


def _bodies(run: str, alerts_each: int, groups: int) -> list[bytes]:
    """A body's alerts are of one group, as Alertmanager sends them."""
    numbers = range(_requests(alerts_each))
    return [body(f"{run}{n % groups}", [f"p{n}-{k}" for k in range(alerts_each)]) for n in numbers]


def _used(site: StormSite) -> dict[str, float]:
    """Seconds of CPU by process; `serve` is told as the processes that it forked."""
    found: dict[str, float] = {}
    for name, pid in site.pids.items():
        for each, process in (members(pid) or {name: pid}).items():
            found[each] = cpu_seconds([process])
    return found


def _memory(site: StormSite) -> float:
    return sum(memory_mib(pid) for name, pid in site.pids.items() if name != "postgres")


def _tell(engine: str, name: str, runs: list[_Cost], peers: list[float]) -> None:
    middle = sorted(runs, key=lambda run: run.done)[len(runs) // 2]
    shares = ", ".join(f"{each} {us:.0f}" for each, us in middle.by_process.items())
    accepted = statistics.median(run.accepted for run in runs)
    rate = statistics.median(run.per_second for run in runs)
    print(
        f"  {name}: {middle.done:.0f} us CPU an alert{aim(name, engine)}: {shares};"
        f" {accepted:.0f} until accepted; {rate:.0f}/s"
    )
    if peers:
        peer = statistics.median(peers)
        print(f"    alertmanager in turn: {peer:.0f} us, so {middle.done / peer:.1f} times that")
