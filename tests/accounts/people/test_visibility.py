"""What a private team owns isn't there for others; what a role doesn't allow is refused."""

from typing import Any

import pytest

from shared.wire.sessions import Role
from tests.accounts.asking import answered, fields
from tests.kit.client import Client
from tests.kit.world import World

EVENT = {"title": "Secret trouble", "dedup_key": "x", "severity": "critical"}


@pytest.fixture
async def private(world: World) -> tuple[World, dict[str, str]]:
    """A private team with everything in it, and Eve who is not in it; ids by kind."""
    await world.add_team("Secret", is_private=True)
    await world.add_team("Open")
    await world.add_person("Mia", team="Secret", role="manager")
    await world.add_person("Eve", team="Open", role="manager")
    await world.add_person("Root", role="admin")
    policy = await world.add_policy("Mia", delay_s=300)
    service = await world.add_service("s", policy=policy)
    integration = await world.add_integration(service)
    schedule = await world.add_schedule("w", world.layer_of("Mia"))
    silence = await world.add_silence(starts_at="2026-11-22T00:00:00Z", ends_at="2026-11-23T00:00:00Z")
    await world.nobody.post(f"/ingest/events/{integration.key}", EVENT)
    await world.settle()
    incident = (await (await world.client("Mia")).get("/api/v1/incidents"))["items"][0]
    return world, {
        "services": service.id,
        "integrations": integration.id,
        "schedules": schedule.id,
        "incidents": incident["id"],
        "escalation-policies": policy.id,
        "silences": silence.id,
        "teams": world.teams["Secret"],
    }


LISTS = ("services", "integrations", "schedules", "incidents", "escalation-policies", "silences", "teams")


async def test_a_stranger_finds_nothing_in_any_list(private: tuple[World, dict[str, str]]) -> None:
    world, ids = private
    eve, root = await world.sign_in("Eve"), await world.sign_in("Root")
    for kind in LISTS:
        assert ids[kind] not in [item["id"] for item in (await eve.get(f"/api/v1/{kind}"))["items"]], kind
        assert ids[kind] in [item["id"] for item in (await root.get(f"/api/v1/{kind}"))["items"]], kind
    assert (await eve.get("/api/v1/incidents/counts"))["all"] == 0
    assert (await eve.get("/api/v1/incidents", q="Secret"))["items"] == []
    assert world.teams["Secret"] not in str(await eve.get("/api/v1/on-call"))


async def test_a_stranger_is_told_that_nothing_is_there(private: tuple[World, dict[str, str]]) -> None:
    world, ids = private
    eve = await world.sign_in("Eve")
    incident = f"/api/v1/incidents/{ids['incidents']}"
    schedule = f"/api/v1/schedules/{ids['schedules']}"
    window = {"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"}
    for path, query in (
        *((f"/api/v1/{kind}/{ids[kind]}", {}) for kind in LISTS if kind not in ("silences", "teams")),
        (f"{incident}/timeline", {}),
        (f"{incident}/alerts", {}),
        (f"{schedule}/shifts", window),
        (f"{schedule}/on-call", {}),
        (f"{schedule}/overrides", {}),
        (f"/api/v1/teams/{ids['teams']}/members", {}),
        (f"/api/v1/integrations/{ids['integrations']}/rules", {}),
    ):
        answer = await eve.send("GET", path, headers=None, **query)
        assert answer.status_code == 404, path
    rev = {"if-match": "1"}
    window_of = {"start": "2026-11-21T04:00:00Z", "end": "2026-11-21T09:00:00Z", "user_id": world.users["Eve"]}
    rule = {"name": "r", "effect": {"kind": "drop"}}
    for method, path, body in (
        ("POST", f"{incident}/acknowledge", None),
        ("POST", f"{incident}/resolve", {}),
        ("POST", f"{incident}/escalate", {}),
        ("POST", f"{incident}/undo", None),
        ("POST", f"{schedule}/overrides", window_of),
        ("DELETE", schedule, None),
        ("DELETE", f"/api/v1/services/{ids['services']}", None),
        ("DELETE", f"/api/v1/silences/{ids['silences']}", None),
        ("DELETE", f"/api/v1/integrations/{ids['integrations']}", None),
        ("DELETE", f"/api/v1/escalation-policies/{ids['escalation-policies']}", None),
        ("POST", f"/api/v1/integrations/{ids['integrations']}/rules", rule),
    ):
        assert (await eve.send(method, path, body, headers=rev)).status_code == 404, (method, path)


async def test_nothing_can_be_made_in_or_pointed_at_what_cannot_be_seen(
    private: tuple[World, dict[str, str]],
) -> None:
    world, ids = private
    eve = await world.sign_in("Eve")
    secret, own = world.teams["Secret"], world.teams["Open"]

    async def field_of(path: str, body: Any) -> str:
        answer = await eve.send("POST", f"/api/v1/{path}", body)
        assert answer.status_code == 400, answer.text
        return answer.json()["errors"][0]["field"]

    assert await field_of("services", {"name": "n", "team_id": secret}) == "team_id"
    pointed = {"name": "n", "team_id": own, "policy_id": ids["escalation-policies"]}
    assert await field_of("services", pointed) == "policy_id"
    way_in = {"name": "n", "source": "events", "service_id": ids["services"]}
    assert await field_of("integrations", way_in) == "service_id"
    for kind, id in (("schedule", ids["schedules"]), ("team", secret)):
        levels = [{"targets": [{"kind": kind, "id": id}], "delay_s": 60}]
        policy = {"name": "n", "team_id": own, "levels": levels}
        assert await field_of("escalation-policies", policy) == "levels[0].targets[0].id"
    times = {"starts_at": "2026-11-22T00:00:00Z", "ends_at": "2026-11-23T00:00:00Z"}
    assert await field_of("silences", {"team_id": own, "service_id": ids["services"], **times}) == "service_id"


async def test_a_member_who_may_not_edit_sees_no_key(private: tuple[World, dict[str, str]]) -> None:
    world, ids = private
    await world.add_person("Rob", team="Secret")
    rob, mia = await world.sign_in("Rob"), await world.sign_in("Mia")
    path = f"/api/v1/integrations/{ids['integrations']}"
    assert (await rob.get(path))["key"] == ""
    assert (await mia.get(path))["key"] != ""


async def test_roles_may_what_they_may(world: World) -> None:
    await world.add_team("Open")
    people: dict[str, Client] = {}
    roles_of: tuple[tuple[str, Role], ...] = (
        ("Vic", "viewer"),
        ("Rob", "responder"),
        ("Mia", "manager"),
        ("Root", "admin"),
    )
    for name, role in roles_of:
        await world.add_person(name, team="Open", role=role)
        people[role] = await world.sign_in(name)
    team = world.teams["Open"]
    new_user = {"name": "N", "email": "n@example.com", "password": "a long enough one"}
    layers = {"name": "s", "team_id": team, "time_zone": "UTC"}
    allowed = {
        ("services", ("manager", "admin")): {"name": "s", "team_id": team},
        ("users", ("admin",)): new_user,
        ("teams", ("admin",)): {"name": "T"},
        ("schedules", ("responder", "manager", "admin")): layers,
    }
    for (path, roles), body in allowed.items():
        for role, client in people.items():
            named = {**body, "name": f"{path} {role}"}
            if "email" in named:
                named["email"] = f"{role}@new.example.com"
            answer = await client.send("POST", f"/api/v1/{path}", named)
            assert answer.status_code == (201 if role in roles else 403), (path, role, answer.text)


@pytest.mark.store
async def test_names_with_nul_are_refused_and_never_a_server_error(world: World) -> None:
    await world.add_team("Open")
    await world.add_person("Root", role="admin")
    root = await world.sign_in("Root")
    new_user = {"name": "a\0b", "email": "n@example.com", "password": "a long enough one"}
    for path, body in (
        ("teams", {"name": "a\0b"}),
        ("users", new_user),
        ("services", {"name": "a\0b", "team_id": world.teams["Open"]}),
        ("services", {"name": "ok", "team_id": "a\0b"}),
        ("me/contact-methods", {"channel": "email", "name": "a\0b", "value": "a@example.com"}),
        ("auth/login", {"email": "a\0b@example.com", "password": "x"}),
    ):
        answer = await root.send("POST", f"/api/v1/{path}", body)
        assert answer.status_code in (400, 401), (path, answer.status_code, answer.text)
    for path in (
        "incidents/%00",
        "incidents?q=%00",
        "incidents?service_id=%00",
        "services/a%00b",
        "incidents?q=%ff%ed%a0%80",
        "incidents?cursor=%00",
        "incidents?cursor=%F0",
        "incidents/%ff",
        "incidents?limit=0",
        "incidents?limit=x",
    ):
        answer = await root.send("GET", f"/api/v1/{path}")
        assert answer.status_code in (200, 400, 404), (path, answer.status_code)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "wiki", "https://"])
async def test_a_runbook_is_a_web_address(office: World, address: str) -> None:
    body = {"name": "api", "team_id": office.teams["Payments"], "runbook_url": address}
    answer = await (await office.sign_in("Mia")).send("POST", "/api/v1/services", body)
    assert (answer.status_code, fields(answer)) == (400, [("runbook_url", "not_an_address")])


@pytest.mark.store
async def test_a_name_that_a_private_team_uses_is_free_for_whoever_does_not_see_it(office: World) -> None:
    root, mia = await office.sign_in("Root"), await office.sign_in("Mia")
    secret, payments = office.teams["Secret"], office.teams["Payments"]
    for path, more in (
        ("/api/v1/services", {}),
        ("/api/v1/escalation-policies", None),
        ("/api/v1/schedules", {"time_zone": "UTC"}),
        ("/api/v1/service-calendars", {"time_zone": "UTC"}),
    ):

        async def made(client: Client, team: str, path: str = path, more: Any = more) -> tuple[int, str]:
            level = {"delay_s": 60, "targets": [{"kind": "team", "id": team}]}
            body = {"name": "Takeover", "team_id": team} | ({"levels": [level]} if more is None else more)
            return await answered(client, "POST", path, body)

        assert await made(root, secret) == (201, "")
        assert await made(mia, payments) == (201, ""), "as if it were not there"
        assert await made(mia, payments) == (409, "name_taken")
        assert await made(root, secret) == (409, "name_taken")
