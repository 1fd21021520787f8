"""From on call to customers: published from an incident in two taps, what rules propose, and what follows."""

import flet as ft

from shared.wire import routes
from shared.wire.lists import Ref
from tests.kit.fake_api import FakeApi
from tests.kit.opened import at
from tests.mobile_app.status.test_publishing import publisher

INCIDENT = "/incidents/inc-4821"
PUBLISH = routes.INCIDENT_PUBLISH.format(incident_id="inc-4821")


async def test_an_incident_is_published_in_two_taps() -> None:
    api = publisher()
    async with at(INCIDENT, api) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, key="publish-incident"))
        await app.tap(key="publish-incident")
        await app.until(lambda: app.find(ft.FilledButton, key="publish-send"))
        assert app.says("About INC-4821")
        await app.tap(key="publish-send")
        await app.until(lambda: app.says("What status pages say"))
        [(path, body)] = api.status.sent()
        assert path == PUBLISH
        assert body["status_page_id"] == "page-nordwind"
        assert body["title"]["en"] == "Some payments are failing"
        await app.until(lambda: app.find(ft.TextButton, key="publication-made-16"))
        assert app.says("Nordwind · Investigating, just now")
        assert not app.find(ft.OutlinedButton, key="publish-incident")


async def test_what_is_proposed_next_is_published_in_two_taps_and_the_end_once_it_is_resolved() -> None:
    api = publisher()
    api.status.links["inc-4821"] = ["e15"]
    api.change("inc-4821", state="resolved")
    async with at(INCIDENT, api) as app:
        await app.until(lambda: app.find(ft.OutlinedButton, key="update-e15"))
        await app.tap(key="update-e15")
        await app.until(lambda: app.says("This ends the event"))
        await app.tap(key="publish-send")
        await app.until(api.status.sent)
        assert api.status.sent()[0][1]["status"] == "resolved"
        await app.until(lambda: not app.find(ft.OutlinedButton, key="update-e15"))


async def test_what_a_rule_proposes_is_published_by_a_person_or_refused_once_and_for_all() -> None:
    api = publisher()
    api.status.propose(Ref("inc-4821", "#4821 Checkout errors"))
    api.status.propose(Ref("inc-4821", "#4821 Checkout errors"))
    async with at(INCIDENT, api) as app:
        await app.until(lambda: app.says("The rule “Checkout is down” proposes it for Nordwind"))
        await app.tap(key="approve-proposal-0")
        await app.until(lambda: app.find(ft.TextButton, key="publication-made-16"))
        await app.until(lambda: not app.find(ft.OutlinedButton, key="approve-proposal-0"))
        await app.tap(key="decline-proposal-1")
        assert app.says("the rule does not ask again about this incident")
        await app.tap(key="decline-proposal-1-yes")
        await app.until(lambda: app.says("Refused. Nothing was published."))
        await app.until(lambda: not app.says("proposes it for"))
        assert [each.state for each in api.status.proposals] == ["published", "declined"]


async def test_whoever_publishes_nowhere_sees_what_customers_read() -> None:
    async with at(INCIDENT) as app:
        assert not app.says("What status pages say")
    api = FakeApi()
    api.status.links["inc-4821"] = ["e15"]
    async with at(INCIDENT, api) as app:
        await app.until(lambda: app.says("What status pages say"))
        assert app.says("Some card payments in Europe are failing")
        assert not app.find(ft.OutlinedButton, key="update-e15")
        assert ("GET", routes.STATUS_PAGES) not in api.calls
