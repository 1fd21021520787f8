"""Everything that came in is found again: by words, labels, time, service, severity and what became of it."""

from typing import Any

import pytest

from server.kernel.database import Writes
from tests.ingest.ways import Ways, alert, notification


@pytest.fixture
async def filled(ways: Ways) -> Ways:
    """Three alerts that page, one silenced, one dropped by a rule; each received a minute after the other."""
    world, events = ways.world, ways.integrations["events"]
    await world.add_rule(
        events, {"kind": "drop"}, name="no dev", conditions=[[{"key": "labels.env", "values": ["dev"]}]]
    )
    await world.add_rule(events, {"kind": "add_label", "label": "tag", "value": "seen"}, name="tag")
    times = {"starts_at": "2026-11-21T03:00:00Z", "ends_at": "2026-11-21T09:00:00Z"}
    conditions = [[{"key": "labels.env", "values": ["stage"]}]]
    await world.add_silence(comment="staging", conditions=conditions, **times)
    await ways.world.engine.directory.refresh()
    for n, (title, env, severity) in enumerate(
        [
            ("checkout-api 5xx above 5%", "prod", "critical"),
            ("数据库磁盘已满", "prod", "warning"),
            ("Certificate of shop_front expires", "prod", "info"),
            ("checkout-api slow", "stage", "critical"),
            ("checkout-api restarted", "dev", "info"),
        ]
    ):
        body = {"title": title, "severity": severity, "dedup_key": f"k{n}", "labels": {"env": env}}
        assert (await ways.send(ways.path("events"), body)).status_code == 202
        await ways.world.advance(minutes=1)
    return ways


async def titles(ways: Ways, **query: Any) -> list[str]:
    return [item["title"] for item in (await ways.manager.get("/api/v1/alerts", **query))["items"]]


async def test_words_are_found_in_titles_labels_and_chinese(filled: Ways) -> None:
    assert len(await titles(filled)) == 5
    assert await titles(filled, q="checkout") == [
        "checkout-api restarted",
        "checkout-api slow",
        "checkout-api 5xx above 5%",
    ]
    assert await titles(filled, q="CHECKOUT 5xx") == ["checkout-api 5xx above 5%"]
    assert await titles(filled, q="磁盘") == ["数据库磁盘已满"]
    assert await titles(filled, q="shop_front") == ["Certificate of shop_front expires"]
    assert await titles(filled, q="stage") == ["checkout-api slow"]
    assert await titles(filled, q="%") == []
    assert await titles(filled, q="' OR 1=1 --") == []
    assert await titles(filled, q='" NEAR( *') == []


async def test_filters_narrow_together(filled: Ways) -> None:
    assert len(await titles(filled, severity="critical")) == 2
    assert len(await titles(filled, severity=["critical", "info"])) == 4
    assert await titles(filled, label="env=stage") == ["checkout-api slow"]
    assert await titles(filled, label=["env=prod", "tag=seen"], severity="info") == [
        "Certificate of shop_front expires"
    ]
    assert await titles(filled, q="checkout", outcome="silenced") == ["checkout-api slow"]
    assert await titles(filled, outcome="dropped") == ["checkout-api restarted"]
    assert len(await titles(filled, outcome=["incident", "dropped"])) == 4
    assert len(await titles(filled, source="events", service_id=filled.service.id, open="true")) == 5
    assert await titles(filled, source="alertmanager") == []
    assert await titles(filled, service_id="nothing") == []


async def test_a_window_of_time_is_half_open(filled: Ways) -> None:
    window = {"from": "2026-11-21T03:13:00Z", "to": "2026-11-21T03:15:00Z"}
    assert await titles(filled, **window) == ["Certificate of shop_front expires", "数据库磁盘已满"]
    assert await titles(filled, **{"to": "2026-11-21T03:12:00Z"}) == []
    naive: dict[str, Any] = {"from": "2026-11-21T03:12:00"}
    bad = await filled.manager.send("GET", "/api/v1/alerts", **naive)
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "from")


async def test_pages_follow_each_other_without_a_gap_while_new_ones_come(filled: Ways) -> None:
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(5):
        page = await filled.manager.get("/api/v1/alerts", limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["title"] for item in page["items"]]
        cursor = page["next_cursor"]
        await filled.send(filled.path("events"), {"title": "new", "dedup_key": f"new {len(seen)}"})
        await filled.world.settle()
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert cursor is None


async def test_an_alert_opens_its_payload_its_rules_and_its_incident(filled: Ways) -> None:
    [paged] = (await filled.manager.get("/api/v1/alerts", q="5xx"))["items"]
    assert (paged["outcome"], paged["count"]) == ("incident", 1)
    detail = await filled.manager.get(f"/api/v1/alerts/{paged['id']}")
    assert [rule["name"] for rule in detail["rules"]] == ["tag"]
    incident = await filled.manager.get(f"/api/v1/incidents/{detail['incident']['id']}")
    assert incident["number"] == detail["incident"]["number"]
    [dropped] = (await filled.manager.get("/api/v1/alerts", outcome="dropped"))["items"]
    detail = await filled.manager.get(f"/api/v1/alerts/{dropped['id']}")
    assert (detail["dropped_by"]["name"], detail["incident"]) == ("no dev", None)
    [silenced] = (await filled.manager.get("/api/v1/alerts", outcome="silenced"))["items"]
    assert (await filled.manager.get(f"/api/v1/alerts/{silenced['id']}"))["silence"]["name"] == "staging"


async def test_what_a_rule_drops_counts_and_pages_once_the_rule_is_gone(filled: Ways) -> None:
    again = {"title": "checkout-api restarted", "severity": "info", "dedup_key": "k4", "labels": {"env": "dev"}}
    await filled.send(filled.path("events"), again)
    await filled.world.settle()
    [dropped] = (await filled.manager.get("/api/v1/alerts", outcome="dropped"))["items"]
    assert dropped["count"] == 2
    before = len(await filled.incidents())
    path = f"/api/v1/integrations/{filled.integrations['events'].id}/rules"
    rule = next(rule for rule in (await filled.manager.get(path))["items"] if rule["name"] == "no dev")
    await filled.manager.send("DELETE", f"{path}/{rule['id']}", headers={"if-match": str(rule["rev"])})
    await filled.send(filled.path("events"), again)
    assert len(await filled.incidents()) == before + 1
    assert await titles(filled, outcome="dropped") == []


async def test_a_stranger_finds_nothing_of_a_private_team(filled: Ways) -> None:
    world = filled.world
    await world.add_team("Other")
    await world.add_person("Eve", team="Other")
    await world.db.apply(Writes().sql("UPDATE team SET is_private = :yes WHERE name = 'Payments'", yes=True))
    eve = await world.sign_in("Eve")
    assert (await eve.get("/api/v1/alerts"))["items"] == []
    assert (await eve.get("/api/v1/alerts", q="checkout"))["items"] == []
    [paged] = (await filled.manager.get("/api/v1/alerts", q="5xx"))["items"]
    assert (await eve.send("GET", f"/api/v1/alerts/{paged['id']}")).status_code == 404


async def test_batches_are_found_too(ways: Ways) -> None:
    await ways.send(ways.path("alertmanager"), notification(*(alert("Load", f"web-{n}") for n in range(30))))
    await ways.world.settle()
    assert await titles(ways, q="web 17") == ["Load on web-17"]
