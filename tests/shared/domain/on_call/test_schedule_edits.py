"""Saving a changed schedule: whatever is changed, what has been stays as it was."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from shared.domain.on_call.rota import Layer, Rota, Schedule
from shared.domain.on_call.schedule_edits import Edited, edit_schedule
from shared.domain.on_call.schedules import shifts
from tests.shared.domain.on_call.rota_strategies import groups, layers, rotas
from tests.shared.domain.on_call.rotas import days_of, layer, override, rota, utc
from tests.shared.domain.on_call.test_rotation_properties import plain
from tests.shared.domain.on_call.test_schedules_properties import WINDOW
from tests.shared.domain.properties import holds

NOW = utc("2026-11-05T10:00:30")
A = layer("1 day", "2026-11-02T09:00", "a b c", id="A")
B = layer("1 day", "2026-11-02T09:00", "x y", id="B")


def edited(before: Rota, wanted: Schedule, *, now: datetime = NOW, **when: Any) -> Edited:
    ids = (f"S{number}" for number in itertools.count())
    return edit_schedule(before, wanted, new_id=lambda: next(ids), now=now, **when)


def saved(before: Rota, wanted: Schedule, **when: Any) -> Rota:
    return msgspec.structs.replace(before, schedule=edited(before, wanted, **when).schedule)


def plan(*layers: Layer, zone: str = "UTC", overlap: Any = "union") -> Schedule:
    return Schedule(time_zone=zone, overlap=overlap, layers=layers)


def test_a_new_layer_counts_from_now_on_and_keeps_its_turns() -> None:
    after = saved(rota(A), plan(A, B))
    assert days_of(after, "2026-11-02", 6) == "a b c a+y b+x c+y"
    assert [(each.until, each.layers) for each in after.schedule.former] == [(NOW, ("A",))]


def test_a_new_layer_can_wait_for_a_chosen_instant() -> None:
    after = saved(rota(A), plan(A, B), effective_at=utc("2026-11-07T00:00"))
    assert days_of(after, "2026-11-04", 4) == "c a b c+y"


def test_a_new_way_to_overlap_waits_for_the_next_handoff() -> None:
    after = saved(rota(A, B), plan(A, B, overlap="top_layer"))
    assert days_of(after, "2026-11-04", 3) == "c+x a+y b"
    assert after.schedule.former[0].until == utc("2026-11-06T09:00")


def test_another_order_matters_only_where_the_top_layer_counts() -> None:
    assert saved(rota(A, B), plan(B, A)).schedule.former == ()
    after = saved(rota(A, B, overlap="top_layer"), plan(B, A, overlap="top_layer"))
    assert days_of(after, "2026-11-04", 4) == "c a x y"


def test_a_layer_that_is_left_out_ends_with_its_running_shift() -> None:
    after = saved(rota(A, B), plan(A))
    assert days_of(after, "2026-11-04", 4) == "c+x a+y b c"
    assert [(each.id, each.end) for each in after.schedule.layers] == [("A", None), ("B", "2026-11-06T09:00")]
    again = saved(after, plan(*after.schedule.layers), now=utc("2026-12-01T00:00"))
    assert again.schedule == after.schedule


def test_a_new_zone_moves_the_shifts_to_come_only() -> None:
    after = saved(rota(A), plan(A, zone="Europe/Berlin"))
    assert [(each.id, each.time_zone, each.end) for each in after.schedule.layers] == [
        ("A", "UTC", "2026-11-06T09:00"),
        ("S0", None, None),
    ]
    found = shifts(after, utc("2026-11-04T00:00"), utc("2026-11-08T00:00"))
    assert [f"{each.user_id} {each.start:%dT%H}" for each in found] == [
        "b 04T00",
        "c 04T09",
        "a 05T09",
        "b 06T09",
        "c 07T09",
    ]


def test_an_override_of_a_layer_goes_on_in_the_layer_that_follows_it() -> None:
    stand_in = override("z", "2026-11-05T12:00", "2026-11-08T00:00", "layer A")
    before = rota(A, overrides=(stand_in,))
    wanted = plan(msgspec.structs.replace(A, groups=A.groups[::-1]))
    made = edited(before, wanted)
    (follower,) = made.overrides
    assert (follower.scope.layer_id, follower.start) == (made.schedule.layers[1].id, utc("2026-11-06T09:00"))
    assert (follower.user_id, follower.end, follower.created_at) == ("z", stand_in.end, stand_in.created_at)


def test_two_edits_before_the_first_takes_effect_keep_what_runs() -> None:
    once = saved(rota(A, B), plan(A, B, overlap="top_layer"))
    c = layer("1 day", "2026-11-02T09:00", "m", id="C")
    twice = saved(once, plan(c, *once.schedule.layers, overlap="top_layer"), now=NOW + timedelta(hours=1))
    assert days_of(twice, "2026-11-04", 4) == "c+x a+m+y m m"
    assert plain(shifts(once, utc("2026-11-01T00:00"), NOW)) == plain(shifts(twice, utc("2026-11-01T00:00"), NOW))


@holds(st.data(), examples=200)
def test_no_edit_changes_what_has_been(data: st.DataObject) -> None:
    before, center = data.draw(rotas(max_overrides=0))
    other, _ = data.draw(rotas(max_overrides=0))
    zone = data.draw(st.sampled_from((before.schedule.time_zone, "Asia/Kolkata")))
    kept = data.draw(st.lists(st.sampled_from(before.schedule.layers), unique_by=lambda each: each.id))
    wanted = [
        data.draw(
            st.one_of(
                st.just(each),
                groups(center).map(lambda made, each=each: msgspec.structs.replace(each, groups=made)),
                layers(center, 0, zone).map(
                    lambda made, each=each: msgspec.structs.replace(made, id=each.id, end=each.end)
                ),
            )
        )
        for each in kept
    ]
    wanted += [msgspec.structs.replace(each, id=f"N{each.id}") for each in other.schedule.layers[:1]]
    now = center + timedelta(minutes=data.draw(st.integers(-1000, 1000)), seconds=30)
    after = saved(before, Schedule(time_zone=zone, overlap=other.schedule.overlap, layers=tuple(wanted)), now=now)
    assert plain(shifts(before, center - WINDOW, now)) == plain(shifts(after, center - WINDOW, now))
    again = saved(after, after.schedule, now=now + timedelta(hours=7))
    assert plain(shifts(after, center - WINDOW, center + WINDOW)) == plain(
        shifts(again, center - WINDOW, center + WINDOW)
    )
