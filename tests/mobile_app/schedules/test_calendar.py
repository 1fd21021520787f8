"""What a calendar shows: its days, lanes and rows, and where an instant stands in a week."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from phone.base.i18n import Words
from phone.base.weeks import first_day, next_month, weeks_of
from phone.rotas.picture import day_of, moved, picture, replaced
from phone.rotas.rota_wording import LaneNames
from phone.schedules.calendar.cells import x_of
from shared.domain.on_call.rota import Override, Rota, Schedule, Scope
from tests.kit.night import ANA, BO, JONAS, MEI
from tests.kit.nordwind_rotas import layer, platform, primary

BERLIN = "Europe/Berlin"
NAMES = LaneNames(Words("en"), {})


def drawn(rota: Rota, day: date, **given: Any) -> Any:
    view = given.pop("view", "week")
    return picture(rota, view=view, day=day, zone_name=BERLIN, by_layer=False, naming=NAMES, **given)


@pytest.mark.parametrize(
    ("view", "day", "first", "weeks"),
    [
        ("week", date(2026, 11, 22), date(2026, 11, 16), 1),
        ("two_weeks", date(2026, 11, 16), date(2026, 11, 16), 2),
        ("month", date(2026, 11, 21), date(2026, 10, 26), 6),
        ("month", date(2027, 2, 3), date(2027, 2, 1), 4),
        ("month", date(2026, 12, 31), date(2026, 11, 30), 5),
    ],
)
def test_views_are_whole_weeks(view: Any, day: date, first: date, weeks: int) -> None:
    assert first_day(view, day) == first
    assert weeks_of(view, day) == weeks


def test_moving_goes_by_the_view() -> None:
    assert moved("week", date(2026, 11, 21), 1) == date(2026, 11, 28)
    assert moved("two_weeks", date(2026, 11, 21), -1) == date(2026, 11, 7)
    assert moved("month", date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert moved("month", date(2026, 1, 31), -1) == date(2025, 12, 1)
    assert next_month(date(2027, 1, 31)) == date(2027, 2, 28)


def test_a_day_on_which_clocks_change_is_as_wide_as_the_others() -> None:
    week = [day_of(BERLIN, date(2027, 3, 22) + timedelta(days=n)) for n in range(7)]
    sunday = week[-1]
    assert sunday.end - sunday.start == timedelta(hours=23)
    assert sunday.offsets == (timedelta(hours=1), timedelta(hours=2))
    assert [day.changes_clocks for day in week] == [False] * 6 + [True]
    assert x_of(week, 700, sunday.start) == pytest.approx(600)
    assert x_of(week, 700, sunday.end) == pytest.approx(700)
    # 09:00 comes after eight hours of twenty-three.
    assert x_of(week, 700, datetime(2027, 3, 28, 7, tzinfo=UTC)) == pytest.approx(600 + 100 * 8 / 23)
    assert x_of(week, 700, datetime(2027, 3, 24, 8, tzinfo=UTC)) == pytest.approx(200 + 100 * 9 / 24)


def test_a_day_that_a_zone_left_out_is_empty() -> None:
    lost = day_of("Pacific/Apia", date(2011, 12, 30))
    assert lost.start == lost.end
    assert lost.share(lost.start) == 0


def test_lanes_are_roles_and_name_whom_they_miss() -> None:
    shown = drawn(platform().rota, date(2026, 11, 23))
    assert [lane.name for lane in shown.lanes] == ["Primary", "Backup"]
    missing = shown.lanes[0].gaps
    # From Sunday 20:00 it is nobody's turn; until midnight the backup is off duty too, which is everybody's gap.
    assert [(gap.start, gap.end) for gap in missing] == [
        (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 23, 7, tzinfo=UTC))
    ]
    assert not shown.gaps


def test_a_role_that_rests_by_design_is_no_gap() -> None:
    shown = drawn(platform().rota, date(2026, 11, 16))
    assert shown.lanes[1].gaps == ()
    assert [(gap.start, gap.end) for gap in shown.gaps] == [
        (datetime(2026, 11, 22, 19, tzinfo=UTC), datetime(2026, 11, 22, 23, tzinfo=UTC))
    ]


def test_people_who_share_a_role_get_rows_of_their_own() -> None:
    both = [layer(f"l-{ref.id}", ref.name, "2026-11-02T00:00", ref.id) for ref in (ANA, BO)]
    shown = drawn(Rota(schedule=Schedule(time_zone=BERLIN, layers=tuple(both))), date(2026, 11, 16))
    (lane,) = shown.lanes
    assert [[shift.user_id for shift in row] for row in lane.rows] == [[ANA.id], [BO.id]]


def test_layers_and_their_successors_share_a_lane() -> None:
    former = layer("l-1", "Week", "2026-11-02T00:00", ANA.id, end="2026-11-18T00:00")
    after = layer("l-2", "Week", "2026-11-18T00:00", BO.id)
    rota = Rota(schedule=Schedule(time_zone=BERLIN, layers=(former, after)))
    shown = picture(rota, view="week", day=date(2026, 11, 16), zone_name=BERLIN, by_layer=True, naming=NAMES)
    assert [(lane.name, [shift.user_id for row in lane.rows for shift in row]) for lane in shown.lanes] == [
        ("Week", [ANA.id, BO.id])
    ]


def test_whole_schedule_overrides_belong_to_no_layer() -> None:
    start = datetime(2026, 11, 17, tzinfo=UTC)
    stand_in = Override(id="o", start=start, end=start + timedelta(hours=5), user_id=JONAS.id, created_at=start)
    rota = structs.replace(primary().rota, overrides=(stand_in,))
    shown = picture(rota, view="week", day=date(2026, 11, 16), zone_name=BERLIN, by_layer=True, naming=NAMES)
    assert [lane.key for lane in shown.lanes] == ["Week", "everybody"]
    assert shown.lanes[1].rows[0][0].user_id == JONAS.id


def test_what_stands_under_an_override() -> None:
    rota = primary().rota
    stands = next(each for each in rota.overrides if each.id == "o-next")
    assert [shift.user_id for shift in replaced(rota, stands)] == [MEI.id]
    assert stands.scope == Scope(kind="person", user_id=MEI.id)
