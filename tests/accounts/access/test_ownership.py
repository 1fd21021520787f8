"""Whether a name is taken is asked in one place."""

import pytest

from server.accounts.access.ownership import refuse_taken
from server.kernel.errors import Conflict, Invalid
from shared.wire import routes
from tests.kit.world import World


@pytest.mark.parametrize("name", ["Payments", "PAYMENTS", " payments ", "Pay\u200bments"])
def test_a_name_is_taken_whatever_its_capitals_and_signs_that_nobody_sees(name: str) -> None:
    with pytest.raises(Conflict) as refused:
        refuse_taken(name, ["Search", "Payments"], "another team")
    assert (refused.value.code, refused.value.detail) == ("name_taken", "another team has this name")
    refuse_taken(name, ["Search", "Payments"], "another team", was=name)


def test_letters_and_their_marks_are_the_same_composed_or_not() -> None:
    with pytest.raises(Conflict):
        refuse_taken("Z\u00fcrich", ["Zu\u0308rich"], "another team")
    refuse_taken("Zurich", ["Zu\u0308rich"], "another team")


def test_a_name_says_something() -> None:
    with pytest.raises(Invalid) as refused:
        refuse_taken("   ", [], "another team")
    assert [(each.field, each.code) for each in refused.value.errors] == [("name", "blank")]


NAMED = {
    routes.TEAMS: {"is_private": False},
    routes.SERVICES: {"team_id": "Payments"},
    routes.SCHEDULES: {"team_id": "Payments", "time_zone": "UTC"},
    routes.ON_CALL_ROLES: {},
    routes.SERVICE_CALENDARS: {"team_id": "Payments", "time_zone": "UTC"},
    routes.ROLES: {"permissions": ["incidents:act"]},
    routes.USERS: {"email": "n@example.com", "role": "responder", "password": "a long enough password"},
}


@pytest.mark.parametrize("path", NAMED)
async def test_a_name_that_says_nothing_and_one_that_is_too_long_are_refused_alike(world: World, path: str) -> None:
    """B7: `too_short`, `empty`, `bad_length` and `required` were said of the same."""
    await world.add_team("Payments")
    await world.add_person("Root", role="admin", team="Payments")
    root = await world.client("Root")
    more = NAMED[path] | ({"team_id": world.teams["Payments"]} if "team_id" in NAMED[path] else {})
    if path == routes.SCHEDULES:
        more |= {"layers": [world.layer_of("Root")]}
    for name, code in (("", "blank"), ("   ", "blank"), ("\u200b", "blank"), ("x" * 200, "too_long")):
        answer = await root.send("POST", path, {"name": name, **more})
        assert answer.status_code == 400, answer.text
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("name", code)], name


@pytest.mark.parametrize("given", [{"time_zone": "Mars/Base"}, {"name": "  "}, {"name": "x" * 121}])
async def test_somebody_says_of_themselves_what_others_may_say_of_them(world: World, given: dict[str, str]) -> None:
    await world.add_person("Root", role="admin")
    root = await world.client("Root")
    codes: list[str] = []
    for path in (routes.ME, routes.USER.format(user_id=world.users["Root"])):
        found = await root.get(path)
        answer = await root.send("PATCH", path, given, headers={"if-match": str(found["rev"])})
        assert answer.status_code == 400, answer.text
        codes += [each["code"] for each in answer.json()["errors"]]
    assert codes[0] == codes[1]
    assert codes[0] in ("unknown_time_zone", "blank", "too_long")
