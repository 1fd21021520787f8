"""Strangers at the app: few at once, none for long; whoever signed in stays."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from mobile_app import visitors as module
from mobile_app.visitors import CROWDED, IDLE, MESSAGE_BYTES, TOO_LARGE, Visitors

WITHIN_S = 5.0


@dataclass
class Browser:
    """A connection as the server sees it."""

    site: Any
    app: Any = None
    said: "asyncio.Queue[Any]" = field(default_factory=asyncio.Queue)
    heard: list[Any] = field(default_factory=list[Any])

    def __post_init__(self) -> None:
        self.serving = asyncio.create_task(self.site({"type": "websocket", "browser": self}, self.said.get, self.send))

    async def send(self, message: Any) -> None:
        self.heard.append(message)

    def say(self, size: int = 1) -> None:
        self.said.put_nowait({"type": "websocket.receive", "bytes": b"x" * size})

    def register(self) -> None:
        self.app = SimpleNamespace(session=SimpleNamespace(phase="signed_out"))
        self.say()

    async def left(self) -> int:
        """The code it was sent away with; 0 when it left by itself."""
        async with asyncio.timeout(WITHIN_S):
            await self.serving
        return self.heard[-1]["code"] if self.heard else 0


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of sessions that were deleted."""
    keys: list[str] = []

    async def delete(key: str) -> None:
        keys.append(key)

    monkeypatch.setattr(module.app_manager, "delete_session", delete)
    monkeypatch.setattr(module, "session_key", lambda page: page)
    return keys


def site_of(visitors: Visitors) -> Any:
    """A Flet that shows an app to whoever says something, and notices when they go."""

    async def site(scope: Any, receive: Any, _: Any) -> None:
        browser: Browser = scope["browser"]
        while (await receive())["type"] != "websocket.disconnect":
            await asyncio.create_task(show(browser))

    async def show(browser: Browser) -> None:
        visitors.opened(browser.app, f"session {id(browser.app)}")  # pyright: ignore[reportArgumentType] its key is patched

    return visitors.app(site)


async def registered(site: Any, count: int) -> list[Browser]:
    """One after the other."""
    browsers: list[Browser] = []
    for _ in range(count):
        browsers.append(Browser(site))
        browsers[-1].register()
        await asyncio.sleep(0.02)
    return browsers


async def test_the_stranger_who_came_first_makes_room_and_its_session_goes(ended: list[str]) -> None:
    visitors = Visitors(most=3)
    browsers = await registered(site_of(visitors), 5)
    assert [await browser.left() for browser in browsers[:2]] == [CROWDED, CROWDED]
    assert ended == [f"session {id(browser.app)}" for browser in browsers[:2]]
    assert not any(browser.serving.done() for browser in browsers[2:])


async def test_who_signed_in_makes_room_for_nobody(ended: list[str]) -> None:
    site = site_of(Visitors(most=2))
    [ana] = await registered(site, 1)
    ana.app.session.phase = "signed_in"
    await registered(site, 4)
    assert not ana.serving.done()
    ana.say(MESSAGE_BYTES + 1)
    await asyncio.sleep(0.02)
    assert not ana.serving.done()
    ana.said.put_nowait({"type": "websocket.disconnect", "code": 1001})
    assert await ana.left() == 0
    assert f"session {id(ana.app)}" not in ended, "Flet keeps it for a while"


async def test_a_stranger_may_neither_be_silent_nor_send_much(
    ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REGISTERED_WITHIN_S", 0.1)
    monkeypatch.setattr(module, "IDLE_S", 0.3)
    site = site_of(Visitors())
    mute = Browser(site)
    [idle, loud] = await registered(site, 2)
    loud.say(MESSAGE_BYTES + 1)
    assert [await mute.left(), await idle.left(), await loud.left()] == [IDLE, IDLE, TOO_LARGE]


async def test_a_strangers_session_outlives_its_connection_for_a_moment_unless_it_comes_back(
    ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_S", 0.2)
    site = site_of(Visitors())
    gone, back = await registered(site, 2)
    for browser in (gone, back):
        browser.said.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await browser.left()
    again = Browser(site, app=back.app)
    again.say()
    await asyncio.sleep(0.4)
    assert ended == [f"session {id(gone.app)}"]
    assert not again.serving.done()


async def test_a_line_that_broke_while_sending_ends_the_visit_as_any_other() -> None:
    """Else Flet keeps the session as one that is looked at: nobody comes back to it, and it never ends."""
    tidied: list[str] = []

    async def site(_: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.send", "bytes": b"patch"})
        tidied.append("disconnected")

    async def broken(_: Any) -> None:
        raise OSError

    async def receive() -> Any:
        return {"type": "websocket.receive", "bytes": b"x"}

    await Visitors().app(site)({"type": "websocket"}, receive, broken)
    assert tidied == ["disconnected"]


async def test_nothing_is_left_waiting_for_a_stranger_who_went(ended: list[str]) -> None:
    visitors = Visitors()
    [browser] = await registered(site_of(visitors), 1)
    others = asyncio.all_tasks()
    browser.said.put_nowait({"type": "websocket.disconnect"})
    await browser.left()
    assert asyncio.all_tasks() - others == set(), "a task that only sleeps outlives the loop, and is told of"
    assert (len(visitors.strangers()), ended) == (1, [])
