"""What a provider has taken is not sent again because the commit behind it has to be tried again."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.channels.base import Message, Receipt
from server.delivery.enqueue import SEND
from server.kernel.database import Database, Priority
from server.kernel.errors import Stale, Unavailable
from server.kernel.settings import Settings
from tests.escalation.house import House
from tests.kernel.refusing import Refusing
from tests.kit.world import World, world_of

pytestmark = pytest.mark.store
TAKEN = "SET state = 'accepted'"


@pytest.fixture
async def refusing(db: Database) -> Refusing:
    return Refusing(db)


@pytest.fixture
async def world(settings: Settings, refusing: Refusing) -> AsyncIterator[World]:
    async with world_of(dataclasses.replace(settings, demo=True), refusing) as made:
        yield made


@pytest.fixture
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of what the push provider took."""
    channel, taken = world.engine.channels["push"], list[str]()
    send = channel.send

    async def counted(message: Message, address: Any) -> Receipt:
        taken.append(message.id)
        return await send(message, address)

    monkeypatch.setattr(channel, "send", counted)
    return taken


@pytest.mark.parametrize("error", [Stale, Unavailable])
async def test_a_page_that_was_taken_leaves_once_though_its_outcome_is_refused(
    world: World, refusing: Refusing, sent: list[str], error: type[Stale] | type[Unavailable]
) -> None:
    house = await House.build(world, "Ana", levels=("Ana",), delay_s=3600)
    refusing.refuse(TAKEN, times=7, error=error)
    await house.fire()
    assert len(sent) == 1
    assert await world.paged() == ["Ana"]
    assert await world.db.value("SELECT COUNT(*) FROM due WHERE kind = :kind", kind=SEND[Priority.PAGE]) == 0
