"""What an edit would take from whoever is on call now, and who would have it."""

from datetime import timedelta

import msgspec
import pytest

from shared.domain.on_call.rota import Group, Layer, Member, Rota
from shared.domain.on_call.running_shifts import cut_shifts, end_of_slots, widened_overrides
from shared.domain.on_call.schedule_edits import edit_schedule
from tests.shared.domain.on_call.rotas import layer, override, people, rota, told, utc

NOW = utc("2026-11-07T10:00:30")
LOW = layer("1 week", "2026-11-04T09:00", "l m", id="low")
TOP = layer("1 day", "2026-11-02T09:00", people("a - - - - - - -"), id="top")
BEFORE = rota(TOP, LOW, overlap="top_layer")


def test_a_shift_is_cut_by_the_layer_that_takes_it_until_it_would_have_ended() -> None:
    after = rota(msgspec.structs.replace(TOP, groups=people("a")), LOW, overlap="top_layer")
    assert cut_shifts(BEFORE, after, NOW) == [(frozenset({"top"}), utc("2026-11-10T09:00"))]
    assert cut_shifts(BEFORE, BEFORE, NOW) == []


def test_what_somebody_loses_for_an_hour_is_cut_too() -> None:
    """And what ends anyway is not."""
    hour = layer("1 day", "2026-11-08T12:00", "x", end="2026-11-08T13:00", id="hour")
    after = rota(hour, *BEFORE.schedule.layers, overlap="top_layer")
    assert cut_shifts(BEFORE, after, NOW) == [(frozenset({"hour"}), utc("2026-11-10T09:00"))]
    later = msgspec.structs.replace(hour, start="2026-11-11T09:00", end="2026-11-12T09:00")
    assert cut_shifts(BEFORE, rota(later, *BEFORE.schedule.layers, overlap="top_layer"), NOW) == []


def test_only_an_override_of_everything_that_runs_holds_more_roles_by_what_begins() -> None:
    new = layer("1 day", "2026-11-02T09:00", people("x"), id="new")
    backup = msgspec.structs.replace(new.groups[0].members[0], role_id="backup")
    new = msgspec.structs.replace(new, groups=(msgspec.structs.replace(new.groups[0], members=(backup,)),))

    def cut(*fields: str) -> list[object]:
        before = rota(LOW, overrides=(override("o", *fields),))
        return [*widened_overrides(before, with_layer(before), NOW)]

    def with_layer(before: Rota) -> Rota:
        return rota(LOW, new, overrides=before.overrides)

    assert cut("2026-11-07T09:00", "2026-11-30T00:00") == [(frozenset({"new"}), utc("2026-11-11T09:00"))]
    assert cut("2026-11-07T09:00", "2026-11-08T00:00") == [(frozenset({"new"}), utc("2026-11-08T00:00"))]
    assert cut("2026-11-07T11:00", "2026-11-08T00:00") == []
    assert cut("2026-11-07T09:00", "2026-11-30T00:00", "role primary") == []


@pytest.mark.parametrize("layers", [(), (layer("1 week", "2026-12-01T09:00", "l", id="late"),)])
def test_an_override_that_fills_a_gap_holds_no_more_roles_until_it_ends(layers: tuple[Layer, ...]) -> None:
    member = Member(user_id="x", role_id="primary")
    new = layer("1 day", "2026-11-02T09:00", (Group(members=(member,)),), id="new")
    for end, until in (("2026-11-30T00:00", "2026-11-30T00:00"), ("2028-11-30T00:00", "2027-11-08T10:00:30")):
        before = rota(*layers, overrides=(override("o", "2026-11-07T09:00", end),))
        after = rota(*layers, new, overrides=before.overrides)
        assert widened_overrides(before, after, NOW) == [(frozenset({"new"}), utc(until))]
        edited = edit_schedule(before, after.schedule, new_id=str, now=NOW)
        saved = msgspec.structs.replace(before, schedule=edited.schedule)
        assert edited.waits == {"new": utc(until)}
        day = NOW + timedelta(days=1)
        assert told(saved, "2026-11-07T09:00", day.isoformat()[:19]) == ["o 11-07T09:00 - 11-08T10:00"]


def test_the_last_slot_that_runs_ends_also_where_nobody_has_it() -> None:
    assert end_of_slots(BEFORE, NOW) == utc("2026-11-11T09:00")
    assert end_of_slots(rota(TOP), NOW) == utc("2026-11-08T09:00")
    assert end_of_slots(rota(), NOW) == NOW
