"""Time off marks shifts on every schedule, and says no more than when."""

from datetime import timedelta

import pytest

from server.kernel.database import Writes
from server.schedules.rotas import load_rotas
from server.tables.covers import TimeOff
from tests.kit.world import World
from tests.schedules.test_leaving import SCHEDULES, layer, rota, schedule

pytestmark = pytest.mark.store
__all__ = ["rota"]


async def test_shifts_within_time_off_are_marked(rota: World) -> None:
    first, second = [await schedule(rota, name, layer(rota, "Ana", "Bo")) for name in ("w", "v")]
    now = rota.clock.now()
    writes = Writes()
    for user, days, cancelled in (("Ana", (2, 4), None), ("Bo", (0, 9), now), ("Di", (0, 9), None)):
        writes.insert(
            TimeOff,
            id=f"off {user}",
            user_id=rota.users[user],
            start_at=now + timedelta(days=days[0]),
            end_at=now + timedelta(days=days[1]),
            reason="private",
            created_at=now,
            cancelled_at=cancelled,
        )
    await rota.db.apply(writes)
    client = await rota.sign_in("Cy")
    span = {"from": now.isoformat(), "to": (now + timedelta(days=8)).isoformat()}
    for id in (first, second):
        answer = await client.get(f"{SCHEDULES}/{id}/shifts", **span)
        marked = {each["start"][:10] for each in answer["items"] if each["on_time_off"]}
        assert marked == {"2026-11-22", "2026-11-24"}
        assert "private" not in str(answer)
    later = await load_rotas(rota.db, [first], since=now + timedelta(days=4))
    assert later[first].rota.time_off == ()
