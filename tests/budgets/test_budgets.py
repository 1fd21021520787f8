"""What an alert, a page, a verb and a screen cost: a change that makes one dearer says so in `budgets.toml`."""

import os
import tomllib
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from server.kernel.due import loop
from server.pipeline import ahead, run, work
from tests.budgets.counting import count
from tests.escalation.house import House
from tests.kit.storm_site import body
from tests.kit.world import World

FILE = Path(__file__).parent / "budgets.toml"
BUDGETS: dict[str, dict[str, float]] = tomllib.loads(FILE.read_text())
HEAD = """# What each may cost on SQLite: an alert, a page, a request. `BUDGETS=write pytest tests/budgets` writes it.
# Whoever raises a figure says why in the commit.

"""
NOISE = 1.01
SLACK = 1.1
"""A budget that is a tenth too wide is brought down, so that it notices what is dear."""


class Costs:
    """An installation with one open group, whose pages have left."""

    def __init__(self, world: World, house: House) -> None:
        self.world, self.house = world, house
        self._names = iter(range(1_000_000))

    async def post(self, cluster: str, alerts: int = 1) -> None:
        names = [f"p{next(self._names)}" for _ in range(alerts)]
        path = f"/ingest/alertmanager/{self.house.integration.key}"
        answer = await self.world.nobody.send("POST", path, body(cluster, names))
        assert answer.status_code == 202, answer.text

    async def alone(self) -> None:
        """One event in a slice of its own."""
        await self.post("c0")
        await self.world.settle()

    async def waiting(self, posts: int, alerts: int, groups: int) -> Callable[[], Awaitable[None]]:
        for n in range(posts):
            await self.post(f"c{n % groups}", alerts)
        return self.world.settle

    async def paged(self) -> None:
        """An event of a new group, until its page has left."""
        await self.post(f"new{next(self._names)}")
        await self.world.settle()

    async def incident(self) -> dict[str, Any]:
        return (await self.house.manager.get("/api/v1/incidents", state="triggered"))["items"][0]


@pytest.fixture
async def costs(world: World, monkeypatch: pytest.MonkeyPatch) -> Costs:
    """The clock that cuts turns and slices stands still, and nobody steps aside: a busy machine counts the same."""
    monkeypatch.setattr(loop, "STEPS_ASIDE_S", 3600.0)
    for module in (ahead, run, work):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: 0.0))
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    grouping = {"by": "labels", "labels": ["cluster"]}
    service = await world.add_service("shop", policy=house.policy, grouping=grouping)
    house.integration = await world.add_integration(service, "alertmanager")
    found = Costs(world, house)
    for n in range(100):
        await found.post(f"c{n}")
    await world.settle()
    await found.alone()
    return found


SCREENS = {
    "list of incidents": "/api/v1/incidents?state=triggered&limit=50",
    "one incident": "/api/v1/incidents/{id}",
    "its timeline": "/api/v1/incidents/{id}/timeline",
    "its alerts": "/api/v1/alerts?incident_id={id}",
    "who is on call": "/api/v1/schedules/rotas",
    "the coverage": "/api/v1/coverage",
    "me": "/api/v1/me",
}
VERBS: dict[str, dict[str, int] | None] = {"acknowledge": None, "snooze": {"seconds": 600}, "resolve": {}}


async def measured(costs: Costs) -> AsyncGenerator[tuple[str, dict[str, float]]]:
    """What is measured, by name; each in the same order, so that each finds what the ones before left."""
    db, get = costs.world.db, costs.house.manager.get

    async def of_ten(deed: Callable[[], Awaitable[Any]]) -> dict[str, float]:
        async def ten() -> None:
            for _ in range(10):
                await deed()

        return (await count(db, ten)).each(10)

    yield "accepting an event", await of_ten(lambda: costs.post("c0"))
    await costs.world.settle()
    yield "alert alone", await of_ten(costs.alone)
    for posts, alerts, groups in ((200, 1, 1), (200, 1, 100), (4, 100, 1), (4, 100, 100)):
        settle = await costs.waiting(posts, alerts, groups)
        what = f"alert of {posts} bodies of {alerts}, {groups} groups"
        yield what, (await count(db, settle)).each(posts * alerts)
    await costs.paged()
    yield "page, from its event until it left", await of_ten(costs.paged)
    incident = await costs.incident()
    for screen, path in SCREENS.items():
        await get(path.format(id=incident["id"]))
        yield screen, (await count(db, lambda path=path: get(path.format(id=incident["id"])))).each(1)
    for verb, sent in (*VERBS.items(), *VERBS.items()):  # the first of each learns what is remembered from then on
        path = f"/api/v1/incidents/{(await costs.incident())['id']}/{verb}"
        yield verb, (await count(db, lambda path=path, sent=sent: costs.house.manager.post(path, sent))).each(1)


def differences(name: str, found: dict[str, float]) -> list[str]:
    """What costs more than its budget, and what so much less that the budget would not notice."""
    told: list[str] = []
    for what, figure in found.items():
        budget = BUDGETS[name][what]
        if figure > NOISE * budget:
            told.append(f"{name}: {figure:g} {what}, {budget:g} are allowed")
        elif budget > SLACK * figure + 0.5:
            told.append(f"{name}: only {figure:g} {what}, bring {budget:g} down")
    return told


async def test_everything_is_within_its_budget(costs: Costs) -> None:
    """`BUDGETS=write` writes the file anew: its diff says what became dearer."""
    found = {name: figures async for name, figures in measured(costs)}
    if os.environ.get("BUDGETS") == "write":
        FILE.write_text(HEAD + "\n".join(_table(name, figures) for name, figures in found.items()))
        return
    assert BUDGETS.keys() == found.keys()
    assert not [each for name, figures in found.items() for each in differences(name, figures)]


def _table(name: str, figures: dict[str, float]) -> str:
    return f'["{name}"]\n' + "".join(f"{what} = {figure:g}\n" for what, figure in figures.items())
