"""The app in the browser: pages made from the installed client, headers, the list of pictures."""

import asyncio
import json
import tomllib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import flet_web
import httpx
import pytest

from mobile_app.bell import Bell
from mobile_app.web import PageChanged, asgi, index_page, manifest
from phone.addresses import ROUTES, route_of
from tests.kit.screenshots import EXAMPLES, SCENES, SIZES, shots

WEB = Path(flet_web.get_package_web_dir())
PROJECT = Path(__file__).parents[2] / "mobile_app" / "pyproject.toml"


def test_the_installed_page_still_has_the_place_for_ours() -> None:
    page = index_page((WEB / "index.html").read_text(encoding="utf-8"))
    assert '<script src="attention.js" defer></script>' in page
    assert "<!-- fletAppConfig -->" in page
    assert "#ffffff" not in page


def test_a_changed_page_stops_the_start() -> None:
    with pytest.raises(PageChanged):
        index_page("<html><head></head></html>")


def test_the_manifest_has_our_name() -> None:
    fields = json.loads(manifest((WEB / "manifest.json").read_text(encoding="utf-8")))
    assert (fields["name"], fields["theme_color"]) == ("Dogwatch", "#FAFAF8")


async def test_pages_are_asked_for_each_time_and_the_engine_is_kept() -> None:
    site: Any = asgi(api_url="http://127.0.0.1:1", demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        page = await client.get("/incidents/inc-1")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["x-frame-options"] == "DENY"
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "flet.noCdn=true" in page.text
        font = await client.get("/fonts/Inter-Regular.otf")
        assert "max-age" in font.headers["cache-control"]
        assert (await client.get("/missing.js")).status_code == 404
        script = await client.get("/attention.js")
        assert script.headers["content-type"].startswith("text/javascript")
        engine = await client.get("/main.dart.mjs", headers={"accept-encoding": "gzip"})
        assert engine.headers.get("content-encoding") == "gzip"


def test_every_route_has_its_pictures() -> None:
    taken = list(shots())
    assert {shot.route for shot in taken} == set(ROUTES)
    pictures = sum(len(EXAMPLES.get(route.screen, [{}])) for route in ROUTES)
    assert len(taken) == pictures * len(SIZES) * 2 * 2 + 2 * len(SCENES)
    assert len({shot.name for shot in taken}) == len(taken)


@pytest.mark.parametrize(
    ("address", "screen"),
    [
        ("/", "incidents"),
        ("/sign-in", "incidents"),
        ("/incidents/", "incidents"),
        ("/incidents/inc-1?from=push", "incident"),
        ("/incidents/inc-1/more", "not-found"),
        ("/outbox", "not-found"),
        ("/me", "me"),
    ],
)
def test_addresses_lead_to_screens(address: str, screen: str) -> None:
    assert route_of(address, demo=False).screen == screen


def test_the_build_settings_pin_flet() -> None:
    project: MutableMapping[str, Any] = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    assert "flet==1.0.5" in project["project"]["dependencies"]
    assert project["tool"]["flet"]["app"] == {"path": "src", "module": "main"}


async def test_a_hidden_tab_is_told_how_many_wait() -> None:
    bell, sent, there = Bell(), list[dict[str, Any]](), asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        await there.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(dict(message))

    async def site(*_: Any) -> None:
        raise AssertionError

    scope = {"type": "http", "path": "/attention", "headers": [(b"x-flet-session", b"s-1")]}
    await bell.app(site)(scope, receive, send)
    assert sent[0]["status"] == 404
    sent.clear()
    bell.ring("s-1", 0)
    stream = asyncio.create_task(bell.app(site)(scope, receive, send))
    await asyncio.sleep(0.01)
    bell.ring("s-1", 2)
    bell.ring("s-2", 9)
    await asyncio.sleep(0.01)
    assert [message.get("body") for message in sent] == [None, b"0\n", b"2\n"]
    there.set()
    await stream
    assert sent[-1] == {"type": "http.response.body", "body": b""}


async def test_a_session_that_is_over_ends_its_stream() -> None:
    bell, sent = Bell(), list[dict[str, Any]]()

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(dict(message))

    bell.ring("s-1", 1)
    scope = {"type": "http", "path": "/attention", "headers": [(b"x-flet-session", b"s-1")]}
    stream = asyncio.create_task(bell.app(send)(scope, receive, send))  # pyright: ignore[reportArgumentType] plain dicts here
    await asyncio.sleep(0.01)
    bell.forget("s-1")
    await stream
    assert sent[-1] == {"type": "http.response.body", "body": b""}
