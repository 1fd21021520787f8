"""Events of the past come from a table, after a dry run that shows uptime before and after."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.wire import routes
from shared.wire.status_pages import StatusPage
from tests.kit.world import World

HEADER = "event,kind,title,at,status,component,impact,body\n"


@pytest.fixture
async def page(world: World) -> StatusPage:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    page = await world.add_status_page("Nordwind", "Checkout, Payouts")
    path = routes.STATUS_COMPONENTS.format(status_page_id=page.id)
    ana = await world.client("Ana")
    found = await ana.get(path)
    since = world.clock.now() - timedelta(days=100)
    for each in found["groups"][0]["components"]:
        each.pop("impact")
        each["available_since"] = since.isoformat()
    await ana.put(path, {"groups": found["groups"]}, rev=found["rev"])
    return page


async def take(world: World, page: StatusPage, lines: str, **more: Any) -> httpx.Response:
    path = routes.STATUS_EVENTS_CSV.format(status_page_id=page.id)
    return await (await world.client("Ana")).send("POST", path, {"csv": HEADER + lines, **more})


def down(world: World, *, days_ago: int = 10, hours: int = 9) -> str:
    """Two components down, one of them for the whole time."""
    start = world.clock.now() - timedelta(days=days_ago)
    end = start + timedelta(hours=hours)
    return (
        f'1,incident,"Cards, failing",{start.isoformat()},investigating,Checkout,full_outage,"Looking.\nStill."\n'
        f"1,incident,,{start.isoformat()},investigating,payouts,degraded_performance,\n"
        f"1,,,{end.isoformat()},resolved,,,Done.\n"
    )


@pytest.mark.store
async def test_a_dry_run_shows_uptime_before_and_after_and_keeps_nothing(world: World, page: StatusPage) -> None:
    dry = (await take(world, page, down(world), dry_run=True)).json()
    assert (dry["events"], dry["updates"]) == (1, 2)
    by_id = {each["component_id"]: (each["before"], each["after"]) for each in dry["uptime"]}
    assert by_id[world.components["Payouts"]] == ("100.00", "100.00")
    before, after = by_id[world.components["Checkout"]]
    assert (before, after < "99.60") == ("100.00", True)
    assert await world.db.value("SELECT COUNT(*) FROM status_event") == 0
    kept = (await take(world, page, down(world))).json()
    assert kept == dry
    figures = await (await world.client("Ana")).get(routes.STATUS_UPTIME.format(status_page_id=page.id))
    found = {each["uptime"]["id"]: each["uptime"]["percent"] for each in figures["components"]}
    assert found[world.components["Checkout"]] == after, "what was promised is what became of it"
    events = (await (await world.client("Ana")).get(routes.STATUS_EVENTS.format(status_page_id=page.id)))["items"]
    assert [(each["title"]["en"], each["status"], each["is_open"]) for each in events] == [
        ("Cards, failing", "resolved", False)
    ]
    assert events[0]["updates"][1]["body"]["en"] == "Looking.\nStill."
    assert await world.db.value("SELECT COUNT(*) FROM audit WHERE verb = 'events_imported'") == 1


async def test_several_events_have_numbers_of_their_own(world: World, page: StatusPage) -> None:
    more = down(world, days_ago=20).replace("\n1,", "\n2,")
    answer = await take(world, page, down(world) + "2" + more[1:])
    assert answer.json()["events"] == 2
    rows = await world.db.values("SELECT number FROM status_event ORDER BY number")
    assert rows == [(1,), (2,)]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("1,incident,x,2026-11-01T00:00:00Z,investigating,,,\n", ("too_few", 2)),
        ("1,outage,x,2026-11-01T00:00:00Z,investigating,,,\n", ("unknown_value", 2)),
        ("1,incident,x,yesterday,investigating,,,\n", ("not_an_instant", 2)),
        ("1,incident,x,2026-11-01T00:00:00,investigating,,,\n", ("not_an_instant", 2)),
        ("1,incident,x,2026-11-01T00:00:00Z,investigating,Nothing,full_outage,\n", ("unknown", 2)),
        ("1,incident,x,2026-11-01T00:00:00Z,investigating,Checkout,,\n", ("one_of", 2)),
        ("1,incident,x,2026-11-01T00:00:00Z,investigating,Checkout,broken,\n", ("unknown_value", 2)),
        (
            "1,incident,x,2026-11-01T00:00:00Z,investigating,,,\n1,,,2026-11-01T01:00:00Z,fixed,,,\n",
            ("not_of_this_event", 2),
        ),
    ],
)
async def test_what_cannot_be_taken_is_named_by_its_line(
    world: World, page: StatusPage, lines: str, wanted: tuple[str, int]
) -> None:
    answer = await take(world, page, lines)
    assert answer.status_code == 400, answer.text
    flaw = answer.json()["errors"][0]
    assert (flaw["field"], flaw["code"], flaw["args"]["line"]) == ("csv", *wanted)
    assert await world.db.value("SELECT COUNT(*) FROM status_event") == 0


async def test_a_table_without_its_header_is_refused(world: World, page: StatusPage) -> None:
    path = routes.STATUS_EVENTS_CSV.format(status_page_id=page.id)
    answer = await (await world.client("Ana")).send("POST", path, {"csv": "a,b\n1,2\n"})
    assert answer.json()["errors"][0]["code"] == "no_header"


async def test_a_cell_that_no_table_holds_is_refused(world: World, page: StatusPage) -> None:
    path = routes.STATUS_EVENTS_CSV.format(status_page_id=page.id)
    answer = await (await world.client("Ana")).send("POST", path, {"csv": f"event,title,at,status\n{'x' * 200_000}"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_csv")
