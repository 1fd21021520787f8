"""The bars of a component: one for each local day, which together say what the uptime says."""

from datetime import UTC, date, datetime, timedelta

from shared.domain.status.days import days_of
from shared.domain.status.events import ImpactSpan, StatusEvent
from shared.domain.status.uptime import Measured, quarter, states, uptime
from tests.shared.domain.properties import holds
from tests.shared.domain.status.histories import histories
from tests.shared.domain.status.test_uptime import spans_of
from tests.shared.domain.status.uptime_oracle import counts

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
TICK = timedelta(minutes=15)
BERLIN = "Europe/Berlin"


def span(impact: str, start: datetime, end: datetime | None, event: str = "e") -> ImpactSpan:
    return ImpactSpan(component_id="a", impact=impact, start=start, end=end, event_id=event)  # pyright: ignore[reportArgumentType] one of the impacts


def component(since: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> Measured:
    return Measured(id="a", available_since=since)


@holds(histories(days=20, tick=TICK), examples=25)
def test_each_day_lasts_as_long_as_a_count_says(
    history: tuple[list[Measured], list[StatusEvent], str, datetime],
) -> None:
    components, events, zone_name, now = history
    for each in components:
        counted = counts(each, events, zone_name, now, days=20, tick=TICK)
        for day in days_of(each, spans_of(events), zone_name, now, days=20):
            wanted = {impact: TICK * n for impact, n in counted.get(day.date, {}).items() if impact}
            assert day.lasted == wanted, day.date
            assert (day.shown is None) == (not wanted)


@holds(histories(days=20, tick=TICK))
def test_the_days_together_are_the_uptime(history: tuple[list[Measured], list[StatusEvent], str, datetime]) -> None:
    components, events, zone_name, now = history
    spans = spans_of(events)
    for each in components:
        whole = uptime(states(each, spans, *quarter(zone_name, now, days=20)))
        days = days_of(each, spans, zone_name, now, days=20)
        down = [day.lasted.get(impact, timedelta()) for day in days for impact in ("partial_outage", "full_outage")]
        assert sum(down, timedelta()) == whole.down


def test_there_are_ninety_and_the_last_is_today() -> None:
    days = days_of(component(), [], BERLIN, NOW)
    assert len(days) == 90
    assert (days[0].date, days[-1].date) == (date(2026, 9, 2), date(2026, 11, 30))
    assert days[-1].lasted == {"operational": timedelta(hours=13)}


def test_a_day_shows_the_worst_of_it_and_names_its_events() -> None:
    start = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    spans = [
        span("degraded_performance", start, start + timedelta(hours=3), "slow"),
        span("partial_outage", start + timedelta(hours=1), start + timedelta(hours=2), "broken"),
    ]
    day = next(each for each in days_of(component(), spans, BERLIN, NOW) if each.date == date(2026, 11, 20))
    assert (day.shown, day.event_ids) == ("partial_outage", ("slow", "broken"))
    assert day.lasted["partial_outage"] == timedelta(hours=1)
    assert day.lasted["degraded_performance"] == timedelta(hours=2)


def test_an_outage_over_midnight_is_cut_at_the_pages_midnight() -> None:
    spans = [
        span("full_outage", datetime(2026, 11, 19, 22, 30, tzinfo=UTC), datetime(2026, 11, 19, 23, 10, tzinfo=UTC))
    ]
    days = {each.date.day: each for each in days_of(component(), spans, BERLIN, NOW, days=15)}
    assert days[19].lasted["full_outage"] == timedelta(minutes=30)
    assert days[20].lasted["full_outage"] == timedelta(minutes=10)


def test_days_before_it_was_measured_show_nothing() -> None:
    days = days_of(component(datetime(2026, 11, 28, 12, 0, tzinfo=UTC)), [], "UTC", NOW, days=4)
    assert [each.shown for each in days] == [None, "operational", "operational", "operational"]
    assert days[1].lasted == {"operational": timedelta(hours=12)}


def test_a_day_that_a_zone_left_out_shows_nothing() -> None:
    now = datetime(2012, 1, 2, 0, 0, tzinfo=UTC)
    days = days_of(component(datetime(2011, 1, 1, tzinfo=UTC)), [], "Pacific/Apia", now, days=5)
    assert [each.shown for each in days if each.date == date(2011, 12, 30)] == [None]
    assert [len(each.lasted) for each in days] == [1, 0, 1, 1, 1]


def test_what_was_scheduled_or_is_another_components_is_no_story() -> None:
    other = ImpactSpan(component_id="b", impact="full_outage", start=NOW - timedelta(hours=1), end=None, event_id="x")
    assert days_of(component(), [other], "UTC", NOW)[-1].event_ids == ()
