"""A known key never waits, counts against no address and is refused by 503 alone; an unknown one costs little."""

import asyncio
from typing import Any

from server.kernel.limits.strangers import Line
from tests.ingest.ways import EVENT, PAGERDUTY_V2_BODY, Ways


async def full(line: Line) -> list[Any]:
    return [await line.turn("203.0.113.9") for _ in range(line.at_once)]


async def test_a_known_key_never_waits_and_an_unknown_one_does(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT)
    turns = await full(ways.world.parts.strangers.line)
    sent = [ways.send(ways.path("events"), EVENT), ways.send("/v2/enqueue", known(ways)), unknown(ways, 0)]
    done, pending = await asyncio.wait([asyncio.create_task(each) for each in sent], timeout=2)
    assert [task.result().status_code for task in done] == [202, 202]
    for turn in turns:
        turn.end()
    assert [(await task).status_code for task in pending] == [404]


def known(ways: Ways) -> Any:
    return PAGERDUTY_V2_BODY | {"routing_key": ways.integrations["pagerduty"].key}


async def unknown(ways: Ways, size: int) -> Any:
    return await ways.send("/v2/enqueue", PAGERDUTY_V2_BODY | {"routing_key": "x" * 32, "client": "y" * size})


async def test_what_an_address_sends_without_a_key_of_ours_is_bounded(ways: Ways) -> None:
    answers = [(await unknown(ways, 400_000)).status_code for _ in range(4)]
    assert answers == [404, 404, 429, 429]
    assert (await ways.send("/v2/enqueue", known(ways))).status_code == 202, "never for a known key"


async def test_a_known_key_is_sent_away_by_503_alone_when_bodies_fill_the_memory(ways: Ways) -> None:
    ways.world.parts.accept._known.most = 10
    answer = await ways.send(ways.path("alertmanager"), {"alerts": []})
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    ways.world.parts.accept._known.most = 1000
    assert (await ways.send(ways.path("alertmanager"), {"alerts": []})).status_code == 202


async def test_an_unknown_key_is_refused_before_its_body_is_read(ways: Ways) -> None:
    body = b"x" * (17 * 2**20)
    assert (await ways.send("/ingest/alertmanager/nobody", body)).status_code == 404
