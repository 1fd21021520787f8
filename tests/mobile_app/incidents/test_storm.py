"""An incident of many alerts: what they say alike once, a line for each, and all of them where they are looked for."""

import msgspec

from phone.alerts.store import Wanted
from tests.kit import night
from tests.kit.fake_api import FakeApi
from tests.kit.headless_app import HeadlessApp

HERE = "/incidents/inc-4821"


def storm(count: int, *, over: int = 0) -> FakeApi:
    """That many alerts of one check, on as many ports, the last of them over."""
    api = FakeApi()
    first = api.alerts[0]
    api.alerts = [
        msgspec.structs.replace(
            first,
            id=f"a-{n}",
            title="Uplink lost",
            labels={"check": "UplinkLost", "site": "ams", "device": f"sw-{n}"},
            closed_at=night.NOW if n >= count - over else None,
        )
        for n in range(count)
    ]
    api.incidents[0] = night.incident(4821, "Uplink lost", alert_count=count, open_alert_count=count - over)
    return api


async def test_a_storm_says_once_what_all_alerts_say_and_tells_the_newest_apart_in_a_line_each() -> None:
    async with HeadlessApp(storm(214, over=14), route=HERE) as app:
        await app.until(lambda: app.says("The same on all"))
        told = app.texts()
        assert [each for each in told if each.startswith("sw-")] == ["sw-0", "sw-1", "sw-2"]
        assert app.says("All 214 alerts")
        assert app.says("200 firing, 14 over")
        assert told.index("Timeline") < told.index("214 alerts, 200 open") < told.index("The same on all")
        assert sum("UplinkLost" in each for each in told) == 1
        assert {each.url.params["limit"] for each in app.api.requests if each.url.path.endswith("/alerts")} == {"3"}


async def test_what_alerts_have_in_common_is_asked_again_only_when_there_are_more() -> None:
    api = storm(5)
    async with HeadlessApp(api, route=HERE) as app:
        await app.until(lambda: app.says("The same on all"))

        def asked() -> int:
            return sum(str(each.url).endswith("/alerts/common") for each in api.requests)

        assert asked() == 1
        await app.state.incident.load()
        assert asked() == 1
        api.incidents[0] = night.incident(4821, "Uplink lost", alert_count=6, open_alert_count=6)
        await app.state.incident.load()
        assert asked() == 2


async def test_all_alerts_of_a_storm_are_found_by_words_and_read_on_to_the_end() -> None:
    async with HeadlessApp(storm(120), route=HERE) as app:
        await app.until(lambda: app.says("All 120 alerts"))
        await app.tap(key="all-alerts")
        await app.until(lambda: app.says("sw-49"))
        assert app.state.place.route == "/incidents/inc-4821/alerts"
        assert not app.says("sw-50")
        await app.tap(key="more")
        await app.until(lambda: app.says("sw-99"))
        app.state.incident_alerts.type(Wanted(text="sw-77"))
        await app.until(lambda: not app.says("sw-99"))
        assert app.says("sw-77")
        app.state.incident_alerts.type(Wanted(text="nothing like it"))
        await app.until(lambda: app.says("No alert of this incident has these words."))
        await app.tap(key="back")
        await app.until(lambda: app.says("What happens next"))


async def test_three_alerts_are_no_storm() -> None:
    async with HeadlessApp(storm(3), route=HERE) as app:
        await app.until(lambda: app.says("What happens next"))
        assert not app.says("The same on all")
        assert not any(str(each.url).endswith("/alerts/common") for each in app.api.requests)
