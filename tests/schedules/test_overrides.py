"""Overrides are kept for ever, and all of them can be read."""

from datetime import timedelta
from typing import Any

import pytest

from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team


@pytest.mark.store
async def test_every_override_is_listed_page_by_page(world: World) -> None:
    """They are kept for ever, and a list that ends without a word would lose the oldest."""
    team = await Team.build(world)
    made: list[str] = []
    for hours in (1, 2, 2, 3, 4):
        span = {"start": (team.now + timedelta(hours=hours)).isoformat(), "end": "2026-11-30T00:00:00Z"}
        made.append((await world.add_override(team.schedule_id, "Cy", by="Root", **span)).id)
    path, root = f"{SCHEDULES}/{team.schedule_id}/overrides", await world.client("Root")
    whole = (await root.get(path))["items"]
    assert [each["id"] for each in whole] == [made[4], made[3], made[2], made[1], made[0]]
    for limit in (1, 2, 3):
        walked, cursor = list[Any](), None
        for _ in range(6):
            page = await root.get(path, limit=limit, **({"cursor": cursor} if cursor else {}))
            walked += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert walked == whole
    assert (await root.send("GET", path, cursor="nonsense")).json()["errors"][0]["code"] == "bad_cursor"


async def test_whoever_makes_somebody_hold_two_roles_at_once_hears_of_it(world: World) -> None:
    team = await Team.build(world, turns=("Ana/primary+Bo/backup",))
    of_ana = {"kind": "person", "user_id": world.users["Ana"]}

    async def warned(name: str, scope: dict[str, str]) -> list[tuple[str, str, str]]:
        made = await world.add_override(
            team.schedule_id, name, by="Root", scope=scope, **team.hours("22 08:00", "22 20:00")
        )
        return [(each.field, each.code, str(each.args["name"])) for each in made.warnings]

    assert await warned("Bo", of_ana) == [("user_id", "several_roles", "Bo")]
    assert await warned("Cy", of_ana) == []
    assert await warned("Di", {"kind": "all"}) == [], "that is what it is for"
