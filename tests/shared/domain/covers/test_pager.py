"""When a pager that was taken comes back, and for how long one may be given."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import Struct

from shared.domain.covers.pager import (
    LONGEST,
    LONGEST_IN_A_GAP,
    Handing,
    check_giving,
    check_taking,
    giving,
    may_last_until,
    taken_until,
    taking,
)
from shared.domain.on_call.rota import Override, Rota, Scope
from shared.domain.on_call.rota import Schedule as Plan
from shared.domain.on_call.schedules import on_call_at
from tests.shared.domain.properties import holds

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def rota(*turns: str, overrides: tuple[Override, ...] = (), **more: Any) -> Rota:
    """One layer from 04:00 to 04:00, the first turn on 20 November; an empty name is a gap."""
    groups = [{"members": [{"user_id": turn}]} if turn else {"nobody": True} for turn in turns]
    layer = {"id": "l", "name": "l", "start": "2026-11-20T04:00", "groups": groups, **more}
    layer |= {"rotation": {"unit": "day", "every": 1}}
    return Rota(schedule=msgspec.convert({"time_zone": "UTC", "layers": [layer]}, Plan), overrides=overrides)


def stand_in(user_id: str, end: datetime) -> Override:
    return Override(
        id="o",
        start=NOW - HOUR,
        end=end,
        user_id=user_id,
        scope=Scope(),
        reason="",
        created_at=NOW - HOUR,
        created_by="root",
    )


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_watch_is_taken_to_the_end_of_its_turn_though_the_next_is_theirs_too() -> None:
    assert taken_until(rota("ana", "bo"), "bo", NOW) == at(22, 4)
    assert taken_until(rota("ana"), "ana", NOW) == at(22, 4)


def test_whoever_stands_in_has_it_to_the_end_of_that() -> None:
    assert taken_until(rota("ana", overrides=(stand_in("cy", at(21, 15)),)), "cy", NOW) == at(21, 15)
    assert taken_until(rota("ana", overrides=(stand_in("cy", NOW + 2 * LONGEST),)), "cy", NOW) == NOW + LONGEST


def test_a_gap_is_taken_until_somebody_is_on_call_again_and_for_a_day_at_most() -> None:
    assert taken_until(rota("ana", ""), None, NOW) == at(22, 4)
    assert taken_until(rota("ana", "", ""), None, at(21, 5)) == at(21, 5) + LONGEST_IN_A_GAP
    assert taken_until(rota("ana", end="2026-11-20T09:00"), None, NOW) == NOW + LONGEST_IN_A_GAP


def test_nothing_is_taken_of_whoever_is_not_on_call() -> None:
    assert taken_until(rota("ana", "bo"), "ana", NOW) == NOW


def test_it_is_given_until_an_instant_ahead_by_thirty_days_at_most() -> None:
    moment = timedelta(microseconds=1)
    assert [may_last_until(NOW + span, NOW) for span in (timedelta(), moment, LONGEST, LONGEST + moment)] == [
        False,
        True,
        True,
        False,
    ]


PAIR = [{"members": [{"user_id": "ana", "role_id": "primary"}, {"user_id": "bo", "role_id": "backup"}]}]


def pair(*overrides: Override) -> Rota:
    return msgspec.structs.replace(rota("ana", groups=PAIR), overrides=overrides)


def after(before: Rota, handing: Handing, at: datetime = NOW) -> Rota:
    """The rota once the pager has changed hands."""
    kept = tuple(
        msgspec.structs.replace(each, cancelled_at=at) if each in handing.ended else each for each in before.overrides
    )
    made = tuple(
        Override(
            id=f"{at:%H%M} {number}",
            start=each.start,
            end=each.end,
            user_id=each.user_id,
            scope=each.scope,
            created_at=each.created_at or at,
        )
        for number, each in enumerate(handing.made)
    )
    return msgspec.structs.replace(before, overrides=(*kept, *made))


def watch(found: Rota, at: datetime) -> set[tuple[str, str | None]]:
    return {(entry.user_id, entry.role_id) for entry in on_call_at(found, at)}


WHOLE = {("ana", "primary"), ("bo", "backup")}
BOTH = {("bo", "primary"), ("bo", "backup")}
SOON = NOW + timedelta(minutes=5)


def test_what_was_taken_goes_back_and_nothing_of_who_had_it() -> None:
    taken = after(pair(), taking(pair(), "bo", "ana", NOW))
    assert watch(taken, SOON) == BOTH
    again = taking(taken, "ana", "bo", SOON)
    assert [each.user_id for each in again.ended] == ["bo"]
    assert again.until == at(22, 4), "to the end of the turn that is hers again"
    assert watch(after(taken, again, SOON), SOON) == WHOLE


def test_what_was_given_is_given_back_for_good_or_for_a_while() -> None:
    given = after(pair(), giving(pair(), "ana", "bo", NOW + 6 * HOUR, NOW))
    assert watch(given, SOON) == BOTH
    back = giving(given, "bo", "ana", NOW + 9 * HOUR, SOON)
    assert watch(after(given, back, SOON), SOON) == WHOLE
    lent = giving(given, "bo", "ana", NOW + 2 * HOUR, SOON)
    assert lent.until == NOW + 2 * HOUR
    for hours, who in ((1, WHOLE), (3, BOTH), (7, WHOLE)):
        assert watch(after(given, lent, SOON), NOW + hours * HOUR) == who


def test_what_goes_back_for_good_is_theirs_to_the_end_of_the_turn_whatever_was_said() -> None:
    """B7: it said the instant that was asked for, at which nothing happens."""
    given = after(pair(), giving(pair(), "ana", "bo", NOW + 6 * HOUR, NOW))
    back = giving(given, "bo", "ana", NOW + 9 * HOUR, SOON)
    assert (back.made, back.until) == ((), at(22, 4))


def test_what_comes_back_is_told_apart_from_what_else_they_stand_in_for() -> None:
    """Cy gave her half an hour of Bo's; what Bo has of hers is hers to the end of the turn."""
    first = after(pair(), giving(pair(), "bo", "cy", NOW + 6 * HOUR, NOW))
    second = after(first, giving(first, "ana", "bo", NOW + 6 * HOUR, SOON), SOON)
    third = after(second, giving(second, "cy", "ana", NOW + HOUR / 2, SOON + HOUR / 60), SOON + HOUR / 60)
    back = taking(third, "ana", "bo", SOON + HOUR / 30)
    assert [each.scope.user_id for each in back.ended] == ["ana"]
    assert back.until == at(22, 4)


def test_what_goes_back_for_a_while_past_whoever_stands_between_is_theirs_again_afterwards() -> None:
    first = after(pair(), taking(pair(), "bo", "ana", NOW))
    second = after(first, giving(first, "bo", "cy", NOW + 8 * HOUR, SOON), SOON)
    later = SOON + timedelta(minutes=5)
    lent = giving(second, "cy", "ana", NOW + 3 * HOUR, later)
    third = after(second, lent, later)
    assert lent.until == NOW + 3 * HOUR
    assert watch(third, NOW + 2 * HOUR) == {("ana", "primary"), ("cy", "backup")}
    for hours in (3, 7, 9):
        assert watch(third, NOW + hours * HOUR) == watch(second, NOW + hours * HOUR)


def test_what_goes_back_for_a_while_leaves_what_others_arranged_since_as_it_was() -> None:
    """Whoever was to hold a role, or to stand in, in hours that the loan does not touch."""
    first = after(pair(), taking(pair(), "bo", "ana", NOW))
    since = SOON + timedelta(minutes=5)
    night = Override(id="night", user_id="cy", start=at(21, 20), end=at(21, 23), created_at=since)
    for scope in (Scope(kind="role", role_id="primary"), Scope(kind="person", user_id="ana"), Scope()):
        arranged = msgspec.structs.replace(night, scope=scope)
        second = msgspec.structs.replace(first, overrides=(*first.overrides, arranged))
        later = since + timedelta(minutes=5)
        lent = after(second, giving(second, "bo", "ana", NOW + HOUR, later), later)
        for hours in (1, 7, 8, 10, 12):
            assert watch(lent, NOW + hours * HOUR) == watch(second, NOW + hours * HOUR), (scope, hours)


def test_it_goes_back_past_whoever_stands_between() -> None:
    first = after(pair(), giving(pair(), "ana", "bo", NOW + 6 * HOUR, NOW))
    second = after(first, giving(first, "bo", "cy", NOW + 6 * HOUR, SOON), SOON)
    later = SOON + timedelta(minutes=5)
    assert watch(second, later) == {("cy", "primary"), ("cy", "backup")}
    for handing in (taking(second, "ana", "cy", later), giving(second, "cy", "ana", NOW + 9 * HOUR, later)):
        assert watch(after(second, handing, later), later) == {("ana", "primary"), ("cy", "backup")}


def test_of_whoever_stands_in_for_me_it_is_mine_first_and_then_theirs() -> None:
    taken = after(pair(), taking(pair(), "bo", "ana", NOW))
    mine = after(taken, taking(taken, "ana", "bo", SOON), SOON)
    later = SOON + timedelta(minutes=5)
    both = after(mine, taking(mine, "ana", "bo", later), later)
    assert watch(both, later) == {("ana", "primary"), ("ana", "backup")}
    undone = giving(both, "ana", "bo", NOW + 9 * HOUR, later + HOUR)
    assert watch(after(both, undone, later + HOUR), later + HOUR) == WHOLE


def test_two_of_the_same_role_are_told_apart() -> None:
    same = [{"members": [{"user_id": user, "role_id": "primary"} for user in ("ana", "bo")]}]
    first = rota("ana", groups=same)
    taken = after(first, taking(first, "bo", "ana", NOW))
    assert watch(after(taken, taking(taken, "ana", "bo", SOON), SOON), SOON) == {("ana", "primary"), ("bo", "primary")}


def test_what_is_over_or_taken_back_is_not_given_back_again() -> None:
    of_ana = Scope(kind="person", user_id="ana")
    cancelled = msgspec.structs.replace(stand_in("bo", at(21, 15)), scope=of_ana, cancelled_at=NOW)
    over = msgspec.structs.replace(stand_in("bo", NOW), scope=of_ana)
    for each in (cancelled, over):
        found = giving(pair(each), "bo", "ana", NOW + HOUR, NOW)
        assert (found.ended, [made.scope.user_id for made in found.made]) == ((), ["bo"])


def test_why_a_pager_is_neither_given_nor_taken() -> None:
    def codes(until: datetime, to: str, me: str = "ana") -> list[tuple[str, str]]:
        return [(each.field, each.code) for each in check_giving(pair(), me, to, until, NOW)]

    assert codes(NOW + HOUR, "cy") == []
    assert codes(NOW, "ana", "cy") == [("until", "out_of_range"), ("schedule_id", "not_on_call")]
    assert codes(NOW + HOUR, "ana") == [("to_user_id", "themselves")]
    why = {
        ("cy", None): "required",
        ("cy", "cy"): "not_on_call",
        ("ana", "ana"): "themselves",
        ("cy", "ana"): None,
        ("ana", "bo"): None,
    }
    for (me, named), code in why.items():
        found = check_taking(pair(), me, named, NOW)
        assert (found.code if found is not None else None) == code
    alone = check_taking(rota("ana"), "ana", None, NOW)
    assert alone is not None
    assert alone.code == "themselves"


class Hands(Struct, frozen=True):
    """Who gives or takes, from or to whom."""

    me: str
    other: str
    gives: bool


@st.composite
def steps(draw: st.DrawFn) -> list[Hands]:
    users = st.sampled_from(("ana", "bo", "cy"))
    return draw(st.lists(st.builds(Hands, users, users, st.booleans()), min_size=1, max_size=6))


@holds(steps(), examples=200)
def test_every_change_of_hands_can_be_answered_by_its_opposite(moves: list[Hands]) -> None:
    """Whatever went before: what A takes of B, or is given, B takes back, and all is as it was.

    Unless A had something of B's before; then all of that goes back.
    """
    found, now = pair(), NOW
    for move in moves:
        now += timedelta(minutes=1)
        before, was = found, watch(found, now)
        if move.gives and not check_giving(found, move.me, move.other, NOW + 6 * HOUR, now):
            found = after(found, giving(found, move.me, move.other, NOW + 6 * HOUR, now), now)
            owner, holder = move.me, move.other
        elif not move.gives and check_taking(found, move.me, move.other, now) is None:
            found = after(found, taking(found, move.me, move.other, now), now)
            owner, holder = move.other, move.me
        else:
            continue
        assert {role for _, role in watch(found, now)} == {"primary", "backup"}, "no role is lost"
        is_first = all(each.scope.user_id != owner or each.cancelled_at is not None for each in before.overrides)
        if is_first and len(found.overrides) > len(before.overrides):
            assert watch(after(found, taking(found, owner, holder, now), now), now) == was
