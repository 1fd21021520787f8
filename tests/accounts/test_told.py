"""What is told of people, and what they may call themselves and their secrets."""

import dataclasses

import pytest

from server.kernel.database import Writes
from tests.accounts.asking import answered, fields
from tests.kit.world import World

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
    ["rob@example.com", "ROB@Example.com", "rob@example.com1", "Rob-Example-Com-2026", "12345-rob-6789"],
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
