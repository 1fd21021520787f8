"""Sites are written on every change and once a minute, by one process, also for others, and outlast the database."""

import functools
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.status_pages.site import keep
from server.status_pages.site.content import SiteContent
from server.status_pages.site.files import OnlyWriter, keep_only, read_entries, write_file
from server.status_pages.site.keep import SiteKeeper
from server.status_pages.site.pages import SiteFile
from server.status_pages.site.serve import SiteServer
from shared.wire import routes
from shared.wire.status_pages import StatusPage
from tests.kit.world import World


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    return world


@pytest.fixture
async def page(world: World) -> StatusPage:
    return await world.add_status_page("Nordwind", "Payments: Checkout", "API")


def keeper_of(world: World, folder: Path, **more: Any) -> SiteKeeper:
    settings = replace(world.engine.settings, status_folder=str(folder), **more)
    return SiteKeeper(world.db, world.clock, settings, SiteServer(folder, {}, is_tls=False))


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.store
async def test_a_change_is_written_and_what_did_not_change_is_left_alone(
    world: World, page: StatusPage, tmp_path: Path
) -> None:
    keeper = keeper_of(world, tmp_path)
    await keeper.refresh()
    site = tmp_path / page.id
    before = {path: (site / path).stat().st_mtime_ns for path in files_in(site)}
    await keeper.refresh()
    assert {path: (site / path).stat().st_mtime_ns for path in files_in(site)} == before
    await world.add_status_event(page, "Cards fail", world.update_of("investigating", Checkout="full_outage"))
    await keeper.refresh()
    after = files_in(site)
    assert b"Cards fail" in after["index.html"]
    assert b"Cards fail" in after["zh/events/1.html"]
    assert (site / "404.html").stat().st_mtime_ns == before["404.html"]


async def test_once_a_minute_the_time_is_told_anew(world: World, page: StatusPage, tmp_path: Path) -> None:
    await world.add_status_event(page, "Cards fail", world.update_of("investigating", Checkout="full_outage"))
    keeper = keeper_of(world, tmp_path)
    await keeper.refresh()
    index = tmp_path / page.id / "index.html"
    first = index.read_bytes()
    await world.advance(seconds=59)
    await keeper.refresh()
    assert index.read_bytes() == first
    await world.advance(minutes=5)
    await keeper.refresh()
    assert b"Updated 5 min ago" in index.read_bytes()


async def test_a_page_that_is_archived_made_internal_or_renamed_goes_with_its_files(
    world: World, page: StatusPage, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    keeper = keeper_of(world, tmp_path / "own", status_publish_to=str(target))
    ana = await world.sign_in("Ana")
    body = {"name": "Nordwind", "slug": "nordwind", "team_id": page.team_id}
    await keeper.refresh()
    assert await keeper.copy()
    assert (target / "nordwind" / "index.html").exists()
    renamed = await ana.put(f"{routes.STATUS_PAGES}/{page.id}", body | {"slug": "nw"}, rev=page.rev)
    await keeper.refresh()
    assert await keeper.copy()
    assert [each.name for each in target.iterdir() if each.is_dir()] == ["nw"]
    inside = await ana.put(f"{routes.STATUS_PAGES}/{page.id}", body | {"is_public": False}, rev=renamed["rev"])
    await keeper.refresh()
    assert await keeper.copy()
    assert [each.name for each in target.iterdir() if each.is_dir()] == []
    assert not (tmp_path / "own" / page.id).exists()
    await ana.put(f"{routes.STATUS_PAGES}/{page.id}", body, rev=inside["rev"])
    await keeper.refresh()
    assert await keeper.copy()
    assert (target / "nordwind" / "index.html").exists()
    await ana.send("DELETE", f"{routes.STATUS_PAGES}/{page.id}", headers={"if-match": str(inside["rev"] + 1)})
    await keeper.refresh()
    assert await keeper.copy()
    assert (list(target.glob("*/")), read_entries(tmp_path / "own")) == ([], [])


async def test_a_page_that_cannot_be_drawn_keeps_no_other_from_being_written(
    world: World, page: StatusPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keeper_of(world, tmp_path)
    await keeper.refresh()
    await world.add_status_event(page, "Cards fail", world.update_of("investigating", Checkout="full_outage"))
    other = await world.add_status_page("Eastwind", "Payments: Checkout", "API")
    real = keep.all_files

    def drawn(content: SiteContent, now: datetime) -> Iterable[tuple[str, SiteFile]]:
        if content.page.id == page.id:
            raise ZeroDivisionError
        return real(content, now)

    monkeypatch.setattr(keep, "all_files", drawn)
    await keeper.refresh()
    assert (tmp_path / other.id / "index.html").exists()
    assert b"Cards fail" not in (tmp_path / page.id / "index.html").read_bytes()


async def test_an_event_that_is_removed_leaves_no_file(world: World, page: StatusPage, tmp_path: Path) -> None:
    event = await world.add_status_event(page, "Cards fail", world.update_of("investigating", Checkout="full_outage"))
    keeper = keeper_of(world, tmp_path)
    await keeper.refresh()
    path = f"{routes.STATUS_EVENTS.format(status_page_id=page.id)}/{event.id}"
    await (await world.client("Ana")).send("DELETE", path, headers={"if-match": "1"})
    await keeper.refresh()
    assert not (tmp_path / page.id / "events").exists()
    assert b"Cards fail" not in b"".join(files_in(tmp_path / page.id).values())


class Stopped(Exception):
    """What a driver raises whose database is gone."""


async def test_without_a_database_the_last_copy_is_served_and_says_as_of_when(
    world: World, page: StatusPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = keeper_of(world, tmp_path)
    await keeper.refresh()
    as_of = (tmp_path / page.id / "index.html").read_bytes()

    async def stopped(*_: Any) -> Any:
        raise Stopped

    monkeypatch.setattr(world.db._store, "fetch", stopped)
    world.clock.move_to(world.clock.now().replace(hour=23))
    with pytest.raises(Stopped):
        await keeper.refresh()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def nothing() -> Any:
        return {"type": "http.request"}

    scope: Any = {"type": "http", "method": "GET", "headers": [], "query_string": b""}
    await keeper.server(b"/nordwind/", scope, nothing, send)
    assert (sent[0]["status"], sent[1]["body"]) == (200, as_of)


async def test_one_process_of_a_machine_writes_and_the_next_takes_over(
    world: World, page: StatusPage, tmp_path: Path
) -> None:
    first, second = keeper_of(world, tmp_path), keeper_of(world, tmp_path)
    await first.refresh()
    await world.add_status_event(page, "Cards fail", world.update_of("investigating", Checkout="full_outage"))
    await second.refresh()
    index = tmp_path / page.id / "index.html"
    assert b"Cards fail" not in index.read_bytes()
    first._writer.close()
    await second.refresh()
    assert b"Cards fail" in index.read_bytes()


def test_the_lock_is_one_processs(tmp_path: Path) -> None:
    one, other = OnlyWriter(tmp_path), OnlyWriter(tmp_path)
    assert (one.is_us(), other.is_us(), one.is_us()) == (True, False, True)
    one.close()
    assert other.is_us()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A plain web server that knows nothing of us."""
    folder = tmp_path / "www"
    folder.mkdir()
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_another_web_server_shows_what_was_published_when_ours_is_gone(
    world: World, page: StatusPage, tmp_path: Path, elsewhere: tuple[Path, str]
) -> None:
    folder, address = elsewhere
    await world.add_status_event(page, "Cards fail", world.update_of("investigating", Checkout="full_outage"))
    keeper = keeper_of(world, tmp_path / "own", status_publish_to=str(folder))
    await keeper.refresh()
    assert await keeper.copy()
    keeper._writer.close()
    async with httpx.AsyncClient(base_url=f"{address}/nordwind/") as visitor:
        for path, said in (
            ("", "Cards fail"),
            ("zh/", "故障"),
            ("events/1.html", "Cards fail"),
            ("history.rss", "<rss"),
        ):
            found = await visitor.get(path)
            assert (found.status_code, said in found.text) == (200, True), path
    own, out = files_in(tmp_path / "own" / page.id), files_in(folder / "nordwind")
    assert own == out


def test_a_file_is_there_whole_or_not_at_all_and_readable(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.html"
    write_file(path, b"one")
    write_file(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o644)
    assert [each.name for each in path.parent.iterdir()] == ["b.html"]


def test_only_what_is_named_stays(tmp_path: Path) -> None:
    for path in ("a.html", "old/b.html", "old/c.html", "new/d.html"):
        write_file(tmp_path / path, b"x")
    keep_only(tmp_path, ["a.html", "new/d.html"])
    assert set(files_in(tmp_path)) == {"a.html", "new/d.html"}
    assert not (tmp_path / "old").exists()
