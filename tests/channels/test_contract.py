"""One contract for every way out."""

# pyright: basic

import inspect
from typing import Any

import msgspec
import pytest

import server.channels
from server.channels.base import CHANNELS, Channel
from server.kernel.outbound import Outbound
from server.kernel.settings import Settings
from tests.channels.conftest import NOW, page

SLUGS = list(CHANNELS.load(server.channels))
ADDRESSES: dict[str, dict[str, Any]] = {
    "push": {
        "provider": "local",
        "value": "secret-token",
        "device_id": "d1",
        "name": "Pixel 8",
        "platform": "Android",
    },
    "email": {"email": "anna.secret@example.com"},
    "webhook": {"url": "https://hooks.example.com/services/secret?key=secret", "secret": "secret"},
}


class NoWayOut(Outbound):
    """Fails the test when a channel tries to leave the machine."""

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        raise AssertionError("something left the machine")


def demo(slug: str) -> Channel:
    channel = CHANNELS[slug].configured(Settings(demo=True), NoWayOut(), lambda: NOW)
    assert channel is not None
    return channel


def test_the_first_slice_has_three_ways_out():
    assert set(SLUGS) >= {"push", "email", "webhook"}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_member_describes_itself(slug: str):
    member = CHANNELS[slug]
    assert set(member.title) == {"en", "zh"}
    assert all(member.title.values())
    address = msgspec.convert(ADDRESSES[slug], member.Address)
    assert msgspec.json.decode(msgspec.json.encode(address), type=member.Address) == address
    assert inspect.iscoroutinefunction(member.send)


@pytest.mark.parametrize("slug", SLUGS)
async def test_in_the_demo_everything_is_accepted_and_nothing_leaves(slug: str):
    channel = demo(slug)
    address = msgspec.convert(ADDRESSES[slug], channel.Address)
    await channel.open()
    for kind in ("page", "cleared", "test", "notice"):
        assert (await channel.send(page(kind=kind), address)).reference == "demo"
    await channel.close()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_label_tells_colleagues_no_secret(slug: str):
    channel = demo(slug)
    label = channel.label(msgspec.convert(ADDRESSES[slug], channel.Address))
    assert label
    assert "secret" not in label


def test_what_is_not_configured_is_not_there():
    made = {slug: CHANNELS[slug].configured(Settings(), NoWayOut(), lambda: NOW) for slug in SLUGS}
    assert made["push"] is None
    assert made["email"] is None
    assert made["webhook"] is not None
