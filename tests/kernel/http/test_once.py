"""What was decided on rows that changed meanwhile is decided again, a few times."""

from typing import Any, cast

import pytest

from server.kernel.database import Database, Stale, Writes
from server.kernel.errors import Conflict
from server.kernel.http import TRIES, committed


class Changing:
    """A database that is somebody else's the first times."""

    def __init__(self, times: int) -> None:
        self.times = times

    async def apply(self, _: Writes) -> list[Any]:
        self.times -= 1
        if self.times >= 0:
            raise Stale("changed")
        return []


async def decided(times: int) -> int:
    tries: list[int] = []

    async def decide() -> tuple[Writes, int]:
        tries.append(len(tries) + 1)
        return Writes(), tries[-1]

    return await committed(cast(Database, Changing(times)), decide)


async def test_the_answer_is_the_one_that_was_committed() -> None:
    assert [await decided(times) for times in (0, 1, TRIES - 1)] == [1, 2, TRIES]


async def test_what_keeps_changing_is_said_to_whoever_asks() -> None:
    with pytest.raises(Conflict) as refused:
        await decided(TRIES)
    assert refused.value.code == "contended"
