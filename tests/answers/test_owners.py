"""A button is worth something as long as what it was sent to is its owner's."""

from typing import Any

import pytest

from server.kernel.database import Writes
from tests.answers.test_actions import VERBS, press, token_of
from tests.incidents.desk import Desk
from tests.kit.client import Client
from tests.kit.world import World

pytestmark = pytest.mark.store
DEVICE = {"name": "Pixel", "platform": "android", "value": "token-1"}
SESSIONS = "/api/v1/me/sessions"


async def end_elsewhere(here: Client) -> None:
    assert (await here.send("DELETE", SESSIONS)).status_code == 204


async def remove_device(here: Client) -> None:
    assert (await here.send("DELETE", "/api/v1/me/devices/install-1")).status_code == 204


async def change_password(here: Client) -> None:
    body = {"old_password": "a password of the tests", "new_password": "another password of the tests"}
    assert (await here.send("POST", "/api/v1/me/password", body)).status_code == 204


@pytest.fixture
async def desk(world: World) -> Desk:
    """Ana's only phone is registered by a session of its own; what is sent to it is taken."""
    desk = await Desk.build(world)
    await world.db.apply(Writes().sql("DELETE FROM address WHERE user_id = :user", user=world.users["Ana"]))
    return desk


async def paged(desk: Desk) -> tuple[dict[str, Any], str, Client]:
    """An incident, the token of its page to the phone, and the phone."""
    phone = await desk.world.sign_in("Ana")
    answer = await phone.send("PUT", "/api/v1/me/devices/install-1", DEVICE)
    assert answer.status_code == 200
    incident = await desk.fire()
    return incident, await token_of(desk, "Ana"), phone


@pytest.mark.parametrize("ending", [end_elsewhere, remove_device, change_password])
async def test_it_dies_with_its_device_and_session_and_says_nothing_more(desk: Desk, ending: Any) -> None:
    incident, token, _ = await paged(desk)
    assert (await press(desk, token, "acknowledge")).status_code == 200
    await ending(await desk.world.sign_in("Ana"))
    answers = [await press(desk, token, verb) for verb in VERBS]
    assert {answer.status_code for answer in answers} == {401}, "also what it did before"
    assert {answer.json()["code"] for answer in answers} == {"bad_action_token"}
    assert len({answer.text for answer in answers}) == 1
    assert not any(str(incident) in answer.text or "Ana" in answer.text for answer in answers)


async def test_it_dies_with_signing_out_and_with_the_account(desk: Desk) -> None:
    _, token, phone = await paged(desk)
    assert (await phone.send("POST", "/api/v1/auth/logout")).status_code == 204
    assert (await press(desk, token, "acknowledge")).status_code == 401


async def test_what_was_done_is_not_told_to_whoever_has_the_button_of_a_deactivated_person(desk: Desk) -> None:
    _, token, _ = await paged(desk)
    assert (await press(desk, token, "acknowledge")).status_code == 200
    gone = "UPDATE user_account SET deactivated_at = 1 WHERE id = :id"
    await desk.world.db.apply(Writes().sql(gone, id=desk.world.users["Ana"]))
    answer = await press(desk, token, "acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_action_token")


async def test_the_buttons_of_a_removed_mail_address_and_webhook_die_with_it(world: World) -> None:
    desk = await Desk.build(world)
    await desk.fire()
    token = await token_of(desk, "Ana")
    assert (await press(desk, token, "escalate")).status_code == 200
    await world.db.apply(Writes().sql("DELETE FROM address WHERE user_id = :user", user=world.users["Ana"]))
    assert [(await press(desk, token, verb)).status_code for verb in VERBS] == [401] * 4


async def test_it_dies_with_an_address_that_is_dead(world: World) -> None:
    desk = await Desk.build(world)
    await desk.fire()
    token = await token_of(desk, "Ana")
    dead = "UPDATE address SET dead_at = 1, dead_reason = 'gone' WHERE user_id = :user"
    await world.db.apply(Writes().sql(dead, user=world.users["Ana"]))
    assert [(await press(desk, token, verb)).status_code for verb in VERBS] == [401] * 4
