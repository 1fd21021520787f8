"""Buttons of notifications: each verb once, and only what its owner may still do."""

import json
from datetime import timedelta
from typing import Any

import pytest

from server.delivery.send import action_token
from server.kernel.database import Writes
from tests.incidents.desk import Desk
from tests.kit.world import World

pytestmark = pytest.mark.store
VERBS = ("acknowledge", "escalate", "resolve", "snooze")


async def token_of(desk: Desk, name: str) -> str:
    """The token of the last page to somebody, as it was sent."""
    world = desk.world
    id = await world.db.value(
        "SELECT id FROM notification WHERE user_id = :user ORDER BY id DESC LIMIT 1", user=world.users[name]
    )
    return action_token(world.engine.secrets, id, VERBS, world.clock.now() + timedelta(hours=24))


async def press(desk: Desk, token: str, verb: str, **more: Any) -> Any:
    answer = await desk.world.nobody.send("POST", "/api/v1/actions", {"token": token, "verb": verb, **more})
    await desk.world.settle()
    return answer


async def test_snooze_and_escalate_work_from_a_notification(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    token = await token_of(desk, "Ana")
    answer = (await press(desk, token, "snooze", seconds=600)).json()
    assert (answer["state"], answer["by"], answer["done"]) == ("acknowledged", "Ana", True)
    assert (await desk.read(incident))["snoozed_until"] == "2026-11-21T03:22:00Z"
    answer = (await press(desk, token, "escalate")).json()
    assert (answer["state"], answer["done"]) == ("triggered", True)
    assert await world.paged() == ["Ana", "Bo"]
    assert await desk.audited(incident) == ["snooze", "escalate"]


async def test_a_button_that_is_pressed_again_gets_its_first_answer(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    token = await token_of(desk, "Ana")
    first = await press(desk, token, "escalate")
    again = await press(desk, token, "escalate")
    assert (again.status_code, again.text) == (200, first.text)
    assert await world.paged() == ["Ana", "Bo"]
    assert await desk.audited(incident) == ["escalate"]


async def test_a_page_to_who_was_called_in_is_answered_by_joining(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    await desk.act("Ana", incident, "acknowledge")
    await desk.act("Ana", incident, "responders", {"user_ids": [world.users["Cy"]]})
    answer = (await press(desk, await token_of(desk, "Cy"), "acknowledge")).json()
    assert (answer["by"], answer["done"]) == ("Cy", True)
    seen = await desk.read(incident)
    assert (seen["acknowledged_by"]["name"], {each["state"] for each in seen["responders"]}) == (
        "Ana",
        {"acknowledged"},
    )


async def test_who_came_late_is_told_who_has_it(world: World) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    token = await token_of(desk, "Ana")
    await desk.act("Bo", incident, "acknowledge")
    answer = (await press(desk, token, "acknowledge")).json()
    assert (answer["by"], answer["done"], answer["state"]) == ("Bo", False, "acknowledged")
    assert await desk.audited(incident) == ["acknowledge"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ("UPDATE user_account SET role = 'viewer' WHERE id = :user", 403, "role"),
        ("UPDATE user_account SET deactivated_at = 1 WHERE id = :user", 401, "bad_action_token"),
        ("DELETE FROM membership WHERE user_id = :user", 404, "not_found"),
    ],
)
async def test_what_the_owner_may_do_now_counts(world: World, change: str, status: int, code: str) -> None:
    desk = await Desk.build(world)
    incident = await desk.fire()
    token = await token_of(desk, "Ana")
    hide = "UPDATE team SET is_private = TRUE WHERE id = :team"
    await world.db.apply(
        Writes().sql(hide, team=world.teams["Payments"]).sql(change, expect=1, user=world.users["Ana"])
    )
    for verb in VERBS:
        answer = await press(desk, token, verb)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await desk.read(incident))["state"] == "triggered"
    assert await desk.audited(incident) == []


async def test_a_button_does_only_what_its_token_is_bound_to(world: World) -> None:
    desk = await Desk.build(world)
    await desk.fire()
    id = (await token_of(desk, "Ana")).split(".")[1]
    until = world.clock.now() + timedelta(hours=1)
    bound = action_token(world.engine.secrets, id, ("acknowledge",), until)
    assert (await press(desk, bound, "resolve")).json()["code"] == "verb_not_bound"
    assert (await press(desk, bound[:-2] + "xx", "acknowledge")).status_code == 401
    assert (await press(desk, bound, "snooze", seconds=5)).status_code == 400
    world.clock.advance(timedelta(hours=2))
    old, forged = await press(desk, bound, "acknowledge"), await press(desk, bound[:-2] + "xx", "acknowledge")
    strange = await press(desk, "dwn.nothing", "acknowledge")
    nobodys = action_token(world.engine.secrets, "no such page", ("acknowledge",), until + timedelta(days=1))
    answers = [old, forged, strange, await press(desk, nobodys, "acknowledge")]
    assert {(each.status_code, each.text) for each in answers} == {(401, old.text)}, "byte for byte"


async def test_a_page_offers_the_four_verbs(world: World) -> None:
    desk = await Desk.build(world)
    await desk.fire()
    message = json.loads(await world.db.value("SELECT message FROM delivery LIMIT 1"))
    assert message["verbs"] == list(VERBS)
