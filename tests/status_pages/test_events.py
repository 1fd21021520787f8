"""Events over HTTP: published, told afterwards, edited, linked; maintenance by time and by hand; uptime from them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.wire import routes
from shared.wire.status_pages import StatusEvent, StatusPage
from tests.kit.client import Client
from tests.kit.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    await world.add_person("Root", role="admin")
    return world


@pytest.fixture
async def page(world: World) -> StatusPage:
    return await world.add_status_page("Nordwind", "Payments: Checkout, Payouts", "API")


class Ana(Client):
    """Signs in anew when time has passed."""

    def __init__(self, world: World) -> None:
        super().__init__(world.http)
        self.world = world

    async def send(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return await (await self.world.client("Ana")).send(method, path, body, **more)


@pytest.fixture
async def ana(world: World) -> Client:
    return Ana(world)


def events_of(page: StatusPage) -> str:
    return routes.STATUS_EVENTS.format(status_page_id=page.id)


def path_of(page: StatusPage, event: StatusEvent | dict[str, Any]) -> str:
    return f"{events_of(page)}/{event['id'] if isinstance(event, dict) else event.id}"


async def impacts(client: Client, page: StatusPage) -> dict[str, str]:
    """What each component is now, those that are operational left out."""
    found = await client.get(routes.STATUS_COMPONENTS.format(status_page_id=page.id))
    components = [each for group in found["groups"] for each in group["components"]]
    return {each["name"]["en"]: each["impact"] for each in components if each["impact"] != "operational"}


async def uptime(client: Client, page: StatusPage) -> dict[str, Any]:
    return await client.get(routes.STATUS_UPTIME.format(status_page_id=page.id))


def flaws(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    return [(each["field"], each["code"]) for each in answer.json()["errors"]]


@pytest.mark.store
async def test_an_incident_runs_its_course_and_its_end_returns_all_components(
    world: World, page: StatusPage, ana: Client
) -> None:
    down = world.update_of("investigating", "Cards fail.", Checkout="partial_outage", API="degraded_performance")
    event = await world.add_status_event(page, "Card payments partly failing", down)
    assert (event.number, event.status, event.is_open) == (1, "investigating", True)
    assert await impacts(ana, page) == {"Checkout": "partial_outage", "API": "degraded_performance"}
    await world.advance(minutes=30)
    worse = world.update_of("identified", "A release.", Checkout="full_outage")
    found = await ana.post(f"{path_of(page, event)}/updates", worse)
    assert (found["status"], found["rev"], [each["status"] for each in found["updates"]]) == (
        "identified",
        2,
        ["identified", "investigating"],
    )
    await world.advance(minutes=30)
    over = await ana.post(f"{path_of(page, event)}/updates", world.update_of("resolved", "Rolled back."))
    assert (over["is_open"], over["impacts"]) == (False, [])
    assert await impacts(ana, page) == {}
    figures = {each["uptime"]["id"]: each for each in (await uptime(ana, page))["components"]}
    checkout, api = (figures[world.components[name]] for name in ("Checkout", "API"))
    assert (checkout["uptime"]["down_s"], checkout["uptime"]["available_s"]) == (3600, 3600)
    assert (checkout["uptime"]["percent"], api["uptime"]["percent"]) == ("0.00", "100.00")
    today = checkout["days"][-1]
    assert (len(checkout["days"]), today["shown"], today["event_ids"]) == (90, "full_outage", [event.id])
    assert today["seconds"] == {"partial_outage": 1800, "full_outage": 1800}


async def test_impacts_are_those_of_the_kind_and_components_those_of_the_page(
    world: World, page: StatusPage, ana: Client
) -> None:
    async def tried(status: str, kind: str = "incident", **changes: Any) -> Any:
        body = {"kind": kind, "title": {"en": "x"}, "updates": [world.update_of(status, **changes)]}
        return await ana.send("POST", events_of(page), body)

    assert flaws(await tried("identified", API="under_maintenance")) == [
        ("updates[0].changes[0].impact", "not_of_this_event")
    ]
    assert ("updates[0].changes[0].impact", "not_of_this_event") in flaws(
        await tried("scheduled", "maintenance", API="full_outage")
    )
    other = await world.add_status_page("Other", "Web")
    body = {"kind": "incident", "title": {"en": "x"}, "updates": [world.update_of("identified", Web="full_outage")]}
    assert (await ana.send("POST", events_of(other), body)).status_code == 201
    assert flaws(await ana.send("POST", events_of(page), body)) == [("updates[0].changes[0].component_id", "unknown")]


async def test_what_is_closed_stays_closed(world: World, page: StatusPage, ana: Client) -> None:
    event = await world.add_status_event(page, "Slow", world.update_of("investigating", API="full_outage"))
    await world.advance(minutes=1)
    await ana.post(f"{path_of(page, event)}/updates", world.update_of("resolved"))
    await world.advance(minutes=1)
    again = await ana.send("POST", f"{path_of(page, event)}/updates", world.update_of("investigating"))
    assert flaws(again) == [("status", "out_of_order")]
    worse = world.update_of("resolved", API="full_outage")
    assert flaws(await ana.send("POST", f"{path_of(page, event)}/updates", worse)) == [
        ("changes[0].impact", "closed_is_operational")
    ]
    await ana.post(f"{path_of(page, event)}/updates", world.update_of("resolved", "What we learned."))


@pytest.mark.store
async def test_a_maintenance_begins_and_ends_by_itself_at_its_times(
    world: World, page: StatusPage, ana: Client
) -> None:
    start = world.clock.now() + HOUR
    event = await add_maintenance(world, page, start)
    await world.advance(minutes=59)
    assert await impacts(ana, page) == {}
    await world.advance(minutes=1)
    assert await impacts(ana, page) == {"API": "under_maintenance"}
    await world.advance(minutes=31)
    assert await impacts(ana, page) == {}
    found = await ana.get(path_of(page, event))
    assert [(each["status"], each["body"]["en"]) for each in found["updates"]] == [
        ("completed", "The maintenance is complete."),
        ("in_progress", "The maintenance has begun."),
        ("scheduled", "Short pause."),
    ]
    assert [instant(each["at"]) for each in found["updates"][:2]] == [start + HOUR / 2, start]
    api = next(
        each for each in (await uptime(ana, page))["components"] if each["uptime"]["id"] == world.components["API"]
    )
    assert api["uptime"]["available_s"] == (world.clock.now() - START_OF[page.id]).total_seconds() - 1800


START_OF: dict[str, datetime] = {}


async def add_maintenance(world: World, page: StatusPage, start: datetime, **more: Any) -> StatusEvent:
    START_OF.setdefault(page.id, world.clock.now())
    said = world.update_of("scheduled", "Short pause.", API="under_maintenance")
    hours = {"kind": "maintenance", "starts_at": start, "ends_at": start + HOUR / 2}
    return await world.add_status_event(page, "Database upgrade", said, **hours, **more)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_what_is_set_by_hand_stops_the_timer(world: World, page: StatusPage, ana: Client) -> None:
    event = await add_maintenance(world, page, world.clock.now() + HOUR)
    begun = await ana.post(f"{path_of(page, event)}/updates", world.update_of("in_progress", "Early."))
    assert not begun["is_by_time"]
    await world.advance(hours=3)
    assert (await ana.get(path_of(page, event)))["status"] == "in_progress"


async def test_a_remark_leaves_the_timer_alone(world: World, page: StatusPage, ana: Client) -> None:
    event = await add_maintenance(world, page, world.clock.now() + HOUR)
    said = await ana.post(f"{path_of(page, event)}/updates", world.update_of("scheduled", "Payouts wait too."))
    assert said["is_by_time"]
    await world.advance(hours=3)
    assert (await ana.get(path_of(page, event)))["status"] == "completed"


async def test_hours_may_be_moved_and_the_timer_goes_with_them(world: World, page: StatusPage, ana: Client) -> None:
    start = world.clock.now() + HOUR
    event = await add_maintenance(world, page, start)
    later = start + 2 * HOUR
    moved = {"title": {"en": "Later"}, "starts_at": later, "ends_at": later + HOUR, "is_by_time": True}
    await ana.put(path_of(page, event), moved, rev=1)
    await world.advance(hours=2)
    assert (await ana.get(path_of(page, event)))["status"] == "scheduled"
    await world.advance(hours=1)
    assert (await ana.get(path_of(page, event)))["status"] == "in_progress"
    by_hand = moved | {"is_by_time": False}
    found = await ana.get(path_of(page, event))
    await ana.put(path_of(page, event), by_hand, rev=found["rev"])
    await world.advance(hours=5)
    assert (await ana.get(path_of(page, event)))["status"] == "in_progress"


async def test_a_template_words_what_happens_by_itself(world: World, page: StatusPage, ana: Client) -> None:
    template = {"name": "Begun", "kind": "maintenance", "status": "in_progress", "body": {"en": "We are at it."}}
    await ana.post(routes.STATUS_TEMPLATES.format(status_page_id=page.id), template)
    event = await add_maintenance(world, page, world.clock.now() + HOUR)
    await world.advance(hours=1)
    assert (await ana.get(path_of(page, event)))["updates"][0]["body"]["en"] == "We are at it."


@pytest.mark.store
async def test_what_is_published_later_is_seen_and_counts_only_then(
    world: World, page: StatusPage, ana: Client
) -> None:
    at = world.clock.now() + HOUR
    said = world.update_of("investigating", "Planned.", API="full_outage")
    event = await world.add_status_event(page, "Announced", said, publish_at=at)
    assert event.published_at is None
    assert await impacts(ana, page) == {}
    refused = await ana.send("POST", f"{path_of(page, event)}/updates", world.update_of("identified"))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_published")
    await world.advance(hours=1)
    found = await ana.get(path_of(page, event))
    assert (instant(found["published_at"]), instant(found["updates"][0]["at"])) == (at, at)
    assert await impacts(ana, page) == {"API": "full_outage"}
    again = {"title": {"en": "Announced"}, "publish_at": at + HOUR}
    moved = await ana.send("PUT", path_of(page, event), again, headers={"if-match": str(found["rev"])})
    assert (moved.status_code, moved.json()["code"]) == (409, "published_already")


async def test_the_time_of_publishing_may_be_moved_or_taken_away(world: World, page: StatusPage, ana: Client) -> None:
    at = world.clock.now() + HOUR
    event = await world.add_status_event(page, "Announced", world.update_of("investigating"), publish_at=at)
    moved = await ana.put(path_of(page, event), {"title": {"en": "A"}, "publish_at": at + HOUR}, rev=1)
    assert instant(moved["updates"][0]["at"]) == at + HOUR
    await world.advance(hours=1)
    assert (await ana.get(path_of(page, event)))["published_at"] is None
    now = await ana.put(path_of(page, event), {"title": {"en": "A"}}, rev=moved["rev"])
    assert instant(now["published_at"]) == instant(now["updates"][0]["at"]) == world.clock.now()


@pytest.mark.store
async def test_an_event_told_afterwards_counts_like_one_that_was_told_live(world: World, ana: Client) -> None:
    live, past = [await world.add_status_page(name, f"{name}: {name}Web") for name in ("Live", "Past")]
    begun = world.clock.now()
    event = await world.add_status_event(live, "Down", world.update_of("investigating", LiveWeb="full_outage"))
    await world.advance(minutes=17)
    await ana.post(f"{path_of(live, event)}/updates", world.update_of("resolved"))
    ended = world.clock.now()
    await world.advance(hours=2)
    said = [
        world.update_of("investigating", at=begun, PastWeb="full_outage"),
        world.update_of("resolved", at=ended),
    ]
    told = await world.add_status_event(past, "Down", *said, is_past=True)
    assert (told.status, told.is_open, told.began_at, told.closed_at) == ("resolved", False, begun, ended)
    figures = [(await uptime(ana, page))["components"][0] for page in (live, past)]
    for each in figures:
        del each["uptime"]["id"]
        for day in each["days"]:
            del day["event_ids"]
    assert figures[0] == figures[1]
    assert figures[0]["uptime"]["down_s"] == 17 * 60


async def test_updates_are_edited_and_removed_with_their_history(world: World, page: StatusPage, ana: Client) -> None:
    event = await world.add_status_event(page, "Slow", world.update_of("investigating", "Fisrt.", API="full_outage"))
    await world.advance(minutes=10)
    two = await ana.post(f"{path_of(page, event)}/updates", world.update_of("identified", "Second."))
    first = two["updates"][1]
    path = f"{path_of(page, event)}/updates/{first['id']}"
    mended = world.update_of("investigating", "First.", API="degraded_performance")
    assert (await ana.send("PUT", path, mended, headers={"if-match": "1"})).status_code == 412
    edited = await ana.put(path, mended, rev=2)
    assert edited["updates"][1]["edited_at"] is not None
    assert edited["updates"][1]["at"] == first["at"]
    assert await impacts(ana, page) == {"API": "degraded_performance"}
    second = f"{path_of(page, event)}/updates/{edited['updates'][0]['id']}"
    assert (await ana.send("DELETE", second, headers={"if-match": "3"})).status_code == 204
    left = await ana.get(path_of(page, event))
    assert (left["status"], [each["body"]["en"] for each in left["updates"]]) == ("investigating", ["First."])
    only = await ana.send("DELETE", path, headers={"if-match": str(left["rev"])})
    assert (only.status_code, only.json()["code"]) == (409, "only_update")
    history = (await ana.get(f"{path_of(page, event)}/history"))["items"]
    assert [(each["was"]["body"]["en"], each["is_removed"], each["changed_by_name"]) for each in history] == [
        ("Second.", True, "Ana"),
        ("Fisrt.", False, "Ana"),
    ]
    page_of_one = await ana.get(f"{path_of(page, event)}/history", limit=1)
    following = await ana.get(f"{path_of(page, event)}/history", limit=1, cursor=page_of_one["next_cursor"])
    assert [each["was"]["body"]["en"] for each in following["items"]] == ["Fisrt."]


async def test_an_edit_that_no_longer_fits_its_neighbours_is_refused(
    world: World, page: StatusPage, ana: Client
) -> None:
    event = await world.add_status_event(page, "Slow", world.update_of("investigating"))
    await world.advance(minutes=10)
    over = await ana.post(f"{path_of(page, event)}/updates", world.update_of("resolved"))
    begins, ends = over["updates"][1], over["updates"][0]
    path = f"{path_of(page, event)}/updates"
    wrong = world.update_of("resolved", at=instant(begins["at"]))
    assert (await ana.send("PUT", f"{path}/{begins['id']}", wrong, headers={"if-match": "2"})).status_code == 200
    back = world.update_of("monitoring", at=instant(ends["at"]))
    assert flaws(await ana.send("PUT", f"{path}/{ends['id']}", back, headers={"if-match": "3"})) == [
        ("status", "out_of_order")
    ]


async def test_events_are_linked_from_both_sides_and_removed_for_good(
    world: World, page: StatusPage, ana: Client
) -> None:
    cause = await add_maintenance(world, page, world.clock.now() + HOUR)
    event = await world.add_status_event(
        page, "Slow", world.update_of("investigating", API="full_outage"), linked_event_ids=[cause.id]
    )
    assert (await ana.get(path_of(page, cause)))["linked_event_ids"] == [event.id]
    own = {"title": {"en": "Slow"}, "linked_event_ids": [event.id]}
    assert flaws(await ana.send("PUT", path_of(page, event), own, headers={"if-match": "1"})) == [
        ("linked_event_ids[0]", "unknown")
    ]
    assert (await ana.send("DELETE", path_of(page, event), headers={"if-match": "1"})).status_code == 204
    assert (await ana.get(path_of(page, cause)))["linked_event_ids"] == []
    assert (await ana.send("GET", path_of(page, event))).status_code == 404
    assert await impacts(ana, page) == {}
    assert (await uptime(ana, page))["components"][0]["days"][-1]["event_ids"] == []
    await world.add_status_event(page, "Next", world.update_of("investigating"))
    assert [each["number"] for each in (await ana.get(events_of(page)))["items"]] == [3, 1]


async def test_the_list_is_cut_and_filtered(world: World, page: StatusPage, ana: Client) -> None:
    for n in range(3):
        await world.add_status_event(page, f"Event {n}", world.update_of("investigating"))
        await world.advance(minutes=1)
    found = (await ana.get(events_of(page)))["items"]
    assert [each["title"]["en"] for each in found] == ["Event 2", "Event 1", "Event 0"]
    await ana.post(f"{path_of(page, found[1])}/updates", world.update_of("resolved"))
    first = await ana.get(events_of(page), limit=2)
    rest = await ana.get(events_of(page), limit=2, cursor=first["next_cursor"])
    assert [each["number"] for each in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None
    assert [each["number"] for each in (await ana.get(events_of(page), is_open="true"))["items"]] == [3, 1]
    assert [each["number"] for each in (await ana.get(events_of(page), is_open="false"))["items"]] == [2]
    assert (await ana.get(events_of(page), kind="maintenance"))["items"] == []


async def test_components_that_are_removed_count_until_then_and_can_not_be_named_anew(
    world: World, page: StatusPage, ana: Client
) -> None:
    event = await world.add_status_event(page, "Down", world.update_of("investigating", API="full_outage"))
    await ana.put(f"{routes.STATUS_PAGES}/{page.id}/components", {"groups": []}, rev=page.rev)
    another = {"kind": "incident", "title": {"en": "x"}, "updates": [world.update_of("identified", API="full_outage")]}
    refused = await ana.send("POST", events_of(page), another)
    assert flaws(refused) == [("updates[0].changes[0].component_id", "unknown")]
    still = world.update_of("identified", API="partial_outage")
    assert (await ana.post(f"{path_of(page, event)}/updates", still))["status"] == "identified"
    assert (await uptime(ana, page))["components"] == []
