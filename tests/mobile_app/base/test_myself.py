"""What the app knows of its reader follows what others, and other devices, make of them."""

from typing import Any

import msgspec
import pytest

from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp
from tests.kit.night import JONAS, PAYMENTS

LONELY: list[Any] = []


def become(api: FakeApi, **fields: Any) -> None:
    """Somebody changed the account, and the server tells its owner."""
    api.me = msgspec.structs.replace(api.me, rev=api.me.rev + 1, **fields)
    api.live.say("user", JONAS.id)


def lonely() -> FakeApi:
    api = FakeApi()
    api.me = msgspec.structs.replace(api.me, teams=LONELY, rev=2)
    return api


async def test_whoever_is_put_into_a_team_reads_so_at_once() -> None:
    async with HeadlessApp(lonely(), route="/me") as app:
        await app.until(lambda: app.says("In no team"))
        become(app.api, teams=[PAYMENTS])
        await app.until(lambda: app.says(PAYMENTS.name) and not app.says("In no team"))


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"role": "manager"}, "Manager"), ({"name": "Jonas K."}, "Jonas K."), ({"language": "zh"}, "响应者")],
)
async def test_role_name_and_language_follow(fields: dict[str, str], told: str) -> None:
    async with HeadlessApp(lonely(), route="/me") as app:
        await app.until(lambda: app.says("In no team"))
        assert not app.says(told)
        become(app.api, **fields)
        await app.until(lambda: app.says(told))


async def test_times_move_into_another_zone() -> None:
    async with HeadlessApp(lonely(), route="/me") as app:
        await app.until(lambda: app.state.look.zone_name == "Europe/Berlin")
        become(app.api, time_zone="Asia/Tokyo")
        await app.until(lambda: app.state.look.zone_name == "Asia/Tokyo")


async def test_what_was_missed_without_a_line_is_read_when_it_is_back() -> None:
    async with HeadlessApp(lonely(), route="/me") as app:
        await app.until(lambda: app.says("In no team"))
        app.api.me = msgspec.structs.replace(app.api.me, teams=[PAYMENTS])
        app.state.live.reset()
        await app.until(lambda: app.says(PAYMENTS.name))


async def test_what_changes_of_others_asks_nothing_about_me() -> None:
    async with HeadlessApp(route="/incidents") as app:
        await app.until(lambda: app.state.incidents.status == "ready")
        await app.settle(0.4)
        asked = app.api.calls.count(("GET", "/api/v1/me"))
        app.api.live.say("incident", "inc-4821")
        await app.settle(0.4)
        assert app.api.calls.count(("GET", "/api/v1/me")) == asked
