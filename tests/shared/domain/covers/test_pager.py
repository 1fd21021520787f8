"""When a pager that was taken comes back, and for how long one may be given."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from shared.domain.covers.pager import LONGEST, LONGEST_IN_A_GAP, give, may_last_until, take, taken_until
from shared.domain.on_call.leaving import StandIn
from shared.domain.on_call.rota import Override, Rota, Scope
from shared.domain.on_call.rota import Schedule as Plan

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


def codes(decided: object) -> list[tuple[str, str]]:
    assert isinstance(decided, list), decided
    return [(each.field, each.code) for each in decided]


def test_only_whoever_is_on_call_gives_it_to_another_and_for_thirty_days_at_most() -> None:
    bos = rota("ana", "bo")
    given = give(bos, "bo", "cy", NOW + LONGEST, NOW)
    assert given == StandIn(user_id="cy", start=NOW, end=NOW + LONGEST, scope=Scope(kind="person", user_id="bo"))
    assert codes(give(bos, "ana", "cy", NOW + HOUR, NOW)) == [("schedule_id", "not_on_call")]
    assert codes(give(bos, "bo", "bo", NOW + LONGEST + HOUR, NOW)) == [
        ("until", "out_of_range"),
        ("to_user_id", "themselves"),
    ]


def test_whose_watch_is_taken_must_be_clear_and_not_mine() -> None:
    alone = rota("ana")
    taken = take(alone, "bo", None, NOW)
    assert isinstance(taken, StandIn)
    assert taken.scope == Scope(kind="person", user_id="ana")
    assert codes(take(alone, "ana", None, NOW)) == [("from_user_id", "themselves")]
    assert codes(take(alone, "bo", "cy", NOW)) == [("from_user_id", "not_on_call")]
    together = rota("ana")
    layers = (*together.schedule.layers, *rota("bo").schedule.layers)
    both = msgspec.structs.replace(together, schedule=msgspec.structs.replace(together.schedule, layers=layers))
    assert codes(take(both, "cy", None, NOW)) == [("from_user_id", "required")]
