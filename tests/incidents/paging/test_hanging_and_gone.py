"""Ways that take a connection and never answer, and phones that their provider knows no more."""

from typing import Any

import pytest

from tests.escalation.house import House
from tests.incidents.paging.test_unreached import DOWN, house_of, kinds, providers, reached, refuse
from tests.kit.fake_apns import apns_error
from tests.kit.fake_http import Reply
from tests.kit.providers import IPHONE_TOKEN, Providers, taken

__all__ = ["providers"]
LONG_OR_SHORT = [
    ("{}", 0, 10), ("{}", 10, 10), ("{}", 30, 1), ("{}", 59, 3), ("{}", 61, 10), ("{}", 300, 3), ("{} {} {}", 5, 10),
    ("{} {}", 30, 2), ("{}+Bo", 20, 10), ("Bo {}", 10, 10),
]  # fmt: skip


async def told_why(house: House) -> tuple[set[str], set[str]]:
    """The reasons of the pages that failed, and of the fallback."""
    told = await house.told()
    failed = {args["reason"] for kind, args in told if kind == "page_failed"}
    return failed, {args["reason"] for kind, args in told if kind == "fallback_paged"}


@pytest.mark.parametrize(("levels", "delay_s", "rounds"), LONG_OR_SHORT)
async def test_a_way_that_takes_the_connection_and_never_answers_keeps_the_fallback_for_a_minute_only(
    providers: Providers, monkeypatch: pytest.MonkeyPatch, levels: str, delay_s: int, rounds: int
) -> None:
    hook = providers.webhook.url("/dan")
    house = await house_of(providers, *levels.format(*["Dan"] * 3).split(), rounds=rounds, delay_s=delay_s, dan=hook)
    # The address is proven by then: only its silence is cut short.
    monkeypatch.setattr("server.channels.webhook.CONFIGURED_TIMEOUT_S", 0.1)
    providers.webhook.script.usual = Reply(hang=True)
    refuse(providers, "Bo", reply=DOWN)
    await house.fire()
    others = min(30, delay_s) * (len(set(levels.split())) - 1)
    await providers.world.advance(seconds=65 + others)
    assert set(reached(providers)) == {"Mia"}
    failed, why = await told_why(house)
    assert ("timeout" in failed, "nobody_reachable" in why) == (True, True)
    assert rounds == 1 or "round_unreached" in await kinds(house)
    providers.webhook.script.usual = None
    before = len(taken(providers.webhook.requests))
    await providers.world.advance(seconds=max(delay_s, 60) + 60)
    assert rounds == 1 or len(taken(providers.webhook.requests)) > before, "who can be reached again is"


@pytest.mark.store
@pytest.mark.parametrize(("levels", "delay_s", "rounds"), LONG_OR_SHORT)
async def test_a_phone_that_its_provider_knows_no_more_keeps_the_fallback_for_no_time(
    providers: Providers, levels: str, delay_s: int, rounds: int
) -> None:
    house = await house_of(
        providers, *levels.format(*["Eve"] * 3).split(), rounds=rounds, delay_s=delay_s, eve=IPHONE_TOKEN
    )
    providers.apns.script.usual = apns_error(410, "Unregistered")
    refuse(providers, "Bo")
    await house.fire()
    await providers.world.advance(seconds=1)
    assert reached(providers) == ["Mia"], "nothing is to be waited for"
    failed, why = await told_why(house)
    assert ("unregistered" in failed, why) == (True, {"nobody_reachable"})
    assert rounds == 1 or "round_unreached" in await kinds(house)
    tried_phones = len(providers.apns.requests)
    await providers.world.advance(minutes=4)
    assert len(providers.apns.requests) == tried_phones == 1, "an address that is gone is tried no more"
    assert len(reached(providers)) <= 6
    await providers.add_iphone(await providers.world.sign_in("Eve"), "cd" * 32)
    providers.apns.script.usual = None
    await providers.world.advance(seconds=max(delay_s, 60) + 10)
    assert rounds < 10 or taken(providers.apns.requests), "a new phone is paged by the levels"


async def test_whoever_has_another_way_that_hears_is_not_deaf(providers: Providers, monkeypatch: Any) -> None:
    monkeypatch.setattr("server.channels.webhook.CONFIGURED_TIMEOUT_S", 0.1)
    house = await house_of(providers, "Eve", rounds=3, delay_s=30, eve=IPHONE_TOKEN)
    await providers.add_contact(await providers.world.sign_in("Eve"), "webhook", providers.webhook.url("/eve"))
    rule = [{"channel": "push", "delay_s": 0}, {"channel": "webhook", "delay_s": 0}]
    eve = await providers.world.sign_in("Eve")
    await eve.put("/api/v1/me/notification-rules", dict.fromkeys(("critical", "warning", "info"), rule), rev=0)
    providers.webhook.script.usual = Reply(hang=True)
    await house.fire()
    await providers.world.advance(seconds=100)
    assert (reached(providers), len(taken(providers.apns.requests))) == ([], 2)
    providers.apns.script.usual = apns_error(410, "Unregistered")
    await providers.world.advance(seconds=100)
    assert reached(providers) == ["Mia"]
