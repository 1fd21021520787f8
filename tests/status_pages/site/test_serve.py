"""Sites as they are served: by path and by host, kept by browsers, in the visitor's language, and nothing else."""

import gzip
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from server.app import behind_the_line
from shared.wire import routes
from shared.wire.status_pages import StatusPage
from tests.kit.world import World

SITE = "/status/nordwind"


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments")
    await world.add_person("Ana", team="Payments", role="manager")
    return world


@pytest.fixture
async def page(world: World) -> StatusPage:
    made = await world.add_status_page("Nordwind", "Payments: Checkout", "API", domain="status.nordwind.example")
    await world.add_status_event(
        made, "Cards fail", world.update_of("investigating", "Looking.", Checkout="full_outage")
    )
    await refresh(world)
    return made


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app: Any = behind_the_line(world.app, world.engine.settings)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def refresh(world: World) -> None:
    await world.app.state.site_keeper.refresh()


async def test_a_public_page_is_there_for_everybody_and_says_what_was_published(
    world: World, page: StatusPage, visitor: httpx.AsyncClient
) -> None:
    found = await visitor.get(f"{SITE}/")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Cards fail" in found.text
    assert (await visitor.get(f"{SITE}/events/1.html")).text == (await visitor.get(f"{SITE}/events/1")).text
    assert (await visitor.get(SITE)).headers["location"] == "nordwind/"
    await world.add_status_event(page, "Another", world.update_of("investigating", API="partial_outage"))
    await refresh(world)
    assert "Another" in (await visitor.get(f"{SITE}/")).text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("history.rss", "application/rss+xml; charset=utf-8"),
        ("feed.atom", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/json"),
        ("maintenance.ics", "text/calendar; charset=utf-8"),
        ("badge.svg", "image/svg+xml"),
        ("api/v2/summary.json", "application/json"),
        ("zh/", "text/html; charset=utf-8"),
    ],
)
async def test_each_file_says_what_it_is_and_who_may_read_it(
    page: StatusPage, visitor: httpx.AsyncClient, path: str, kind: str
) -> None:
    found = await visitor.get(f"{SITE}/{path}")
    assert (found.status_code, found.headers["content-type"]) == (200, kind)
    is_page = kind.startswith("text/html")
    assert found.headers.get("access-control-allow-origin") == (None if is_page else "*")
    assert found.headers["cross-origin-resource-policy"] == ("same-origin" if is_page else "cross-origin")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "max-age=30" in found.headers["cache-control"]


async def test_what_a_browser_has_is_not_sent_again(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    first = await visitor.get(f"{SITE}/history.rss")
    again = await visitor.get(f"{SITE}/history.rss", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert (await visitor.get(f"{SITE}/history.rss", headers={"if-none-match": '"other"'})).status_code == 200
    head = await visitor.head(f"{SITE}/history.rss")
    assert (head.content, head.headers["etag"]) == (b"", first.headers["etag"])


async def test_pages_are_packed_for_who_can_unpack(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    async with visitor.stream("GET", f"{SITE}/", headers={"accept-encoding": "gzip"}) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    plain = await visitor.get(f"{SITE}/", headers={"accept-encoding": "identity"})
    assert (packed.headers["content-encoding"], gzip.decompress(raw)) == ("gzip", plain.content)
    assert len(raw) < len(plain.content) / 4
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


async def test_the_language_that_somebody_chose_is_kept(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    assert "Max-Age" not in (await visitor.get(f"{SITE}/")).headers.get("set-cookie", "")
    chinese = await visitor.get(f"{SITE}/zh/")
    assert "一" in chinese.text or "故障" in chinese.text
    assert chinese.headers["set-cookie"].startswith(
        "status_language=zh; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax"
    )
    kept = await visitor.get(f"{SITE}/")
    assert (kept.status_code, kept.headers["location"]) == (302, "zh/")
    assert "no-store" in kept.headers["cache-control"]
    back = await visitor.get(f"{SITE}/", params={"lang": "en"})
    assert (back.status_code, back.headers["location"]) == (303, "./")
    assert (await visitor.get(f"{SITE}/")).status_code == 200


async def test_the_chosen_language_is_kept_below_the_root_and_for_links_from_elsewhere(
    page: StatusPage, visitor: httpx.AsyncClient
) -> None:
    deep = await visitor.get(f"{SITE}/zh/subscribe.html")
    assert deep.headers["set-cookie"].startswith("status_language=zh;")
    kept = await visitor.get(f"{SITE}/subscribe.html")
    assert (kept.status_code, kept.headers["location"], kept.headers["vary"]) == (302, "zh/subscribe.html", "Cookie")
    assert (await visitor.get(f"{SITE}/events/1")).headers["location"] == "../zh/events/1"
    assert (await visitor.get(f"{SITE}/events/1.html")).headers["location"] == "../zh/events/1.html"
    assert (await visitor.get(f"{SITE}/history.rss")).status_code == 200, "a feed is what its address says"
    (back,) = re.findall(r'class="lang" href="([^"]+)"', (await visitor.get(f"{SITE}/zh/events/1.html")).text)
    chosen = await visitor.get(urljoin(f"{SITE}/zh/events/1.html", back))
    assert (chosen.status_code, chosen.headers["location"]) == (303, "1.html")
    for path in ("/events/1.html", "/subscribe.html", "/"):
        assert (await visitor.get(f"{SITE}{path}")).status_code == 200


async def test_two_domains_show_two_pages_and_nothing_else(
    world: World, page: StatusPage, visitor: httpx.AsyncClient
) -> None:
    await world.add_status_page("Other", "Web", domain="status.other.example")
    await refresh(world)
    shown: dict[str, str] = {}
    for host in ("status.nordwind.example", "STATUS.other.example:443"):
        found = await visitor.get("/", headers={"host": host})
        assert found.status_code == 200
        shown[host] = found.text
    assert "<title>Nordwind Status</title>" in shown["status.nordwind.example"]
    assert "<title>Other Status</title>" in shown["STATUS.other.example:443"]
    assert (await visitor.get("/", headers={"host": "status.unknown.example"})).status_code == 404
    assert (await visitor.get("/", headers={"host": "status.other.example."})).text == shown["STATUS.other.example:443"]
    own = {"host": "status.nordwind.example"}
    assert (await visitor.get("/api/v2/status.json", headers=own)).json()["page"]["name"] == "Nordwind"
    for path in (routes.HEALTH, routes.STATUS_PAGES, "/schema", "/status/other/"):
        assert (await visitor.get(path, headers=own)).status_code == 404, path
        assert (await visitor.get(path, headers={"host": "status.nordwind.example.:80"})).status_code == 404, path
    assert (await visitor.get(routes.HEALTH)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "../sites.json",
        "..%2fsites.json",
        "%2e%2e/sites.json",
        "events/../../sites.json",
        ".writer",
        "events/",
        "events",
        "nothing.html",
        "index.html/x",
        "INDEX.HTML%00",
        "zh/nothing",
        "a" * 400,
        f"{'a' * 400}/{'b/' * 1000}x",
    ],
)
async def test_nothing_but_the_sites_own_files_is_served(
    page: StatusPage, visitor: httpx.AsyncClient, path: str
) -> None:
    found = await visitor.get(f"{SITE}/{path}")
    assert found.status_code == 404
    assert "page_id" not in found.text


async def test_what_is_not_there_is_told_in_the_sites_own_look(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    assert "There is nothing here" in (await visitor.get(f"{SITE}/nothing")).text
    assert "这里什么都没有" in (await visitor.get(f"{SITE}/zh/nothing")).text
    assert (await visitor.get("/status/nothing/")).text == "There is no such status page.\n"


async def test_sites_are_only_read(page: StatusPage, visitor: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        found = await visitor.request(method, f"{SITE}/")
        assert (found.status_code, found.headers["allow"]) == (405, "GET, HEAD")


async def test_a_visitor_costs_no_statement(world: World, page: StatusPage, visitor: httpx.AsyncClient) -> None:
    asked: list[str] = []
    fetch = world.db._store.fetch

    async def counted(text: str, *rest: Any) -> Any:
        asked.append(text)
        return await fetch(text, *rest)

    world.db._store.fetch = counted  # pyright: ignore[reportAttributeAccessIssue] a store has no such slot by its type
    for path in ("", "zh/", "events/1.html", "history.rss", "api/v2/summary.json", "nothing"):
        await visitor.get(f"{SITE}/{path}")
    assert asked == []


async def test_what_is_told_afterwards_is_shown_byte_for_byte_as_if_it_had_been_told_live(
    world: World, visitor: httpx.AsyncClient
) -> None:
    """But for ids, which stand in what a visitor sends, and the address."""
    live, past = [await world.add_status_page(f"Of {slug}", f"Shop: Web{slug}", slug=slug) for slug in ("live", "past")]
    ana = await world.client("Ana")
    for page, slug in ((live, "live"), (past, "past")):
        path = routes.STATUS_COMPONENTS.format(status_page_id=page.id)
        (group,) = (await ana.get(path))["groups"]
        world.components[slug] = group["components"][0]["id"]
        web = {"id": world.components[slug], "name": {"en": "Web"}}
        await ana.put(path, {"groups": [{"id": group["id"], "name": group["name"], "components": [web]}]}, rev=page.rev)
    said = [("investigating", "Looking."), ("monitoring", "**Mended**."), ("resolved", "Over.")]
    told: list[dict[str, Any]] = []
    event = None
    for status, text in said:
        told.append(world.update_of(status, text, at=world.clock.now()))
        if status != "resolved":
            told[-1]["changes"] = [{"component_id": "", "impact": "partial_outage"}]
        body = {**told[-1], "at": None, "changes": _of(told[-1], world.components["live"])}
        if event is None:
            event = await world.add_status_event(live, "Down", body)
        else:
            events = routes.STATUS_EVENTS.format(status_page_id=live.id)
            await (await world.client("Ana")).post(f"{events}/{event.id}/updates", body)
        await world.advance(minutes=17)
    await world.advance(hours=5)
    body = [{**each, "changes": _of(each, world.components["past"])} for each in told]
    after = await world.add_status_event(past, "Down", *body, is_past=True)
    await refresh(world)
    assert event is not None
    for path in ("", "zh/", "events/1.html", "history/2026-12.html", "history/2026-11.html", "subscribe.html"):
        first, second = [await visitor.get(f"/status/{slug}/{path}") for slug in ("live", "past")]
        visitor.cookies.clear()
        plain = second.text.replace(after.id, event.id).replace(world.components["past"], world.components["live"])
        assert (first.status_code, first.text) == (second.status_code, plain.replace("past", "live")), path
    assert "Down" in (await visitor.get("/status/past/events/1.html")).text
    found = [
        (await (await world.client("Ana")).get(routes.STATUS_UPTIME.format(status_page_id=page.id)))["groups"][0]
        for page in (live, past)
    ]
    assert found[0]["down_s"] == found[1]["down_s"] == 34 * 60


def _of(said: dict[str, Any], component_id: str) -> list[dict[str, Any]]:
    return [{**each, "component_id": component_id} for each in said["changes"]]
