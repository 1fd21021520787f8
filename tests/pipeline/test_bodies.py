"""What is stored of a body gives the body back, and people read it as it came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pipeline.bodies import LARGE_BYTES, WORTH_BYTES, pack, unpack
from tests.ingest.ways import EVENT, Ways
from tests.kit.storm_site import body


@given(st.binary(max_size=2000))
def test_every_body_comes_back(content: bytes) -> None:
    assert unpack(pack(content), len(content)) == content


@pytest.mark.parametrize("content", [b"", b"x" * WORTH_BYTES, b"x" * (WORTH_BYTES - 1), b"{" * 5_000_000])
def test_what_is_stored_is_never_longer(content: bytes) -> None:
    assert len(pack(content)) <= len(content)
    assert unpack(pack(content), len(content)) == content


def test_a_hundred_alerts_take_a_tenth() -> None:
    content = body("shop", [f"p{n}" for n in range(100)])
    assert len(pack(content)) < len(content) / 8


@pytest.mark.store
@pytest.mark.parametrize("alerts", [1, 100, 400])
async def test_a_packed_body_is_worked_through_listed_and_read_as_it_came(ways: Ways, alerts: int) -> None:
    content = body("shop", [f"p{n}" for n in range(alerts)])
    assert (alerts == 400) == (len(content) > LARGE_BYTES)
    assert (await ways.send(ways.path("alertmanager"), content)).status_code == 202
    await ways.world.settle()
    assert await ways.world.db.value("SELECT LENGTH(body) FROM event") < len(content)
    [listed] = (await ways.manager.get("/api/v1/events"))["items"]
    assert listed["bytes"] == len(content)
    assert (await ways.manager.get(f"/api/v1/events/{listed['id']}"))["body"] == content.decode()
    assert await ways.world.db.value("SELECT COUNT(*) FROM alert") == alerts


async def test_a_body_from_before_is_read_as_it_is(ways: Ways) -> None:
    await ways.send(ways.path("events"), EVENT)
    [(stored, size)] = await ways.world.db.values("SELECT body, size FROM event")
    assert unpack(unpack(stored, size), size) == unpack(stored, size)
