"""Everything that is refused, by the field it is reported on."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared.domain.flaws import Known
from shared.domain.on_call.override_checks import check_override, check_window
from shared.domain.on_call.rota import Group, Layer, Member, Restriction, Rotation, Schedule, Scope, TimeOff
from shared.domain.on_call.schedule_checks import check_schedule, check_titles
from tests.shared.domain.on_call.rotas import daily, layer, override, people, utc, weekly

NOW = utc("2026-11-01")
KNOWN = Known(
    users=frozenset("abcdez"),
    deactivated=frozenset("d"),
    team=frozenset("abcd"),
    roles=frozenset({"primary"}),
)
GOOD = layer("1 day", "2026-11-02T09:00", "a b")


def flaws(*layers: Layer, zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
    checked = check_schedule(Schedule(time_zone=zone, layers=layers), KNOWN, now=NOW)
    assert not checked.warnings
    return [(flaw.field, flaw.code) for flaw in checked.flaws]


def changed(**fields: Any) -> Layer:
    return msgspec.structs.replace(GOOD, **fields)


def grouped(*members: Member, **fields: Any) -> Layer:
    return changed(groups=(Group(members=members, **fields), *people("b")))


def rotated(**fields: Any) -> Layer:
    return changed(rotation=Rotation(**fields))


TWENTY_ONE = tuple(f"{hour:02}:00 {hour:02}:30" for hour in range(21))

REFUSED: list[tuple[Layer, list[tuple[str, str]]]] = [
    (changed(time_zone="+02:00"), [("time_zone", "unknown_time_zone")]),
    (changed(start="2026-11-02"), [("start", "bad_wall_time")]),
    (changed(start="2026-11-31T00:00"), [("start", "bad_wall_time")]),
    (changed(start="1999-12-31T23:59"), [("start", "bad_wall_time")]),
    (changed(end="2100-01-01T00:00"), [("end", "bad_wall_time")]),
    (changed(end="2026-11-02T09:00"), [("end", "end_not_after_start")]),
    (rotated(unit="day", every=0), [("rotation.every", "out_of_range")]),
    (rotated(unit="day", every=31), [("rotation.every", "out_of_range")]),
    (rotated(unit="week", handoff_weekday="mon"), [("rotation.handoff_time", "incomplete_handoff")]),
    (rotated(unit="week", handoff_time="10:00"), [("rotation.handoff_weekday", "incomplete_handoff")]),
    (rotated(unit="day", every=2, handoff_weekday="mon", handoff_time="10:00"),
     [("rotation.handoff_weekday", "not_whole_weeks"), ("rotation.handoff_time", "not_whole_weeks")]),
    (rotated(unit="month", handoff_time="10:00"), [("rotation.handoff_time", "not_whole_weeks")]),
    (rotated(unit="week", handoff_weekday="mon", handoff_time="24:00"),
     [("rotation.handoff_time", "bad_time")]),
    (changed(date_mask=()), [("date_mask", "empty")]),
    (changed(date_mask=("mon", "mon")), [("date_mask", "repeated")]),
    (changed(continuous=True), [("continuous", "needs_date_mask")]),
    (changed(restriction=Restriction(kind="daily")), [("restriction.periods", "empty")]),
    (changed(restriction=daily("9:00 10:00")), [("restriction.periods[0].start", "bad_time")]),
    (changed(restriction=daily("24:00 10:00")), [("restriction.periods[0].start", "bad_time")]),
    (changed(restriction=daily("09:00 24:01")), [("restriction.periods[0].end", "bad_time")]),
    (changed(restriction=daily("09:00 09:00")), [("restriction.periods[0].end", "empty_period")]),
    (changed(restriction=daily("09:00 12:00", "11:00 13:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily("22:00 06:00", "05:00 07:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily("05:00 07:00", "22:00 06:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily("00:00 24:00", "05:00 07:00")), [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=daily(*TWENTY_ONE)), [("restriction.periods", "too_many")]),
    (changed(restriction=weekly("fri 18:00 mon 09:00", "sun 00:00 sun 01:00")),
     [("restriction.periods[1]", "overlaps")]),
    (changed(restriction=weekly("fri 18:00 fri 18:00")), [("restriction.periods[0].end", "empty_period")]),
    (changed(restriction=msgspec.structs.replace(daily("09:00 10:00"), kind="weekly")),
     [("restriction.periods[0].start_weekday", "required"),
      ("restriction.periods[0].end_weekday", "required")]),
    (changed(groups=()), [("groups", "empty")]),
    (changed(groups=people("- -")), [("groups", "only_nobody")]),
    (changed(groups=people("a " * 51)), [("groups", "too_many")]),
    (changed(groups=(Group(), *people("b"))), [("groups[0].members", "empty")]),
    (grouped(Member(user_id="a"), nobody=True), [("groups[0].members", "members_of_nobody")]),
    (msgspec.structs.replace(layer("1 day least_recent", "2026-11-02T09:00", "a -")),
     [("groups[1].nobody", "nobody_in_least_recent")]),
    (grouped(Member(user_id="q")), [("groups[0].members[0].user_id", "unknown_user")]),
    (grouped(Member(user_id="d")), [("groups[0].members[0].user_id", "deactivated")]),
    (grouped(Member(user_id="e")), [("groups[0].members[0].user_id", "not_in_team")]),
    (grouped(Member(user_id="a"), Member(user_id="a")), [("groups[0].members[1].user_id", "repeated")]),
    (grouped(Member(user_id="a", role_id="x")), [("groups[0].members[0].role_id", "unknown_role")]),
    (grouped(Member(user_id="a", since="soon")), [("groups[0].members[0].from", "bad_wall_time")]),
    (grouped(Member(user_id="a", since="2026-11-05", until="2026-11-05T00:00")),
     [("groups[0].members[0].until", "until_not_after_from")]),
]  # fmt: skip


@pytest.mark.parametrize(("refused", "expected"), REFUSED)
def test_layers_that_are_refused(refused: Layer, expected: list[tuple[str, str]]) -> None:
    assert flaws(GOOD, msgspec.structs.replace(refused, id="M")) == [
        (f"layers[1].{field}", code) for field, code in expected
    ]


@pytest.mark.parametrize(
    "fine",
    [
        GOOD,
        changed(restriction=daily("00:00 12:00", "12:00 24:00")),
        changed(restriction=daily("00:00 24:00")),
        changed(restriction=daily("22:00 06:00", "06:00 22:00")),
        changed(restriction=weekly("fri 18:00 mon 09:00", "mon 09:00 fri 18:00")),
        changed(restriction=weekly("mon 00:00 sun 24:00")),
        rotated(unit="day", every=14, handoff_weekday="sun", handoff_time="00:00"),
        changed(date_mask=("sat", "sun"), continuous=True),
        changed(groups=people("a - b -")),
        grouped(Member(user_id="a", until="2026-10-01"), Member(user_id="a", since="2026-12-01")),
        grouped(Member(user_id="d", until="2026-10-01"), Member(user_id="a", role_id="primary")),
        changed(start="2026-10-01T00:00", end="2026-10-31T00:00", groups=people("d q")),
    ],
)
def test_layers_that_are_fine(fine: Layer) -> None:
    assert flaws(fine) == []


def test_all_flaws_are_told_at_once() -> None:
    bad = changed(start="", continuous=True, rotation=Rotation(unit="day", every=99), groups=people("q"))
    assert flaws(bad, bad, zone="Mars/Base") == [
        ("time_zone", "unknown_time_zone"),
        ("layers[0].start", "bad_wall_time"),
        ("layers[0].rotation.every", "out_of_range"),
        ("layers[0].continuous", "needs_date_mask"),
        ("layers[0].groups[0].members[0].user_id", "unknown_user"),
        ("layers[1].id", "repeated"),
        ("layers[1].start", "bad_wall_time"),
        ("layers[1].rotation.every", "out_of_range"),
        ("layers[1].continuous", "needs_date_mask"),
        ("layers[1].groups[0].members[0].user_id", "unknown_user"),
    ]
    many = tuple(msgspec.structs.replace(GOOD, id=str(number)) for number in range(21))
    assert flaws(*many) == [("layers", "too_many")]


def test_a_mask_resets_a_weekly_restriction() -> None:
    both = changed(date_mask=("mon",), restriction=weekly("mon 09:00 fri 18:00"))
    checked = check_schedule(Schedule(time_zone="UTC", layers=(GOOD, both)), KNOWN, now=NOW)
    assert [(w.field, w.code) for w in checked.warnings] == [("layers[1].restriction", "weekly_restriction_reset")]
    assert checked.schedule.layers == (GOOD, msgspec.structs.replace(both, restriction=Restriction()))
    assert [flaw.field for flaw in checked.flaws] == ["layers[1].id"]


def test_titles() -> None:
    assert check_titles("x" * 40, "y" * 500) == []
    assert [flaw.field for flaw in check_titles("", "y" * 501)] == ["name", "description"]
    assert [flaw.field for flaw in check_titles("x" * 41)] == ["name"]
    assert [flaw.field for flaw in check_titles("   ")] == ["name"]


def test_windows() -> None:
    assert check_window(NOW, NOW + timedelta(days=366)) == []
    assert [f.code for f in check_window(NOW, NOW)] == ["end_not_after_start"]
    assert [(f.field, f.code) for f in check_window(NOW, NOW + timedelta(days=367))] == [("to", "too_long")]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), []),
        (Scope(kind="layer", layer_id="L"), []),
        (Scope(kind="layer", layer_id="X"), ["scope.layer_id"]),
        (Scope(kind="layer"), ["scope.layer_id"]),
        (Scope(kind="role", role_id="primary"), []),
        (Scope(kind="role", role_id="backup"), ["scope.role_id"]),
        (Scope(kind="person", user_id="b"), []),
        (Scope(kind="person", user_id="x"), []),
        (Scope(kind="person", user_id="c"), ["scope.user_id"]),
        (Scope(kind="all", layer_id="L"), ["scope.layer_id"]),
    ],
)
def test_scopes_of_overrides(scope: Scope, expected: list[str]) -> None:
    schedule = Schedule(time_zone="UTC", layers=(grouped(Member(user_id="a", role_id="primary")),))
    made = msgspec.structs.replace(override("a", "2026-11-02", "2026-11-03"), scope=scope)
    others = [override("x", "2026-11-02", "2026-11-03")]
    found = check_override(made, schedule, KNOWN, others=others, now=NOW)
    assert [flaw.field for flaw in found] == expected


def test_overrides_that_are_refused() -> None:
    schedule = Schedule(time_zone="UTC", layers=(GOOD,))
    cases = {
        ("q", "2026-11-03", "2026-11-02"): ["end", "user_id"],
        ("d", "2026-11-02", "2027-11-04"): ["end", "user_id"],
        ("a", "2026-11-02", "2027-11-03"): [],
    }
    for (user, start, end), fields in cases.items():
        found = check_override(override(user, start, end), schedule, KNOWN, now=NOW)
        assert [flaw.field for flaw in found] == fields
    others = [override("a", "2026-11-02", "2026-11-03")] * 500
    assert [f.code for f in check_override(others[0], schedule, KNOWN, others=others, now=NOW)] == [
        "too_many_overrides"
    ]
    later = override("a", "2026-11-04", "2026-11-05")
    assert check_override(later, schedule, KNOWN, others=others, now=utc("2026-11-03")) == []
    over = check_override(others[0], schedule, KNOWN, now=utc("2026-11-03"))
    assert [(flaw.field, flaw.code) for flaw in over] == [("end", "past")]
    far = override("a", "2150-01-01", "2150-01-02")
    assert [flaw.field for flaw in check_override(far, schedule, KNOWN, now=NOW)] == ["start", "end"]


def test_a_schedule_is_its_json() -> None:
    text = b"""{"time_zone": "Europe/Berlin", "overlap": "top_layer", "layers": [{"id": "L", "name": "Nights",
      "start": "2026-11-02T22:00", "end": null, "time_zone": null, "date_mask": ["mon", "tue"],
      "rotation": {"unit": "day", "every": 7, "order": "fair", "handoff_weekday": "mon",
                   "handoff_time": "22:00"}, "continuous": true,
      "restriction": {"kind": "daily", "periods": [{"start": "22:00", "end": "06:00"}]},
      "groups": [{"members": [{"user_id": "a", "role_id": "primary", "from": "2026-11-02", "until": null}],
                  "nobody": false}, {"nobody": true}]}]}"""
    schedule = msgspec.json.decode(text, type=Schedule)
    assert schedule.layers[0].groups[0].members[0].since == "2026-11-02"
    assert msgspec.json.decode(msgspec.json.encode(schedule), type=Schedule) == schedule
    assert check_schedule(schedule, KNOWN, now=NOW).flaws == ()
    naive = b'{"user_id": "a", "start": "2026-11-02T00:00", "end": "2026-11-03T00:00"}'
    with pytest.raises(msgspec.ValidationError, match="start"):
        msgspec.json.decode(naive, type=TimeOff)
    for wrong in (text.replace(b'"fair"', b'"random"'), text.replace(b'"tue"', b'"tuesday"')):
        with pytest.raises(msgspec.ValidationError, match=r"\$\.layers\[0\]\.(rotation\.order|date_mask\[1\])"):
            msgspec.json.decode(wrong, type=Schedule)
