"""Every route that the phone's fakes know, asked of them and of the real server: their answers have one shape."""

from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import pytest

from shared.wire.incidents import IncidentFilter, SavedFilter
from tests.kit.answers import NOT_FAKED
from tests.kit.fake_api import PASSWORD, FakeApi
from tests.kit.fake_me import RIGHT_CODE
from tests.kit.night import BO, NOW
from tests.permissions.estate import Estate
from tests.permissions.recipes import recipe_of
from tests.permissions.requests import IDS, NAMED_IN_PATH, Ask, Request, request_of
from tests.permissions.reviewed import REVIEWED
from tests.permissions.shapes import differences

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRETS = {
    "password": PASSWORD,
    "old_password": PASSWORD,
    "code": RIGHT_CODE,
    "totp": RIGHT_CODE,
    "refresh_token": "refresh-1",
}
OF_ONE = {"pair": {"code": "7K4M-Q2XD"}, "readInvitation": {"token": "tok-good"}, "useAction": {"token": "tok-1"}}


class FakeIds(dict[str, str]):
    """By the names of paths and bodies, out of what the fake itself lists; any other name is nobody's."""

    def __missing__(self, name: str) -> str:
        return f"no-{name}"


def ids_of(api: FakeApi) -> FakeIds:
    console, me, covers = api.console, api.phone.me, api.covers
    shelves = {
        "service": console.services,
        "integration": console.integrations,
        "policy": console.policies,
        "team": console.teams,
        "user": console.users,
        "role": console.roles,
        "calendar": console.rotas.calendars,
        "silence": console.silences,
    }
    ids = FakeIds({f"{name}_id": shelf.items[0].id for name, shelf in shelves.items()})
    shelves |= {"schedule": console.schedules}
    ids |= {f"spare_{name}_id": shelf.items[-1].id for name, shelf in shelves.items()}
    rota = next(each for each in api.schedules.rotas if each.rota.overrides)
    made = next(each for each in covers.requests if "accept" in covers.seen(each).can)
    waits = next(each for each in covers.requests if "approve" in covers.seen(each).can)
    more = {
        "schedule_id": rota.schedule.id,
        "override_id": rota.rota.overrides[-1].id,
        "layer_id": rota.rota.schedule.layers[0].id,
        "user_id": "u-bo",
        "colleague_id": "u-ana",
        "newcomer_id": "u-bo",
        "leaver_id": "u-bo",
        "deactivated_id": "u-bo",
        "locked_id": "u-bo",
        "on_call_role_id": "primary",
        "duty_role_id": console.rotas.roles.items[-1].id,
        "grant_id": console.accounts.grants[0].id,
        "invitation_id": console.accounts.invitations[0].id,
        "api_key_id": console.accounts.keys[0].id,
        "incident_id": "inc-4821",
        "spare_service_id": "svc-relay",
        "second_id": "inc-4818",
        "acknowledged_id": "inc-4820",
        "snoozed_id": "inc-4815",
        "resolved_id": "inc-4809",
        "alert_id": api.phone.alerts[0].id,
        "event_id": api.phone.events[0].id,
        "page_id": "n-test",
        "notification_id": "n-test",
        "device_id": me.devices[0].id,
        "phone_id": me.devices[0].id,
        "contact_method_id": me.methods[0].id,
        "session_id": me.sessions[-1].id,
        "pairing_code_id": me.pairing.id,
        "saved_filter_id": "f-1",
        "rule_id": console.rules.items[0].id,
        "time_off_id": covers.time_off[0].id,
        "request_id": made.id,
        "accepted_request_id": waits.id,
        "reset_token": "tok-reset",
        "invitation_token": "tok-good",
        "word": "checkout",
    }
    return FakeIds({**ids, **more, **_ids_of_status(api)})


def _ids_of_status(api: FakeApi) -> dict[str, str]:
    status, page = api.status, "page-nordwind"
    open_event = next(each for each in status.events[page] if each.is_open)
    return {
        "status_page_id": page,
        "spare_status_page_id": page,
        "component_id": status.groups[page][0].components[0].id,
        "status_event_id": open_event.id,
        "other_status_event_id": status.events[page][-1].id,
        "status_update_id": open_event.updates[0].id,
        "status_template_id": status.templates[page][0].id,
        "spare_status_template_id": status.templates[page][-1].id,
        "status_rule_id": status.rules[page][0].id,
        "proposal_id": status.proposals[0].id,
        "status_subscriber_id": status.subscribers[0].id,
    }


@dataclass(frozen=True)
class FakeAsk(Ask):
    """The same recipes over what the fake has."""

    api: FakeApi
    name: str

    @property
    def ids(self) -> IDS:
        ids = ids_of(self.api)
        if self.name == "cancelCover":  # an administrator's right on the server, in the fake its reader's own
            covers = self.api.covers
            ids["request_id"] = next(each.id for each in covers.requests if "cancel" in covers.seen(each).can)
        return ids

    @property
    def mine(self) -> IDS:
        return self.ids

    def of(self, whose: str) -> IDS:
        return self.ids


def ready() -> FakeApi:
    """A night in which every verb can be tried."""
    api = FakeApi()
    api.change("inc-4815", snoozed_until=NOW.replace(year=NOW.year + 1))
    api.change("inc-4809", state="resolved", resolved_at=NOW)
    api.covers.decides = True
    waits = api.covers.requests[-1]
    api.covers.settle(waits.id, state="accepted", needs_approval=True, accepted_by=BO)
    api.phone.filters.append(
        SavedFilter(id="f-1", name="n", query=IncidentFilter(), position=0, is_default=False, rev=1)
    )
    api.as_role(
        "admin", "incidents:act", "configuration:edit", "people:edit", "status_pages:edit", "status_events:edit"
    )
    api.status.propose()
    return api


def in_fakes_words(name: str, body: Any) -> Any:
    """The secrets of a body as the fake has them."""
    if not isinstance(body, dict):
        return body
    return {**body, **{key: text for key, text in SECRETS.items() if key in body}, **OF_ONE.get(name, {})}


async def ask_fake(api: FakeApi, name: str, ask: FakeAsk) -> httpx.Response:
    last: Any = {"secret": "A" * 32, "code": "", "refresh_token": ""}
    async with httpx.AsyncClient(transport=api.transport, base_url="http://fake") as client:
        for each in recipe_of(name).first:
            last = (await _send(client, api, each, request_of(each, recipe_of(each), ask, last))).json()
        return await _send(client, api, name, request_of(name, recipe_of(name), ask, last))


async def _send(client: httpx.AsyncClient, api: FakeApi, name: str, made: Request) -> httpx.Response:
    path = NAMED_IN_PATH.sub(lambda match: made.ids[match[1]], made.operation.path)
    headers = {"authorization": f"Bearer access-{api.generation}"}
    if made.operation.method in ("PUT", "PATCH", "DELETE"):
        headers["if-match"] = str(await _rev(client, path, headers))
    content = msgspec.json.encode(in_fakes_words(name, made.body)) if made.body is not None else None
    query = (
        {"scope": "all", "limit": 50, "state": ["triggered"], "q": "", **made.query} if "list" in name else made.query
    )
    return await client.request(made.operation.method, path, content=content, headers=headers, params=query)


async def _rev(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> int:
    """As the object itself says it, else its row in the list above; 0 for what has none."""
    found = await client.get(path, headers=headers)
    shown = found.json() if found.is_success and found.content else {}
    rows = [each for each in shown.get("items", ()) if each.get("id") == path.rsplit("/", 1)[1]]
    return (rows[0] if rows else shown).get("rev", 0)


async def ask_server(estate: Estate, name: str) -> httpx.Response:
    recipe, last = recipe_of(name), None
    client, ask = estate.clients[recipe.by], Ask(estate, "own", recipe.by)
    for each in recipe.first:
        last = (await request_of(each, recipe_of(each), ask, last).send(client)).json()
    return await request_of(name, recipe, ask, last).send(client)


@pytest.mark.parametrize("name", sorted(REVIEWED))
async def test_a_fake_answers_what_the_server_answers(estate: Estate, name: str) -> None:
    api = ready()
    fake = await ask_fake(api, name, FakeAsk(estate, "own", "admin", api, name))
    if fake.status_code == NOT_FAKED:
        return
    real = await ask_server(estate, name)
    assert (fake.status_code, real.status_code) == (real.status_code, real.status_code), (fake.text, real.text)
    if not real.content.startswith((b"{", b"[")):
        assert bool(fake.content) == bool(real.content)
        return
    assert differences(real.json(), fake.json()) == []


async def test_the_fakes_know_most_routes(estate: Estate) -> None:
    """Else the walk above would find nothing to compare and be content."""
    known = 0
    for name in REVIEWED:
        api = ready()
        known += (await ask_fake(api, name, FakeAsk(estate, "own", "admin", api, name))).status_code != NOT_FAKED
    assert known >= 170
