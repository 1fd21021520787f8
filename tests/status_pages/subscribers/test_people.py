"""Members hear of pages by their own ways, internal ones too, as long as they see them."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from server.kernel.database import Database, Priority
from server.kernel.settings import Settings
from shared.wire import routes
from tests.kit.world import World
from tests.status_pages.subscribers.post_office import PostOffice, post_office, text_of


@pytest.mark.store
async def test_a_member_subscribes_to_an_internal_page_and_hears_by_push(world: World) -> None:
    await world.add_team("Payments", is_private=True)
    await world.add_person("Root", role="admin")
    await world.add_person("Ana", team="Payments", role="manager")
    await world.add_person("Bo", team="Payments", language="zh")
    page = await world.add_status_page("Inside", "API", is_public=False)
    bo, path = await world.client("Bo"), routes.STATUS_SUBSCRIPTION.format(status_page_id=page.id)
    assert (await bo.send("GET", path)).status_code == 404
    wrong = await bo.send("PUT", path, {"is_for_all": False})
    assert wrong.json()["errors"][0]["field"] == "component_ids"
    saved = (await bo.send("PUT", path, {"is_for_all": False, "component_ids": [world.components["API"]]})).json()
    assert saved == await bo.get(path)
    said = world.update_of("investigating", API="full_outage") | {"body": {"en": "Looking.", "zh": "正在调查。"}}
    event = await world.add_status_event(page, "API down", said)
    await world.settle()
    rows = await world.db.values("SELECT priority, state, message FROM delivery")
    ((priority, state, message),) = rows
    assert (priority, state) == (Priority.BULK, "accepted")
    assert "正在调查。" in message
    assert f"/status/inside/events/{event.number}.html" in message
    ana = await world.client("Ana")
    letters = routes.STATUS_LETTERS.format(status_page_id=page.id, status_event_id=event.id)
    assert [(each["label"], each["state"]) for each in (await ana.get(letters))["items"]] == [("Bo", "sent")]
    assert (await bo.send("DELETE", path)).status_code == 204
    await world.add_status_event(page, "Again", said)
    await world.settle()
    assert await world.db.value("SELECT COUNT(*) FROM delivery") == 1


async def test_who_sees_the_page_no_more_hears_no_more(world: World) -> None:
    await world.add_team("Payments", is_private=True)
    await world.add_person("Root", role="admin")
    await world.add_person("Ana", team="Payments", role="manager")
    await world.add_person("Bo", team="Payments")
    page = await world.add_status_page("Inside", "API", is_public=False)
    path = routes.STATUS_SUBSCRIPTION.format(status_page_id=page.id)
    await (await world.client("Bo")).send("PUT", path, {})
    root = await world.client("Root")
    await root.send("DELETE", f"/api/v1/teams/{world.teams['Payments']}/members/{world.users['Bo']}")
    await world.add_status_event(page, "API down", world.update_of("investigating"))
    await world.settle()
    assert await world.db.value("SELECT COUNT(*) FROM delivery") == 0


@pytest.fixture
async def office(settings: Settings, db: Database, tmp_path: Path) -> AsyncGenerator[PostOffice]:
    async with post_office(settings, db, tmp_path / "sites", status_mails_a_day=3) as made:
        yield made


async def test_over_the_days_quota_letters_wait_and_the_publisher_hears_so_once(office: PostOffice) -> None:
    table = "email\n" + "\n".join(f"v{n}@example.com" for n in range(5))
    path = routes.STATUS_SUBSCRIBERS_CSV.format(status_page_id=office.page.id)
    await (await office.world.client("Ana")).post(path, {"csv": table})
    event = await office.publish(office.world.update_of("investigating", "x"))
    letters = [mail for mail in office.mails if mail["To"].startswith("v")]
    notices = [mail for mail in office.mails if mail["To"] == "ana@example.com"]
    assert (len(letters), len(notices)) == (3, 1)
    assert "emails wait until tomorrow" in notices[0]["Subject"]
    assert "3 emails a day" in text_of(notices[0])
    counted = routes.STATUS_NOTIFIED.format(status_page_id=office.page.id, status_event_id=event.id)
    (counts,) = (await (await office.world.client("Ana")).get(counted))["items"]
    assert (counts["sent"], counts["held"]) == (3, 2)
    await office.world.advance(hours=24)
    assert len([mail for mail in office.mails if mail["To"].startswith("v")]) == 5
