"""Saving a changed schedule: whatever is changed, what has been stays as it was."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from shared.domain.on_call.layer_edits import end_of_slot
from shared.domain.on_call.rota import Group, Layer, Member, Rota, Schedule
from shared.domain.on_call.schedule_edits import Edited, edit_schedule, new_schedule
from shared.domain.on_call.schedules import on_call_at, shifts
from shared.domain.time import at
from tests.shared.domain.on_call.rota_strategies import ROLES, groups, layers, rotas
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


def test_the_top_layer_goes_on_until_its_running_slot_ends_also_where_nothing_is_handed_over() -> None:
    """Finding 4: one group holds the top layer, and nothing changes at the end of its slot."""
    week = {"rotation": "1 week", "start": "2026-11-02T00:00"}
    top, low = layer(**week, groups="a", id="A"), layer(**week, groups="b", id="B")
    before = rota(top, low, overlap="top_layer")
    for wanted, then in (
        (plan(low, overlap="top_layer"), "b b b"),
        (plan(low, top, overlap="top_layer"), "b b b"),
        (plan(top, low, overlap="union"), "a+b a+b a+b"),
        (plan(layer("1 day", "2026-11-02T00:00", "n", id="N"), top, low, overlap="top_layer"), "n n n"),
    ):
        assert days_of(saved(before, wanted), "2026-11-05", 7) == f"a a a a {then}"
        assert (
            days_of(saved(before, wanted, effective_at=utc("2026-11-07T00:00")), "2026-11-05", 3)
            == f"a a {then[: then.index(' ')]}"
        )


def test_a_new_way_to_overlap_waits_for_the_longest_slot_that_runs() -> None:
    week = layer("1 week", "2026-11-02T00:00", "m", id="M")
    after = saved(rota(A, week), plan(A, week, overlap="top_layer"))
    assert days_of(after, "2026-11-05", 6) == "a+m b+m c+m a+m b c"


Holders = set[tuple[str, str | None]]


def holders(rota: Rota, start: datetime, end: datetime) -> list[tuple[datetime, Holders]]:
    """Who holds which role from when on, where that changes."""
    found: list[tuple[datetime, Holders]] = []
    moments = {start} | {t for each in shifts(rota, start, end) for t in (each.start, each.end) if start <= t < end}
    for t in sorted(moments):
        now = {(each.user_id, each.role_id) for each in on_call_at(rota, t)}
        if not found or found[-1][1] != now:
            found.append((t, now))
    return found


@holds(st.data(), examples=300)
def test_no_edit_changes_a_running_shift_nor_what_has_been(data: st.DataObject) -> None:
    """Whatever is saved, who is on call until the first running slot ends stays, unless an instant is chosen. Layers
    that are new, or had not begun, may only add people. The past stays, overrides and their roles too.
    """
    before, center = data.draw(rotas(max_overrides=3))
    now = center + timedelta(minutes=data.draw(st.integers(-1000, 1000)), seconds=30)
    wanted = data.draw(edits(before, center))
    effective_at = data.draw(st.none() | st.just(now + timedelta(hours=5)))
    made = edited(before, wanted, now=now, effective_at=effective_at)
    after = msgspec.structs.replace(before, schedule=made.schedule, overrides=(*before.overrides, *made.overrides))
    assert holders(before, center - WINDOW, now) == holders(after, center - WINDOW, now)
    old = before.schedule
    ends = [end for each in old.layers if (end := end_of_slot(before, each, now)) is not None]
    starts = {each.id: at(each.time_zone or old.time_zone, each.start) for each in old.layers}
    to_come = {id: start for id, start in starts.items() if start > now}
    until = min(effective_at or min(ends, default=now), *to_come.values(), center + WINDOW)
    if until <= now:
        return
    was, will = holders(before, now, until), holders(after, now, until)
    if any(each.id in to_come or each.id not in starts for each in wanted.layers):
        for t, held in was:
            assert held <= {(each.user_id, each.role_id) for each in on_call_at(after, t)}, t
    else:
        assert was == will


@st.composite
def edits(draw: st.DrawFn, before: Rota, center: datetime) -> Schedule:
    """Layers left out, moved, given other groups, another rotation or mask, another zone or overlap, and new ones."""
    zone = draw(st.sampled_from((before.schedule.time_zone, "Asia/Kolkata")))
    wanted: list[Layer] = []
    for each in draw(st.permutations(before.schedule.layers)):
        kind = draw(st.sampled_from(("keep", "keep", "leave out", "groups", "anew", "join")))
        if kind == "groups":
            wanted.append(msgspec.structs.replace(each, groups=draw(groups(center))))
        elif kind == "anew":
            wanted.append(msgspec.structs.replace(draw(layers(center, 0, zone)), id=each.id, end=each.end))
        elif kind == "join":
            joining = Group(members=(Member(user_id="z", role_id=draw(st.sampled_from(ROLES))),))
            wanted.append(msgspec.structs.replace(each, groups=(*each.groups, joining)))
        elif kind == "keep":
            wanted.append(each)
    for number in range(draw(st.sampled_from((0, 0, 1)))):
        new = msgspec.structs.replace(draw(layers(center, 0, zone)), id=f"N{number}")
        wanted.insert(draw(st.integers(0, len(wanted))), new)
    overlap = draw(st.sampled_from(("union", "top_layer")))
    return Schedule(time_zone=zone, overlap=overlap, layers=tuple(wanted))


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


@holds(st.data(), examples=100)
def test_a_new_schedule_answers_from_when_it_counts_on(data: st.DataObject) -> None:
    """Nobody was on call before, and from then on it is as if it had always stood."""
    found, center = data.draw(rotas(max_overrides=0))
    always = msgspec.structs.replace(found, planned=())
    always = msgspec.structs.replace(always, schedule=msgspec.structs.replace(always.schedule, former=()))
    now = center + timedelta(minutes=data.draw(st.integers(-1000, 1000)), seconds=30)
    later = data.draw(st.sampled_from((None, now - timedelta(hours=5), now + timedelta(hours=5))))
    made = new_schedule(always.schedule, now=now, effective_at=later)
    begins = max(now, later or now)
    new = msgspec.structs.replace(always, schedule=made)
    assert shifts(new, center - WINDOW, begins) == []
    assert holders(new, begins, center + WINDOW) == holders(always, begins, center + WINDOW)
