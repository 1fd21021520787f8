"""The demo has a public status page with eight weeks behind it, and one for colleagues."""

from datetime import timedelta

from server.configuration.demo_account import make_account
from server.configuration.demo_status import PAST, make_status_pages
from server.status_pages.read import load_published
from shared.domain.status.events import is_closed
from shared.wire import routes
from tests.kit.world import World


async def test_both_pages_are_there_with_their_history(world: World) -> None:
    now = world.clock.now()
    account = await make_account(world.db, world.engine.secrets, now)
    await make_status_pages(world.db, world.parts.settings, account, now)
    await world.settle()
    pages = dict(await world.db.values("SELECT slug, id FROM status_page"))
    assert set(pages) == {"nordwind", "inside"}
    events = await load_published(world.db, pages["nordwind"])
    assert len(events) == len(PAST) + 1
    over = [each for each in events if is_closed(each.row.kind, each.row.status)]
    assert len(over) == len(PAST)
    assert now - over[-1].row.began_at > timedelta(weeks=7, days=5)
    assert await world.db.value("SELECT COUNT(*) FROM status_rule") == 1
    await world.parts.site_keeper.refresh()
    shown = await world.http.get(f"{routes.STATUS_SITES}/nordwind/")
    assert shown.status_code == 200
    assert "Everything works" in shown.text
    assert "Database upgrade, Reports" in shown.text
    inside = await world.http.get(f"{routes.STATUS_SITES}/inside/")
    assert (inside.status_code, "Warehouse" in inside.text) == (401, False)


async def test_what_is_open_in_the_warehouse_stands_on_the_page_for_colleagues(world: World) -> None:
    now = world.clock.now()
    account = await make_account(world.db, world.engine.secrets, now)
    await world.add_person("Root", role="admin")
    body = {"title": "Disk 91 % full on pg-warehouse-2", "service_id": next(iter(account.services.values()))}
    opened = await (await world.client("Root")).post(routes.INCIDENTS, body)
    await make_status_pages(world.db, world.parts.settings, account, now)
    (event,) = await load_published(world.db, await world.db.value("SELECT id FROM status_page WHERE slug = 'inside'"))
    assert event.row.title.en == "Warehouse short of disk space"
    linked = await world.db.value("SELECT incident_id FROM status_publication")
    assert linked == opened["id"]
