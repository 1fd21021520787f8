"""Silencing what an incident is about, in two taps, with its labels filled in."""

from datetime import timedelta

import msgspec
import pytest

from phone.incidents.silencing import common_labels
from shared.domain.pipeline.conditions import AlertCondition
from shared.wire.incidents import Alert
from shared.wire.services import SilenceInput
from tests.kit import night
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp

OPEN, CLOSED = night.alerts()[0], msgspec.structs.replace(night.alerts()[0], closed_at=night.NOW)


def with_labels(alert: Alert, **labels: str) -> Alert:
    return msgspec.structs.replace(alert, labels=labels)


def test_only_what_all_open_alerts_share_is_common() -> None:
    alerts = [
        with_labels(OPEN, cluster="eu", pod="a", alertname="Slow"),
        with_labels(OPEN, cluster="eu", pod="b", alertname="Slow"),
        with_labels(CLOSED, cluster="us", alertname="Slow"),
    ]
    assert common_labels(alerts) == {"alertname": "Slow", "cluster": "eu"}
    assert common_labels(alerts[2:]) == {"alertname": "Slow", "cluster": "us"}
    assert common_labels([]) == {}


async def test_two_taps_silence_what_an_incident_is_about_and_one_takes_it_back() -> None:
    api, labels = FakeApi(), {"alertname": "CheckoutErrors", "cluster": "eu-west"}
    api.alerts = [with_labels(each, **labels, pod=each.id) for each in api.alerts]
    async with HeadlessApp(api, route="/incidents/inc-4821", width=1280) as app:
        await app.until(lambda: app.says("Silence these alerts"))
        await app.tap(key="silence")
        await app.until(lambda: app.says("Alerts that have all of these"))
        await app.tap(key="silence-send")
        await app.until(lambda: app.says("Silent until"))
        assert app.says("Undo pages you again."), "who is paged is known before"
        (_, _, body) = next(each for each in api.console.written if each[1] == "/api/v1/silences")
        sent = msgspec.convert(body, SilenceInput)
        assert sent.conditions == (
            tuple(AlertCondition(key=f"labels.{name}", values=(labels[name],)) for name in labels),
        )
        assert sent.service_id == "svc-checkout"
        assert (sent.ends_at - sent.starts_at).total_seconds() == 3600
        await app.tap(key="toast-undo")
        await app.until(lambda: any(method == "DELETE" and "/silences/" in path for method, path in api.calls))


async def test_without_a_label_the_sheet_says_that_all_of_the_service_falls_silent() -> None:
    api = FakeApi()
    api.alerts = [with_labels(each, cluster="eu-west") for each in api.alerts]
    async with HeadlessApp(api, route="/incidents/inc-4821") as app:
        await app.until(lambda: app.says("Silence these alerts"))
        await app.tap(key="silence")
        await app.until(lambda: app.says("Alerts that have all of these"))
        assert not app.says("Everything that comes in")
        await app.tap(key="label-cluster")
        await app.until(lambda: app.says("Everything that comes in for checkout-api is silent then."))


async def test_a_silence_of_a_storm_names_only_what_all_of_its_alerts_have() -> None:
    api = FakeApi()
    labels = {"check": "UplinkLost", "tier": "edge"}
    alerts = [msgspec.structs.replace(OPEN, id=f"a-{n}", labels=labels | {"host": f"h{n}"}) for n in range(6)]
    api.alerts = [*alerts[:5], msgspec.structs.replace(alerts[5], labels={"check": "UplinkLost", "host": "h5"})]
    api.incidents[0] = msgspec.structs.replace(api.incidents[0], alert_count=6, open_alert_count=6)
    async with HeadlessApp(api, route="/incidents/inc-4821") as app:
        await app.until(lambda: app.says("The same on all"))
        await app.tap(key="silence")
        assert app.says("check UplinkLost")
        await app.tap(key="silence-send")
        (_, _, body) = next(each for each in api.console.written if each[1] == "/api/v1/silences")
        assert {each["key"]: each["values"] for each in body["conditions"][0]} == {"labels.check": ["UplinkLost"]}


@pytest.mark.parametrize("state", ["resolved", "silenced", "another team's"])
async def test_what_is_over_or_another_teams_offers_no_silence(state: str) -> None:
    api = FakeApi()
    if state == "resolved":
        api.incidents[0] = msgspec.structs.replace(api.incidents[0], state="resolved")
    elif state == "silenced":
        until = night.NOW + timedelta(hours=1)
        api.incidents[0] = msgspec.structs.replace(api.incidents[0], silenced_until=until)
    else:
        api.me = msgspec.structs.replace(api.me, team_permissions={})
    async with HeadlessApp(api, route="/incidents/inc-4821") as app:
        await app.until(lambda: app.says("Timeline"))
        assert not app.says("Silence these alerts")


async def test_silences_are_seen_in_the_console_and_ended_once_asked() -> None:
    api = FakeApi()
    api.as_role("admin", "incidents:act", "configuration:edit")
    async with HeadlessApp(api, route="/configure/silences", width=1280) as app:
        await app.until(lambda: app.says("Nightly backup"))
        assert app.says("Payments: job is backup")
        assert app.says("Silent until 06:12")
        await app.goto("/configure/silences/sil-backup")
        await app.until(lambda: app.says("End silence"))
        await app.tap(key="remove")
        await app.until(lambda: app.says("Alerts like these page again from now on."))
        await app.tap(key="remove-yes")
        await app.until(lambda: ("DELETE", "/api/v1/silences/sil-backup") in app.api.calls)
