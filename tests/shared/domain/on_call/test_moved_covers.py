"""Which promises an edit leaves at hours that the shift has left."""

import msgspec

from shared.domain.on_call.moved_covers import moved_covers
from tests.shared.domain.on_call.rotas import layer, override, rota, utc

NOW = utc("2026-11-05T10:00")
DAYS = layer("1 day", "2026-11-02T09:00", "a b")
AT_TEN = layer("1 day", "2026-11-02T10:00", "a b")
A_DAY = ("2026-11-08T09:00", "2026-11-09T09:00")


def test_a_cover_whose_shift_begins_later_is_named() -> None:
    cover = override("z", *A_DAY, "person a")
    elsewhere = override("z", "2026-11-09T12:00", "2026-11-09T15:00", "person b", id="whole")
    before, after = (rota(each, overrides=(cover, elsewhere)) for each in (DAYS, AT_TEN))
    assert [each.id for each in moved_covers(before, after, NOW)] == [cover.id]
    assert moved_covers(before, before, NOW) == []


def test_a_cover_of_nothing_any_more_is_named() -> None:
    cover = override("z", *A_DAY, "person a")
    others = layer("1 day", "2026-11-02T09:00", "c b")
    assert moved_covers(rota(DAYS, overrides=(cover,)), rota(others, overrides=(cover,)), NOW) == [cover]


def test_only_promises_that_stand_and_name_whom_they_are_for() -> None:
    gone = override("z", *A_DAY, "person a", cancelled_at=NOW)
    over = override("z", "2026-11-04T09:00", "2026-11-05T09:00", "person a", id="over")
    whole = override("z", *A_DAY, id="whole")
    before, after = (rota(each, overrides=(gone, over, whole)) for each in (DAYS, AT_TEN))
    assert moved_covers(before, after, NOW) == []


def test_a_layer_that_follows_another_at_the_same_hours_moves_nothing() -> None:
    cover = override("z", *A_DAY, "person a")
    first = msgspec.structs.replace(DAYS, id="F", end="2026-11-08T12:00")
    second = layer("1 day", "2026-11-08T12:00", "a", id="S", end="2026-11-09T09:00")
    assert moved_covers(rota(DAYS, overrides=(cover,)), rota(first, second, overrides=(cover,)), NOW) == []
