"""Service calendars over HTTP, with the real holiday packages."""

from typing import Any

import pytest

from tests.kit.world import Client, World

V1 = "/api/v1"


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments")
    await world.add_user("Ana", team="Payments", role="manager")
    await world.add_user("Mei", team="Payments", language="zh")
    return world


def calendar(team_id: str, **more: Any) -> dict[str, Any]:
    return {"name": "China", "team_id": team_id, "time_zone": "Asia/Shanghai", "rest_weekdays": ["sat", "sun"]} | more


async def days(client: Client, id: str, start: str, end: str) -> list[tuple[str, str, str, str, bool]]:
    found = await client.get(f"{V1}/service-calendars/{id}/days", **{"from": start, "to": end})
    return [(d["date"], d["kind"], d["reason"], d["name"], d["provisional"]) for d in found["items"]]


async def test_chinas_holidays_and_make_up_workdays(world: World) -> None:
    ana, mei = await world.sign_in("Ana"), await world.sign_in("Mei")
    body = calendar(world.teams["Payments"], holidays=[{"country": "CN"}])
    made = await ana.post(f"{V1}/service-calendars", body)
    assert await days(ana, made["id"], "2026-10-07", "2026-10-11") == [
        ("2026-10-07", "rest", "holiday", "National Day", False),
        ("2026-10-08", "workday", "weekday", "", False),
        ("2026-10-09", "workday", "weekday", "", False),
        ("2026-10-10", "workday", "make_up", "National Day", False),
    ]
    assert (await days(mei, made["id"], "2026-10-10", "2026-10-11"))[0][3] == "国庆节"
    assert await days(ana, made["id"], "2099-10-01", "2099-10-02") == [("2099-10-01", "workday", "weekday", "", True)]


async def test_an_own_day_wins_and_parts_of_countries_have_their_own_holidays(world: World) -> None:
    ana = await world.sign_in("Ana")
    body = calendar(
        world.teams["Payments"], holidays=[{"country": "DE", "subdivision": "BY"}], time_zone="Europe/Berlin"
    )
    made = await ana.post(f"{V1}/service-calendars", body)
    assert (await days(ana, made["id"], "2026-01-06", "2026-01-07"))[0][1:3] == ("rest", "holiday")
    own = [{"date": "2026-01-06", "kind": "workday", "name": "Release"}]
    await ana.put(f"{V1}/service-calendars/{made['id']}", body | {"own_days": own}, rev=1)
    assert await days(ana, made["id"], "2026-01-06", "2026-01-07") == [
        ("2026-01-06", "workday", "own", "Release", False)
    ]


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
    answer = await ana.send("POST", f"{V1}/service-calendars", calendar(world.teams["Payments"]) | wrong)
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_windows_are_bounded_and_every_country_answers(world: World) -> None:
    ana = await world.sign_in("Ana")
    made = await ana.post(f"{V1}/service-calendars", calendar(world.teams["Payments"]))
    for start, end in (("2026-01-02", "2026-01-02"), ("2026-01-01", "2027-01-03")):
        window: dict[str, Any] = {"from": start, "to": end}
        answer = await ana.send("GET", f"{V1}/service-calendars/{made['id']}/days", **window)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "to")
    countries = (await ana.get(f"{V1}/service-calendars/holiday-countries"))["items"]
    assert {"CN", "DE", "US"} <= {each["country"] for each in countries}
    for each in countries[::12]:
        body = calendar(world.teams["Payments"], name=each["country"], holidays=[{"country": each["country"]}])
        linked = await ana.post(f"{V1}/service-calendars", body)
        assert any(
            reason == "holiday" for _, _, reason, _, _ in await days(ana, linked["id"], "2026-01-01", "2027-01-01")
        )
