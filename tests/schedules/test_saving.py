"""Making, previewing and changing schedules over HTTP: the past stays, people are told, nonsense is named."""

from typing import Any

import pytest

from tests.kit.world import World
from tests.schedules.team import SCHEDULES, Team

HISTORY: dict[str, Any] = {"from": "2026-11-20T04:00:00Z", "to": "2026-11-21T03:12:00Z"}
AHEAD: dict[str, Any] = {"from": "2026-11-21T03:12:00Z", "to": "2026-11-28T04:00:00Z"}


class Draft:
    """The schedule of the team, to be changed and saved."""

    def __init__(self, team: Team, found: Any) -> None:
        self.team, self.rev = team, found["rev"]
        self.body = {name: found[name] for name in ("name", "team_id", "time_zone", "overlap", "layers", "notices")}

    @classmethod
    async def of(cls, team: Team) -> "Draft":
        return cls(team, await (await team.world.client("Root")).get(f"{SCHEDULES}/{team.schedule_id}"))

    def members(self, *names: str) -> list[Any]:
        return [{"members": [{"user_id": self.team.world.users[name]}]} for name in names]

    async def save(self) -> Any:
        root = await self.team.world.client("Root")
        return await root.put(f"{SCHEDULES}/{self.team.schedule_id}", self.body, rev=self.rev)

    async def preview(self, **more: Any) -> Any:
        wanted = {"schedule": self.body, "schedule_id": self.team.schedule_id, **AHEAD, **more}
        return await (await self.team.world.client("Root")).post(f"{SCHEDULES}/preview", wanted)


async def shifts(team: Team, window: dict[str, Any]) -> list[tuple[str, str, str]]:
    names = {id: name for name, id in team.world.users.items()}
    found = await (await team.world.client("Root")).get(f"{SCHEDULES}/{team.schedule_id}/shifts", **window)
    return [(names[each["user_id"]], each["start"][8:16], each["end"][8:16]) for each in found["items"]]


@pytest.mark.store
async def test_a_change_applies_from_the_next_handoff_and_the_preview_said_so(world: World) -> None:
    team = await Team.build(world)
    was = await shifts(team, HISTORY)
    draft = await Draft.of(team)
    draft.body["layers"][0]["rotation"] = {"unit": "day", "every": 2}
    draft.body["layers"][0]["groups"] = draft.members("Cy", "Di")
    preview = await draft.preview()
    saved = await draft.save()
    assert [layer["end"] for layer in saved["layers"]] == ["2026-11-21T04:00", None]
    assert await shifts(team, HISTORY) == was == [("Ana", "20T04:00", "21T03:12")]
    assert await shifts(team, AHEAD) == [
        ("Ana", "21T03:12", "21T04:00"),
        ("Cy", "21T04:00", "23T04:00"),
        ("Di", "23T04:00", "25T04:00"),
        ("Cy", "25T04:00", "27T04:00"),
        ("Di", "27T04:00", "28T04:00"),
    ]
    found = await (await team.world.client("Root")).get(f"{SCHEDULES}/{team.schedule_id}/shifts", **AHEAD)
    assert [each | {"layer_id": ""} for each in preview["shifts"]] == [e | {"layer_id": ""} for e in found["items"]]
    lost = {change["user_id"] for change in preview["changes"] if not change["gains"]}
    assert lost == {world.users["Ana"], world.users["Bo"]}
    assert {id: name for id, name in preview["people"].items() if id in lost} == {
        world.users["Ana"]: "Ana",
        world.users["Bo"]: "Bo",
    }


async def test_a_change_can_wait_for_a_chosen_instant(world: World) -> None:
    team = await Team.build(world)
    draft = await Draft.of(team)
    draft.body["layers"][0]["rotation"] = {"unit": "week", "every": 1}
    draft.body["effective_at"] = "2026-11-23T12:00:00Z"
    await draft.save()
    assert await shifts(team, AHEAD) == [
        ("Ana", "21T03:12", "21T04:00"),
        ("Bo", "21T04:00", "22T04:00"),
        ("Ana", "22T04:00", "23T04:00"),
        ("Bo", "23T04:00", "23T12:00"),
        ("Ana", "23T12:00", "28T04:00"),
    ]


async def test_the_next_save_keeps_what_ended_and_needs_nobody_to_send_it(world: World) -> None:
    team = await Team.build(world)
    draft = await Draft.of(team)
    draft.body["layers"] = []
    emptied = await draft.save()
    assert [layer["end"] for layer in emptied["layers"]] == ["2026-11-21T04:00"]
    assert [each["code"] for each in emptied["warnings"]] == ["gap_ahead"]
    assert await shifts(team, HISTORY) == [("Ana", "20T04:00", "21T03:12")]


async def test_a_member_who_left_keeps_the_running_shift_and_is_refused_at_the_next_save(world: World) -> None:
    team = await Team.build(world)
    root = await team.world.client("Root")
    await root.send("DELETE", f"/api/v1/teams/{world.teams['Payments']}/members/{world.users['Bo']}")
    draft = await Draft.of(team)
    found = await root.get(f"{SCHEDULES}/{team.schedule_id}")
    assert [(w["field"], w["code"]) for w in found["warnings"]] == [
        ("layers[0].groups[1].members[0].user_id", "not_in_team")
    ]
    assert ("Bo", "21T04:00", "22T04:00") in await shifts(team, AHEAD)
    answer = await root.send("PUT", f"{SCHEDULES}/{team.schedule_id}", draft.body, headers={"if-match": str(draft.rev)})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "layers[0].groups[1].members[0].user_id")


async def test_a_mask_resets_a_weekly_restriction_and_says_so(world: World) -> None:
    team = await Team.build(world)
    draft = await Draft.of(team)
    week = {"start_weekday": "mon", "start": "09:00", "end_weekday": "fri", "end": "18:00"}
    draft.body["layers"][0] |= {
        "restriction": {"kind": "weekly", "periods": [week]},
        "date_mask": ["mon", "tue", "wed", "thu", "fri"],
    }
    saved = await draft.save()
    assert saved["layers"][-1]["restriction"] == {"kind": "none", "periods": []}
    codes = [(each["field"], each["code"]) for each in saved["warnings"]]
    assert codes == [("layers[0].restriction", "weekly_restriction_reset"), ("layers", "gap_ahead")]


async def test_least_recent_is_planned_stored_and_honours_time_off(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy")
    draft = await Draft.of(team)
    await team.post("Cy", "/api/v1/me/time-off", team.hours("22 00:00", "24 00:00"))
    rotation = {"unit": "day", "every": 1, "order": "least_recent"}
    draft.body["layers"] = [
        {"start": "2026-11-21T04:00", "rotation": rotation, "groups": draft.members("Ana", "Bo", "Cy")}
    ]
    await draft.save()
    planned = [who for who, start, _ in await shifts(team, AHEAD) if start >= "21T04:00"]
    assert planned == ["Ana", "Bo", "Ana", "Cy", "Bo", "Ana", "Cy"]
    stored = await world.db.value("SELECT COUNT(*) FROM planned_turn WHERE schedule_id = :id", id=team.schedule_id)
    assert stored == 90
    await world.advance(hours=1)
    world.clock.move_to(world.clock.now().replace(day=25))
    await world.settle()
    again = await world.db.value("SELECT COUNT(*) FROM planned_turn WHERE schedule_id = :id", id=team.schedule_id)
    assert again == 95
    assert [who for who, start, _ in await shifts(team, AHEAD) if start >= "21T04:00"] == planned


async def test_roles_of_the_account_are_named_where_they_are_used(world: World) -> None:
    team = await Team.build(world)
    root = await team.world.client("Root")
    role = await root.post("/api/v1/on-call-roles", {"name": "DBA backup"})
    answer = await root.send("POST", "/api/v1/on-call-roles", {"name": "dba BACKUP"})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    draft = await Draft.of(team)
    draft.body["layers"][0]["groups"][0]["members"][0]["role_id"] = role["id"]
    await draft.save()
    listed = {each["name"]: each for each in (await root.get("/api/v1/on-call-roles"))["items"]}
    assert (listed["DBA backup"]["used_by"], listed["primary"]["is_built_in"]) == (1, True)
    gone = await root.send("DELETE", f"/api/v1/on-call-roles/{role['id']}", headers={"if-match": "1"})
    assert (gone.status_code, gone.json()["code"]) == (409, "in_use")
    assert gone.json()["errors"][0]["args"]["name"] == "Watch"
    built_in = await root.send("DELETE", "/api/v1/on-call-roles/primary", headers={"if-match": "1"})
    assert (built_in.status_code, built_in.json()["code"]) == (409, "built_in")


def period(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"name": ""}, {}, "name"),
    ({"name": "x" * 41}, {}, "name"),
    ({"description": "x" * 501}, {}, "description"),
    ({"time_zone": "Mars/Base"}, {}, "time_zone"),
    ({"overlap": "sometimes"}, {}, "overlap"),
    ({"effective_at": "2026-11-23T12:00:00"}, {}, "effective_at"),
    ({"effective_at": "2150-01-01T00:00:00Z"}, {}, "effective_at"),
    ({"effective_at": "9999-12-31T23:59:59-14:00"}, {}, "effective_at"),
    ({"effective_at": "2026-11-01T00:00:00Z"}, {}, "effective_at"),
    ({"name": "   "}, {}, "name"),
    ({"colour": "red"}, {}, "colour"),
    ({}, {"time_zone": "UTC+1"}, "layers[0].time_zone"),
    ({}, {"start": "yesterday"}, "layers[0].start"),
    ({}, {"end": "2026-11-19T04:00"}, "layers[0].end"),
    ({}, {"rotation": {"unit": "day", "every": 0}}, "layers[0].rotation.every"),
    ({}, {"rotation": {"unit": "day", "every": 31}}, "layers[0].rotation.every"),
    ({}, {"rotation": {"unit": "fortnight"}}, "layers[0].rotation.unit"),
    ({}, {"rotation": {"unit": "day", "evry": 2}}, "layers[0].rotation.evry"),
    (
        {},
        {"rotation": {"unit": "day", "every": 2, "handoff_weekday": "mon", "handoff_time": "10:00"}},
        "layers[0].rotation.handoff_weekday",
    ),
    ({}, {"continuous": True}, "layers[0].continuous"),
    ({}, {"date_mask": []}, "layers[0].date_mask"),
    (
        {},
        {
            "restriction": {
                "kind": "daily",
                "periods": [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "13:00"}],
            }
        },
        "layers[0].restriction.periods[1]",
    ),
    ({}, {"groups": []}, "layers[0].groups"),
    ({}, {"groups": [{"members": [{"user_id": "nobody"}]}]}, "layers[0].groups[0].members[0].user_id"),
    ({}, {"id": "of-another"}, "layers[0].id"),
]


@pytest.mark.parametrize(("schedule", "layer", "field"), WRONG)
async def test_what_is_wrong_is_named_in_saving_and_in_preview(
    world: World, schedule: dict[str, Any], layer: dict[str, Any], field: str
) -> None:
    team = await Team.build(world)
    root, draft = await team.world.client("Root"), await Draft.of(team)
    draft.body |= schedule
    draft.body["layers"][0] |= layer
    put = await root.send("PUT", f"{SCHEDULES}/{team.schedule_id}", draft.body, headers={"if-match": str(draft.rev)})
    assert (put.status_code, put.json()["errors"][0]["field"]) == (400, field)
    wanted = {"schedule": draft.body, "schedule_id": team.schedule_id, **AHEAD}
    seen = await root.send("POST", f"{SCHEDULES}/preview", wanted)
    assert (seen.status_code, seen.json()["errors"][0]["field"]) == (400, f"schedule.{field}")


async def test_a_preview_names_the_person_who_left_and_keeps_nothing(world: World) -> None:
    team = await Team.build(world)
    draft = await Draft.of(team)
    draft.body["layers"][0]["groups"] = draft.members("Cy")
    await draft.preview()
    assert (await Draft.of(team)).rev == draft.rev
    root = await team.world.client("Root")
    wanted = {"schedule": draft.body, "schedule_id": team.schedule_id, **AHEAD, "to": "2027-11-21T03:12:00Z"}
    answer = await root.send("POST", f"{SCHEDULES}/preview", wanted)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "to")


async def test_rotas_answer_as_the_server_does(world: World) -> None:
    team = await Team.build(world)
    ana = await team.world.client("Ana")
    [copy] = (await ana.get(f"{SCHEDULES}/rotas"))["items"]
    assert copy["schedule"]["name"] == "Watch"
    assert set(copy["people"].values()) == {"Ana", "Bo"}
    mine = await ana.get("/api/v1/me/shifts", **AHEAD)
    assert [ref["name"] for ref in mine["on_call_now"]] == ["Watch"]
    assert [each["shift"]["start"][8:16] for each in mine["items"]] == ["21T03:12", "22T04:00", "24T04:00", "26T04:00"]


async def test_turns_go_on_where_they_were_when_only_the_hours_change(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy", turns=("Ana", "Bo", "Cy"))
    draft = await Draft.of(team)
    whole_days = {"kind": "daily", "periods": [{"start": "00:00", "end": "24:00"}]}
    draft.body["layers"][0]["restriction"] = whole_days
    await draft.save()
    assert [who for who, _, _ in await shifts(team, AHEAD)] == ["Ana", "Bo", "Cy", "Ana", "Bo", "Cy", "Ana", "Bo"]


async def test_a_chosen_instant_holds_for_what_has_not_begun_and_for_what_is_new(world: World) -> None:
    team = await Team.build(world)
    draft = await Draft.of(team)
    later = {"start": "2026-11-25T04:00", "rotation": {"unit": "day"}, "groups": draft.members("Cy")}
    draft.body["layers"] = [*draft.body["layers"], later]
    draft.rev = (await draft.save())["rev"]
    draft = await Draft.of(team)
    draft.body["layers"][1]["groups"] = draft.members("Di")
    draft.body["effective_at"] = "2026-11-27T04:00:00Z"
    await draft.save()
    held = [(who, start) for who, start, _ in await shifts(team, AHEAD) if who in ("Cy", "Di")]
    assert held == [("Cy", "25T04:00"), ("Di", "27T04:00")]
    body = draft.body | {"name": "New", "layers": [later | {"start": "2026-11-20T04:00"}]}
    root = await team.world.client("Root")
    team.schedule_id = (await root.post(SCHEDULES, body))["id"]
    assert await shifts(team, AHEAD) == [("Cy", "27T04:00", "28T04:00")]


async def test_an_override_changes_nothing_that_has_been(world: World) -> None:
    team = await Team.build(world)
    path = f"{SCHEDULES}/{team.schedule_id}/overrides"
    root = await team.world.client("Root")
    today = {"start": "2026-11-21T00:00:00Z", "end": "2026-11-22T00:00:00Z", "user_id": world.users["Di"]}
    made = await root.post(path, today)
    assert made["start"] == today["start"]
    window: dict[str, Any] = {"from": "2026-11-20T04:00:00Z", "to": "2026-11-22T04:00:00Z"}
    assert await shifts(team, window) == [
        ("Ana", "20T04:00", "21T03:12"),
        ("Di", "21T03:12", "22T00:00"),
        ("Bo", "22T00:00", "22T04:00"),
    ]
    for start, end, field in (
        ("2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z", "end"),
        ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z", "start"),
        ("0001-01-01T00:00:00+14:00", "2026-12-01T00:00:00Z", "start"),
        ("2026-12-01T00:00:00", "2026-12-02T00:00:00Z", "start"),
    ):
        answer = await root.send("POST", path, today | {"start": start, "end": end})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), start


async def test_an_archived_schedule_answers_for_what_was(world: World) -> None:
    team = await Team.build(world)
    root = await team.world.client("Root")
    await root.send("DELETE", f"{SCHEDULES}/{team.schedule_id}", headers={"if-match": "1"})
    assert await shifts(team, HISTORY) == [("Ana", "20T04:00", "21T03:12")]
    assert await shifts(team, AHEAD) == []
    kept = await root.get(f"{SCHEDULES}/{team.schedule_id}")
    assert kept["archived_at"] == "2026-11-21T03:12:00Z"
    assert (await root.get(SCHEDULES))["items"] == []
    answer = await root.send("DELETE", f"{SCHEDULES}/{team.schedule_id}", headers={"if-match": str(kept["rev"])})
    assert answer.status_code == 404


async def test_who_left_a_private_team_still_sees_their_own_watch(world: World) -> None:
    await world.add_team("Secret", is_private=True)
    await world.add_person("Root", role="admin")
    await world.add_person("Eve", team="Secret")
    root = await world.sign_in("Root")
    groups = [{"members": [{"user_id": world.users["Eve"]}]}]
    layer = {"start": "2026-11-20T04:00", "rotation": {"unit": "day"}, "groups": groups}
    body = {"name": "Hidden", "team_id": world.teams["Secret"], "time_zone": "UTC", "layers": [layer]}
    await root.post(SCHEDULES, body)
    await root.send("DELETE", f"/api/v1/teams/{world.teams['Secret']}/members/{world.users['Eve']}")
    eve = await world.sign_in("Eve")
    mine = await eve.get("/api/v1/me/shifts", **AHEAD)
    assert [ref["name"] for ref in mine["on_call_now"]] == ["Hidden"]
    assert [each["schedule"]["name"] for each in (await eve.get("/api/v1/me/on-call"))["watches"]] == ["Hidden"]


async def test_who_gains_by_a_colleagues_time_off_is_told(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy")
    draft = await Draft.of(team)
    rotation = {"unit": "day", "every": 1, "order": "least_recent"}
    members = draft.members("Ana", "Bo", "Cy")
    draft.body["layers"] = [{"start": "2026-11-21T04:00", "rotation": rotation, "groups": members}]
    await draft.save()
    await world.settle()
    told = len(await team.told("Bo"))
    away = {"start": "2026-12-10T00:00:00Z", "end": "2026-12-12T00:00:00Z"}
    await team.post("Ana", "/api/v1/me/time-off", away)
    await world.settle()
    assert (await team.told("Bo"))[told:] == ["Your shifts on Watch changed"]


async def test_time_off_over_a_turn_that_is_fixed_already_asks_for_cover(world: World) -> None:
    team = await Team.build(world, "Ana", "Bo", "Cy")
    draft = await Draft.of(team)
    rotation = {"unit": "day", "every": 1, "order": "least_recent"}
    members = draft.members("Ana", "Bo", "Cy")
    draft.body["layers"] = [{"start": "2026-11-21T04:00", "rotation": rotation, "groups": members}]
    await draft.save()
    await team.post("Cy", "/api/v1/me/time-off", team.hours("26 12:00", "28 00:00"))
    await world.advance(minutes=11)
    [asked] = (await (await team.world.client("Cy")).get("/api/v1/cover-requests"))["items"]
    assert (asked["requester"]["name"], asked["start"], asked["end"]) == (
        "Cy",
        "2026-11-26T12:00:00Z",
        "2026-11-27T04:00:00Z",
    )
    assert {each["user"]["name"] for each in asked["asked"]} == {"Ana", "Bo"}
    assert "Cy asks you to stand in" in await team.told("Bo")


async def test_a_window_that_is_left_out_or_out_of_reach_is_named(world: World) -> None:
    team = await Team.build(world)
    ana = await team.world.client("Ana")
    windows: list[tuple[dict[str, Any], str]] = [
        ({"to": "2026-11-21T00:00:00Z"}, "from"),
        ({"from": "2026-11-21T00:00:00Z"}, "to"),
        ({"from": "9999-12-31T00:00:00-14:00", "to": "9999-12-31T23:59:59-14:00"}, "from"),
        ({"from": "2026-11-21T00:00:00", "to": "2026-11-22T00:00:00Z"}, "from"),
    ]
    for window, field in windows:
        answer = await ana.send("GET", "/api/v1/me/shifts", **window)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
