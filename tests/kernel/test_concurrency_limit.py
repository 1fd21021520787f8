"""Places at receivers: so many at once for an address and its host, and nobody waits behind what hangs."""

import asyncio

import pytest

from server.kernel.outbound import (
    Outbound,
    TimedOut,
)
from tests.kernel.test_outbound import LOOPBACK, answering, hanging, listening


async def test_a_hanging_address_gets_four_places_and_holds_up_nobody_else():
    async with listening(hanging) as stuck, listening(answering()) as healthy:
        out = Outbound(allow=LOOPBACK)
        hung = [
            asyncio.create_task(out.request("GET", f"http://127.0.0.1:{stuck.port}/", timeout_s=0.5)) for _ in range(12)
        ]
        await asyncio.sleep(0.1)
        reply = await out.request("GET", f"http://127.0.0.1:{healthy.port}/", timeout_s=0.3)
        assert reply.status == 200
        results = await asyncio.gather(*hung, return_exceptions=True)
        assert all(isinstance(result, TimedOut) for result in results)
        assert stuck.most_at_once == 4
        await out.close()


async def test_an_address_that_hangs_leaves_places_to_others_at_its_host():
    async def by_path(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = hanging if "GET /hangs" in server.heads[-1] else answering()
        await handler(reader, writer)

    async with listening(by_path) as server:
        out, url = Outbound(allow=LOOPBACK), f"http://127.0.0.1:{server.port}"
        hung = [asyncio.create_task(out.request("GET", f"{url}/hangs", timeout_s=60)) for _ in range(12)]
        while server.open_now < 4:
            await asyncio.sleep(0.01)
        assert (await out.request("GET", f"{url}/answers")).status == 200
        assert sum(task.done() for task in hung) < 12
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        await out.close()


async def test_who_comes_behind_others_that_hang_is_turned_away_and_holds_no_place(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.kernel.outbound.STILL_S", 0.05)
    async with listening(hanging) as server:
        out, url = Outbound(allow=LOOPBACK), f"http://127.0.0.1:{server.port}/"
        hung = [asyncio.create_task(out.request("GET", url, timeout_s=60)) for _ in range(4)]
        while server.open_now < 4:
            await asyncio.sleep(0.01)
        with pytest.raises(TimedOut):
            await out.request("GET", url, timeout_s=60)
        assert not any(task.done() for task in hung)
        assert server.connections == 4
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
        await out.close()


async def test_who_waited_for_a_place_has_all_the_time_for_the_exchange():
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1.2)
        await answering()(reader, writer)

    async with listening(slow) as server:
        out = Outbound(allow=LOOPBACK)
        asked = [out.request("GET", f"http://127.0.0.1:{server.port}/", timeout_s=2.0) for _ in range(8)]
        replies = await asyncio.gather(*asked)
        assert [reply.status for reply in replies] == [200] * 8
        assert server.connections == 8
        await out.close()
