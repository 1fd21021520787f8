"""Guessing passwords costs whoever guesses, and keeps nobody else out."""

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server.accounts.sign_in.throttle import Throttle, Tried
from server.app import behind_the_line
from server.kernel.database import Writes, open_database
from server.kernel.due import arm
from server.kernel.errors import TooManyRequests
from server.kernel.http import address_of
from server.kernel.limits.counts import Budget, claim_quiet
from server.kernel.limits.own_app import app_key
from server.kernel.secrets import Secrets
from server.kernel.settings import read_settings
from server.paging_health.prune import EVERYTHING, PRUNE
from tests.accounts.sign_in.test_sessions import LOGIN, REFRESH, sign_in
from tests.kit.adding import PASSWORD
from tests.kit.stores import SECRET
from tests.kit.world import World

pytestmark = pytest.mark.store
PROXIES = read_settings({"TRUSTED_PROXIES": "127.0.0.1/32"}).trusted_proxies


@pytest.fixture
async def ana(world: World) -> World:
    await world.add_team("Payments")
    for name in ("Ana", "Bo"):
        await world.add_person(name, team="Payments")
    world.parts.settings = dataclasses.replace(world.parts.settings, trusted_proxies=PROXIES)
    return world


async def come_from(
    world: World, address: str, email: str = "ana@example.com", password: str = PASSWORD, **more: Any
) -> Any:
    body = {"email": email, "password": password, **more}
    return await world.nobody.send("POST", LOGIN, body, headers={"x-forwarded-for": address})


async def guess(world: World, address: str, times: int, email: str = "ana@example.com") -> list[int]:
    return [(await come_from(world, address, email, f"guess number {n}")).status_code for n in range(times)]


def addresses() -> Iterator[str]:
    for n in range(250):
        yield f"198.51.{n % 100}.{n}"


async def test_whoever_guesses_at_an_account_keeps_its_owner_out_of_nowhere_else(ana: World) -> None:
    assert (await guess(ana, "203.0.113.9", 12))[-2:] == [429, 429]
    assert (await come_from(ana, "203.0.113.9")).status_code == 429, "the guesser waits, also with the right one"
    assert (await come_from(ana, "192.0.2.7")).status_code == 200
    for address in addresses():
        await come_from(ana, address, password="guess")
    assert (await come_from(ana, "192.0.2.8")).status_code == 200, "nor when they come from everywhere"


async def test_who_was_right_in_the_end_begins_anew(ana: World) -> None:
    for _ in range(3):
        assert await guess(ana, "203.0.113.9", 9) == [401] * 9
        assert (await come_from(ana, "203.0.113.9")).status_code == 200


def test_waits_double_and_end() -> None:
    waits = Throttle(Secrets(SECRET)).own
    assert [waits.after(tries).total_seconds() for tries in (0, 9, 10, 11, 12)] == [0, 0, 5, 10, 20]
    assert {waits.after(tries) for tries in (18, 50, 1_000_000)} == {timedelta(minutes=15)}
    assert waits.after(3, free=1) == timedelta(seconds=20)


async def test_an_account_under_siege_gives_each_address_fewer_tries(ana: World) -> None:
    for address in list(addresses())[:120]:
        await come_from(ana, address, password="guess")
    assert await guess(ana, "203.0.113.9", 4) == [401, 401, 401, 429]


async def test_at_an_address_that_guesses_at_everybody_others_wait_once_and_are_let_in(ana: World) -> None:
    for n in range(70):
        await come_from(ana, "203.0.113.9", f"user{n}@example.com", "guess")
    first = await come_from(ana, "203.0.113.9")
    assert first.status_code == 429
    wait_s = int(first.headers["retry-after"])
    assert wait_s <= 61
    for _ in range(wait_s):
        ana.clock.advance(timedelta(seconds=1))
        for n in range(3):
            await come_from(ana, "203.0.113.9", f"other{n}@example.com", "guess")
    assert (await come_from(ana, "203.0.113.9")).status_code == 200, "although the guesser never stopped"


async def test_a_device_that_was_signed_in_before_is_a_case_of_its_own(ana: World) -> None:
    known = (await come_from(ana, "203.0.113.9")).json()["refresh_token"]
    newer = (await ana.nobody.send("POST", REFRESH, {"refresh_token": known})).json()["refresh_token"]
    await guess(ana, "203.0.113.9", 12)
    assert (await come_from(ana, "203.0.113.9", previous="dwr_nonsense")).status_code == 429
    assert (await come_from(ana, "203.0.113.9", "bo@example.com", previous=known)).status_code == 200
    assert (await come_from(ana, "203.0.113.9", previous=newer)).status_code == 200
    tries = [(await come_from(ana, "203.0.113.9", password="x", previous=known)).status_code for _ in range(12)]
    assert tries[-1] == 429, "who stole one guesses no more than others"


async def test_who_signs_in_on_a_device_ends_the_session_of_whoever_had_it(ana: World) -> None:
    before = (await sign_in(ana)).json()
    after = await come_from(ana, "192.0.2.7", "bo@example.com", previous=before["refresh_token"])
    assert after.status_code == 200
    assert (await ana.nobody.send("POST", REFRESH, {"refresh_token": before["refresh_token"]})).status_code == 401
    mine = (await sign_in(ana)).json()
    await come_from(ana, "192.0.2.7", previous=mine["refresh_token"])
    assert (await ana.nobody.send("POST", REFRESH, {"refresh_token": mine["refresh_token"]})).status_code == 200


async def test_a_day_of_guessing_from_one_address_leaves_every_other_try_its_chance(ana: World) -> None:
    throttle = Throttle(ana.engine.secrets)
    now, refused, tries = ana.clock.now(), 0, 0
    due = now
    for minute in range(0, 24 * 60, 10):
        at = now + timedelta(minutes=minute)
        while due <= at:
            try:
                await throttle.admit(ana.db, Tried("ana@example.com", "203.0.113.9"), due)
            except TooManyRequests as wait:
                due += timedelta(seconds=wait.retry_after_s or 1)
        tries += 1
        try:
            await throttle.admit(ana.db, Tried("ana@example.com", f"192.0.2.{tries}"), at)
        except TooManyRequests:
            refused += 1
    assert (tries, refused) == (144, 0)


async def test_lines_of_forwarded_for_are_one_list_and_a_prefix_of_ipv6_is_one_address(ana: World) -> None:
    scope: dict[str, Any] = {
        "client": ("127.0.0.1", 1),
        "headers": [(b"x-forwarded-for", b"192.0.2.1"), (b"x-forwarded-for", b"203.0.113.9, 127.0.0.1")],
    }
    assert address_of(scope, PROXIES) == "203.0.113.9"
    spoofed = []
    for n in range(12):
        lines = [("x-forwarded-for", f"192.0.2.{n}"), ("x-forwarded-for", "203.0.113.9")]
        answer = await ana.http.request(
            "POST", LOGIN, json={"email": "ana@example.com", "password": "guess"}, headers=httpx.Headers(lines)
        )
        spoofed.append(answer.status_code)
    assert spoofed[-2:] == [429, 429]
    turning = [await guess(ana, f"2001:db8:1:2::{n:x}", 1, "bo@example.com") for n in range(1, 13)]
    assert turning[-1] == [429]
    assert await guess(ana, "2001:db8:1:3::1", 1, "bo@example.com") == [401]


async def test_counts_hold_over_processes_and_no_other_key_pushes_them_out(ana: World) -> None:
    one, other = Throttle(ana.engine.secrets), Throttle(ana.engine.secrets)
    now = ana.clock.now()
    for n in range(10):
        await (one, other)[n % 2].admit(ana.db, Tried("ana@example.com", "203.0.113.9"), now)
    for n in range(50):
        await one.admit(ana.db, Tried(f"user{n}@example.com", f"192.0.2.{n}"), now)
    for each in (one, other, Throttle(ana.engine.secrets)):
        with pytest.raises(TooManyRequests):
            await each.admit(ana.db, Tried("ana@example.com", "203.0.113.9"), now)
    stored = str(await ana.db.values("SELECT * FROM attempt"))
    assert "ana@" not in stored
    assert "203.0.113.9" not in stored


async def test_what_is_forgotten_is_pruned(ana: World) -> None:
    await guess(ana, "203.0.113.9", 5)
    assert await ana.db.value("SELECT COUNT(*) FROM attempt") > 0
    await ana.db.apply(_prune_now(ana))
    ana.clock.advance(timedelta(days=1))
    await ana.settle()
    assert await ana.db.value("SELECT COUNT(*) FROM attempt") == 0


def _prune_now(world: World) -> Writes:
    writes = Writes()
    arm(writes, PRUNE, EVERYTHING, at=world.clock.now() + timedelta(hours=2), now=world.clock.now())
    return writes


async def test_a_budget_is_one_over_all_processes(ana: World) -> None:
    now = ana.clock.now()
    one, other = (Budget("events", per_s=1.0, burst=120) for _ in range(2))
    taken = 0
    for n in range(200):
        taken += await (one, other)[n % 2].wait_s(ana.db, "integration", now) == 0
    assert taken in range(118, 121)
    assert await one.wait_s(ana.db, "another", now) == 0
    later = now + timedelta(seconds=10)
    assert await other.wait_s(ana.db, "integration", later, cost=8) == 0
    assert await one.wait_s(ana.db, "integration", later, cost=8) > 0


async def test_quiet_is_claimed_by_one(ana: World) -> None:
    second = await open_database(ana.engine.settings)
    now, quiet = ana.clock.now(), timedelta(minutes=5)
    claimed = [await claim_quiet(db, "fallback", quiet, now) for db in (ana.db, second)]
    assert claimed == [True, False]
    assert await claim_quiet(second, "fallback", quiet, now + quiet)
    await second.close()


async def test_the_app_in_the_browser_says_for_whom_it_asks_and_nobody_else_can(ana: World) -> None:
    settings = dataclasses.replace(ana.engine.settings, secret_key=SECRET, trusted_proxies=())
    ana.parts.settings = settings
    transport = httpx.ASGITransport(app=behind_the_line(ana.app, settings))  # pyright: ignore[reportArgumentType] as Litestar types it
    key = app_key(ana.engine.secrets)

    async def tried(address: str, said: str, password: str = PASSWORD) -> int:
        body = {"email": "ana@example.com", "password": password}
        headers = {"x-forwarded-for": address, "x-dogwatch-app": said}
        return (await http.post(LOGIN, json=body, headers=headers)).status_code

    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        guesses = [await tried("203.0.113.9", key, f"guess {n}") for n in range(11)]
        assert guesses == [401] * 10 + [429]
        assert await tried("192.0.2.7", key) == 200
        forged = [await tried(f"192.0.2.{n}", "dwx_forged", f"guess {n}") for n in range(11)]
        assert forged[-1] == 429, "without the key all of it is one address"


async def test_a_try_beside_one_that_began_a_moment_later_does_not_wait(ana: World) -> None:
    """Sign-ins at once, in several processes, are counted in another order than they began in."""
    throttle, now = Throttle(ana.engine.secrets), ana.clock.now()
    tried = Tried(account="ana@example.com", address="192.0.2.9", device="a phone")
    for each in (tried, Tried(account="ana@example.com", address="192.0.2.9")):
        await throttle.admit(ana.db, each, now + timedelta(milliseconds=3))
        await throttle.admit(ana.db, each, now)
