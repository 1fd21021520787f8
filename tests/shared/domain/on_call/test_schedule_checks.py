"""Everything that is refused, by the field it is reported on."""

from typing import Any

import msgspec
import pytest

from shared.domain.flaws import Nameable
from shared.domain.on_call.rota import Group, Layer, Member, Restriction, Rotation, Schedule
from shared.domain.on_call.schedule_checks import check_schedule, check_titles
from tests.shared.domain.on_call.rotas import layer, people, utc, weekly

NOW = utc("2026-11-01")
KNOWN = Nameable(
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


REFUSED: list[tuple[Layer, list[tuple[str, str]]]] = [
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
def test_groups_that_are_refused(refused: Layer, expected: list[tuple[str, str]]) -> None:
    assert flaws(GOOD, msgspec.structs.replace(refused, id="M")) == [
        (f"layers[1].{field}", code) for field, code in expected
    ]


@pytest.mark.parametrize(
    "fine",
    [
        GOOD,
        changed(groups=people("a - b -")),
        grouped(Member(user_id="a", until="2026-10-01"), Member(user_id="a", since="2026-12-01")),
        grouped(Member(user_id="d", until="2026-10-01"), Member(user_id="a", role_id="primary")),
        changed(start="2026-10-01T00:00", end="2026-10-31T00:00", groups=people("d q")),
    ],
)
def test_groups_that_are_fine(fine: Layer) -> None:
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
