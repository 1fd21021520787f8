"""Subscribers come from a table without being asked, audited, and go into one."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.kernel.database import Database
from server.kernel.settings import Settings
from shared.wire import routes
from tests.status_pages.subscribers.post_office import PostOffice, post_office

TABLE = "email,language,components\nVera@Example.com,en,\nli@example.com,zh,Checkout; api\n=x@example.com,,Payouts\n"


@pytest.fixture
async def office(settings: Settings, db: Database, tmp_path: Path) -> AsyncGenerator[PostOffice]:
    async with post_office(settings, db, tmp_path / "sites", status_subscribers=4) as made:
        yield made


async def take(office: PostOffice, table: str, **more: Any) -> httpx.Response:
    path = routes.STATUS_SUBSCRIBERS_CSV.format(status_page_id=office.page.id)
    return await (await office.world.client("Ana")).send("POST", path, {"csv": table, **more})


@pytest.mark.store
async def test_who_is_imported_hears_at_once_and_is_exported_as_they_came(office: PostOffice) -> None:
    dry = await take(office, TABLE, dry_run=True)
    assert dry.json() == {"added": 3, "known": 0}
    assert await office.world.db.value("SELECT COUNT(*) FROM status_subscriber") == 0
    assert (await take(office, TABLE)).json() == {"added": 3, "known": 0}
    assert (await take(office, TABLE)).json() == {"added": 0, "known": 3}
    await office.world.settle()
    assert office.mails == [], "nobody is asked"
    verbs = await office.world.db.values("SELECT verb FROM audit WHERE verb = 'subscribers_imported'")
    assert len(verbs) == 2
    await office.publish(office.world.update_of("investigating", "x", API="full_outage"))
    assert sorted(mail["To"] for mail in office.mails) == ["li@example.com", "vera@example.com"]
    ana = await office.world.client("Ana")
    answer = await ana.send("GET", routes.STATUS_SUBSCRIBERS_CSV.format(status_page_id=office.page.id))
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines() == [
        "email,language,components",
        "vera@example.com,en,",
        "li@example.com,zh,Checkout;API",
        "'=x@example.com,en,Payouts",
    ], "no spreadsheet takes an address for a formula"
    assert (await take(office, answer.text)).json() == {"added": 0, "known": 3}


@pytest.mark.parametrize(
    ("table", "code", "line"),
    [
        ("name\nx", "no_header", None),
        ("email\nnobody", "not_an_email", 2),
        ("email,language\na@example.com,\nb@example.com,fr", "unknown_language", 3),
        ("email,components\na@example.com,Nothing", "unknown", 2),
        (f"email\n{'a' * 200_000}", "not_csv", None),
    ],
)
async def test_what_cannot_be_taken_is_named_by_its_line(
    office: PostOffice, table: str, code: str, line: int | None
) -> None:
    answer = await take(office, table)
    assert answer.status_code == 400, answer.text
    (flaw,) = answer.json()["errors"]
    assert (flaw["field"], flaw["code"], flaw["args"].get("line")) == ("csv", code, line)
    assert await office.world.db.value("SELECT COUNT(*) FROM status_subscriber") == 0


async def test_a_page_has_as_many_subscribers_as_it_may(office: PostOffice) -> None:
    await take(office, TABLE)
    more = "email\nd@example.com\ne@example.com"
    answer = await take(office, more)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_subscribers")
    await office.confirmed("d@example.com")
    full = await office.subscribe("e@example.com")
    assert (full.status_code, "takes no more subscribers" in full.text) == (409, True)


async def test_who_manages_the_page_finds_and_removes_subscribers(office: PostOffice) -> None:
    await take(office, TABLE)
    ana = await office.world.client("Ana")
    path = routes.STATUS_SUBSCRIBERS.format(status_page_id=office.page.id)
    (found,) = (await ana.get(path, q="LI@"))["items"]
    assert (found["email"], found["is_imported"], found["is_for_all"]) == ("li@example.com", True, False)
    assert (await ana.send("DELETE", f"{path}/{found['id']}")).status_code == 204
    assert (await ana.get(path, q="li@"))["items"] == []


async def test_an_export_subscribes_nobody_to_more_than_they_chose(office: PostOffice) -> None:
    world, ana = office.world, await office.world.client("Ana")
    groups = [
        {"components": [{"name": {"en": name}} for name in ("=HYPERLINK(0)", "EU; Cards", "Gone")]},
        {"name": {"en": "Two"}, "components": [{"name": {"en": "EU; Cards"}}, {"name": {"zh": "收单", "en": "Pay"}}]},
    ]
    path = routes.STATUS_COMPONENTS.format(status_page_id=office.page.id)
    saved = await ana.put(path, {"groups": groups}, rev=office.page.rev)
    ids = {each["name"]["en"]: each["id"] for group in saved["groups"] for each in group["components"]}
    event = await office.publish(world.update_of("investigating"))
    await office.confirmed("formula@example.com", scope="some", component=ids["=HYPERLINK(0)"])
    await office.confirmed("two@example.com", scope="some", component=[ids["EU; Cards"], ids["Pay"]])
    await office.confirmed("gone@example.com", scope="some", component=ids["Gone"])
    await office.confirmed("one@example.com", scope="event", event=event.id)
    kept = [each for group in saved["groups"] for each in group["components"] if each["name"]["en"] != "Gone"]
    named = [{"id": each["id"], "name": each["name"]} for each in kept]
    await ana.put(path, {"groups": [{"id": saved["groups"][0]["id"], "components": named}]}, rev=saved["rev"])
    table = (await ana.send("GET", routes.STATUS_SUBSCRIBERS_CSV.format(status_page_id=office.page.id))).text
    assert table.splitlines() == [
        "email,language,components",
        "formula@example.com,en,'=HYPERLINK(0)",
        "two@example.com,en,EU; Cards;Pay",
    ], "whoever hears of one event, or of what is gone, hears of nothing that a table could name"
    assert (await take(office, table)).json() == {"added": 0, "known": 2}
    subscribers = routes.STATUS_SUBSCRIBERS.format(status_page_id=office.page.id)
    (two,) = (await ana.get(subscribers, q="two@"))["items"]
    await ana.send("DELETE", f"{subscribers}/{two['id']}")
    assert (await take(office, table)).json() == {"added": 1, "known": 1}
    items = (await ana.get(subscribers, q="two@"))["items"]
    twins = {each["id"] for each in kept if each["name"]["en"] in ("EU; Cards", "Pay")}
    assert set(items[0]["component_ids"]) == twins, "who hears of a name hears of all that are called so"
