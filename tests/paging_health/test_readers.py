"""Metrics and the engine's health: who reads them, and that they name nothing private."""

import dataclasses
from typing import Any

import httpx
import pytest

from server.app import behind_the_line
from server.kernel.settings import SettingError, Settings, read_settings
from server.paging_health.coverage_watch import begin_watching
from tests.accounts.asking import answered
from tests.kit.client import Client
from tests.kit.world import World

PATHS = ("/metrics", "/health/engine")
TOKEN = "a-token-of-the-metrics"


def configured(world: World, **settings: Any) -> None:
    world.parts.settings = dataclasses.replace(world.parts.settings, **settings)


async def statuses(client: Client, **headers: str) -> list[int]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return [(await client.send("GET", path, headers=sent)).status_code for path in PATHS]


@pytest.fixture
async def quiet(world: World) -> World:
    """One round of the engine has passed; an administrator, and somebody who is none."""
    await world.settle()
    await world.add_team("Payments")
    await world.add_person("Root", role="admin")
    await world.add_person("Vic", role="viewer")
    return world


async def test_with_a_token_only_who_has_it_and_administrators_read(quiet: World) -> None:
    configured(quiet, metrics_token=TOKEN)
    assert await statuses(quiet.nobody) == [401, 401]
    assert await statuses(quiet.nobody, authorization="Bearer another token") == [401, 401]
    assert await statuses(quiet.nobody, authorization=f"Bearer {TOKEN}") == [200, 200]
    assert await statuses(await quiet.sign_in("Vic")) == [403, 403]
    assert await statuses(await quiet.sign_in("Root")) == [200, 200]
    assert await statuses(await quiet.add_program("Root", "read")) == [403, 403], (
        "a key that may only read administers nothing"
    )
    assert (await quiet.nobody.send("GET", "/health")).status_code == 200


@pytest.mark.parametrize(
    "published",
    [
        {"public_url": "https://dogwatch.example.com"},
        {"trusted_proxies": read_settings({"TRUSTED_PROXIES": "::1"}).trusted_proxies},
    ],
)
async def test_without_one_this_machine_reads_as_long_as_nothing_stands_in_front(quiet: World, published: Any) -> None:
    assert await statuses(quiet.nobody) == [200, 200]
    assert await statuses(quiet.nobody, x_forwarded_for="192.0.2.1") == [401, 401]
    assert await statuses(quiet.nobody, forwarded="for=192.0.2.1") == [401, 401]
    configured(quiet, **published)
    assert await statuses(quiet.nobody) == [401, 401]
    assert await statuses(await quiet.sign_in("Root")) == [200, 200]


@pytest.mark.parametrize(
    "name",
    [
        "cf-connecting-ip", "x-forwarded-host", "x-forwarded-proto", "x-original-host", "true-client-ip", "x-client-ip",
        "fastly-client-ip", "x-cluster-client-ip", "x-envoy-external-address", "via", "cdn-loop", "x-real-ip",
    ],
)  # fmt: skip
async def test_a_proxy_on_this_machine_asks_for_others_by_whatever_header_it_says_so(quiet: World, name: str) -> None:
    sent = [(await quiet.nobody.send("GET", path, headers={name: "192.0.2.1"})).status_code for path in PATHS]
    assert sent == [401, 401]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200), ("127.0.0.1", 200), ("127.0.1.1:9", 200), ("[::1]:8000", 200), ("LOCALHOST", 200),
        ("dogwatch.example.com", 401), ("dogwatch.example.com:8000", 401), ("localhost.example.com", 401),
        ("127.0.0.1.example.com", 401), ("10.0.0.7:8000", 401),
    ],
)  # fmt: skip
async def test_who_calls_this_machine_by_a_name_from_outside_needs_the_token(
    quiet: World, host: str, status: int
) -> None:
    assert await statuses(quiet.nobody, host=host) == [status, status]


async def test_another_machine_reads_nothing_without_a_token(quiet: World) -> None:
    transport = httpx.ASGITransport(app=quiet.app, client=("192.0.2.7", 5))  # pyright: ignore[reportArgumentType] as Litestar types it
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert await statuses(Client(http)) == [401, 401]


async def test_at_an_address_of_their_own_they_are_there_and_nothing_else_is(quiet: World) -> None:
    configured(quiet, metrics_bind="127.0.0.1:9100")
    app = behind_the_line(quiet.app, quiet.parts.settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test:9100") as http:  # pyright: ignore[reportArgumentType] as Litestar types it
        own = Client(http)
        assert await statuses(own) == [200, 200]
        assert (await own.send("GET", "/health")).status_code == 200
        for path in ("/api/v1/me", "/schema", "/ingest/events/x"):
            assert await answered(own, "GET", path) == (404, "not_found")
        assert await statuses(quiet.nobody) == [404, 404]
        configured(quiet, metrics_token=TOKEN)
        assert await statuses(own) == [401, 401]
        assert await statuses(own, authorization=f"Bearer {TOKEN}") == [200, 200]


@pytest.mark.store
async def test_what_belongs_to_a_private_team_has_no_name_in_the_metrics(world: World) -> None:
    await world.add_team("Payments")
    await world.add_team("Takeover", is_private=True)
    await world.add_person("Root", role="admin")
    await world.add_service("open-service", team="Payments")
    hidden = await world.add_service("hidden-service", team="Takeover")
    await begin_watching(world.db, world.clock.now())
    await world.settle()
    text = (await world.nobody.send("GET", "/metrics")).text
    assert 'service="open-service"' in text
    assert "hidden" not in text
    assert "Takeover" not in text
    assert f'service="{hidden.id}"' in text
    assert "hidden" not in (await world.nobody.send("GET", "/health/engine")).text


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": "a token with blanks in it"}, "METRICS_TOKEN"),
        ({"METRICS_BIND": "9100"}, "METRICS_BIND"),
        ({"METRICS_BIND": "127.0.0.1:http"}, "METRICS_BIND"),
        ({"METRICS_BIND": "127.0.0.1:8000"}, "METRICS_BIND"),
    ],
)
def test_settings_that_can_not_be_used_name_themselves(environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings(environ)
    assert refused.value.name == named


def test_an_address_of_ipv6_is_read() -> None:
    assert Settings(metrics_bind="[::1]:9100").metrics_address == ("::1", 9100)
