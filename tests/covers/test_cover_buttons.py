"""Accept and decline from the notice itself, without a session."""

from datetime import timedelta

import pytest

from server.covers.answers import Expire
from server.covers.notify import NotifyOfCovers
from server.covers.requests import COVER_NOTICE, EXPIRE
from server.delivery.send import action_token
from server.kernel.database import Stale, Writes
from server.kernel.due import Claimed
from tests.kit.world import World
from tests.schedules.team import COVERS, DAY, V1, Team


@pytest.mark.store
async def test_a_notice_is_answered_by_its_button(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    (_, message) = (await team.notices("Cy"))[-1]
    assert (message["verbs"], message["cover"]["request_id"]) == (["accept_cover", "decline_cover"], made["id"])
    assert message["url"].endswith(f"/covers/{made['id']}")
    answer = (await team.press("Di", "decline_cover")).json()
    assert (answer["state"], answer["by"], answer["done"]) == ("open", "Di", True)
    answer = (await team.press("Cy", "accept_cover")).json()
    assert (answer["state"], answer["by"], answer["done"], answer["cover_request_id"]) == (
        "accepted",
        "Cy",
        True,
        made["id"],
    )
    assert await team.on_call("24 05:00") == ["Cy"]
    assert await team.audited("cover_request") == ["made", "declined", "accepted"]


async def test_a_button_pressed_again_gets_its_first_answer(world: World) -> None:
    team = await Team.build(world)
    await team.ask("Ana", "Cy")
    first, again = await team.press("Cy", "accept_cover"), await team.press("Cy", "accept_cover")
    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert await world.db.value("SELECT COUNT(*) FROM override") == 1


async def test_who_comes_late_is_told_who_has_it(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy", "Di")
    await team.answer("Cy", made, "accept")
    for verb in ("accept_cover", "decline_cover"):
        answer = (await team.press("Di", verb)).json()
        assert (answer["done"], answer["by"], answer["state"]) == (False, "Cy", "accepted")
    assert await team.on_call("24 05:00") == ["Cy"]


async def test_the_button_of_what_is_over_says_so(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    sent = (await team.notices("Cy"))[-1]
    await team.answer("Ana", made, "cancel")
    token = action_token(world.engine.secrets, sent[0], tuple(sent[1]["verbs"]), team.now + DAY)
    answer = await world.nobody.send("POST", f"{V1}/actions", {"token": token, "verb": "accept_cover"})
    assert (answer.status_code, answer.json()["code"]) == (409, "cancelled")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ("UPDATE user_account SET role = 'viewer' WHERE id = :user", 403, "role"),
        ("UPDATE user_account SET deactivated_at = 1 WHERE id = :user", 401, "bad_action_token"),
        ("DELETE FROM membership WHERE user_id = :user", 404, "not_found"),
    ],
)
async def test_what_its_owner_may_do_now_counts(world: World, change: str, status: int, code: str) -> None:
    team = await Team.build(world)
    await team.ask("Ana", "Cy")
    writes = Writes().sql("UPDATE team SET is_private = TRUE").sql(change, expect=1, user=world.users["Cy"])
    await world.db.apply(writes)
    answer = await team.press("Cy", "accept_cover")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await team.on_call("24 05:00") == ["Ana"]


async def test_buttons_work_until_the_hours_begin_and_do_nothing_else(world: World) -> None:
    team = await Team.build(world)
    await team.ask("Ana", "Cy", start="28 04:00", end="29 04:00")
    shown = (await (await team.world.client("Root")).get(f"{V1}/outbox"))["items"]
    [item] = [each for each in shown if each["verbs"]]
    world.clock.advance(4 * DAY)
    for verb, status in (("acknowledge", 403), ("accept_cover", 200)):
        answer = await world.nobody.send("POST", f"{V1}/actions", {"token": item["action_token"], "verb": verb})
        assert answer.status_code == status, answer.text


async def test_a_question_that_has_not_left_is_taken_back(world: World) -> None:
    team = await Team.build(world)
    made = await (await team.world.client("Ana")).post(COVERS, team.request("Cy", "Di"))
    tell = NotifyOfCovers(world.db, "http://app")
    claimed = await _claimed(world, COVER_NOTICE, f"{made['id']}/asked")
    await world.db.apply(await tell(claimed, team.now))
    await (await team.world.client("Cy")).post(f"{COVERS}/{made['id']}/accept", {})
    await world.db.apply(
        Writes().sql("DELETE FROM due WHERE kind = :kind AND ref = :ref", kind=COVER_NOTICE, ref=claimed.ref)
    )
    await world.settle()
    assert await team.told("Di") == []


async def test_nothing_is_told_twice_by_a_handler_that_dies_and_runs_again(world: World) -> None:
    team = await Team.build(world)
    made = await (await team.world.client("Ana")).post(COVERS, team.request("Cy"))
    claimed = await _claimed(world, COVER_NOTICE, f"{made['id']}/asked")
    lost = await NotifyOfCovers(world.db, "http://app")(claimed, team.now)
    assert len(lost) > 0, "it had decided, and died before its commit"
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    await world.settle()
    assert await team.told("Cy") == ["Ana asks you to stand in"]


async def test_an_answer_that_comes_with_the_expiry_wins_or_loses_but_not_both(world: World) -> None:
    team = await Team.build(world)
    made = await team.ask("Ana", "Cy")
    claimed = await _claimed(world, EXPIRE, made["id"])
    world.clock.move_to(team.now.replace(day=24, hour=3, minute=59, second=59))
    late = await Expire(world.db)(claimed, team.now + timedelta(seconds=2))
    await team.answer("Cy", made, "accept")
    with pytest.raises(Stale):
        await world.db.apply(late)
    assert (await team.read(made))["state"] == "accepted"


async def _claimed(world: World, kind: str, ref: str) -> Claimed:
    text = "SELECT id, kind, ref, due_at, fence, attempts FROM due WHERE kind = :kind AND ref = :ref"
    row = await world.db.row(Claimed, text, kind=kind, ref=ref)
    assert row is not None
    return row
