"""The worked examples of the schedule definition, with their instants by hand."""

from datetime import timedelta

from shared.domain.on_call.rota import Group, Member
from shared.domain.on_call.schedules import next_handoff, shifts, slots
from tests.shared.domain.on_call.rotas import (
    WEEKEND,
    WORKDAYS,
    daily,
    days_of,
    layer,
    override,
    people,
    rota,
    told,
    utc,
    weekly,
)


def member(user: str, *, role_id: str | None = None, since: str | None = None, until: str | None = None) -> Group:
    return Group(members=(Member(user_id=user, role_id=role_id, since=since, until=until),))


def test_1_a_handoff_that_spring_leaves_out_happens_when_the_clock_goes_on() -> None:
    berlin = rota(layer("1 day", "2026-03-27T02:30", "a b c"), zone="Europe/Berlin")
    assert told(berlin, "2026-03-27T00:00", "2026-03-30T01:00") == [
        "a 03-27T01:30 - 03-28T01:30",
        "b 03-28T01:30 - 03-29T01:00",
        "c 03-29T01:00 - 03-30T00:30",
        "a 03-30T00:30 - 03-30T01:00",
    ]


def test_2_a_handoff_that_autumn_repeats_happens_the_first_time() -> None:
    berlin = rota(layer("1 day", "2026-10-24T02:30", "a b"), zone="Europe/Berlin")
    assert told(berlin, "2026-10-24T00:00", "2026-10-26T02:00") == [
        "a 10-24T00:30 - 10-25T00:30",
        "b 10-25T00:30 - 10-26T01:30",
        "a 10-26T01:30 - 10-26T02:00",
    ]


def test_3_an_hour_that_does_not_exist_has_passed_and_one_that_repeats_is_long() -> None:
    spring = rota(layer("1 hour", "2026-03-29T00:00", "a b c"), zone="Europe/Berlin")
    assert told(spring, "2026-03-28T22:00", "2026-03-29T03:00") == [
        "a 03-28T23:00 - 03-29T00:00",
        "b 03-29T00:00 - 03-29T01:00",
        "a 03-29T01:00 - 03-29T02:00",
        "b 03-29T02:00 - 03-29T03:00",
    ]
    autumn = rota(layer("1 hour", "2026-10-25T00:00", "a b c"), zone="Europe/Berlin")
    assert told(autumn, "2026-10-24T22:00", "2026-10-25T03:00") == [
        "a 10-24T22:00 - 10-24T23:00",
        "b 10-24T23:00 - 10-25T00:00",
        "c 10-25T00:00 - 10-25T02:00",
        "a 10-25T02:00 - 10-25T03:00",
    ]


def test_4_apia_left_out_a_day() -> None:
    apia = rota(layer("1 day", "2011-12-28T00:00", "a b c d"), zone="Pacific/Apia")
    assert told(apia, "2011-12-28T10:00", "2011-12-31T10:00") == [
        "a 12-28T10:00 - 12-29T10:00",
        "b 12-29T10:00 - 12-30T10:00",
        "d 12-30T10:00 - 12-31T10:00",
    ]


def test_4_lord_howe_goes_back_half_an_hour() -> None:
    howe = rota(layer("1 day", "2026-04-01T00:00", restriction=daily("01:30 02:00")), zone="Australia/Lord_Howe")
    assert told(howe, "2026-04-04T00:00", "2026-04-05T00:00") == ["a 04-04T14:30 - 04-04T15:30"]


def test_5_the_first_slot_of_a_weekly_handoff_is_short() -> None:
    start = "2026-11-04T09:00"
    assert told(rota(layer("1 week mon 10:00", start, "a b")), "2026-11-01", "2026-11-17") == [
        "a 11-04T09:00 - 11-09T10:00",
        "b 11-09T10:00 - 11-16T10:00",
        "a 11-16T10:00 - 11-17T00:00",
    ]
    assert told(rota(layer("2 week mon 10:00", start, "a b")), "2026-11-01", "2026-11-17") == [
        "a 11-04T09:00 - 11-16T10:00",
        "b 11-16T10:00 - 11-17T00:00",
    ]


def test_6_months_are_counted_from_the_first_start() -> None:
    assert told(rota(layer("1 month", "2027-01-31T08:00", "a b c")), "2027-01-01", "2027-06-01") == [
        "a 01-31T08:00 - 02-28T08:00",
        "b 02-28T08:00 - 03-31T08:00",
        "c 03-31T08:00 - 04-30T08:00",
        "a 04-30T08:00 - 05-31T08:00",
        "b 05-31T08:00 - 06-01T00:00",
    ]


def test_7_fourteen_people_on_workdays_come_equally_often() -> None:
    names = [f"p{number:02}" for number in range(1, 15)]
    team = rota(layer("1 day", "2026-11-02T00:00", " ".join(names), date_mask=WORKDAYS))
    assert told(team, "2026-11-09", "2026-11-10") == ["p06 11-09T00:00 - 11-10T00:00"]
    assert told(team, "2026-11-19", "2026-11-20") == ["p14 11-19T00:00 - 11-20T00:00"]
    turns = shifts(team, utc("2026-11-02"), utc("2026-11-02") + timedelta(weeks=14))
    assert [shift.user_id for shift in turns] == names * 5
    assert {shift.end - shift.start for shift in turns} == {timedelta(days=1)}


def test_8_the_mask_cuts_at_midnight_unless_rotation_is_continuous() -> None:
    fields = {"date_mask": WORKDAYS}
    cut = rota(layer("1 day", "2026-11-02T09:00", "a b c d e f", **fields))
    assert told(cut, "2026-11-06", "2026-11-10") == [
        "d 11-06T00:00 - 11-06T09:00",
        "e 11-06T09:00 - 11-07T00:00",
        "e 11-09T00:00 - 11-09T09:00",
        "f 11-09T09:00 - 11-10T00:00",
    ]
    whole = layer("1 day", "2026-11-02T09:00", "a b c d e f", continuous=True, **fields)
    weekend = layer("1 day", "2026-11-07T09:00", "x", id="W", date_mask=WEEKEND, continuous=True)
    assert told(rota(whole, weekend), "2026-11-06", "2026-11-10") == [
        "d 11-06T00:00 - 11-06T09:00",
        "e 11-06T09:00 - 11-07T09:00",
        "x 11-07T09:00 - 11-09T09:00",
        "f 11-09T09:00 - 11-10T00:00",
    ]


def test_9_two_days_of_a_mask_belong_together() -> None:
    weekends = rota(layer("2 day", "2026-11-07T00:00", "a b", date_mask=WEEKEND))
    assert told(weekends, "2026-11-01", "2026-11-20") == [
        "a 11-07T00:00 - 11-09T00:00",
        "b 11-14T00:00 - 11-16T00:00",
    ]
    workdays = rota(layer("2 day", "2026-11-02T00:00", "a b c", date_mask=WORKDAYS))
    assert days_of(workdays, "2026-11-02", 8) == "a a b b c . . c"


def test_10_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    nights = rota(layer("1 day", "2026-11-02T22:00", "a b c d e", date_mask=WORKDAYS, restriction=daily("22:00 06:00")))
    assert told(nights, "2026-11-02", "2026-11-10") == [
        "a 11-02T22:00 - 11-03T06:00",
        "b 11-03T22:00 - 11-04T06:00",
        "c 11-04T22:00 - 11-05T06:00",
        "d 11-05T22:00 - 11-06T06:00",
        "e 11-06T22:00 - 11-07T06:00",
        "a 11-09T22:00 - 11-10T00:00",
    ]


def test_11_slots_outside_a_weekly_restriction_take_no_turn() -> None:
    names = [f"p{number:02}" for number in range(1, 15)]
    team = rota(layer("1 day", "2026-11-02T00:00", " ".join(names), restriction=weekly("mon 09:00 fri 18:00")))
    assert days_of(team, "2026-11-02", 14) == "p01 p02 p03 p04 p05 . . p06 p07 p08 p09 p10 . ."
    assert told(team, "2026-11-06", "2026-11-09T12:00") == [
        "p05 11-06T00:00 - 11-06T18:00",
        "p06 11-09T09:00 - 11-09T12:00",
    ]
    preview = slots(team, "L", utc("2026-11-06"), utc("2026-11-10"))
    assert [(slot.number, slot.turn, slot.group) for slot in preview] == [
        (4, 4, 4),
        (5, None, None),
        (6, None, None),
        (7, 5, 5),
    ]


def test_12_fair_order_moves_every_sunday_on() -> None:
    fair = rota(layer("1 day fair", "2026-11-02T00:00", "a b c d e f g"))
    assert days_of(fair, "2026-11-02", 21) == "a b c d e f g b c d e f g a c d e f g a b"
    sundays = days_of(fair, "2026-11-02", 49).split()[6::7]
    assert sorted(sundays) == list("abcdefg")


def test_13_joining_and_leaving_continue_after_the_last_holder() -> None:
    groups = (
        member("a"),
        member("b", until="2026-11-04"),
        member("c"),
        Group(members=(Member(user_id="d", since="2026-11-06"),)),
    )
    assert days_of(rota(layer("1 day", "2026-11-02T00:00", groups)), "2026-11-02", 8) == "a b c a c d a c"


def test_14_two_halves_of_a_week_never_meet_in_one_person() -> None:
    halves = rota(
        layer("1 week sun 00:00", "2026-11-01T00:00", "a b c d", date_mask=("sun", "mon", "tue", "wed")),
        layer("1 week sun 00:00", "2026-11-01T00:00", "c d a b", id="M", date_mask=("thu", "fri", "sat")),
    )
    assert days_of(halves, "2026-11-01", 14) == "a a a a c c c b b b b d d d"


def test_15_a_later_role_override_refines_one_of_everything() -> None:
    primary = layer("1 week", "2026-11-02T00:00", (member("ana", role_id="primary"),), id="P")
    backup = layer("1 week", "2026-11-02T00:00", (member("bob", role_id="backup"),), id="B")
    everything = override("cid", "2026-11-05T00:00", "2026-11-06T00:00")
    hour = override("dan", "2026-11-05T12:00", "2026-11-05T13:00", "role backup", created_at=utc("2026-01-02"))
    assert told(rota(primary, backup, overrides=(hour, everything)), "2026-11-05", "2026-11-06") == [
        "cid:backup 11-05T00:00 - 11-05T12:00",
        "cid:primary 11-05T00:00 - 11-06T00:00",
        "dan:backup 11-05T12:00 - 11-05T13:00",
        "cid:backup 11-05T13:00 - 11-06T00:00",
    ]


def test_the_next_handoff_is_the_first_instant_at_which_others_hold() -> None:
    berlin = rota(layer("1 day", "2026-03-27T02:30", "a b c"), zone="Europe/Berlin")
    handoff = next_handoff(berlin, utc("2026-03-28T12:00"))
    assert handoff is not None
    assert (handoff.at, handoff.entries[0].user_id) == (utc("2026-03-29T01:00"), "c")
    assert next_handoff(rota(layer("1 day", "2026-03-27T00:00", people("a"))), utc("2026-03-28T12:00")) is None
