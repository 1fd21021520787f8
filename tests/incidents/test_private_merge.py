"""What a private team owns doesn't get out by merging."""

import pytest

from server.kernel.database import Writes
from tests.incidents.desk import Desk
from tests.kit.world import World


@pytest.mark.parametrize("way", ["one", "bulk"])
async def test_incidents_of_a_private_team_are_merged_within_it_only(world: World, way: str) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await world.add_team("Hidden", is_private=True)
    await world.add_person("Hal", role="admin")
    hal = await world.sign_in("Hal")
    body = {"title": "secret", "team_id": world.teams["Hidden"], "user_ids": [world.users["Hal"]]}
    hidden = await hal.post("/api/v1/incidents", body)
    if way == "one":
        answer = await hal.send("POST", f"/api/v1/incidents/{hidden['id']}/merge", {"into": incident["id"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "private_team")
    else:
        bulk = {"verb": "merge", "ids": [hidden["id"]], "args": {"into": incident["id"]}}
        answer = await hal.send("POST", "/api/v1/incidents/bulk", bulk)
        assert answer.json()["items"][0]["done"] is False
    assert "secret" not in str(await (await world.sign_in("Ana")).get(f"/api/v1/incidents/{incident['id']}/timeline"))
    await world.db.apply(Writes().sql("UPDATE team SET is_private = :no", no=False))
    await hal.post(f"/api/v1/incidents/{hidden['id']}/merge", {"into": incident["id"]})
