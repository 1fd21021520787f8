"""Status pages over HTTP: made, changed, put out of use; what is refused and why."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from shared.wire import routes
from tests.kit.world import World

PAGES = routes.STATUS_PAGES
API = {"name": {"en": "API"}}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.fixture
async def world(world: World) -> World:
    await world.add_team("Payments")
    await world.add_team("Platform")
    await world.add_person("Ana", team="Payments", role="manager")
    await world.add_person("Bo", team="Payments")
    await world.add_person("Root", role="admin")
    return world


def body(world: World, **more: Any) -> dict[str, Any]:
    return {"name": "Nordwind", "slug": "nordwind", "team_id": world.teams["Payments"], **more}


async def test_a_page_is_made_changed_and_archived_and_its_addresses_are_free_again(world: World) -> None:
    ana = await world.sign_in("Ana")
    made = await ana.post(PAGES, body(world, domain="Status.Nordwind.example."))
    assert (made["rev"], made["domain"], made["is_public"]) == (1, "status.nordwind.example", True)
    changed = await ana.put(f"{PAGES}/{made['id']}", body(world, name="Nordwind AG", time_zone="Europe/Berlin"), rev=1)
    assert (changed["rev"], changed["name"], changed["domain"]) == (2, "Nordwind AG", None)
    stale = await ana.send("PUT", f"{PAGES}/{made['id']}", body(world), headers={"if-match": "1"})
    assert stale.status_code == 412
    assert [each["name"] for each in (await ana.get(PAGES))["items"]] == ["Nordwind AG"]
    assert (await ana.send("DELETE", f"{PAGES}/{made['id']}", headers={"if-match": "2"})).status_code == 204
    assert (await ana.get(PAGES))["items"] == []
    assert (await ana.send("GET", f"{PAGES}/{made['id']}")).status_code == 404
    assert (await ana.post(PAGES, body(world)))["id"] != made["id"]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"slug": "No Slug"}, "slug", "wrong_form"),
        ({"slug": "-x"}, "slug", "wrong_form"),
        ({"time_zone": "Mars/Base"}, "time_zone", "unknown_time_zone"),
        ({"domain": "http://status.example.com"}, "domain", "not_a_host_name"),
        ({"domain": "localhost"}, "domain", "not_a_host_name"),
        ({"domain": "10.0.0.1"}, "domain", "not_a_host_name"),
        ({"links": [{"label": {"en": "Support"}, "url": "javascript:alert(1)"}]}, "links[0].url", "not_an_address"),
        ({"links": [{"label": {"zh": "支持"}, "url": "https://x.example"}]}, "links[0].label.en", "empty"),
        ({"accent": "#ffee00"}, "accent", "low_contrast"),
        ({"accent_dark": "#1f4b99"}, "accent_dark", "low_contrast"),
        ({"accent": "red"}, "accent", "wrong_form"),
        ({"language": "fr"}, "language", "unknown_value"),
    ],
)
async def test_what_is_wrong_is_named(world: World, wrong: dict[str, Any], field: str, code: str) -> None:
    ana = await world.sign_in("Ana")
    answer = await ana.send("POST", PAGES, body(world, **wrong))
    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


async def test_a_contrast_is_refused_with_its_figure(world: World) -> None:
    ana = await world.sign_in("Ana")
    answer = await ana.send("POST", PAGES, body(world, accent="#777777"))
    assert answer.json()["errors"][0]["args"] == {"ratio": 4.48, "needed": 4.5}
    assert (await ana.post(PAGES, body(world, accent="#1f4b99", accent_dark="#8fb4ff")))["accent"] == "#1f4b99"


async def test_slugs_and_domains_are_the_servers_and_names_the_teams(world: World) -> None:
    ana, root = await world.sign_in("Ana"), await world.sign_in("Root")
    await ana.post(PAGES, body(world, domain="status.example.com"))
    for other, code in (
        ({"name": "Other"}, "slug_taken"),
        ({"name": "Other", "slug": "other", "domain": "STATUS.example.com"}, "domain_taken"),
        ({"slug": "other"}, "name_taken"),
    ):
        answer = await root.send("POST", PAGES, body(world, team_id=world.teams["Platform"], **other))
        assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_at_the_quota_there_is_no_other_page_of_that_kind(world: World) -> None:
    ana = await world.sign_in("Ana")
    world.app.state.settings = replace(world.engine.settings, status_public_pages=1)
    await ana.post(PAGES, body(world))
    second = body(world, name="Second", slug="second")
    refused = await ana.send("POST", PAGES, second)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_status_pages")
    inside = await ana.post(PAGES, second | {"is_public": False})
    opened = await ana.send("PUT", f"{PAGES}/{inside['id']}", second, headers={"if-match": "1"})
    assert (opened.status_code, opened.json()["code"]) == (409, "too_many_status_pages")
    world.app.state.settings = world.engine.settings
    assert (await ana.put(f"{PAGES}/{inside['id']}", second, rev=1))["is_public"]


async def test_components_are_saved_as_a_whole_and_keep_what_they_are(world: World) -> None:
    page = await world.add_status_page("Nordwind", "Payments: Checkout, Payouts", "API")
    ana = await world.sign_in("Ana")
    path = f"{PAGES}/{page.id}/components"
    found = await ana.get(path)
    assert [[each["name"]["en"] for each in group["components"]] for group in found["groups"]] == [
        ["Checkout", "Payouts"],
        ["API"],
    ]
    assert [group["name"] for group in found["groups"]] == [{"en": "Payments", "zh": ""}, None]
    payments, api = found["groups"]
    checkout = payments["components"][0]
    platform = {"name": {"en": "Platform", "zh": "平台"}, "components": [{"id": api["components"][0]["id"], **API}]}
    renamed = {"id": checkout["id"], "name": {"en": "Card checkout"}, "is_uptime_hidden": True}
    unnamed = {"components": [renamed, {"name": {"en": "New"}}]}
    changed = {"groups": [{"id": api["id"], **platform}, {"id": payments["id"], **unnamed}]}
    saved = await ana.put(path, changed, rev=found["rev"])
    assert saved["rev"] == found["rev"] + 1
    assert [each["id"] for each in saved["groups"]] == [api["id"], payments["id"]]
    kept, new = saved["groups"][1]["components"]
    assert (kept["id"], kept["name"]["en"], kept["is_uptime_hidden"]) == (checkout["id"], "Card checkout", True)
    assert kept["available_since"] == checkout["available_since"]
    assert new["id"] not in {each["id"] for each in payments["components"]}
    assert (await ana.send("PUT", path, changed, headers={"if-match": str(found["rev"])})).status_code == 412


async def test_what_is_wrong_with_components_is_named(world: World) -> None:
    page = await world.add_status_page("Nordwind", "Payments: Checkout")
    ana = await world.sign_in("Ana")
    group = (await ana.get(f"{PAGES}/{page.id}/components"))["groups"][0]
    checkout = {"id": group["components"][0]["id"], "name": {"en": "Checkout"}}
    ahead = {"name": {"en": "x"}, "available_since": "2099-01-01T00:00:00Z"}
    unmeasured = {"name": {"en": "y"}, "available_since": "0001-01-01T00:00:00+14:00"}
    nameless = {"name": {"zh": "支付"}, "components": [{"name": {}}, ahead, unmeasured]}
    wrong = {"groups": [{"id": "nothing", "components": [checkout, checkout]}, nameless]}
    answer = await ana.send("PUT", f"{PAGES}/{page.id}/components", wrong, headers={"if-match": str(page.rev)})
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("groups[0].id", "unknown"),
        ("groups[0].components[1].id", "repeated"),
        ("groups[1].name.en", "empty"),
        ("groups[1].components[0].name.en", "empty"),
        ("groups[1].components[1].available_since", "in_the_future"),
        ("groups[1].components[2].available_since", "out_of_range"),
    ]


async def test_pictures_are_raster_files_only(world: World) -> None:
    page = await world.add_status_page("Nordwind")
    ana = await world.sign_in("Ana")
    path = f"{PAGES}/{page.id}/images"

    async def put(slot: str, content: bytes) -> int:
        sent = {"content": base64.b64encode(content).decode()}
        return (await ana.send("PUT", f"{path}/{slot}", sent)).status_code

    assert await put("logo", PNG) == 204
    assert await put("logo", b"RIFF\x10\0\0\0WEBPVP8 ") == 204
    assert await put("favicon", b"\0\0\1\0" + bytes(20)) == 204
    assert await put("logo", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>") == 400
    assert await put("banner", PNG) == 404
    assert await put("logo", PNG + bytes(262_144)) == 400
    assert (await ana.send("DELETE", f"{path}/logo")).status_code == 204
    assert (await ana.send("DELETE", f"{path}/logo")).status_code == 404


async def test_responders_publish_nothing_unless_it_is_granted_for_the_account_or_one_page(world: World) -> None:
    page = await world.add_status_page("Nordwind", "API")
    other = await world.add_status_page("Other", "Web")
    bo = await world.sign_in("Bo")
    event = {"kind": "incident", "title": {"en": "Slow"}, "updates": [world.update_of("investigating")]}
    assert (await bo.send("POST", f"{PAGES}/{page.id}/events", event)).status_code == 403
    await world.add_grant("Bo", "status_events:edit", kind="status_page", id=page.id)
    assert (await bo.send("POST", f"{PAGES}/{page.id}/events", event)).status_code == 201
    assert (await bo.get(routes.ME))["object_permissions"] == {page.id: ["status_events:edit"]}
    assert (await bo.send("POST", f"{PAGES}/{other.id}/events", event)).status_code == 403
    renamed = await bo.send("PUT", f"{PAGES}/{page.id}", body(world), headers={"if-match": str(page.rev)})
    assert renamed.status_code == 403
    await world.add_grant("Bo", "status_pages:edit")
    assert (await bo.send("PUT", f"{PAGES}/{page.id}", body(world), headers={"if-match": str(page.rev)})).is_success


async def test_a_team_with_a_page_stays(world: World) -> None:
    root = await world.sign_in("Root")
    await world.add_status_page("Nordwind", team="Payments", by="Root")
    team = await root.get(f"{routes.TEAMS}/{world.teams['Payments']}")
    answer = await root.send("DELETE", f"{routes.TEAMS}/{team['id']}", headers={"if-match": str(team["rev"])})
    assert answer.status_code == 409
    assert {"kind": "status_page", "name": "Nordwind"}.items() <= answer.json()["errors"][0]["args"].items()


async def test_templates_say_nothing_that_an_update_could_not(world: World) -> None:
    page = await world.add_status_page("Nordwind", "API")
    ana = await world.sign_in("Ana")
    path = f"{PAGES}/{page.id}/templates"
    down = [{"component_id": world.components["API"], "impact": "full_outage"}]
    made = await ana.post(path, {"name": "Down", "kind": "incident", "title": {"en": "API down"}, "changes": down})
    assert (made["rev"], made["status"]) == (1, None)
    again = {"name": "down", "kind": "incident"}
    assert (await ana.send("POST", path, again)).json()["code"] == "name_taken"
    wrong = {"name": "x", "kind": "maintenance", "status": "resolved"}
    assert (await ana.send("POST", path, wrong)).json()["errors"][0]["field"] == "status"
    assert (await ana.send("POST", path, {"name": "x", "kind": "maintenance", "changes": down})).status_code == 400
    changed = await ana.put(f"{path}/{made['id']}", {"name": "Down!", "kind": "incident"}, rev=1)
    assert [each["name"] for each in (await ana.get(path))["items"]] == ["Down!"]
    assert (await ana.send("DELETE", f"{path}/{made['id']}", headers={"if-match": "1"})).status_code == 412
    removed = await ana.send("DELETE", f"{path}/{made['id']}", headers={"if-match": str(changed["rev"])})
    assert removed.status_code == 204


async def test_a_page_has_as_many_components_as_it_may(world: World) -> None:
    page = await world.add_status_page("Nordwind", "Checkout, Payouts, API")
    world.parts.settings = replace(world.parts.settings, status_components=2)
    ana, path = await world.client("Ana"), routes.STATUS_COMPONENTS.format(status_page_id=page.id)
    structure = {"groups": [{"components": [{"name": {"en": str(n)}} for n in range(4)]}]}
    answer = await ana.send("PUT", path, structure, headers={"if-match": str(page.rev)})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_components")
    structure["groups"][0]["components"].pop()
    await ana.put(path, structure, rev=page.rev)
