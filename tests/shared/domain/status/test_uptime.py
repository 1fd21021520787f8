"""Uptime equals a count tick by tick in exact rationals, whatever overlaps, in whichever zone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import strategies as st

from shared.domain.status.events import ComponentImpact, ImpactSpan, StatusEvent, Update, impact_spans
from shared.domain.status.uptime import Measured, State, Uptime, quarter, states, together, uptime
from shared.domain.time import zone
from tests.shared.domain.properties import holds
from tests.shared.domain.status.histories import ZONES, histories
from tests.shared.domain.status.uptime_oracle import counts, share

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
QUARTER_HOUR, SECOND = timedelta(minutes=15), timedelta(seconds=1)
A = Measured(id="a", available_since=BEFORE)
History = tuple[list[Measured], list[StatusEvent], str, datetime]


def spans_of(events: Sequence[StatusEvent]) -> list[ImpactSpan]:
    return [span for each in events for span in impact_spans(each)]


def measured(component: Measured, events: Sequence[StatusEvent], zone_name: str, now: datetime, days: int) -> Uptime:
    start, end = quarter(zone_name, now, days=days)
    return uptime(states(component, spans_of(events), start, end))


def equals_the_count(history: History, *, days: int, tick: timedelta) -> None:
    components, events, zone_name, now = history
    counted = [counts(each, events, zone_name, now, days=days, tick=tick) for each in components]
    found = [measured(each, events, zone_name, now, days) for each in components]
    assert [each.share for each in found] == [share([each]) for each in counted]
    assert together(found).share == share(counted)
    assert all(each.share is None or 0 <= each.share <= 1 for each in found)


def full(*ids: str) -> tuple[ComponentImpact, ...]:
    return tuple(ComponentImpact(component_id=each, impact="full_outage") for each in ids)


def span(impact: str, start: datetime, end: datetime | None, event: str = "e") -> ImpactSpan:
    return ImpactSpan(component_id="a", impact=impact, start=start, end=end, event_id=event)  # pyright: ignore[reportArgumentType] one of the impacts


def hours(n: float) -> timedelta:
    return timedelta(hours=n)


@holds(histories(days=5, tick=timedelta(minutes=7)), st.integers(0, 5 * 24 * 60))
def test_an_incident_told_as_two_changes_nothing(history: History, minute: int) -> None:
    """The first part ends where the second begins, with what held there."""
    components, events, zone_name, now = history
    cut = now - timedelta(minutes=minute)
    split = [half for each in events for half in halves(each, cut)]
    for component in components:
        assert measured(component, split, zone_name, now, 5) == measured(component, events, zone_name, now, 5)


def halves(event: StatusEvent, cut: datetime) -> list[StatusEvent]:
    spans = impact_spans(event)
    if event.kind != "incident" or not spans:
        return [event]
    first, second = list[Update](), list[Update]()
    for n, each in enumerate(spans):
        change = (ComponentImpact(component_id=each.component_id, impact=each.impact),)
        for part, start, end in (
            (first, each.start, min(each.end or cut, cut)),
            (second, max(each.start, cut), each.end),
        ):
            if end is None or start < end:
                part.append(Update(id=f"{n}", at=start, status="investigating", changes=change))
                if end is not None:
                    over = (ComponentImpact(component_id=each.component_id, impact="operational"),)
                    part.append(Update(id=f"{n}", at=end, status="monitoring", changes=over))
    # At one instant the end of a span comes before the beginning of the next.
    parts: list[StatusEvent] = []
    for name, updates in (("first", first), ("second", second)):
        ends = [each for each in updates if each.status == "monitoring"]
        begins = [each for each in updates if each.status != "monitoring"]
        ordered = [*(with_id(each, "0") for each in ends), *(with_id(each, "1") for each in begins)]
        parts += [StatusEvent(id=f"{event.id}{name}", kind="incident", updates=tuple(ordered))] if ordered else []
    return parts


def with_id(update: Update, prefix: str) -> Update:
    return Update(id=prefix + update.id, at=update.at, status=update.status, changes=update.changes)


def test_partial_and_full_outage_are_downtime_and_degraded_is_not() -> None:
    spans = [
        span("partial_outage", NOW - hours(10), NOW - hours(9)),
        span("full_outage", NOW - hours(8), NOW - hours(7)),
        span("degraded_performance", NOW - hours(6), NOW - hours(1)),
    ]
    assert uptime(states(A, spans, NOW - hours(20), NOW)) == Uptime(available=hours(20), down=hours(2))


def test_overlaps_count_once_and_what_is_open_counts_until_now() -> None:
    spans = [
        span("partial_outage", NOW - hours(5), NOW - hours(3), "one"),
        span("full_outage", NOW - hours(4), None, "other"),
    ]
    assert uptime(states(A, spans, NOW - hours(10), NOW)).down == hours(5)


def test_maintenance_is_excluded_and_so_is_an_outage_inside_it() -> None:
    spans = [
        span("under_maintenance", NOW - hours(6), NOW - hours(2)),
        span("full_outage", NOW - hours(5), NOW - hours(1)),
    ]
    assert uptime(states(A, spans, NOW - hours(10), NOW)) == Uptime(available=hours(6), down=hours(1))


def test_a_component_counts_from_when_it_was_available_until_it_was_removed() -> None:
    component = Measured(id="a", available_since=NOW - hours(8), removed_at=NOW - hours(2))
    spans = [span("full_outage", NOW - hours(9), NOW - hours(7)), span("full_outage", NOW - hours(3), None)]
    assert uptime(states(component, spans, NOW - hours(20), NOW)) == Uptime(available=hours(6), down=hours(2))


def test_what_was_never_available_has_no_uptime() -> None:
    component = Measured(id="a", available_since=NOW)
    assert states(component, [], NOW - hours(5), NOW) == []
    nothing = uptime(states(A, [span("under_maintenance", NOW - hours(5), None)], NOW - hours(5), NOW))
    assert (nothing.share, nothing.percent) == (None, None)


def test_states_are_without_a_break_and_never_the_same_twice_in_a_row() -> None:
    spans = [span("full_outage", NOW - hours(5), NOW - hours(4)), span("full_outage", NOW - hours(4), NOW - hours(3))]
    assert states(A, spans, NOW - hours(6), NOW) == [
        State(NOW - hours(6), NOW - hours(5), "operational"),
        State(NOW - hours(5), NOW - hours(3), "full_outage"),
        State(NOW - hours(3), NOW, "operational"),
    ]


@pytest.mark.parametrize(
    ("available", "down", "shown"),
    [
        (timedelta(days=90), timedelta(), "100.00"),
        (timedelta(days=90), timedelta(microseconds=1), "99.99"),
        (timedelta(days=90), timedelta(days=90), "0.00"),
        (timedelta(days=90), timedelta(days=90) - timedelta(microseconds=1), "0.00"),
        (timedelta(seconds=3), timedelta(seconds=1), "66.66"),
        (timedelta(hours=2000), timedelta(hours=1), "99.95"),
        (timedelta(hours=10000), timedelta(minutes=59), "99.99"),
    ],
)
def test_the_figure_is_cut_off_and_never_whole_with_downtime(available: timedelta, down: timedelta, shown: str) -> None:
    assert Uptime(available=available, down=down).percent == shown


@holds(st.integers(1, 10**13), st.integers(1, 10**13))
def test_no_downtime_is_rounded_away(available_us: int, down_us: int) -> None:
    down = timedelta(microseconds=min(down_us, available_us))
    found = Uptime(available=timedelta(microseconds=available_us), down=down)
    assert found.percent is not None
    assert found.share is not None
    assert found.percent != "100.00"
    assert Fraction(found.percent) <= found.share * 100 < Fraction(found.percent) + Fraction(1, 100)


def test_a_group_is_the_sum_of_time_and_not_the_mean_of_shares() -> None:
    old = Uptime(available=timedelta(days=90), down=timedelta(days=9))
    new = Uptime(available=timedelta(days=10), down=timedelta())
    assert together([old, new]).share == Fraction(91, 100)
    assert together([]).share is None


@pytest.mark.parametrize("zone_name", ZONES)
def test_the_quarter_is_ninety_local_days_with_today(zone_name: str) -> None:
    start, end = quarter(zone_name, NOW)
    assert end == NOW
    assert zone(zone_name).today(NOW) - zone(zone_name).today(start) == timedelta(days=89)
    assert zone(zone_name).today(start - SECOND) == zone(zone_name).today(start) - timedelta(days=1)


def test_a_quarter_with_a_change_of_clocks_is_an_hour_longer_or_shorter() -> None:
    autumn, spring = datetime(2026, 11, 30, 23, 0, tzinfo=UTC), datetime(2026, 4, 30, 22, 0, tzinfo=UTC)
    assert autumn - quarter("Europe/Berlin", autumn)[0] == timedelta(days=89, hours=1)
    assert spring - quarter("Europe/Berlin", spring)[0] == timedelta(days=89) - hours(1)


@holds(histories(days=2, tick=SECOND), examples=4)
def test_two_days_equal_a_count_by_the_second(history: History) -> None:
    equals_the_count(history, days=2, tick=SECOND)


@holds(histories(days=3, tick=timedelta(seconds=60)), examples=30)
def test_three_days_equal_a_count_by_the_minute(history: History) -> None:
    equals_the_count(history, days=3, tick=timedelta(seconds=60))


@holds(histories(days=90, tick=QUARTER_HOUR), examples=15)
def test_a_quarter_equals_a_count_of_quarter_hours(history: History) -> None:
    equals_the_count(history, days=90, tick=QUARTER_HOUR)


@pytest.mark.soak
def test_a_quarter_equals_a_count_by_the_second() -> None:
    told = Update(id="1", at=NOW - timedelta(days=40, seconds=7), status="investigating", changes=full("a"))
    over = Update(id="2", at=NOW - timedelta(days=39, seconds=1), status="resolved")
    event = StatusEvent(id="e", kind="incident", updates=(told, over))
    counted = counts(A, [event], "Europe/Berlin", NOW, days=90, tick=SECOND)
    assert measured(A, [event], "Europe/Berlin", NOW, 90).share == share([counted])
