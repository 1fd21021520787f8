"""Who changed what: one row for each change, with what differs, read by whoever may know."""

from typing import Any

import pytest

from server.accounts.people.setup import setup_token
from tests.accounts.asking import fields
from tests.kit.client import Client
from tests.kit.world import World


@pytest.fixture
async def office(world: World) -> World:
    """Two teams with a manager each, an administrator, and a service of each team."""
    for team, manager in (("Payments", "Mia"), ("Data", "Dan")):
        await world.add_team(team)
        await world.add_person(manager, team=team, role="manager")
        await world.add_service(f"{team} api", team=team)
    await world.add_person("Root", role="admin")
    return world


async def trail(client: Client, **query: Any) -> list[Any]:
    return (await client.get("/api/v1/audit", **query))["items"]


async def test_a_change_says_who_did_it_and_what_differs(office: World) -> None:
    mia = await office.sign_in("Mia")
    [service] = [each for each in (await mia.get("/api/v1/services"))["items"] if each["name"] == "Payments api"]
    body = {"name": "Checkout", "team_id": service["team_id"], "grouping": {"by": "labels", "labels": ["host"]}}
    await mia.put(f"/api/v1/services/{service['id']}", body, rev=1)
    changed, made = await trail(mia, object_id=service["id"])
    assert (changed["verb"], changed["actor_name"], changed["object_name"]) == ("changed", "Mia", "Checkout")
    assert {"field": "name", "before": "Payments api", "after": "Checkout"} in changed["differences"]
    assert {each["field"] for each in changed["differences"]} == {"name", "grouping.by", "grouping.labels"}
    assert made["verb"] == "made"
    assert made["differences"][0]["field"] == ""


async def test_a_refused_change_leaves_no_trace(office: World) -> None:
    mia = await office.sign_in("Mia")
    before = len(await trail(mia))
    taken = {"name": "Data api", "team_id": office.teams["Payments"]}
    assert (await mia.send("POST", "/api/v1/services", taken)).status_code == 409
    assert len(await trail(mia)) == before


async def test_a_replayed_request_is_noted_once(office: World) -> None:
    mia = await office.sign_in("Mia")
    body = {"name": "Once", "team_id": office.teams["Payments"]}
    for _ in range(3):
        await mia.post("/api/v1/services", body, idempotency_key="same")
    assert len(await trail(mia, q="Once")) == 1


async def test_people_read_what_their_teams_own_and_administrators_everything(office: World) -> None:
    mia, root = await office.sign_in("Mia"), await office.sign_in("Root")
    assert [row["object_name"] for row in await trail(mia, object_kind="service")] == ["Payments api"]
    names = [row["object_name"] for row in await trail(root, object_kind="service")]
    assert names == ["Data api", "Payments api"]
    assert await trail(root, q="100%") == []
    assert [row["object_name"] for row in await trail(root, actor_id=office.users["Dan"], object_kind="service")] == [
        "Data api"
    ]


async def test_pages_of_the_trail_follow_each_other(office: World) -> None:
    root = await office.sign_in("Root")
    for n in range(5):
        await office.add_service(f"s{n}", team="Payments")
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 3, "object_kind": "service"} | ({"cursor": cursor} if cursor else {})
        page = await root.get("/api/v1/audit", **query)
        seen += [row["object_name"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["s4", "s3", "s2", "s1", "s0", "Data api", "Payments api"]


async def test_secrets_never_reach_the_trail(office: World) -> None:
    root = await office.sign_in("Root")
    integration = await office.add_integration(await office.add_service("another", team="Payments"))
    whole = str(await root.get("/api/v1/audit"))
    assert integration.id in whole
    assert integration.key not in whole


@pytest.mark.parametrize("name", ["from", "to"])
async def test_an_instant_without_its_offset_is_refused(office: World, name: str) -> None:
    root = await office.sign_in("Root")
    answer = await root.send("GET", "/api/v1/audit", **{name: "2026-01-01T00:00:00"})  # pyright: ignore[reportArgumentType] names of the query
    assert (answer.status_code, fields(answer)) == (400, [(name, "no_offset")])


FIRST = {"name": "Ona", "email": "ona@example.com", "password": "a long enough one"}


async def test_the_first_administrator_is_in_the_trail_whichever_way_they_came(world: World) -> None:
    token = setup_token(world.engine.secrets)
    tokens = await world.nobody.post("/api/v1/auth/setup", {"token": token, **FIRST})
    [made] = await trail(Client(world.http, tokens["access_token"]))
    assert (made["verb"], made["object_kind"], made["actor_name"]) == ("made", "user", "Ona")


async def test_the_form_of_the_first_administrator_leaves_the_same_row(world: World) -> None:
    form = {**FIRST, "time_zone": "UTC", "language": "en"}
    answer = await world.http.post(f"/setup/{setup_token(world.engine.secrets)}", data=form)
    assert answer.status_code == 200
    rows = await world.db.values("SELECT verb, object_kind, actor_name FROM audit")
    assert rows == [("made", "user", "Ona")]


async def test_who_says_again_what_is_known_of_them_changed_nothing(office: World) -> None:
    mia = await office.sign_in("Mia")
    me = await mia.get("/api/v1/me")
    same = await mia.send("PATCH", "/api/v1/me", {"language": me["language"]}, headers={"if-match": str(me["rev"])})
    assert same.json()["rev"] == me["rev"] + 1, "it was said, and nobody guesses it any more"
    assert await trail(mia, object_kind="user") == []
    await mia.send("PATCH", "/api/v1/me", {"language": "zh"}, headers={"if-match": str(me["rev"] + 1)})
    [changed] = await trail(mia, object_kind="user")
    assert changed["differences"] == [{"field": "language", "before": me["language"], "after": "zh"}]


async def test_a_silence_that_is_ended_says_which_it_was(office: World) -> None:
    mia = await office.sign_in("Mia")
    conditions = [[{"key": "labels.env", "values": ["prod"]}]]
    hours = {"starts_at": "2026-01-01T00:00:00Z", "ends_at": "2036-01-01T00:00:00Z"}
    made = await mia.post("/api/v1/silences", {"team_id": office.teams["Payments"], "conditions": conditions} | hours)
    headers = {"if-match": str(made["rev"])}
    ended = await mia.send("DELETE", f"/api/v1/silences/{made['id']}", headers=headers)
    assert ended.status_code < 300, ended.text
    newest = (await trail(mia, object_id=made["id"]))[0]
    assert newest["verb"] == "ended"
    assert newest["differences"][0]["before"]["conditions"][0][0]["values"] == ["prod"]


async def test_sign_ins_are_left_out_on_demand(office: World) -> None:
    mia = await office.sign_in("Mia")
    await mia.post("/api/v1/services", {"name": "Ledger", "team_id": office.teams["Payments"]})
    kinds = {each["object_kind"] for each in await trail(mia)}
    assert {"session", "service"} <= kinds
    assert {each["object_kind"] for each in await trail(mia, sessions="false")} == kinds - {"session"}
