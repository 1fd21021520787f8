"""While alerts pour in, pages leave, verbs are answered, others are paged, and nothing is lost: on whole processes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.kit.processes import until
from tests.kit.storm_site import Sender, StormSite, body

pytestmark = pytest.mark.store


@contextlib.asynccontextmanager
async def raining(site: StormSite, cluster: str, *, rate: float, seconds: float) -> AsyncIterator[Sender]:
    """A steady stream into one group; it must still be pouring when the block ends."""
    sender = Sender(site.port)
    rain = asyncio.create_task(sender.steadily(site.ways["flood"], cluster, rate=rate, seconds=seconds))
    yield sender
    assert not rain.done(), "it was over before what was to happen beside it"
    await rain


async def incident_about(site: StormSite, cluster: str) -> dict[str, Any]:
    items = (await site.api.call("GET", "/api/v1/incidents"))["items"]
    [found] = [item for item in items if cluster in item["title"]]
    return found


async def alerts_of(site: StormSite, incident_id: str) -> int:
    found = await site.api.call("GET", f"/api/v1/incidents/{incident_id}")
    return found["alert_count"]


async def timeline_of(site: StormSite, incident_id: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {"limit": 200} | ({"cursor": cursor} if cursor else {})
        page = await site.api.call("GET", f"/api/v1/incidents/{incident_id}/timeline", params=query)
        entries += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return entries


async def timeline_telling_of(site: StormSite, incident_id: str, alerts: int) -> list[dict[str, Any]]:
    """Once it tells of so many alerts: what joins is told about once a second."""

    async def look() -> list[dict[str, Any]] | None:
        entries = await timeline_of(site, incident_id)
        told = sum(entry["args"]["count"] for entry in entries if entry["kind"] == "alerts_joined")
        return entries if told + 1 >= alerts else None

    return await until("every alert is told of", look, within_s=30)


async def test_a_steady_stream_into_one_group_pages_is_answered_and_lets_others_page(site: StormSite) -> None:
    await site.add_neighbour()
    async with raining(site, "steady", rate=80, seconds=12) as sender:
        await site.first_page("steady", within_s=10)
        incident = await incident_about(site, "steady")
        path = f"/api/v1/incidents/{incident['id']}"
        await Sender(site.port).all(site.ways["beside"], [body("neighbour", ["n"])], connections=1)
        await site.first_page("neighbour", within_s=10)
        assert (await site.api.call("POST", f"{path}/acknowledge"))["state"] == "acknowledged"
        assert (await site.api.call("POST", f"{path}/undo"))["state"] == "triggered"
        await site.api.call("POST", f"{path}/comments", {"text": "looking"})
        retitled = await site.api.call(
            "PATCH", path, {"title": "The rain"}, headers={"If-Match": str((await site.api.call("GET", path))["rev"])}
        )
        assert retitled["title"] == "The rain"
        assert (await site.api.call("POST", f"{path}/acknowledge"))["state"] == "acknowledged"
    await site.worked_through()
    assert sender.answers == {202: 80 * 12}
    assert await alerts_of(site, incident["id"]) == 80 * 12
    entries = await timeline_of(site, incident["id"])
    assert [entry["n"] for entry in entries] == list(range(1, len(entries) + 1))
    joined = [entry for entry in entries if entry["kind"] == "alerts_joined"]
    seconds = [entry["at"][:19] for entry in joined]
    assert len(joined) <= 2 * 12, "what joins is told about once a second"
    assert len(set(seconds)) >= len(seconds) - 2
    assert [entry["kind"] for entry in entries if entry["actor"]["kind"] == "user"] == [
        "acknowledged", "undone", "commented", "retitled", "acknowledged",
    ]  # fmt: skip


async def test_a_storm_pages_before_it_is_over_and_every_alert_is_counted(site: StormSite) -> None:
    sender = Sender(site.port)
    bodies = [body("storm", [f"p{n}-{k}" for k in range(100)]) for n in range(30)]
    pouring = asyncio.create_task(sender.all(site.ways["flood"], bodies))
    page = await site.first_page("storm", within_s=30)
    await pouring
    await site.worked_through()
    incident = await incident_about(site, "storm")
    assert sender.answers == {202: 30}
    assert await alerts_of(site, incident["id"]) == 3000
    assert len(site.pages("storm")) == 1
    entries = await timeline_telling_of(site, incident["id"], 3000)
    paged = next(n for n, entry in enumerate(entries) if entry["kind"] == "level_paged")
    assert any(entry["kind"] == "alerts_joined" for entry in entries[paged:]), "it was paged while more came"
    assert page > 0


async def test_many_incidents_of_one_person_all_page_once(site: StormSite) -> None:
    await Sender(site.port).all(site.ways["flood"], [body(f"many{n}.", ["p"]) for n in range(120)])

    async def all_paged() -> bool | None:
        return len(site.pages("many")) >= 120 or None

    await until("every page has arrived", all_paged)
    assert len({request.json["data"]["incident"]["incident_id"] for request in site.pages("many")}) == 120
    assert len(site.pages("many")) == 120
