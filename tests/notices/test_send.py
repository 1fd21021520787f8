"""Notices go where their reader wants news of no hurry: whoever sends them, one rule holds."""

from typing import Any

import pytest

from server.kernel.database import Writes
from server.notices.reader import Reader
from server.notices.send import Notice, send, send_by
from shared.domain.paging.notification import Reachable
from tests.incidents.desk import Desk
from tests.kit.world import World

RULES = "/api/v1/me/notification-rules"
PUSH = {"channel": "push"}
MAIL = {"channel": "email", "delay_s": 0}


def words(reader: Reader) -> Notice:
    return Notice(title=f"For {reader.language}", body="")


async def sent(world: World) -> list[tuple[str, str]]:
    rows = await world.db.values(
        "SELECT user_account.name, delivery.channel FROM delivery JOIN address ON address.id = address_id"
        " JOIN user_account ON user_account.id = address.user_id"
        ' WHERE delivery.message LIKE \'%"kind":"notice"%\' ORDER BY user_account.name, delivery.channel'
    )
    return [(name, channel) for name, channel in rows]


async def want_mail(world: World, name: str) -> None:
    client = await world.sign_in(name)
    await client.put(RULES, {"critical": [PUSH], "warning": [PUSH], "info": [MAIL]}, rev=0)


@pytest.mark.store
async def test_what_followers_hear_obeys_their_own_rule_for_info(world: World) -> None:
    desk = await Desk.build(world)
    for name in ("Li", "Di"):
        await world.add_person(name, team="Payments", reach="push email")
    await want_mail(world, "Li")
    incident = await desk.fire()
    for name in ("Li", "Di"):
        await desk.act(name, incident, "followers", {})
    await desk.act("Ana", incident, "comments", {"text": "It is the disk"})
    assert await sent(world) == [("Di", "push"), ("Li", "email")]


@pytest.mark.store
async def test_a_channel_that_is_named_comes_before_the_rule_and_nobody_who_left_is_sent_anything(world: World) -> None:
    await world.add_team("Payments")
    for name in ("Ana", "Bo", "Cy"):
        await world.add_person(name, team="Payments", reach="push" if name == "Bo" else "push email")
    await want_mail(world, "Ana")
    gone = "UPDATE user_account SET deactivated_at = 1 WHERE id = :id"
    await world.db.apply(Writes().sql(gone, id=world.users["Cy"]))
    now, writes = world.clock.now(), Writes()
    people = [world.users[name] for name in ("Ana", "Bo", "Cy")]
    await send(world.db, writes, people, words, expires_at=now, now=now)
    await send(world.db, writes, people, words, expires_at=now, now=now, by=("push",))
    await world.db.apply(writes)
    assert await sent(world) == [("Ana", "email"), ("Ana", "push"), ("Bo", "push"), ("Bo", "push")]


async def test_what_has_a_name_is_sent_once_to_each_address(world: World) -> None:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", reach="push email")
    now = world.clock.now()

    def everything(mine: Any) -> Any:
        return mine

    def name_of(address: Reachable) -> str:
        return f"once {address.channel}"

    for _ in range(2):
        writes = Writes()
        await send_by(world.db, writes, [world.users["Ana"]], words, everything, expires_at=now, now=now, once=name_of)
        await world.db.apply(writes)
    assert await sent(world) == [("Ana", "email"), ("Ana", "push")]
