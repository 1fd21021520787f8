"""Teams: changed, filled and removed by whoever may."""

import pytest

from tests.accounts.asking import answered, fields
from tests.kit.world import World

TEAMS = "/api/v1/teams"


@pytest.mark.store
async def test_a_team_is_changed_and_closed_by_its_rev(office: World) -> None:
    root, vic, rob = await office.sign_in("Root"), await office.sign_in("Vic"), await office.sign_in("Rob")
    path = f"{TEAMS}/{office.teams['Search']}"
    team = await vic.get(path)
    assert (team["is_private"], team["members"], team["is_member"], team["may_edit_members"]) == (
        False,
        1,
        False,
        False,
    )
    assert (await rob.get(path))["is_member"] is True
    body = {"name": "Find", "is_private": True}
    assert (await answered(root, "PUT", path, body))[0] == 428
    assert (await root.put(path, body, rev=1))["name"] == "Find"
    assert (await answered(root, "PUT", path, body, 1))[0] == 412
    assert (await answered(vic, "GET", path))[0] == 404, "closed to whoever is not in it, at once"
    assert (await rob.get(path))["name"] == "Find"
    assert await answered(root, "PUT", path, {"name": "Payments"}, 2) == (409, "name_taken")
    assert (await answered(await office.sign_in("Mia"), "PUT", f"{TEAMS}/{office.teams['Payments']}", body, 1))[
        0
    ] == 403


async def test_a_team_is_removed_once_it_owns_nothing_and_nothing_pages_it(office: World) -> None:
    root, mia = await office.sign_in("Root"), await office.sign_in("Mia")
    team = office.teams["Payments"]
    path = f"{TEAMS}/{team}"
    service = await office.add_service(team="Payments")
    policy = await office.add_policy("team:Payments", name="P", team="Search", by="Root")
    refused = await root.send("DELETE", path, headers={"if-match": "1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "in_use")
    named = [(error["args"]["kind"], error["args"]["name"]) for error in refused.json()["errors"]]
    assert named == [("service", "checkout"), ("escalation_policy", "P")]
    await answered(root, "DELETE", f"/api/v1/services/{service.id}", None, 1)
    await answered(root, "DELETE", f"/api/v1/escalation-policies/{policy.id}", None, 1)
    assert (await answered(root, "DELETE", path))[0] == 428
    assert (await answered(root, "DELETE", path, None, 1))[0] == 204
    assert (await answered(root, "GET", path))[0] == 404
    assert "Payments" not in [each["name"] for each in (await root.get(TEAMS))["items"]]
    assert (await mia.get("/api/v1/me"))["teams"] == []
    assert await answered(root, "POST", "/api/v1/services", {"name": "s", "team_id": team}) == (409, "team_removed")
    assert (await root.post(TEAMS, {"name": "Payments"}))["id"] != team, "the name is free again"


async def test_managers_of_a_team_choose_its_members_and_no_other_teams(office: World) -> None:
    await office.make_manager("Mia", "Payments")
    mia, rob, root = await office.sign_in("Mia"), await office.sign_in("Rob"), await office.sign_in("Root")
    own, other = (f"{TEAMS}/{office.teams[name]}/members" for name in ("Payments", "Search"))
    new = {"user_id": office.users["Vic"]}
    assert (await mia.get(f"{TEAMS}/{office.teams['Payments']}"))["may_edit_members"] is True
    assert (await answered(mia, "POST", own, new))[0] == 204
    assert (await answered(mia, "POST", own, new))[0] == 204, "again, which changes nothing"
    assert [member["name"] for member in (await rob.get(own))["items"]] == ["Mia", "Vic"]
    assert await answered(mia, "POST", other, new) == (403, "not_your_team")
    assert (await answered(mia, "POST", f"{TEAMS}/{office.teams['Secret']}/members", new))[0] == 404
    assert (await answered(rob, "POST", own, new))[0] == 403
    unknown = await mia.send("POST", own, {"user_id": "nobody"})
    assert fields(unknown) == [("user_id", "unknown")]
    assert (await answered(mia, "DELETE", f"{own}/{office.users['Vic']}"))[0] == 204
    assert (await answered(mia, "DELETE", f"{own}/{office.users['Vic']}"))[0] == 404
    verbs = [each["verb"] for each in (await root.get("/api/v1/audit", object_kind="team"))["items"]]
    assert verbs == ["member_removed", "member_added"]


async def test_marked_as_manager_without_the_role_nobody_edits_members(office: World) -> None:
    await office.make_manager("Rob", "Search")
    rob = await office.sign_in("Rob")
    path = f"{TEAMS}/{office.teams['Search']}/members"
    assert (await answered(rob, "POST", path, {"user_id": office.users["Vic"]}))[0] == 403
