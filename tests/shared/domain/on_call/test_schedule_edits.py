"""Saving a changed schedule: whatever is changed, what has been stays as it was."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from shared.domain.on_call.layer_edits import end_of_slot
from shared.domain.on_call.rota import Group, Layer, Member, Restriction, Rota, Rotation, Schedule
from shared.domain.on_call.schedule_edits import Edited, edit_schedule, new_schedule
from shared.domain.on_call.schedules import on_call_at, on_call_over, shifts
from shared.domain.time import at
from tests.shared.domain.on_call.rota_strategies import ROLES, groups, layers, rotas, walls
from tests.shared.domain.on_call.rotas import days_of, layer, override, people, rota, utc
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


def test_a_layer_above_that_widens_waits_for_the_shift_that_runs_below() -> None:
    """B3: on Saturday the top layer is silent until Monday and the week below runs until Wednesday."""
    low = layer("1 week", "2026-11-04T09:00", "l m", id="L")
    saturday = utc("2026-11-07T10:00")
    slots_of_nobody = layer("1 day", "2026-11-02T09:00", people("a - - - - - - - - b"), id="T")
    weekdays = layer("1 day", "2026-11-02T09:00", "a b", date_mask=("mon", "tue"), id="T")
    not_begun = layer("1 day", "2026-11-20T09:00", "a b", id="T")
    everybody_left = layer(
        "1 day", "2026-11-02T09:00", (Group(members=(Member(user_id="a", until="2026-11-03"),)),), id="T"
    )
    over = layer("1 day", "2026-11-02T09:00", "a b", end="2026-11-04T09:00", id="T")
    for top, change in (
        (slots_of_nobody, {"groups": people("a b")}),
        (slots_of_nobody, {"restriction": Restriction(), "groups": people("b")}),
        (weekdays, {"date_mask": None}),
        (not_begun, {"start": "2026-11-02T09:00"}),
        (everybody_left, {"groups": people("a b")}),
        (over, {"end": "2027-01-01T00:00"}),
        (not_begun, {"time_zone": "Asia/Kolkata", "start": "2026-11-07T09:00"}),
    ):
        before = rota(top, low, overlap="top_layer")
        wanted = plan(msgspec.structs.replace(top, **change), low, overlap="top_layer")
        was, will = (days_of(each, "2026-11-07", 6).split() for each in (before, saved(before, wanted, now=saturday)))
        mine = was.index(next((who for who in was if who != "l"), "")) if set(was) != {"l"} else len(was)
        assert will[:mine] == was[:mine], (change, was, will)
        at_once = saved(before, wanted, now=saturday, effective_at=saturday)
        assert days_of(at_once, "2026-11-09", 1) in ("a", "b"), change


def test_an_override_of_everything_that_runs_keeps_its_roles_until_the_running_slot_ends() -> None:
    """B6: a layer that comes in meanwhile gives it another role from the next turn on."""
    of_all = override("o", "2026-11-05T08:00", "2026-11-08T00:00", "all")
    later = msgspec.structs.replace(B, id="B", start="2026-11-20T09:00", groups=(backup("x"),))
    new = msgspec.structs.replace(B, groups=(backup("x"),))
    for before, wanted in (
        (rota(A, overrides=(of_all,)), plan(A, new)),
        (rota(A, later, overrides=(of_all,)), plan(A, new)),
        (rota(A, overlap="top_layer", overrides=(of_all,)), plan(new, A, overlap="top_layer")),
    ):
        after = saved(before, wanted)
        roles = [roles_at(after, at) for at in ("2026-11-05T12:00", "2026-11-06T08:59", "2026-11-06T09:00")]
        assert roles == [{("o", None)}, {("o", None)}, {("o", None), ("o", "backup")}]
        at_once = saved(before, wanted, effective_at=NOW)
        assert roles_at(at_once, "2026-11-05T12:00") == {("o", None), ("o", "backup")}
    short = override("o", "2026-11-05T08:00", "2026-11-05T18:00", "all")
    after = saved(rota(A, overrides=(short,)), plan(A, new))
    assert roles_at(after, "2026-11-05T17:00") == {("o", None)}
    assert roles_at(after, "2026-11-05T18:00") == {("a", None), ("x", "backup")}


def test_a_new_layer_with_a_chosen_instant_does_not_count_before_also_where_another_change_is_pending() -> None:
    once = saved(rota(A, B), plan(A, B, overlap="top_layer"))
    new = layer("1 day", "2026-11-02T09:00", "m", id="C")
    wanted = plan(*once.schedule.layers, new, overlap="union")
    after = saved(once, wanted, effective_at=utc("2026-11-08T00:00"))
    assert days_of(after, "2026-11-04", 6) == "c+x a+y b c a+m+x b+m+y"


def backup(name: str) -> Group:
    return Group(members=(Member(user_id=name, role_id="backup"),))


def roles_at(found: Rota, at: str) -> set[tuple[str, str | None]]:
    return {(entry.user_id, entry.role_id) for entry in on_call_at(found, utc(at))}


def test_two_new_layers_that_wait_for_one_instant_both_count_from_then_on() -> None:
    chosen, later = utc("2026-11-07T00:00"), NOW + timedelta(minutes=1)
    z = layer("1 day", "2026-11-02T09:00", "z", id="Z")
    for overlap, days in (("union", "a b c a b c+y+z"), ("top_layer", "a b c a b z")):
        first = saved(rota(A, overlap=overlap), plan(A, B, overlap=overlap), effective_at=chosen)
        both = plan(z, *first.schedule.layers, overlap=overlap)
        second = saved(first, both, now=later, effective_at=chosen)
        assert days_of(second, "2026-11-02", 6) == days
        assert on_call_at(second, later) == on_call_at(first, later)


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


@holds(st.data(), examples=200)
def test_whoever_is_on_call_keeps_the_running_shift_whatever_is_saved(data: st.DataObject) -> None:
    """Line 4 of issue 14: a shift ends as the slot of its layer does or when it would have ended anyway, not before."""
    before, center = data.draw(st.one_of(rotas(max_overrides=2), showing_through()))
    now = center + timedelta(minutes=data.draw(st.integers(-1000, 1000)), seconds=30)
    made = edited(before, data.draw(edits(before, center)), now=now)
    after = msgspec.structs.replace(before, schedule=made.schedule, overrides=(*before.overrides, *made.overrides))
    layers_now = {each.id: each for each in before.schedule.layers}
    for entry in on_call_at(before, now):
        slot_end = None if entry.layer_id is None else end_of_slot(before, layers_now[entry.layer_id], now)
        if slot_end is None:
            continue
        who = entry.user_id, entry.role_id
        end = min(slot_end, now + WINDOW)
        end = next((t for t, held in on_call_over(before, now, end) if entry not in held), end)
        for t, held in holders(after, now, end):
            assert who in held, (who, t, end)
    ends = [end for each in before.schedule.layers if (end := end_of_slot(before, each, now)) is not None]
    until = min(*ends, now + WINDOW) if ends else now
    if until > now:
        assert roles_of_all(before, now, until) == roles_of_all(after, now, until)


def roles_of_all(found: Rota, start: datetime, end: datetime) -> list[tuple[datetime, Holders]]:
    """Which roles the overrides of everything that run give from when on, where that changes."""
    running = {o.id for o in found.overrides if o.scope.kind == "all" and max(o.start, o.created_at) <= start}
    told: list[tuple[datetime, Holders]] = []
    for t, entries in on_call_over(found, start, end):
        roles = {(entry.user_id, entry.role_id) for entry in entries if entry.override_id in running}
        if not told or told[-1][1] != roles:
            told.append((t, roles))
    return told


@st.composite
def showing_through(draw: st.DrawFn) -> tuple[Rota, datetime]:
    """Under layers of short turns that are often silent, one of weeks."""
    found, center = draw(rotas(max_overrides=1))
    long = Rotation(unit=draw(st.sampled_from(("week", "month"))))
    low = msgspec.structs.replace(found.schedule.layers[0], rotation=long, date_mask=None, continuous=False, end=None)
    low = msgspec.structs.replace(low, id="low", restriction=Restriction(), groups=people("l m"))
    quiet = draw(st.sampled_from(("- - - a", "a - - - - - -", "a - b -")))
    tops = tuple(
        msgspec.structs.replace(
            each,
            rotation=Rotation(unit=draw(st.sampled_from(("hour", "day"))), every=draw(st.integers(1, 4))),
            groups=draw(st.one_of(groups(center), st.just(people(quiet)))),
        )
        for each in found.schedule.layers
    )
    schedule = msgspec.structs.replace(found.schedule, overlap="top_layer", layers=(*tops, low), former=())
    return msgspec.structs.replace(found, schedule=schedule), center


@st.composite
def edits(draw: st.DrawFn, before: Rota, center: datetime) -> Schedule:
    """Layers left out, moved, widened, given other groups, another rotation or zone, another overlap, and new ones."""
    zone = draw(st.sampled_from((before.schedule.time_zone, "Asia/Kolkata")))
    wanted: list[Layer] = []
    for each in draw(st.permutations(before.schedule.layers)):
        kind = draw(st.sampled_from(("keep", "keep", "leave out", "groups", "anew", "join", "widen", "life", "zone")))
        if kind == "groups":
            wanted.append(msgspec.structs.replace(each, groups=draw(groups(center))))
        elif kind == "anew":
            wanted.append(msgspec.structs.replace(draw(layers(center, 0, zone)), id=each.id, end=each.end))
        elif kind == "join":
            joining = Group(members=(Member(user_id="z", role_id=draw(st.sampled_from(ROLES))),))
            wanted.append(msgspec.structs.replace(each, groups=(*each.groups, joining)))
        elif kind == "widen":
            wanted.append(draw(widened(each)))
        elif kind == "life":
            start, end = draw(walls(center, 5, 3)), draw(st.none() | walls(center + timedelta(days=4), 0, 8))
            wanted.append(msgspec.structs.replace(each, start=start, end=end))
        elif kind == "zone":
            wanted.append(msgspec.structs.replace(each, time_zone=draw(st.sampled_from((None, "UTC", "Asia/Kolkata")))))
        elif kind == "keep":
            wanted.append(each)
    for number in range(draw(st.sampled_from((0, 0, 1)))):
        new = msgspec.structs.replace(draw(layers(center, 0, zone)), id=f"N{number}")
        wanted.insert(draw(st.integers(0, len(wanted))), new)
    overlap = draw(st.sampled_from(("union", "top_layer")))
    return Schedule(time_zone=zone, overlap=overlap, layers=tuple(wanted))


@st.composite
def widened(draw: st.DrawFn, each: Layer) -> Layer:
    """The same layer on more days, at more hours, or without its nobody-slots."""
    kind = draw(st.sampled_from(("mask", "restriction", "nobody", "all")))
    if kind in ("mask", "all"):
        each = msgspec.structs.replace(each, date_mask=None, continuous=False)
    if kind in ("restriction", "all"):
        each = msgspec.structs.replace(each, restriction=Restriction())
    if kind in ("nobody", "all"):
        each = msgspec.structs.replace(each, groups=tuple(group for group in each.groups if not group.nobody))
    return each


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
