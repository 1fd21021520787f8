"""What every answer says to browsers, and what no file says to neighbours."""

import asyncio
import dataclasses
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import behind_the_line
from server.kernel.database import open_database
from server.kernel.limits.answers import Answered
from server.kernel.limits.strict_http import REFUSALS, _answer
from server.kernel.private_files import make_private
from server.kernel.settings import Settings
from server.tables.migrate import migrate
from tests.kit.adding import PASSWORD
from tests.kit.stores import sqlite_settings
from tests.kit.world import World

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def browser(world: World, **settings: Any) -> httpx.AsyncClient:
    app = behind_the_line(world.app, dataclasses.replace(world.engine.settings, **settings))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")  # pyright: ignore[reportArgumentType] as Litestar types it


async def test_every_answer_says_that_it_is_no_page_and_nobody_keeps_it(world: World) -> None:
    await world.add_person("Ana")
    login = {"email": "ana@example.com", "password": PASSWORD}
    async with browser(world) as http:
        for method, path, body in (
            ("POST", "/api/v1/auth/login", login),
            ("POST", "/api/v1/auth/login", {"email": "x"}),
            ("GET", "/api/v1/me", None),
            ("GET", "/nowhere", None),
            ("DELETE", "/health", None),
            ("GET", "/health", None),
            ("GET", "/metrics", None),
            ("POST", "/ingest/events/nokey", {"title": "x"}),
            ("POST", "/v2/enqueue", {"routing_key": "x"}),
            ("GET", "/schema/openapi.json", None),
            ("GET", "/schema", None),
            ("GET", "/schema/assets/swagger-ui.css", None),
            ("GET", "/setup/x", None),
            ("GET", "/health?" + "a=1&" * 300, None),
        ):
            answer = await http.request(method, path, json=body)
            told = {name: answer.headers.get(name) for name in ALWAYS}
            assert told == ALWAYS, path
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
            kept = "max-age=3600" if "assets" in path else "no-store"
            assert answer.headers["cache-control"] == kept, path
            assert "strict-transport-security" not in answer.headers


async def test_probes_may_add_what_they_like_to_the_address_of_health(world: World) -> None:
    async with browser(world) as http:
        assert (await http.get("/health", params={"from": "lb-1"})).json()["status"] == "ok"
        assert (await http.head("/health", params={"from": "lb-1"})).status_code == 200


async def test_pages_have_policies_of_their_own_without_inline_scripts(world: World) -> None:
    async with browser(world) as http:
        policy = (await http.get("/schema")).headers["content-security-policy"]
        scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
        assert "unsafe" not in scripts
        assert "'sha256-" in scripts


async def test_where_people_come_by_https_browsers_are_told_to_stay_there(world: World) -> None:
    async with browser(world, public_url="https://dogwatch.example.com") as http:
        assert (await http.get("/health")).headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_is_refused_before_it_is_a_request_says_the_same(reason: str) -> None:
    head = _answer(reason, is_known=False).partition(b"\r\n\r\n")[0].decode().lower()
    assert all(f"{name}: {value.lower()}" in head for name, value in ALWAYS.items())
    assert "cache-control: no-store" in head
    assert "frame-ancestors 'none'" in head


@pytest.mark.parametrize("name", ["%00", "%ff", "..%2f..%2fetc%2fpasswd", "%0d%0a", "a" * 4_000, "%e2%80%ae", "{name}"])
async def test_no_path_of_a_static_route_is_a_failure_of_ours(world: World, name: str) -> None:
    async with browser(world) as http:
        for root in ("/schema", "/schema/assets", "/schema/openapi.json", "/setup", "/metrics"):
            for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
                assert (await http.request(method, f"{root}/{name}")).status_code < 500


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_what_the_database_is_in_is_its_owners_alone(tmp_path: Path) -> None:
    settings: Settings = sqlite_settings(tmp_path)
    await migrate(settings)
    db = await open_database(settings)
    await db.value("SELECT 1")
    found = modes(tmp_path)
    assert len(found) >= 3
    assert set(found.values()) == {0o600}, found
    await db.close()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_could_read_is_closed_with_what_stands_beside_it(tmp_path: Path, mode: int) -> None:
    for name in ("d.sqlite", "d.sqlite-wal", "d.sqlite-shm", "d.sqlite-journal"):
        (tmp_path / name).write_bytes(b"x")
        (tmp_path / name).chmod(mode)
    make_private(tmp_path / "d.sqlite")
    assert set(modes(tmp_path).values()) == {0o600}
    assert (tmp_path / "d.sqlite").read_bytes() == b"x"


async def test_files_of_an_older_version_are_closed_and_so_are_their_copies(tmp_path: Path) -> None:
    settings: Settings = sqlite_settings(tmp_path)
    settings.sqlite_path.write_bytes(b"")
    settings.sqlite_path.chmod(0o644)
    await migrate(settings)
    for path in tmp_path.iterdir():
        path.chmod(0o644)
    db = await open_database(settings)
    await db.value("SELECT 1")
    await db.close()
    assert modes(tmp_path)[settings.sqlite_path.name] == 0o600


async def test_who_was_told_nothing_when_the_process_ends_is_told_to_send_it_again() -> None:
    async def cut_off(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive, send
        raise asyncio.CancelledError

    app: Any = Answered(cut_off, is_tls=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as http:
        answer = await http.post("/api/v1/incidents")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "ending", "1")
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    sent = list[str]()

    async def cut_off(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise asyncio.CancelledError

    async def send(message: Any) -> None:
        sent.append(message["type"])

    app: Any = Answered(cut_off, is_tls=False)
    with pytest.raises(asyncio.CancelledError):
        await app({"type": "http"}, None, send)
    assert sent == ["http.response.start"]
