"""What a layer gives over time: whom, and why nobody."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.domain.on_call.rota import Group, Layer, Member, Person, Rota
from shared.domain.on_call.stretches import Stretch, watches
from shared.domain.time import from_us, to_us
from tests.shared.domain.on_call.rota_strategies import rotas
from tests.shared.domain.on_call.rotas import daily, gone, layer, people, rota, utc
from tests.shared.domain.properties import holds

MONDAY = "2026-11-02T09:00"


def given(rota: Rota, start: str, end: str) -> list[Stretch]:
    return list(watches(rota)[0].stretches(to_us(utc(start)), to_us(utc(end))))


def told(made: Layer, end: str, *ended: Person) -> list[str]:
    """From Monday 08:00 on: `09:00 ana+bo`, or why nobody is."""
    return [
        f"{from_us(each.start_us):%H:%M} " + ("+".join(entry.user_id for entry in each.entries) or str(each.cause))
        for each in given(rota(made, people=ended), "2026-11-02T08:00", f"2026-11-{end}")
    ]


@pytest.mark.parametrize(
    ("made", "end", "expected"),
    [
        (layer("1 day", MONDAY), "02T08:30", ["08:00 not_started"]),
        (layer("1 day", MONDAY, "a b"), "03T10:00", ["08:00 not_started", "09:00 a", "09:00 b"]),
        (layer("1 day", MONDAY, end="2026-11-02T12:00"), "02T13:00", ["08:00 not_started", "09:00 a", "12:00 ended"]),
        (layer("1 day", MONDAY, "- b"), "03T10:00", ["08:00 not_started", "09:00 nobody_slot", "09:00 b"]),
        (layer("1 day", MONDAY, "a+b"), "02T10:00", ["08:00 not_started", "09:00 a+b"]),
        (layer("1 day", "2026-11-01T00:00", restriction=daily("09:00 17:00")), "02T18:00",
         ["08:00 restricted", "09:00 a", "17:00 restricted"]),
        (layer("1 day", "2026-11-01T00:00", date_mask=("tue",)), "03T01:00", ["08:00 masked", "00:00 a"]),
    ],
)  # fmt: skip
def test_whom_a_layer_gives_and_why_nobody(made: Layer, end: str, expected: list[str]) -> None:
    assert told(made, end) == expected


def group(user: str, **stay: Any) -> Group:
    return Group(members=(Member(user_id=user, **stay),))


def test_a_ring_is_empty_before_the_first_joins_and_where_everybody_is_gone() -> None:
    later = layer("1 day", MONDAY, (group("a", since="2026-11-03"),))
    assert told(later, "03T10:00") == ["08:00 not_started", "09:00 no_active_member", "09:00 a"]
    ended = gone("a", "2026-11-02T12:00")
    assert told(layer("1 day", MONDAY), "03T10:00", ended) == [
        "08:00 not_started", "09:00 a", "12:00 deactivated", "09:00 deactivated",
    ]  # fmt: skip
    left = layer("1 day", MONDAY, (group("a", until="2026-11-03"),))
    assert told(left, "03T10:00", gone("a", "2026-11-05"))[-1] == "09:00 no_active_member", "left before"
    shared = layer("1 day", MONDAY, people("a+b"))
    assert told(shared, "02T13:00", ended) == ["08:00 not_started", "09:00 a+b", "12:00 b"]


def test_a_role_comes_with_the_person_and_twice_the_same_is_once() -> None:
    members = (Member(user_id="a", role_id="primary"), Member(user_id="a"), Member(user_id="a", role_id="primary"))
    made = layer("1 day", MONDAY, (Group(members=members),))
    found = [(each.user_id, each.role_id, each.layer_id) for each in given(rota(made), MONDAY, "2026-11-03")[0].entries]
    assert found == [
        ("a", "primary", "L"),
        ("a", None, "L"),
    ]


@holds(rotas(max_overrides=0))
def test_a_window_has_no_holes_and_nobody_only_for_a_cause(made: tuple[Rota, Any]) -> None:
    whole, center = made
    start_us, end_us = to_us(center - timedelta(days=5)), to_us(center + timedelta(days=5))
    for watch in watches(whole):
        found = list(watch.stretches(start_us, end_us))
        edges = [start_us, *(each.end_us for each in found)]
        assert [each.start_us for each in found] == edges[:-1]
        assert edges[-1] == end_us
        assert all(each.start_us < each.end_us for each in found)
        assert all(bool(each.entries) == (each.cause is None) for each in found)


@holds(rotas(max_overrides=0), examples=100)
def test_an_instant_looks_the_same_in_any_window(made: tuple[Rota, Any]) -> None:
    whole, center = made
    at_us = to_us(center)
    whole = msgspec.structs.replace(whole, planned=())
    for watch in watches(whole):
        around = next(
            each for each in watch.stretches(at_us - 10**11, at_us + 10**11) if each.start_us <= at_us < each.end_us
        )
        alone = next(watch.stretches(at_us, at_us + 1))
        assert (alone.entries, alone.cause) == (around.entries, around.cause)
