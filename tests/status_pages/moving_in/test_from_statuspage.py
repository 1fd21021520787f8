"""A page moves in from Atlassian Statuspage: structure, what is over, subscribers; twice makes nothing twice."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.wire import routes
from shared.wire.status_pages import StatusPage
from tests.kit.world import World

NAIVE = '{"incidents": [{"name": "x", "created_at": "2026-01-01T00:00:00", "incident_updates": []}]}'


@pytest.fixture
async def page(world: World) -> StatusPage:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    return await world.add_status_page("Nordwind", "API")


def export_of(world: World) -> dict[str, Any]:
    """As Statuspage's API gives it, shortened."""
    start = world.clock.now() - timedelta(days=10)
    at = [(start + timedelta(minutes=30 * n)).isoformat() for n in range(4)]
    down = [{"code": "c1", "name": "Checkout", "old_status": "operational", "new_status": "major_outage"}]
    done = [{"code": "c1", "name": "Checkout", "old_status": "major_outage", "new_status": "operational"}]
    return {
        "page": {"id": "p", "name": "Nordwind", "url": "https://status.example.com"},
        "components": [
            {"id": "g", "name": "Payments", "group": True, "status": "operational"},
            {"id": "c1", "name": "Checkout", "group_id": "g", "created_at": "2020-01-01T00:00:00.000Z"},
            {"id": "c2", "name": "api", "group_id": None, "description": None},
        ],
        "incidents": [
            {
                "id": "i1", "name": "Cards <b>fail</b>", "status": "postmortem", "impact": "critical",
                "created_at": at[0],
                "incident_updates": [
                    {"status": "postmortem", "body": "Long.", "display_at": at[3]},
                    {"status": "resolved", "body": "Done.<br />Sorry.", "display_at": at[2],
                     "affected_components": done},
                    {"status": "investigating", "body": "Looking.", "display_at": at[0], "affected_components": down},
                ],
            },
            {
                "id": "i2", "name": "Slow", "impact": "minor", "created_at": at[0], "components": [{"id": "c2"}],
                "incident_updates": [{"status": "resolved", "body": "Over.", "display_at": at[1]}],
            },
            {"id": "i3", "name": "Still open", "created_at": at[0], "incident_updates": [
                {"status": "investigating", "body": "?", "display_at": at[0]}]},
        ],
        "scheduled_maintenances": [
            {
                "id": "m1", "name": "Upgrade", "created_at": at[0], "scheduled_for": at[1], "scheduled_until": at[2],
                "incident_updates": [
                    {"status": "scheduled", "body": "Soon.", "display_at": at[0]},
                    {"status": "in_progress", "body": "Now.", "display_at": at[1], "affected_components": [
                        {"code": "c1", "new_status": "under_maintenance"}]},
                    {"status": "verifying", "body": "Nearly.", "display_at": at[1]},
                    {"status": "completed", "body": "Done.", "display_at": at[2]},
                ],
            }
        ],
        "subscribers": [{"email": "Vera@Example.com"}, {"email": "nobody"}, {"phone_number": "1"}],
    }  # fmt: skip


async def take(world: World, page: StatusPage, export: Any, **more: Any) -> httpx.Response:
    path = routes.STATUS_STATUSPAGE.format(status_page_id=page.id)
    body = {"content": export if isinstance(export, str) else json.dumps(export), **more}
    return await (await world.client("Ana")).send("POST", path, body)


@pytest.mark.store
async def test_structure_history_and_subscribers_move_in_and_only_once(world: World, page: StatusPage) -> None:
    export = export_of(world)
    wanted = {
        "components": 1,
        "events": 3,
        "subscribers": 1,
        "skipped": [{"name": "Still open", "code": "not_closed"}],
    }
    assert (await take(world, page, export, dry_run=True)).json() == wanted
    assert await world.db.value("SELECT COUNT(*) FROM status_event") == 0
    assert (await take(world, page, export)).json() == wanted
    ana = await world.client("Ana")
    found = await ana.get(routes.STATUS_COMPONENTS.format(status_page_id=page.id))
    assert [
        (group["name"] and group["name"]["en"], [each["name"]["en"] for each in group["components"]])
        for group in found["groups"]
    ] == [(None, ["API"]), ("Payments", ["Checkout"])]
    events = (await ana.get(routes.STATUS_EVENTS.format(status_page_id=page.id)))["items"]
    told = {each["title"]["en"]: each for each in events}
    assert set(told) == {"Cards fail", "Slow", "Upgrade"}
    assert [each["status"] for each in told["Cards fail"]["updates"]] == ["resolved", "investigating"]
    assert told["Cards fail"]["updates"][0]["body"]["en"] == "Done.\nSorry."
    assert [each["status"] for each in told["Slow"]["updates"]] == ["resolved", "investigating"]
    uptime = await ana.get(routes.STATUS_UPTIME.format(status_page_id=page.id))
    down = {each["uptime"]["id"]: each["uptime"]["down_s"] for each in uptime["components"]}
    checkout = found["groups"][1]["components"][0]["id"]
    assert down[checkout] == 1800, "an hour down, and half of it under maintenance"
    assert await world.db.values("SELECT email FROM status_subscriber") == [("vera@example.com",)]
    again = (await take(world, page, export)).json()
    assert (again["components"], again["events"], again["subscribers"]) == (0, 0, 0)
    assert sorted(each["code"] for each in again["skipped"]) == ["known", "known", "known", "not_closed"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"components": [{"name": 1}]}', '{"incidents": 7}', NAIVE])
async def test_what_is_no_export_is_refused(world: World, page: StatusPage, content: str) -> None:
    answer = await take(world, page, content)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"] == "content"


async def test_what_is_odd_costs_itself(world: World, page: StatusPage) -> None:
    export = export_of(world)
    export["incidents"][0]["name"] = "\x00Cards"
    export["incidents"][1]["incident_updates"][0]["display_at"] = "0001-01-01T00:00:00Z"
    answer = (await take(world, page, export)).json()
    assert answer["events"] == 2
    assert {each["code"] for each in answer["skipped"]} == {"not_closed", "out_of_range"}
    titles = [title for (title,) in await world.db.values("SELECT title FROM status_event")]
    assert not any("\x00" in title or "\\u0000" in title for title in titles)
