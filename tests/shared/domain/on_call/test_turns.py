"""Whose turn it is: the ring, fair order, and who follows when people join or leave."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import strategies as st

from shared.domain.on_call.rota import Group, Member, Order
from shared.domain.on_call.rotation import clock_of
from shared.domain.on_call.turns import FOREVER, Membership, Ring, RingTurns, gone_us, memberships, rings
from shared.domain.time import to_us
from tests.shared.domain.on_call.rotas import gone, layer, utc
from tests.shared.domain.properties import holds

START = "2026-11-02T09:00"


def group(users: str, **stay: Any) -> Group:
    return Group(members=tuple(Member(user_id=user, **stay) for user in users))


def turns(*groups: Group, ended: Mapping[str, int] | None = None) -> tuple[str, list[tuple[int, tuple[int, ...], int]]]:
    """Whose the first ten days are, by place in the list, and the rings."""
    made = layer("1 day", START, groups)
    clock = clock_of(made, "UTC")
    found = rings(made, clock, memberships(made, clock, ended or {}))
    holders = [RingTurns(found).holder(turn) for turn in range(10)]
    said = "".join("." if holder is None else str(holder) for holder in holders)
    return said, [(ring.since, ring.groups, ring.offset) for ring in found]


@pytest.mark.parametrize(
    ("order", "offset", "places", "holders"),
    [
        ("listed", 0, 7, "012012012012"),
        ("listed", 2, 7, "201201201201"),
        ("fair", 0, 1, "012012012012"),
        ("fair", 0, 7, "012012012012"),
        ("fair", 0, 3, "012120201012"),
        ("fair", 1, 3, "120201012120"),
        ("fair", 0, 6, "012012120120"),
    ],
)
def test_a_ring_moves_by_one_where_everybody_would_keep_their_places(
    order: Order, offset: int, places: int, holders: str
) -> None:
    ring = Ring(since=4, groups=(0, 1, 2), offset=offset, order=order, places=places)
    assert "".join(str(ring.holder(turn)) for turn in range(4, 16)) == holders
    assert Ring(since=4, groups=(), offset=0, order=order, places=places).holder(4) is None


@pytest.mark.parametrize(
    ("groups", "holders"),
    [
        ((group("a"), group("b"), group("c")), "0120120120"),
        ((group("a"), group("b"), group("c", since="2026-11-04")), "0120120120"),
        ((group("a"), group("b"), group("c", since="2026-11-05")), "0101201201"),
        ((group("a", since="2026-11-04"), group("b"), group("c")), "1201201201"),
        ((group("a"), group("b", until="2026-11-05"), group("c")), "0120202020"),
        ((group("a"), group("b"), group("c", until="2026-11-04")), "0101010101"),
        ((group("a", until="2026-11-03"), group("b", since="2026-11-06")), "0...111111"),
        ((group("a", until="2026-11-02"),), ".........."),
        ((group("a", since="2026-11-04T09:00", until="2026-11-04T09:01"),), "..0......."),
        ((group("a", since="2026-11-04T09:01", until="2026-11-05T09:00"),), ".........."),
        ((group("a"), Group(nobody=True)), "0101010101"),
    ],
)
def test_who_follows_when_somebody_joins_or_leaves(groups: tuple[Group, ...], holders: str) -> None:
    assert turns(*groups)[0] == holders


def test_a_group_stays_as_long_as_one_of_it_does() -> None:
    half = Group(members=(Member(user_id="a", until="2026-11-04"), Member(user_id="b")))
    assert turns(half, group("c"))[1] == [(0, (0, 1), 0)]
    swapped = Group(members=(Member(user_id="a", until="2026-11-04"), Member(user_id="b", since="2026-11-04")))
    assert turns(swapped, group("c"))[1] == [(0, (0, 1), 0)], "whoever follows in the same turn keeps the place"


def test_an_ended_account_leaves_at_the_next_handoff() -> None:
    ended = gone_us([gone("a", "2026-11-04T10:00"), gone("b", "2026-11-01"), gone("x", "2026-11-01")])
    assert ended["a"] == to_us(utc("2026-11-04T10:00"))
    assert turns(group("a"), group("c"), ended=ended)[1] == [(0, (0, 1), 0), (3, (1,), 0)]
    made = layer("1 day", START, (group("ab"),))
    stays = memberships(made, clock_of(made, "UTC"), ended)[0]
    assert stays[0] == Membership("a", None, 0, 3, ended["a"], FOREVER)
    assert (stays[1].first, stays[1].end) == (0, 0)
    assert [stays[0].holds(turn) for turn in (0, 2, 3)] == [True, True, False]


STAYS = st.tuples(st.integers(0, 8), st.integers(1, 12))


@holds(st.lists(STAYS, min_size=1, max_size=5))
def test_a_turn_is_for_somebody_who_is_there_and_waits_no_longer_than_a_round(stays: list[tuple[int, int]]) -> None:
    """Days of November from the 2nd on; each follows the one before it in the list as long as nobody comes or goes."""
    groups = [
        group("abcde"[index], since=f"2026-11-{2 + first:02}", until=f"2026-11-{2 + first + days:02}")
        for index, (first, days) in enumerate(stays)
    ]
    made = layer("1 day", START, tuple(groups))
    clock = clock_of(made, "UTC")
    found = RingTurns(rings(made, clock, memberships(made, clock, {})))
    before: tuple[int | None, list[int]] = None, []
    for turn in range(24):
        there = [index for index, (first, days) in enumerate(stays) if first <= turn < first + days]
        holder = found.holder(turn)
        assert (holder in there) if there else (holder is None)
        if there and there == before[1]:
            assert holder == there[(there.index(before[0]) + 1) % len(there)]  # pyright: ignore[reportArgumentType] -- it is one of them
        before = holder, there
