"""Who hears what of the shifts, and when."""

from datetime import datetime, timedelta

from hypothesis import strategies as st

from shared.domain.on_call.rota import Rota
from shared.domain.on_call.schedules import on_call_at
from shared.domain.on_call.shift_notices import Plan, ShiftNotice, next_notice_at, notices_due
from tests.shared.domain.on_call.rota_strategies import rotas
from tests.shared.domain.on_call.rotas import layer, override, rota, utc
from tests.shared.domain.properties import holds

WATCH = rota(layer("1 day", "2026-11-02T09:00", "a b c"))
QUARTER = Plan(before=timedelta(minutes=15))


def test_before_a_handoff_both_sides_hear_of_it_and_at_its_start_who_comes() -> None:
    at = utc("2026-11-03T09:00")
    assert notices_due(WATCH, QUARTER, utc("2026-11-03T08:44")) == []
    assert notices_due(WATCH, QUARTER, utc("2026-11-03T08:45")) == [
        ShiftNotice(kind="before", at=at, leave=("a",), enter=("b",))
    ]
    assert notices_due(WATCH, QUARTER, at) == [ShiftNotice(kind="start", at=at, enter=("b",))]
    assert notices_due(WATCH, QUARTER, utc("2026-11-03T10:00")) == []
    assert notices_due(WATCH, Plan(before=timedelta(minutes=15), at_start=False), at) == []
    ending = rota(layer("1 day", "2026-11-02T09:00", "a", end="2026-11-03T09:00"))
    assert notices_due(ending, QUARTER, at) == [], "nobody comes"


def test_a_daily_notice_goes_to_who_is_on_call_on_the_schedules_clock() -> None:
    berlin = rota(layer("1 week", "2026-10-19T09:00", "a b"), zone="Europe/Berlin")
    plan = Plan(daily_at="08:00", at_start=False)
    assert next_notice_at(berlin, plan, utc("2026-10-24T06:00")) == utc("2026-10-25T06:00")
    assert next_notice_at(berlin, plan, utc("2026-10-24T07:00")) == utc("2026-10-25T07:00")
    assert [each.at for each in notices_due(berlin, plan, utc("2026-10-25T07:00"))] == [utc("2026-10-25T07:00")]
    assert notices_due(berlin, plan, utc("2026-10-25T07:30")) == [
        ShiftNotice(kind="daily", at=utc("2026-10-25T07:00"), enter=("a",))
    ]


def test_the_next_look_is_at_the_next_lead_handoff_or_day() -> None:
    now = utc("2026-11-02T10:00")
    assert next_notice_at(WATCH, QUARTER, now) == utc("2026-11-03T08:45")
    assert next_notice_at(WATCH, QUARTER, utc("2026-11-03T08:45")) == utc("2026-11-03T09:00")
    assert next_notice_at(WATCH, Plan(before=timedelta(days=2)), utc("2026-11-02T08:00")) == utc("2026-11-02T09:00")
    far = rota(layer("1 week", "2026-11-02T09:00", "a b"))
    assert next_notice_at(far, Plan(before=timedelta(days=3)), utc("2026-11-05T10:00")) == utc("2026-11-06T09:00")
    assert next_notice_at(rota(), QUARTER, now) == now + timedelta(days=1)
    covered = rota(WATCH.schedule.layers[0], overrides=(override("z", "2026-11-02T12:00", "2026-11-02T13:00"),))
    assert next_notice_at(covered, QUARTER, now) == utc("2026-11-02T11:45")


@holds(rotas(), st.integers(1, 288), examples=40)
def test_looking_when_told_to_misses_no_handoff(made: tuple[Rota, datetime], steps: int) -> None:
    full, center = made
    plan = Plan(before=timedelta(minutes=5 * steps))
    told: set[tuple[str, datetime]] = set()
    now, end = center - timedelta(days=3), center
    while now < end:
        told |= {(each.kind, each.at) for each in notices_due(full, plan, now)}
        now = next_notice_at(full, plan, now)
    was = None
    for minute in range(0, 3 * 1440, 10):
        at = center - timedelta(days=3) + timedelta(minutes=minute)
        now_on = {(each.user_id, each.role_id) for each in on_call_at(full, at)}
        if was is not None and was != now_on:
            near = [moment for kind, moment in told if kind == "before" and at - timedelta(minutes=10) < moment <= at]
            assert near, at
        was = now_on
