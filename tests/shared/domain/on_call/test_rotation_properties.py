"""Daylight saving as a map of the clock face (P3), fair order (P5), old layers, edits sparing the past."""

from datetime import UTC, datetime, timedelta
from math import gcd
from typing import Any

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from shared.domain.on_call.rota import Group, Member, Rota, Rotation, Schedule
from shared.domain.on_call.rotation import clock_of
from shared.domain.on_call.schedules import shifts, slots
from shared.domain.on_call.shifts import Shift
from shared.domain.on_call.turns import Ring
from tests.shared.domain.on_call.rota_strategies import PLACES, layers, rotas
from tests.shared.domain.on_call.rotas import WORKDAYS, days_of, layer, rota, utc
from tests.shared.domain.on_call.schedule_oracle import Clock, Held, SlowLayer
from tests.shared.domain.on_call.test_schedules_properties import WINDOW, source
from tests.shared.domain.properties import holds

MINUTE = timedelta(minutes=1)


@st.composite
def one_layer(draw: st.DrawFn) -> tuple[Rota, str, datetime]:
    zone, center = draw(st.sampled_from(PLACES))
    made = msgspec.structs.replace(draw(layers(center, 0, zone)), time_zone=None)
    return Rota(schedule=Schedule(time_zone="UTC", layers=(made,))), zone, center


@holds(one_layer())
def test_a_zone_only_maps_the_clock_face(made: tuple[Rota, str, datetime]) -> None:
    """P3: the shifts of a zone are those of UTC read as wall times; what the clock leaves out is empty."""
    plain, zone, center = made
    start, end = center - WINDOW, center + WINDOW
    clock = Clock(zone, start - timedelta(days=4), 16 * 1440 + 4 * 1440)
    zoned = msgspec.structs.replace(plain, schedule=msgspec.structs.replace(plain.schedule, time_zone=zone))
    held: dict[Held, list[list[datetime]]] = {}
    for shift in shifts(plain, start - timedelta(days=2), end + timedelta(days=3)):
        first, last = (clock.at(edge.replace(tzinfo=None)) for edge in (shift.start, shift.end))
        first, last = max(first, start), min(last, end)
        spans = held.setdefault(source(shift), [])
        if spans and spans[-1][1] == first and first < last:
            spans[-1][1] = last
        elif first < last:
            spans.append([first, last])
    found: dict[Held, list[list[datetime]]] = {key: [] for key in held}
    for shift in shifts(zoned, start, end):
        found[source(shift)].append([shift.start, shift.end])
    assert found == held


@holds(st.integers(1, 14), st.integers(1, 30) | st.integers(1, 168), st.integers(0, 13))
def test_fair_order_is_fair(size: int, places: int, offset: int) -> None:
    """P5: from the ring's start a place's turns differ by at most 1 between groups, over any stretch by 2."""
    ring = Ring(since=5, groups=tuple(range(size)), offset=offset % size, order="fair", places=places)
    block = size * places
    holders = [ring.holder(turn) or 0 for turn in range(5, 5 + 2 * block)]
    for half in (holders[:block], holders[block:]):
        assert len({(holder, turn % places) for turn, holder in enumerate(half)}) == block
    check_even(holders, size)
    for place in {0, places // 2, places - 1}:
        check_even(holders[place::places], size)


def check_even(holders: list[int], size: int) -> None:
    """From the start counts differ by at most 1; over any stretch by 2, that is what each pair may move."""
    counts = [0] * size
    swing = [[0, 0] for _ in range(size)]
    for holder in holders:
        counts[holder] += 1
        assert max(counts) - min(counts) <= 1
        for group in range(size):
            lead = counts[group] - counts[0]
            swing[group] = [min(swing[group][0], lead), max(swing[group][1], lead)]
    assert all(high - low <= 2 for low, high in swing)


def test_fair_order_with_two_people_swaps_every_week() -> None:
    assert days_of(rota(layer("1 day fair", "2026-11-02T00:00", "a b c d e f g")), "2026-11-09", 1) == "b"
    two = rota(layer("12 hour fair", "2026-11-02T00:00", "a b"))
    preview = slots(two, "L", utc("2026-11-02"), utc("2026-11-16"))
    assert [slot.group for slot in preview] == [0, 1] * 7 + [1, 0] * 7
    assert gcd(2, clock_of(two.schedule.layers[0], "UTC").places) == 2


def test_fair_order_of_months_goes_by_places_in_the_year() -> None:
    thirds = rota(layer("4 month fair", "2026-01-01T00:00", "a b c"))
    ten = rota(layer("10 month fair", "2026-01-01T00:00", "a b c d"))
    for team, turns in ((thirds, "abc bca cab abc"), (ten, "abcdabcdabcd bcdabcdabcda cdab")):
        wanted = ["abcd".index(name) for name in turns.replace(" ", "")]
        assert [team_slot(team, turn) for turn in range(len(wanted))] == wanted


def team_slot(team: Rota, turn: int) -> int | None:
    every = team.schedule.layers[0].rotation.every
    at = utc(f"{2026 + turn * every // 12}-{turn * every % 12 + 1:02}-15")
    [slot] = slots(team, "L", at, at + MINUTE)
    return slot.group


@holds(
    st.sampled_from(("hour", "day", "week", "month")),
    st.integers(1, 30),
    st.none() | st.sets(st.sampled_from(WORKDAYS), min_size=1).map(lambda days: tuple(sorted(days))),
    st.integers(0, 30 * 365),
    st.booleans(),
)
def test_an_old_layer_counts_like_one_walked_from_its_start(
    unit: Any, every: int, mask: Any, age: int, restricted: bool
) -> None:
    start = datetime.fromisoformat("2026-11-02T00:00") - timedelta(days=age % 700, hours=age % 24)
    made = layer("1 day", start.isoformat(timespec="minutes"), "a b c d e", date_mask=mask)
    rotation = Rotation(unit=unit, every=every, order="fair" if age % 3 else "listed")
    made = msgspec.structs.replace(made, rotation=rotation)
    if restricted:
        nights = {"kind": "daily", "periods": [{"start": "20:00", "end": "02:00"}]}
        made = msgspec.structs.replace(made, restriction=msgspec.convert(nights, type=type(made.restriction)))
    assume(unit != "hour" or age % 700 < 200)
    until = datetime.fromisoformat("2026-11-04T00:00")
    slow = SlowLayer(made, until, tick=60, gone={})
    expected = [slot for slot in slow.slots if slot.end > until - timedelta(days=2) and slot.start < until]
    found = slots(rota(made), "L", until.replace(tzinfo=UTC) - timedelta(days=2), until.replace(tzinfo=UTC))
    assert [(s.number, s.start.replace(tzinfo=None), s.turn, s.group) for s in found] == [
        (s.number, s.start, s.turn, s.group) for s in expected
    ]


@holds(rotas(max_overrides=0), st.booleans())
def test_joining_or_leaving_changes_nothing_that_runs_or_has_run(made: tuple[Rota, datetime], joins: bool) -> None:
    """P5: whoever joins or leaves at a reading, shifts up to the end of the running slot stay."""
    full, center = made
    first = full.schedule.layers[0]
    name = first.time_zone or full.schedule.time_zone
    now = Clock(name, center - timedelta(days=1), 2880).reading(center - MINUTE) + MINUTE
    text = now.isoformat(timespec="minutes")
    newcomer = Group(members=(Member(user_id="new", since=text),))
    groups = (*first.groups, newcomer) if joins else tuple(_left(group, text) for group in first.groups)
    edited = msgspec.structs.replace(first, groups=groups)
    after = msgspec.structs.replace(
        full,
        schedule=msgspec.structs.replace(full.schedule, layers=(edited, *full.schedule.layers[1:])),
    )
    running = slots(full, "L0", center, center + timedelta(minutes=1))
    until = max(center, running[0].end) if running and running[0].start < center else center
    until = min(until, center + timedelta(days=30))
    assert plain(shifts(full, center - WINDOW, until)) == plain(shifts(after, center - WINDOW, until))


def _left(group: Group, text: str) -> Group:
    members = tuple(
        msgspec.structs.replace(m, until=text if m.until is None or m.until > text else m.until)
        for m in group.members
        if m.since is None or m.since < text
    )
    return group if group.nobody else msgspec.structs.replace(group, members=members)


def plain(found: list[Shift]) -> list[Shift]:
    """What goes on after the window is not part of the claim."""
    return [msgspec.structs.replace(shift, continues_after=False) for shift in found]
