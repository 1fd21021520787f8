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
