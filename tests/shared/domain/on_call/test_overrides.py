"""Overrides, deactivated people, time off, and gaps with their causes."""

import random
from datetime import datetime, timedelta

import msgspec
import pytest

from shared.domain.on_call.rota import Group, Member, Rota
from shared.domain.on_call.schedules import gaps, next_handoff, next_on_call, on_call_at, shifts
from tests.shared.domain.on_call.rota_strategies import rotas
from tests.shared.domain.on_call.rotas import (
    WORKDAYS,
    daily,
    days_of,
    gone,
    layer,
    off,
    override,
    rota,
    told,
    utc,
    weekly,
)
from tests.shared.domain.on_call.test_schedules_properties import WINDOW, source
from tests.shared.domain.properties import holds

DAY = ("2026-11-05", "2026-11-06")
PRIMARY = layer("1 week", "2026-11-02T00:00", (Group(members=(Member(user_id="ana", role_id="primary"),)),), id="P")
BACKUP = layer("1 week", "2026-11-02T00:00", (Group(members=(Member(user_id="bob", role_id="backup"),)),), id="B")
PAIR = layer(
    "1 day",
    "2026-11-02T00:00",
    (
        Group(members=(Member(user_id="a", role_id="primary"), Member(user_id="b", role_id="backup"))),
        Group(members=(Member(user_id="b", role_id="primary"), Member(user_id="a", role_id="backup"))),
    ),
)


def test_a_layer_override_lives_as_long_as_its_layer() -> None:
    ended = msgspec.structs.replace(PAIR, end="2026-11-05T12:00")
    cover = override("c", "2026-11-05T06:00", "2026-11-06T00:00", "layer L")
    assert told(rota(ended, overrides=(cover,)), *DAY) == [
        "a:backup 11-05T00:00 - 11-05T06:00",
        "b:primary 11-05T00:00 - 11-05T06:00",
        "c:backup 11-05T06:00 - 11-05T12:00",
        "c:primary 11-05T06:00 - 11-05T12:00",
    ]


def test_a_layer_override_fills_the_layers_silence() -> None:
    days = msgspec.structs.replace(PAIR, restriction=daily("09:00 17:00"))
    cover = override("c", *DAY, "layer L")
    assert told(rota(days, overrides=(cover,)), *DAY) == [
        "c:backup 11-05T00:00 - 11-06T00:00",
        "c:primary 11-05T00:00 - 11-06T00:00",
    ]


def test_a_person_override_follows_the_person() -> None:
    cover = override("c", "2026-11-05", "2026-11-07", "person a")
    assert told(rota(PAIR, overrides=(cover,)), "2026-11-05", "2026-11-07") == [
        "b:primary 11-05T00:00 - 11-06T00:00",
        "c:backup 11-05T00:00 - 11-06T00:00",
        "b:backup 11-06T00:00 - 11-07T00:00",
        "c:primary 11-06T00:00 - 11-07T00:00",
    ]


def test_a_role_override_leaves_other_roles_and_fills_where_nobody_holds_its_own() -> None:
    days = msgspec.structs.replace(PAIR, restriction=daily("09:00 17:00"))
    cover = override("c", *DAY, "role primary")
    assert told(rota(days, overrides=(cover,)), *DAY) == [
        "c:primary 11-05T00:00 - 11-05T09:00",
        "a:backup 11-05T09:00 - 11-05T17:00",
        "c:primary 11-05T09:00 - 11-05T17:00",
        "c:primary 11-05T17:00 - 11-06T00:00",
    ]
    lone = override("c", *DAY, "role backup")
    assert told(rota(PRIMARY, overrides=(lone,)), *DAY) == [
        "ana:primary 11-05T00:00 - 11-06T00:00",
        "c:backup 11-05T00:00 - 11-06T00:00",
    ]


def test_a_layer_of_nobody_slots_takes_an_override() -> None:
    silent = layer("1 day", "2026-11-02T00:00", "-")
    assert told(rota(silent, overrides=(override("c", *DAY, "layer L"),)), *DAY) == ["c 11-05T00:00 - 11-06T00:00"]


def test_an_override_holds_the_roles_of_the_layers_that_live() -> None:
    later = msgspec.structs.replace(BACKUP, start="2026-11-05T06:00", end="2026-11-05T18:00")
    assert told(rota(PRIMARY, later, overrides=(override("c", *DAY),)), *DAY) == [
        "c:primary 11-05T00:00 - 11-06T00:00",
        "c:backup 11-05T06:00 - 11-05T18:00",
    ]


def test_an_override_keeps_the_roles_it_had_until_the_turn_in_which_others_join() -> None:
    """Those who left, or whose account ended, have left their roles to it."""
    one = Member(user_id="a", role_id="primary", until="2026-11-05T06:00")
    other = Member(user_id="b", role_id="backup", since="2026-11-05T06:00", until="2026-11-07T06:00")
    watch = layer("1 day", "2026-11-02T09:00", (Group(members=(one, other)),))
    for scope in ("all", "layer L"):
        stands = rota(
            watch, overrides=(override("c", "2026-11-05", "2026-11-09", scope),), people=(gone("b", "2026-11-06"),)
        )
        assert told(stands, "2026-11-05", "2026-11-09") == [
            "c:primary 11-05T00:00 - 11-05T09:00",
            "c:backup 11-05T09:00 - 11-09T00:00",
        ]


def test_two_covers_follow_one_another() -> None:
    first = override("c", *DAY, "person ana", id="1", created_at=utc("2026-11-01"))
    second = override("d", *DAY, "person c", id="2", created_at=utc("2026-11-02"))
    assert told(rota(PRIMARY, overrides=(second, first)), *DAY) == ["d:primary 11-05T00:00 - 11-06T00:00"]
    early = msgspec.structs.replace(second, created_at=utc("2026-10-01"))
    assert told(rota(PRIMARY, overrides=(early, first)), *DAY) == ["c:primary 11-05T00:00 - 11-06T00:00"]


@pytest.mark.parametrize(
    ("cancelled", "expected"),
    [
        ("2026-11-04T12:00", ["ana:primary 11-05T00:00 - 11-06T00:00"]),
        (
            "2026-11-05T12:00",
            ["c:primary 11-05T00:00 - 11-05T12:00", "ana:primary 11-05T12:00 - 11-06T00:00"],
        ),
        ("2026-11-07T12:00", ["c:primary 11-05T00:00 - 11-06T00:00"]),
    ],
)
def test_cancelling_ends_an_override(cancelled: str, expected: list[str]) -> None:
    cover = override("c", *DAY, cancelled_at=utc(cancelled))
    assert told(rota(PRIMARY, overrides=(cover,)), *DAY) == expected
    left = override("c", *DAY)
    assert told(rota(PRIMARY, overrides=(left,), people=(gone("c", cancelled),)), *DAY) == expected


def test_top_layer_shows_the_next_where_the_first_is_silent() -> None:
    first = layer("1 day", "2026-11-02T00:00", "a - b", id="A")
    second = layer("1 day", "2026-11-02T00:00", "x", id="X")
    assert days_of(rota(first, second, overlap="top_layer"), "2026-11-02", 6) == "a x b a x b"
    left = rota(first, second, overlap="top_layer", people=(gone("a", "2026-11-02T06:00"),))
    assert days_of(left, "2026-11-02", 6) == "x x b x b x"


def test_a_deactivated_person_leaves_a_gap_and_the_ring_closes() -> None:
    left = rota(layer("1 day", "2026-11-02T00:00", "a b c"), people=(gone("b", "2026-11-03T06:00"),))
    assert told(left, "2026-11-02", "2026-11-06") == [
        "a 11-02T00:00 - 11-03T00:00",
        "b 11-03T00:00 - 11-03T06:00",
        "c 11-04T00:00 - 11-05T00:00",
        "a 11-05T00:00 - 11-06T00:00",
    ]
    [gap] = gaps(left, utc("2026-11-02"), utc("2026-11-06"))
    assert (gap.start, gap.end, gap.causes) == (utc("2026-11-03T06:00"), utc("2026-11-04"), ("deactivated",))


def test_deactivation_leaves_the_seconds_before_it_alone() -> None:
    left = rota(layer("1 day", "2026-11-02T00:00", "a b c"), people=(gone("b", "2026-11-03T00:00:30"),))
    found = shifts(left, utc("2026-11-02"), utc("2026-11-05"))
    assert [(shift.user_id, f"{shift.start:%d %H:%M:%S}", f"{shift.end:%d %H:%M:%S}") for shift in found] == [
        ("a", "02 00:00:00", "03 00:00:00"),
        ("b", "03 00:00:00", "03 00:00:30"),
        ("c", "04 00:00:00", "05 00:00:00"),
    ]
    at_once = rota(layer("1 day", "2026-11-02T00:00", "a b c"), people=(gone("b", "2026-11-03T00:00:00"),))
    assert days_of(at_once, "2026-11-02", 4) == "a c a c"


def test_time_off_only_marks() -> None:
    away = (off("a", "2026-11-02T12:00", "2026-11-02T13:00"), off("b", "2026-11-01", "2026-11-03"))
    found = shifts(rota(layer("1 day", "2026-11-02T00:00", "a b"), time_off=away), utc("2026-11-02"), utc("2026-11-05"))
    assert [(shift.user_id, shift.on_time_off) for shift in found] == [
        ("a", True),
        ("b", False),
        ("a", False),
    ]


def test_causes_of_gaps() -> None:
    nights = layer(
        "1 day", "2026-11-03T00:00", "a - b", end="2026-11-13T00:00", date_mask=WORKDAYS,
        restriction=daily("08:00 20:00"),
    )  # fmt: skip
    found = [
        (f"{gap.start:%d %H}", f"{gap.end:%d %H}", gap.causes)
        for gap in gaps(rota(nights), utc("2026-11-02"), utc("2026-11-14"))
    ]
    assert found == [
        ("02 00", "03 08", ("not_started", "restricted")),
        ("03 20", "05 08", ("nobody_slot", "restricted")),
        ("05 20", "06 08", ("restricted",)),
        ("06 20", "10 08", ("masked", "nobody_slot", "restricted")),
        ("10 20", "11 08", ("restricted",)),
        ("11 20", "14 00", ("ended", "nobody_slot", "restricted")),
    ]


def test_causes_of_an_empty_ring() -> None:
    groups = (Group(members=(Member(user_id="a", since="2026-11-04", until="2026-11-06"),)),)
    alone = rota(layer("1 day", "2026-11-02T00:00", groups))
    assert [gap.causes for gap in gaps(alone, utc("2026-11-02"), utc("2026-11-09"))] == [("no_active_member",)] * 2
    left = msgspec.structs.replace(alone, people=(gone("a", "2026-11-03"),))
    [gap] = gaps(left, utc("2026-11-04"), utc("2026-11-06"))
    assert gap.causes == ("deactivated",)


def test_gaps_of_one_role() -> None:
    days = msgspec.structs.replace(BACKUP, restriction=weekly("mon 00:00 fri 00:00"))
    schedule = rota(PRIMARY, days)
    assert gaps(schedule, utc("2026-11-02"), utc("2026-11-09")) == []
    [gap] = gaps(schedule, utc("2026-11-02"), utc("2026-11-09"), role_id="backup")
    assert (gap.start, gap.end, gap.causes) == (utc("2026-11-06"), utc("2026-11-09"), ("restricted",))


def test_handoffs_look_past_changes_of_source() -> None:
    week = layer("1 week", "2026-11-02T00:00", "a -")
    cover = override("a", "2026-11-03", "2026-11-04")
    schedule = rota(week, overrides=(cover,))
    handoff, then = (ask(schedule, utc("2026-11-02T12:00")) for ask in (next_handoff, next_on_call))
    assert handoff is not None
    assert then is not None
    assert (handoff.at, handoff.entries) == (utc("2026-11-09"), ())
    assert (then.at, [entry.user_id for entry in then.entries]) == (utc("2026-11-16"), ["a"])
    soon = rota(layer("1 week", "2027-11-03T12:00", "a"))
    assert next_handoff(soon, utc("2026-11-02T12:00")) is not None
    assert next_handoff(soon, utc("2026-11-02T11:59")) is None


def test_a_schedule_without_layers_is_one_gap_that_an_override_fills() -> None:
    cover = override("c", "2026-11-05T06:00", "2026-11-05T12:00")
    empty = rota(overrides=(cover,))
    assert told(empty, *DAY) == ["c 11-05T06:00 - 11-05T12:00"]
    assert len(gaps(empty, utc(DAY[0]), utc(DAY[1]))) == 2


@holds(rotas())
def test_algebra_of_overrides(made: tuple[Rota, datetime]) -> None:
    """P4: only (created_at, id) orders them, outside is the base, cancelling restores, the gone are out."""
    full, center = made
    start, end = center - WINDOW, center + WINDOW
    base = msgspec.structs.replace(full, overrides=())
    shuffled = list(full.overrides)
    random.Random(1).shuffle(shuffled)
    found = shifts(full, start, end)
    assert shifts(msgspec.structs.replace(full, overrides=tuple(shuffled)), start, end) == found
    withdrawn = tuple(msgspec.structs.replace(o, cancelled_at=o.start) for o in full.overrides)
    assert shifts(msgspec.structs.replace(full, overrides=withdrawn), start, end) == shifts(base, start, end)
    for t in (start + n * timedelta(hours=7) for n in range(40)):
        if not any(o.start <= t < o.end for o in full.overrides):
            assert on_call_at(full, t) == on_call_at(base, t)
    ended = {person.user_id: person.deactivated_at for person in full.people}
    for shift in found:
        when = ended.get(shift.user_id)
        assert when is None or shift.end <= when


@holds(rotas(max_overrides=2), examples=100)
def test_gaps_are_where_no_shift_is(made: tuple[Rota, datetime]) -> None:
    full, center = made
    start, end = center - WINDOW, center + WINDOW
    for role in (None, "backup"):
        left = start
        holes: list[tuple[datetime, datetime]] = []
        for shift in shifts(full, start, end):
            if role is None or shift.role_id == role:
                if left < shift.start:
                    holes.append((left, shift.start))
                left = max(left, shift.end)
        holes += [(left, end)] if left < end else []
        found = gaps(full, start, end, role_id=role)
        assert [(gap.start, gap.end) for gap in found] == holes
        assert all(gap.causes for gap in found)


@holds(rotas(max_overrides=2), examples=100)
def test_the_next_handoff_is_where_the_set_changes(made: tuple[Rota, datetime]) -> None:
    full, center = made
    found = next_handoff(full, center)
    if found is None:
        return
    until = min(found.at, center + timedelta(days=40))
    now = {(entry.user_id, entry.role_id) for entry in on_call_at(full, center)}
    assert {(s.user_id, s.role_id) for s in shifts(full, center, until)} == now
    assert on_call_at(full, found.at) == list(found.entries)
    assert {(entry.user_id, entry.role_id) for entry in found.entries} != now
    assert all(source(s)[0] for s in shifts(full, found.at, found.at + timedelta(minutes=1)))


def test_who_stands_in_for_two_of_one_role_is_on_call_once() -> None:
    both = Group(members=(Member(user_id="ana", role_id="primary"), Member(user_id="bob", role_id="primary")))
    watch = rota(layer("1 week", "2026-11-02T00:00", (both,)), overrides=(override("z", *DAY, "role primary"),))
    assert [(each.user_id, each.role_id) for each in on_call_at(watch, utc(DAY[0]))] == [("z", "primary")]


def test_nobody_in_a_role_is_no_fault_of_layers_that_never_give_it() -> None:
    ended = msgspec.structs.replace(PRIMARY, end="2026-11-05T00:00")
    nights = msgspec.structs.replace(BACKUP, restriction=daily("22:00 06:00"))
    [gap] = gaps(rota(ended, nights), utc(DAY[0]), utc(DAY[1]), role_id="primary")
    assert gap.causes == ("ended",)
