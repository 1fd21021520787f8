"""Whose work goes first: what starts or stops pages before configuration, that before many things at once."""

from typing import Any

import pytest

from server.kernel.database import Database, Priority, Writes
from tests.escalation.house import House
from tests.kit.world import World

V1 = "/api/v1"


class Seen:
    """At what priorities the store was asked to commit."""

    def __init__(self, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.priorities: list[Priority] = []
        commit = db._store.apply

        async def apply(writes: Writes, priority: Priority) -> Any:
            self.priorities.append(priority)
            return await commit(writes, priority)

        monkeypatch.setattr(db._store, "apply", apply)

    def taken(self) -> set[Priority]:
        seen, self.priorities = set(self.priorities), []
        return seen


async def test_a_request_commits_at_the_priority_of_its_route(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    for name in ("a", "b"):
        await house.fire(dedup_key=name, check=name)
    ana = await world.sign_in("Ana")
    [one, other] = [each["id"] for each in (await ana.get(f"{V1}/incidents"))["items"]]
    seen = Seen(world.db, monkeypatch)

    await world.sign_in("Ana")
    assert seen.taken() == {Priority.PAGE}
    await ana.post(f"{V1}/incidents/{one}/acknowledge")
    assert seen.taken() == {Priority.PAGE}
    await ana.post(f"{V1}/incidents/bulk", {"verb": "resolve", "ids": [one, other]}, idempotency_key="k")
    assert seen.taken() == {Priority.BULK}
    await ana.post(f"{V1}/me/time-off", {"start": "2026-12-01T00:00:00Z", "end": "2026-12-02T00:00:00Z"})
    assert seen.taken() == {Priority.NOTICE}
    mia = await world.sign_in("Mia")
    seen.taken()
    await mia.post(f"{V1}/services", {"name": "Other", "team_id": next(iter(world.teams.values()))})
    assert seen.taken() == {Priority.NOTICE}
