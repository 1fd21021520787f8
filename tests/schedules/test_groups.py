"""Groups that hear of a schedule's shifts: their webhooks are proven when they are named, once."""

import dataclasses
import ipaddress
from collections.abc import AsyncIterator

import pytest

from server.kernel.database import Database
from server.kernel.errors import Stale
from server.kernel.settings import Settings
from tests.kernel.refusing import Refusing
from tests.kit.fake_http import running
from tests.kit.fake_webhook import FakeWebhook
from tests.kit.world import world_of
from tests.schedules.team import SCHEDULES, Team


@pytest.fixture
async def team(settings: Settings, db: Database) -> AsyncIterator[Team]:
    loopback = (ipaddress.ip_network("127.0.0.0/8"),)
    async with world_of(dataclasses.replace(settings, egress_allow_cidrs=loopback), db) as world:
        yield await Team.build(world)


async def test_a_group_is_challenged_once_however_often_the_schedule_is_decided_again(team: Team) -> None:
    refusing = Refusing(team.world.db)
    refusing.refuse('INTO "schedule"', times=3, error=Stale)
    team.world.parts.db = refusing
    ana = {"user_id": team.world.users["Ana"]}
    layer = {"name": "l", "start": "2026-11-20T04:00", "rotation": {"unit": "day"}, "groups": [{"members": [ana]}]}
    async with running(FakeWebhook()) as hook:
        groups = [{"channel": "webhook", "address": hook.url("/a"), "name": "#a"}]
        groups += [{"channel": "webhook", "address": hook.url("/b"), "name": "#b"}]
        body = {"name": "Told", "team_id": team.world.teams["Payments"], "time_zone": "UTC", "layers": [layer]}
        made = await team.post("Root", SCHEDULES, body | {"notices": {"groups": groups}})
        assert [request.path for request in hook.requests] == ["/a", "/b"]
    assert [group["name"] for group in made["notices"]["groups"]] == ["#a", "#b"]
