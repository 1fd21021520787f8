"""Service calendars over HTTP, with the real holiday packages."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.world import World

V1 = "/api/v1"
CHINA: dict[str, Any] = {"time_zone": "Asia/Shanghai", "rest_weekdays": ["sat", "sun"]}
BAVARIA: dict[str, Any] = CHINA | {"time_zone": "Europe/Berlin", "holidays": [{"country": "DE", "subdivision": "BY"}]}


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    await world.add_person("Mei", team="Payments", language="zh")
    return world


async def days(client: Client, id: str, start: str, end: str) -> list[tuple[str, str, str, str, bool]]:
    found = await client.get(f"{V1}/service-calendars/{id}/days", **{"from": start, "to": end})
    return [(d["date"], d["kind"], d["reason"], d["name"], d["provisional"]) for d in found["items"]]


async def test_chinas_holidays_and_make_up_workdays(world: World) -> None:
    ana, mei = await world.sign_in("Ana"), await world.sign_in("Mei")
    made = await world.add_calendar("China", **CHINA, holidays=[{"country": "CN"}])
    assert await days(ana, made.id, "2026-10-07", "2026-10-11") == [
        ("2026-10-07", "rest", "holiday", "National Day", False),
        ("2026-10-08", "workday", "weekday", "", False),
        ("2026-10-09", "workday", "weekday", "", False),
        ("2026-10-10", "workday", "make_up", "National Day", False),
    ]
    assert (await days(mei, made.id, "2026-10-10", "2026-10-11"))[0][3] == "国庆节"
    assert await days(ana, made.id, "2099-10-01", "2099-10-02") == [("2099-10-01", "workday", "weekday", "", True)]


async def test_an_own_day_wins_and_parts_of_countries_have_their_own_holidays(world: World) -> None:
    ana = await world.sign_in("Ana")
    made = await world.add_calendar("Bavaria", **BAVARIA)
    assert (await days(ana, made.id, "2026-01-06", "2026-01-07"))[0][1:3] == ("rest", "holiday")
    own = [{"date": "2026-01-06", "kind": "workday", "name": "Release"}]
    body = {"name": "Bavaria", "team_id": made.team_id, **BAVARIA, "own_days": own}
    await ana.put(f"{V1}/service-calendars/{made.id}", body, rev=1)
    assert await days(ana, made.id, "2026-01-06", "2026-01-07") == [("2026-01-06", "workday", "own", "Release", False)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"rest_weekdays": ["sat", "sat"]}, "rest_weekdays[1]"),
        ({"rest_weekdays": ["caturday"]}, "rest_weekdays[0]"),
        ({"holidays": [{"country": "QQ"}]}, "holidays[0].country"),
        ({"holidays": [{"country": "DE", "subdivision": "XX"}]}, "holidays[0].subdivision"),
        ({"own_days": [{"date": "2026-01-01", "kind": "rest"}] * 2}, "own_days[1].date"),
        ({"own_days": [{"date": "1999-01-01", "kind": "rest"}]}, "own_days[0].date"),
        ({"own_days": [{"date": "2026-02-30", "kind": "rest"}]}, "own_days[0].date"),
        ({"own_days": [{"date": "2026-02-20", "kind": "rest", "why": ""}]}, "own_days[0].why"),
        ({"name": ""}, "name"),
    ],
)
async def test_what_is_wrong_is_named(world: World, wrong: dict[str, Any], field: str) -> None:
    ana = await world.sign_in("Ana")
    body = {"name": "China", "team_id": world.teams["Payments"], **CHINA, **wrong}
    answer = await ana.send("POST", f"{V1}/service-calendars", body)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_windows_are_bounded_and_every_country_answers(world: World) -> None:
    ana = await world.sign_in("Ana")
    made = await world.add_calendar("China", **CHINA)
    for start, end in (("2026-01-02", "2026-01-02"), ("2026-01-01", "2027-01-03")):
        window: dict[str, Any] = {"from": start, "to": end}
        answer = await ana.send("GET", f"{V1}/service-calendars/{made.id}/days", **window)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "to")
    countries = (await ana.get(f"{V1}/service-calendars/holiday-countries"))["items"]
    assert {"CN", "DE", "US"} <= {each["country"] for each in countries}
    for each in countries[::12]:
        linked = await world.add_calendar(each["country"], **CHINA, holidays=[{"country": each["country"]}])
        assert any(reason == "holiday" for _, _, reason, _, _ in await days(ana, linked.id, "2026-01-01", "2027-01-01"))
