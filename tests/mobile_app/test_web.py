"""The app in the browser: pages made from the installed client, headers, the list of pictures."""

import asyncio
import json
import re
import tomllib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import flet_web
import httpx
import pytest

from mobile_app import page
from mobile_app.bell import Bell
from mobile_app.packed import version_of
from mobile_app.page import ASSETS, PageChanged, assets, bootstrap, index_page, manifest, own_version
from mobile_app.web import asgi, own_pages
from phone.base.i18n import catalogue
from phone.locate import at
from phone.routes import ROUTES
from server.status_pages.site.render import all_files
from tests.kit.nordwind_status import NOW, nordwind
from tests.kit.screenshots import DOCS, EXAMPLES, IN_DOCS, ROOT, SCENES, SIZES, shots
from tests.kit.site_pictures import PAGES, WIDTHS, site_pictures

WEB = Path(flet_web.get_package_web_dir())
FETCHED_BY_ENGLISH_READERS = (
    "/main.dart.wasm",
    "/main.dart.mjs",
    "/canvaskit/skwasm.wasm",
    "/canvaskit/skwasm.js",
    "/flutter_bootstrap.js",
    "/assets/FontManifest.json",
    "/assets/fonts/MaterialIcons-Regular.otf",
    "/fonts/Inter-Regular.otf",
    "/fonts/Inter-SemiBold.otf",
    "/fonts/InterDisplay-SemiBold.otf",
    "/fonts/NotoSansSC-Choice-Regular.otf",
    "/fonts/NotoSansSC-Choice-Bold.otf",
    "/connection.js",
    "/connection.css",
    "/attention.js",
    "/reader.js",
    "/keys.js",
    "/mark.svg",
)
PROJECT = Path(__file__).parents[2] / "mobile_app" / "pyproject.toml"


def test_the_installed_page_still_has_the_place_for_ours() -> None:
    page = index_page((WEB / "index.html").read_text(encoding="utf-8"), "/~7")
    assert '<script src="/~7/attention.js" defer></script>' in page
    assert 'src="/~7/flutter_bootstrap.js"' in page
    assert page.count('"/~7/mark.svg"') == 2
    assert '"python.js"' not in page
    assert "<!-- fletAppConfig -->" in page
    assert "#ffffff" not in page


def test_a_changed_page_stops_the_start() -> None:
    with pytest.raises(PageChanged):
        index_page("<html><head></head></html>")


def test_the_manifest_has_our_name() -> None:
    fields = json.loads(manifest((WEB / "manifest.json").read_text(encoding="utf-8")))
    assert (fields["name"], fields["theme_color"]) == ("Dogwatch", "#FAFAF8")


async def test_pages_are_asked_for_each_time_and_the_engine_is_kept() -> None:
    site: Any = asgi(assets(), api_url="http://127.0.0.1:1", demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        page = await client.get("/incidents/inc-1")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["x-frame-options"] == "DENY"
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "flet.noCdn=true" in page.text
        font = await client.get("/fonts/Inter-Regular.otf")
        assert font.headers["cache-control"] == "public, max-age=86400"
        assert (await client.get("/missing.js")).status_code == 404
        script = await client.get("/attention.js")
        assert script.headers["content-type"].startswith("text/javascript")
        engine = await client.get("/main.dart.mjs", headers={"accept-encoding": "gzip"})
        assert engine.headers.get("content-encoding") == "gzip"


async def test_the_engine_is_packed_once_and_known_again() -> None:
    site: Any = asgi(assets(), api_url="http://127.0.0.1:1", demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        engine = await client.get("/main.dart.wasm", headers={"accept-encoding": "gzip, deflate"})
        assert engine.content == (WEB / "main.dart.wasm").read_bytes()
        assert engine.headers["content-encoding"] == "gzip"
        assert engine.headers["content-type"] == "application/wasm"
        assert engine.headers["vary"] == "accept-encoding"
        assert engine.headers["cache-control"] == "no-cache"
        tagged = {"accept-encoding": "gzip", "if-none-match": engine.headers["etag"]}
        again = await client.get("/main.dart.wasm", headers=tagged)
        assert (again.status_code, again.content) == (304, b"")
        plain = await client.get("/main.dart.wasm", headers={"accept-encoding": "identity"})
        assert plain.content == engine.content
        assert "content-encoding" not in plain.headers
        page = await client.get("/", headers={"accept-encoding": "gzip"})
        assert "window.dogwatchWords" in page.text


async def test_what_a_version_names_is_kept_for_ever_and_packed_as_well_as_the_browser_takes_it() -> None:
    given = assets()
    site: Any = asgi(given, api_url="http://127.0.0.1:1", demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        page = await client.get("/incidents")
        assert f'flet.assetBase = "{given.files}/"' in page.text
        css = await client.get(f"{given.files}/connection.css", headers={"accept-encoding": "gzip, deflate, br, zstd"})
        assert css.headers["content-encoding"] == "br"
        assert css.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert css.content == (ASSETS / "connection.css").read_bytes()
        for kept in ("/fonts/Inter-Regular.otf", "/assets/FontManifest.json", "/flutter_bootstrap.js", "/mark.svg"):
            file = await client.get(given.files + kept)
            assert (file.status_code, file.headers["cache-control"]) == (200, css.headers["cache-control"]), kept
        assert (await client.get(f"{given.files}/no-such.js")).status_code == 404
        other = await client.get("/~another/connection.css")
        assert (other.status_code, other.headers["cache-control"]) == (200, "no-cache")


def test_the_version_changes_with_every_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("1")
    first = version_of(tmp_path, "1.0.5")
    assert version_of(tmp_path, "1.0.6") != first
    (tmp_path / "a.js").write_text("2")
    assert version_of(tmp_path, "1.0.5") != first
    (tmp_path / "a.js").write_text("1")
    assert version_of(tmp_path, "1.0.5") == first


def test_the_version_changes_with_the_words_and_the_programs_that_make_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = own_version()
    assert own_version() == first == assets().version
    for maker in page.MAKERS:
        changed = tmp_path / maker.name
        changed.write_text(maker.read_text(encoding="utf-8") + "# another way\n", encoding="utf-8")
        with monkeypatch.context() as patch:
            patch.setattr(page, "MAKERS", tuple(changed if each == maker else each for each in page.MAKERS))
            assert own_version() != first, maker.name
    for key in ("offline.empty", "line.lead"):
        with monkeypatch.context() as patch:
            patch.setitem(catalogue("zh"), key, "另一句话")
            assert own_version() != first, key
    assert {maker.name for maker in page.MAKERS} >= {"page.py", "icons.py", "packed.py"}
    assert own_version() == first


def test_flutters_own_worker_which_would_load_each_page_anew_is_not_started() -> None:
    script = bootstrap((WEB / "flutter_bootstrap.js").read_text(encoding="utf-8"))
    assert "serviceWorkerVersion: " not in script
    assert "_flutter.loader.load({" in script
    with pytest.raises(PageChanged):
        bootstrap(script)


async def test_the_page_without_a_network_needs_only_what_the_worker_keeps() -> None:
    given = assets()
    site: Any = asgi(given, api_url="http://127.0.0.1:1", demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        worker = await client.get("/sw.js")
        assert worker.headers["cache-control"] == "no-cache"
        kept = set(re.findall(r'"(/[^"]+)"', worker.text))
        page = await client.get("/offline.html")
        style = await client.get(f"{given.files}/offline.css")
        needed = set(re.findall(r'(?:href|src)="([^"]+)"', page.text))
        needed |= {f"{given.files}/{name}" for name in re.findall(r'url\("([^"]+)"\)', style.text)}
        assert needed <= kept
        for path in kept:
            assert (await client.get(path)).status_code == 200, path
        assert not re.search(r"FILES|VERSION|MARK|WORDS", page.text + worker.text)


async def test_an_english_reader_is_sent_four_megabytes_at_most_and_nothing_from_elsewhere() -> None:
    given = assets()
    site: Any = asgi(given, api_url="http://127.0.0.1:1", demo=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        sent = 0
        for path in FETCHED_BY_ENGLISH_READERS:
            async with client.stream("GET", given.files + path, headers={"accept-encoding": "br"}) as file:
                assert file.status_code == 200, path
                sent += len(b"".join([part async for part in file.aiter_raw()]))
        fonts = (await client.get(f"{given.files}/assets/FontManifest.json")).json()
        assert {each["family"] for each in fonts} == {"MaterialIcons", "Roboto"}
    assert sent < 4_000_000


def test_every_route_has_its_pictures() -> None:
    taken = list(shots())
    assert {shot.route for shot in taken} == set(ROUTES)
    pictures = sum(len(EXAMPLES.get(route.screen, [{}])) for route in ROUTES)
    assert len(taken) == pictures * len(SIZES) * 2 * 2 + 2 * len(SCENES)
    assert len({shot.name for shot in taken}) == len(taken)


def test_the_public_status_page_has_its_pictures_in_every_form() -> None:
    taken = list(site_pictures())
    assert {each.page for each in taken} == set(PAGES)
    assert len({each.name for each in taken}) == len(taken) == len(PAGES) * len(WIDTHS) * 2 * 2
    files = {path for path, _ in all_files(nordwind(), NOW)}
    assert {each.path for each in taken} <= files


def test_docs_show_few_pictures_and_each_of_them_can_be_taken_again() -> None:
    assert len(IN_DOCS) <= 12
    assert set(IN_DOCS) <= {shot.name.removesuffix(".png") for shot in shots()}
    assert {each.stem for each in DOCS.iterdir()} == set(IN_DOCS)
    for readme in (ROOT / "README.md", ROOT / "README.zh-CN.md"):
        shown = re.findall(r"docs/screenshots/([\w-]+)\.png", readme.read_text("utf-8"))
        assert len(shown) == 4
        assert set(shown) <= set(IN_DOCS)


@pytest.mark.parametrize(
    ("address", "screen"),
    [
        ("/", "incidents"),
        ("/sign-in", "incidents"),
        ("/incidents/", "incidents"),
        ("/incidents/inc-1?from=push", "incident"),
        ("/incidents/inc-1/more", None),
        ("/outbox", None),
        ("/me", "me"),
    ],
)
def test_addresses_lead_to_screens(address: str, screen: str | None) -> None:
    here = at(address, demo=False)
    assert (here.route.screen if here else None) == screen


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


OWN = "https://pager.example.com"


async def opened(host: str, *origins: str, public_url: str = "") -> bool:
    """Whether the site was asked for a socket that somebody opens who says so."""
    asked: list[Any] = []

    async def site(*_: Any) -> None:
        asked.append("site")

    async def send(message: MutableMapping[str, Any]) -> None:
        asked.append(message["type"])

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    headers = [(b"host", host.encode()), *((b"origin", each.encode()) for each in origins)]
    await own_pages(site, public_url)({"type": "websocket", "path": "/ws", "headers": headers}, receive, send)
    assert asked in (["site"], ["websocket.close"])
    return asked == ["site"]


@pytest.mark.parametrize(
    ("host", "origin", "public_url", "is_own"),
    [
        ("pager.example.com", OWN, "", True),
        ("127.0.0.1:8001", "http://127.0.0.1:8001", "", True),
        ("[::1]:8001", "http://[::1]:8001", "", True),
        ("127.0.0.1:8001", OWN, OWN, True),
        ("pager.example.com", "https://pager.example.com:8443", "", True),
        ("PAGER.example.com", "https://pager.EXAMPLE.com", "", True),
        ("127.0.0.1:8001", OWN, "", False),
        ("pager.example.com", "https://evil.example.com", OWN, False),
        ("pager.example.com", "https://pager.example.com.evil.com", OWN, False),
        ("127.0.0.1:8001", "http://127.0.0.1:9999", "", False),
        ("pager.example.com", "null", "", False),
        ("pager.example.com", "file://pager.example.com", "", False),
        ("127.0.0.1:8001", "http://pager.example.com", OWN, False),
        ("", "", "", False),
    ],
)
async def test_a_socket_is_opened_by_our_own_pages_alone(host: str, origin: str, public_url: str, is_own: bool) -> None:
    assert await opened(host, origin, public_url=public_url) is is_own


async def test_what_is_no_browser_says_no_origin_and_two_are_no_better_than_one() -> None:
    assert await opened("pager.example.com")
    assert not await opened("pager.example.com", OWN, "https://evil.example.com")


@pytest.mark.parametrize(("public_url", "told"), [(OWN, "max-age=31536000"), ("http://pager.lan", None), ("", None)])
async def test_browsers_stay_with_tls_where_people_reach_it_by_that(public_url: str, told: str | None) -> None:
    site: Any = asgi(assets(), api_url="http://127.0.0.1:1", demo=False, public_url=public_url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://app.test") as client:
        for path in ("/", "/alive", "/missing.js"):
            assert (await client.get(path)).headers.get("strict-transport-security") == told, path
