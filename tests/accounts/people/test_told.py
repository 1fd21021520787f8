"""What is told of people, and what they may call themselves and their secrets."""

import dataclasses
import stat
from pathlib import Path

import pytest

from server import demo
from server.kernel.database import Writes
from shared.domain.visible import one_line
from shared.wire.people import NewTeam
from tests.accounts.asking import answered, fields
from tests.kit.adding import PASSWORD
from tests.kit.world import World

pytestmark = pytest.mark.store
USERS = "/api/v1/users"


async def test_only_who_manages_people_sees_who_has_no_second_factor(office: World) -> None:
    await office.db.apply(Writes().sql("UPDATE user_account SET totp_confirmed_at = 1 WHERE role = 'owner'"))
    shown = {}
    for name in ("Vic", "Rob", "Mia", "Root", "Olga"):
        client = await office.sign_in(name) if name != "Olga" else None
        if client is None:
            continue
        people = (await client.get(USERS))["items"]
        one = await client.get(f"{USERS}/{office.users['Olga']}")
        shown[name] = ({each["name"] for each in people if each["has_totp"]}, one["has_totp"])
    assert shown == {
        "Vic": (set(), False),
        "Rob": (set(), False),
        "Mia": (set(), False),
        "Root": ({"Olga"}, True),
    }


@pytest.mark.parametrize(
    "password",
    [
        "rob@example.com",
        "ROB@Example.com",
        "rob@example.com1",
        "Rob-Example-Com-2026",
        "12345-rob-6789",
        "rob-Rob-2026-11",
        "example.com-11",
    ],
)
async def test_a_password_is_not_ones_own_address(office: World, password: str) -> None:
    rob = await office.sign_in("Rob")
    change = {"old_password": "a password of the tests", "new_password": password}
    assert fields(await rob.send("POST", "/api/v1/me/password", change)) == [("new_password", "own_address")]
    new = {"name": "New", "email": "rob@example.org", "password": password.replace(".com", ".org"), "role": "viewer"}
    if "com" not in new["password"].lower():
        made = await (await office.sign_in("Root")).send("POST", USERS, new)
        assert fields(made) == [("password", "own_address")]


async def test_words_of_an_address_among_others_are_a_password(office: World) -> None:
    rob = await office.sign_in("Rob")
    change = {"old_password": "a password of the tests", "new_password": "rob likes four words"}
    assert (await rob.send("POST", "/api/v1/me/password", change)).status_code == 204


async def test_the_outbox_of_a_demo_that_others_reach_is_the_administrators(office: World) -> None:
    path = "/api/v1/outbox"
    vic, root = await office.sign_in("Vic"), await office.sign_in("Root")
    assert (await answered(vic, "GET", path))[0] == 200
    office.parts.settings = dataclasses.replace(office.parts.settings, host="0.0.0.0")
    assert await answered(vic, "GET", path) == (403, "role")
    assert (await answered(root, "GET", path))[0] == 200


ODD = {
    "A\r\nATTENDEE:mallory": "A ATTENDEE:mallory",
    "A\tB\x0bC": "A B C",
    "\x1b[31mred\x1b[0m": "red",
    "\x1b]0;title\x07name": "name",
    "abc\u202egnp.exe": "abcgnp.exe",
    "\u2067right\u2069 \u200fleft": "right left",
    "two\u2028lines\x85three": "two lines three",
    "\ufeffOncall \U0001f468\u200d\U0001f692": "Oncall \U0001f468\u200d\U0001f692",
    "值班 – é": "值班 – é",
}


@pytest.mark.parametrize("given", ODD)
def test_a_name_is_one_line_that_turns_and_moves_nothing(given: str) -> None:
    assert one_line(given) == ODD[given]
    assert one_line(one_line(given)) == one_line(given)
    assert NewTeam(name=given).name == ODD[given]


async def test_what_is_written_in_lines_keeps_its_lines_alone(office: World) -> None:
    """Whoever reads a silence or a comment sees what was meant, on a terminal too."""
    root, team = await office.sign_in("Root"), office.teams["Payments"]
    odd, clean = "Deploy\r\nby \u202eAna\u202c\x1b[2J\u200b\n\tdone", "Deploy\nby Ana\n\tdone"
    span = {"starts_at": "2030-01-01T00:00:00Z", "ends_at": "2030-01-01T01:00:00Z"}
    silence = await office.add_silence(team="Payments", by="Root", comment=odd, **span)
    assert silence.comment == clean
    new = {"title": "x\u200b", "team_id": team, "user_ids": [office.users["Rob"]], "description": odd}
    incident = await root.post("/api/v1/incidents", new)
    assert (incident["title"], incident["description"]) == ("x", clean)
    comments = f"/api/v1/incidents/{incident['id']}/comments"
    assert (await root.send("POST", comments, {"text": odd})).is_success
    assert fields(await root.send("POST", comments, {"text": "\u200b\n\u2800"})) == [("text", "blank")]
    entries = (await root.get(f"/api/v1/incidents/{incident['id']}/timeline"))["items"]
    assert [each["args"]["text"] for each in entries if each["kind"] == "commented"] == [clean]


async def test_names_are_cleaned_wherever_they_are_given(office: World) -> None:
    root = await office.sign_in("Root")
    odd, clean = "Pay\r\n\x1b[2Jments\u202e", "Pay ments"
    me = await root.get("/api/v1/me")
    renamed = await root.send("PATCH", "/api/v1/me", {"name": odd}, headers={"if-match": str(me["rev"])})
    assert renamed.json()["name"] == clean
    team = office.teams["Payments"]
    for path, body in (
        ("/api/v1/teams", {"name": odd}),
        ("/api/v1/services", {"name": odd, "team_id": team}),
        ("/api/v1/schedules", {"name": odd, "team_id": team, "time_zone": "UTC"}),
        ("/api/v1/api-keys", {"name": odd, "scopes": ["read"]}),
        ("/api/v1/invitations", {"email": "new@example.com", "name": odd, "role": "viewer"}),
    ):
        assert (await root.post(path, body))["name"] == clean, path
        assert (await root.send("POST", path, {**body, "name": "\u202e\r\n"})).status_code == 400, path
    login = {"email": "root@example.com", "password": PASSWORD}
    await office.nobody.send("POST", "/api/v1/auth/login", login, headers={"user-agent": "Pixel\x1b[2J\t9\x07"})
    sessions = (await root.get("/api/v1/me/sessions"))["items"]
    assert "Pixel 9" in [each["device"] for each in sessions]
    phone = await root.send("PUT", "/api/v1/me/devices/i-1", {"name": odd, "platform": "ios", "value": "t"})
    assert phone.json()["name"] == clean


async def test_a_table_of_people_with_odd_names_is_no_failure(office: World) -> None:
    root = await office.sign_in("Root")
    table = 'name,email,role,teams\r\n"A\nB\u202e",a@example.com,viewer,\r\n"\u202e",b@example.com,viewer,\r\n'
    answer = await root.send("POST", "/api/v1/invitations/csv", {"csv": table})
    assert answer.status_code == 201, answer.text
    assert {each["name"] for each in answer.json()["items"]} == {"A B", ""}


async def test_a_demo_that_others_reach_has_a_password_of_its_own_as_long_as_they_do(
    office: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "RANDOM", tmp_path / "demo.password")
    new = {"name": "A", "email": "admin@example.com", "password": demo.PASSWORD, "role": "viewer"}
    await (await office.sign_in("Root")).post(USERS, new)

    async def signs_in(password: str) -> bool:
        body = {"email": "admin@example.com", "password": password}
        return (await office.nobody.send("POST", "/api/v1/auth/login", body)).status_code == 200

    here = office.engine.settings
    passwords = [await demo._password(office.db, dataclasses.replace(here, host="0.0.0.0")) for _ in range(2)]
    assert len({*passwords, demo.PASSWORD}) == 3, "another at each start"
    assert [await signs_in(each) for each in (passwords[1], passwords[0], demo.PASSWORD)] == [True, False, False]
    assert stat.S_IMODE(demo.RANDOM.stat().st_mode) == 0o600
    assert await demo._password(office.db, here) == demo.PASSWORD
    assert (await signs_in(demo.PASSWORD), demo.RANDOM.exists()) == (True, False)
