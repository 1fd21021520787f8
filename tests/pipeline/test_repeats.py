"""A repeat says what is true now: people read the newest, and see what changed."""

from typing import Any

import pytest

from server.kernel.database import Writes
from tests.ingest.ways import EVENT, Ways

pytestmark = pytest.mark.store
FULL = {**EVENT, "description": "91 % of /var", "labels": {"use": "91", "host": "db-1"}, "details": {"v": 1},
        "links": [{"text": "Graph", "href": "https://graphs.example.com/1"}]}  # fmt: skip


async def detail(ways: Ways) -> Any:
    await ways.world.settle()
    [found] = (await ways.manager.get("/api/v1/alerts"))["items"]
    return await ways.manager.get(f"/api/v1/alerts/{found['id']}")


async def found_by(ways: Ways, text: str) -> int:
    return len((await ways.manager.get("/api/v1/alerts", q=text))["items"])


async def test_everything_follows_the_newest_event_but_the_incidents_title(ways: Ways) -> None:
    await ways.send(ways.path("events"), FULL)
    [before] = await ways.incidents()
    await ways.send(ways.path("events"), {
        **FULL,
        "title": "Disk 99% on db-1",
        "description": "99 % of /var",
        "severity": "warning",
        "labels": {"use": "99", "new": "y"},
        "details": {"v": 2},
        "links": [{"text": "Graph", "href": "https://graphs.example.com/2"}],
    })  # fmt: skip
    alert = await detail(ways)
    said = (alert["title"], alert["description"], alert["severity"], alert["labels"], alert["details"])
    assert said == ("Disk 99% on db-1", "99 % of /var", "warning", {"use": "99", "new": "y"}, {"v": 2})
    assert [link["href"] for link in alert["links"]] == ["https://graphs.example.com/2"]
    assert alert["count"] == 2
    [after] = await ways.incidents()
    assert (after["title"], after["severity"]) == (before["title"], "warning")


async def test_what_changed_is_seen_each_field_once(ways: Ways) -> None:
    for use in ("91", "95", "99"):
        await ways.send(ways.path("events"), {**FULL, "labels": {"use": use}, "details": {"v": use}})
    alert = await detail(ways)
    changed = {change["field"]: (change["was"], change["now"]) for change in alert["changes"]}
    assert changed == {"labels.use": ("95", "99"), "details": ("", "")}
    [item] = await ways.incidents()
    [shown] = (await ways.manager.get(f"/api/v1/incidents/{item['id']}/alerts"))["items"]
    assert shown["changes"] == alert["changes"]


async def test_search_finds_the_new_words_and_no_longer_the_old(ways: Ways) -> None:
    await ways.send(ways.path("events"), FULL)
    await ways.world.settle()
    assert (await found_by(ways, "graviton"), await found_by(ways, "full")) == (0, 1)
    await ways.send(ways.path("events"), {**FULL, "title": "Disk full on graviton", "labels": {"host": "db-2"}})
    await ways.world.settle()
    assert await found_by(ways, "graviton") == 1
    labels = [
        len((await ways.manager.get("/api/v1/alerts", label=pair))["items"]) for pair in ("host=db-1", "host=db-2")
    ]
    assert labels == [0, 1]


async def incidents_by(ways: Ways, text: str) -> tuple[int, int]:
    """How many incidents the list and the search find."""
    listed = (await ways.manager.get("/api/v1/incidents", q=text))["items"]
    found = await ways.manager.get("/api/v1/search", q=text)
    return len(listed), sum(each["kind"] == "incident" for each in found["items"])


async def test_an_incident_is_found_by_what_its_alerts_say_now(ways: Ways) -> None:
    await ways.send(ways.path("events"), FULL)
    await ways.world.settle()
    assert await incidents_by(ways, "graviton") == (0, 0)
    anew = {**FULL, "title": "Disk fills up", "description": "on graviton", "labels": {"host": "db-77"}}
    await ways.send(ways.path("events"), {**anew, "details": {"v": 3}})
    await ways.world.settle()
    for text in ("graviton", "GRAVI", "db-77", "fills up", "up fills", "full"):
        assert await incidents_by(ways, text) == (1, 1), text
    for text in ("graviton fullest", "!", "' OR 1=1", '"', "graviton & !", "db-78"):
        assert await incidents_by(ways, text) == ((1, 1) if text == "graviton & !" else (0, 0)), text
    counted = await ways.manager.get("/api/v1/incidents/counts", q="graviton")
    assert counted["all"] == 1


async def test_it_is_found_by_what_details_say_as_they_change(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**FULL, "details": {"note": "kernel panic", "pod": {"image": "shop-42"}}})
    await ways.world.settle()
    for text in ("panic", "shop-42", "kernel full"):
        assert (await incidents_by(ways, text), await found_by(ways, text)) == ((1, 1), 1), text
    await ways.send(ways.path("events"), {**FULL, "details": {"note": "out of memory"}})
    await ways.world.settle()
    assert [await found_by(ways, text) for text in ("panic", "memory")] == [0, 1]


async def test_what_belongs_to_another_team_finds_no_incident(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**FULL, "description": "graviton"})
    await ways.world.settle()
    await ways.world.add_person("Eve", role="responder")
    eve = await ways.world.sign_in("Eve")
    assert len((await eve.get("/api/v1/incidents", q="graviton"))["items"]) == 1, "open teams are read by all"
    text = "UPDATE team SET is_private = TRUE"
    await ways.world.db.apply(Writes().sql(text))
    assert (await eve.get("/api/v1/incidents", q="graviton"))["items"] == []
    assert (await eve.get("/api/v1/search", q="graviton"))["items"] == []


async def test_a_recovery_adds_what_is_missing_and_takes_nothing_away(ways: Ways) -> None:
    await ways.send(ways.path("events"), {**EVENT, "labels": {"use": "91"}})
    over = {
        **EVENT,
        "action": "resolve",
        "title": "Disk fine",
        "description": "is fine",
        "labels": {"use": "3", "by": "cron"},
    }
    await ways.send(ways.path("events"), over)
    alert = await detail(ways)
    assert (alert["title"], alert["description"], alert["labels"]) == (
        EVENT["title"], "is fine", {"use": "91", "by": "cron"},
    )  # fmt: skip
    assert alert["closed_at"] is not None


async def test_a_bare_recovery_changes_nothing(ways: Ways) -> None:
    await ways.send(ways.path("events"), FULL)
    await ways.send(ways.path("events"), {"action": "resolve", "dedup_key": FULL["dedup_key"]})
    alert = await detail(ways)
    assert (alert["title"], alert["labels"], alert["changes"]) == (FULL["title"], FULL["labels"], [])


async def test_identical_repeats_change_nothing(ways: Ways) -> None:
    for _ in range(3):
        await ways.send(ways.path("events"), FULL)
    alert = await detail(ways)
    assert (alert["count"], alert["changes"]) == (3, [])


async def test_what_a_silence_lets_through_says_the_newest(ways: Ways) -> None:
    await ways.world.add_silence()
    await ways.send(ways.path("events"), FULL)
    await ways.send(ways.path("events"), {**FULL, "title": "Disk 99% on db-1", "severity": "info"})
    await ways.world.advance(minutes=11)
    [item] = await ways.incidents()
    assert (item["title"], item["severity"]) == ("Disk 99% on db-1", "info")


async def test_a_repeat_that_says_nothing_of_the_severity_changes_nothing_of_it(ways: Ways) -> None:
    await ways.send(ways.path("events"), FULL)
    await ways.send(ways.path("events"), {name: value for name, value in FULL.items() if name != "severity"})
    [item] = await ways.incidents()
    assert item["severity"] == "critical"
    assert (await detail(ways))["changes"] == []
