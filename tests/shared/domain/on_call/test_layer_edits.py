"""Saving a changed layer: joins and leaves in place, successors for the rest, and who gains or loses."""

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import strategies as st

from shared.domain.on_call.layer_edits import diff_shifts, edit_layer
from shared.domain.on_call.rota import Group, Layer, Member, Rota, Rotation
from shared.domain.on_call.schedules import shifts, slots
from tests.shared.domain.on_call.rota_strategies import groups, layers, rotas
from tests.shared.domain.on_call.rotas import daily, days_of, layer, people, rota, utc
from tests.shared.domain.on_call.test_rotation_properties import plain
from tests.shared.domain.on_call.test_schedules_properties import WINDOW
from tests.shared.domain.properties import holds

BEFORE = layer("1 day", "2026-11-02T09:00", "a b c")
NOW = utc("2026-11-05T10:00:30")


def edited(after: Layer, before: Layer = BEFORE, **when: str) -> tuple[Layer, ...]:
    effective = utc(when["effective"]) if "effective" in when else None
    return edit_layer(rota(before), before, after, successor_id="S", now=NOW, effective_at=effective)


def changed(**fields: object) -> Layer:
    return msgspec.structs.replace(BEFORE, **fields)


def member(user: str, since: str | None = None, until: str | None = None) -> Group:
    return Group(members=(Member(user_id=user, since=since, until=until),))


SOON = "2026-11-05T10:01"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("a b c", "a b c"),
        ("a b c d", (*people("a b c"), member("d", SOON))),
        ("a d b c", (*people("a"), member("d", SOON), *people("b c"))),
        ("a c", (*people("a"), member("b", None, SOON), *people("c"))),
        ("c", (member("a", None, SOON), member("b", None, SOON), *people("c"))),
        (
            "a b+d c",
            (
                *people("a"),
                Group(members=(Member(user_id="b"), Member(user_id="d", since=SOON))),
                *people("c"),
            ),
        ),
        ((*people("a b c"), member("d", "2026-12-01")), (*people("a b c"), member("d", "2026-12-01"))),
        (
            (*people("a b"), member("c", None, "2026-12-01")),
            (*people("a b"), member("c", None, "2026-12-01")),
        ),
    ],
)
def test_joining_and_leaving_keeps_the_layer(after: str | tuple[Group, ...], expected: str | tuple[Group, ...]) -> None:
    wanted, made = (people(these) if isinstance(these, str) else these for these in (after, expected))
    assert edited(changed(groups=wanted, name="Days")) == (changed(groups=made, name="Days"),)


@pytest.mark.parametrize(
    "after",
    [
        changed(groups=people("b a c")),
        changed(groups=people("a b c -")),
        changed(groups=(*people("a b"), member("c", None, "2026-11-03"))),
        changed(groups=(*people("a b c"), member("d", "2026-11-03"))),
        changed(rotation=Rotation(unit="day", every=2)),
        changed(time_zone="Asia/Tokyo"),
        changed(date_mask=("mon",)),
        changed(end="2026-11-03T09:00"),
    ],
)
def test_any_other_change_starts_a_successor_after_the_running_slot(after: Layer) -> None:
    made = edited(after)
    assert made[0] == changed(end="2026-11-06T09:00")
    start = "2026-11-06T18:00" if after.time_zone else "2026-11-06T09:00"
    users = [[member.user_id for member in group.members] for group in after.groups]
    if users == [["a"], ["b"], ["c"]]:  # a has the running slot, so the turns go on with b
        after = msgspec.structs.replace(after, groups=(*after.groups[1:], after.groups[0]))
    assert made[1:] == (() if after.end else (msgspec.structs.replace(after, id="S", start=start),))


def test_a_successor_may_start_earlier_or_later_but_never_in_the_past() -> None:
    after = changed(rotation=Rotation(unit="week"))
    for effective, cut in (
        ("2026-11-05T12:00", "2026-11-05T12:00"),
        ("2026-12-01T00:00", "2026-12-01T00:00"),
        ("2026-11-01T00:00", SOON),
    ):
        ended, successor = edited(after, effective=effective)
        assert (ended.end, successor.start) == (cut, cut)


def test_what_needs_no_successor() -> None:
    assert edited(changed(end="2027-01-01T00:00")) == (changed(end="2027-01-01T00:00"),)
    future = changed(start="2026-12-01T00:00")
    assert edited(changed(groups=people("z"), start="2026-11-09T09:00"), future) == (
        changed(groups=people("z"), start="2026-11-09T09:00"),
    )
    assert edited(changed(groups=people("z")), future) == (changed(groups=people("z"), start=SOON),)


def test_who_came_back_has_two_stays() -> None:
    before = changed(groups=(*people("a b"), member("c", None, "2026-11-04")))
    [made] = edited(changed(groups=people("a b c")), before)
    assert made.groups[2].members == (
        Member(user_id="c", until="2026-11-04"),
        Member(user_id="c", since=SOON),
    )
    [same] = edited(changed(groups=people("a b")), before)
    assert same == before


def test_stored_places_of_least_recent_stay() -> None:
    before = msgspec.structs.replace(layer("1 day least_recent", "2026-11-02T09:00", "a b c"))
    [made] = edited(msgspec.structs.replace(before, groups=people("d a c")), before)
    assert made.groups == (*people("a"), member("b", None, SOON), *people("c"), member("d", SOON))


def test_diff_tells_who_gains_and_who_loses() -> None:
    before = rota(BEFORE)
    after = rota(*edited(changed(groups=people("a c"))))
    assert days_of(after, "2026-11-05", 4) == "a c a c"
    changes = diff_shifts(before, after, NOW, utc("2026-11-08T00:00"))
    assert [(c.user_id, f"{c.start:%d %H}", f"{c.end:%d %H}", c.gains) for c in changes] == [
        ("b", "06 09", "07 09", False),
        ("c", "06 09", "07 09", True),
        ("c", "07 09", "08 00", False),
        ("a", "07 09", "08 00", True),
    ]
    assert diff_shifts(before, before, NOW, utc("2026-12-01")) == []


@holds(st.data(), examples=100)
def test_no_edit_changes_what_has_been_or_runs(data: st.DataObject) -> None:
    full, center = data.draw(rotas(max_overrides=0))
    before = full.schedule.layers[0]
    zone = full.schedule.time_zone
    after = data.draw(
        st.one_of(
            layers(center, 0, zone),
            groups(center).map(lambda made: msgspec.structs.replace(before, groups=made)),
            st.permutations(before.groups).map(lambda g: msgspec.structs.replace(before, groups=tuple(g))),
            st.just(msgspec.structs.replace(before, groups=before.groups[:-1])),
        )
    )
    now = center + timedelta(minutes=data.draw(st.integers(-1000, 1000)), seconds=30)
    made = edit_layer(full, before, after, successor_id="S", now=now)
    saved = msgspec.structs.replace(
        full,
        overrides=(),
        schedule=msgspec.structs.replace(full.schedule, layers=(*made, *full.schedule.layers[1:])),
    )
    until = end_of_running_slot(full, now) if after.end == before.end else now
    assert plain(shifts(full, center - WINDOW, until)) == plain(shifts(saved, center - WINDOW, until))


def end_of_running_slot(full: Rota, now: datetime) -> datetime:
    running = slots(full, "L0", now, now + timedelta(seconds=1))
    return min(running[0].end, now + timedelta(days=20)) if running and running[0].start < now else now


def test_whoever_has_the_slot_that_is_cut_before_their_duty_keeps_the_turn() -> None:
    """Friday's slot begins at midnight, its duty at nine; the change holds from eight on."""
    hours = layer("1 day", "2026-11-02T00:00", "a b c", restriction=daily("09:00 17:00"))
    wider = msgspec.structs.replace(hours, restriction=daily("08:00 17:00"))
    for cut, then in (("2026-11-06T08:00", "b c a"), ("2026-11-06T10:00", "c a b")):
        layers_made = edited(wider, before=hours, effective=cut)
        assert days_of(rota(*layers_made), "2026-11-06", 3) == then
