"""What is refused in an override, in a window and in an instant."""

from datetime import datetime, timedelta

import msgspec
import pytest

from shared.domain.flaws import Nameable
from shared.domain.on_call.override_checks import check_instant, check_override, check_window
from shared.domain.on_call.rota import Group, Member, Schedule, Scope
from tests.shared.domain.on_call.rotas import layer, override, people, utc

NOW = utc("2026-11-01")
KNOWN = Nameable(users=frozenset("abcdez"), deactivated=frozenset("d"))
MOMENT = timedelta(microseconds=1)
GOOD = layer("1 day", "2026-11-02T09:00", "a b")


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        (utc("2000-01-01"), None),
        (utc("2000-01-01") - MOMENT, "out_of_range"),
        (utc("2100-01-01") - MOMENT, None),
        (utc("2100-01-01"), "out_of_range"),
        (NOW.replace(tzinfo=None), "no_offset"),
    ],
)
def test_instants(instant: datetime, code: str | None) -> None:
    assert [(each.field, each.code) for each in check_instant("at", instant)] == ([("at", code)] if code else [])


def test_windows() -> None:
    assert check_window(NOW, NOW + timedelta(days=366)) == []
    assert [f.code for f in check_window(NOW, NOW)] == ["end_not_after_start"]
    assert [(f.field, f.code) for f in check_window(NOW, NOW + timedelta(days=366) + MOMENT)] == [("to", "too_long")]
    assert [f.field for f in check_window(NOW.replace(tzinfo=None), utc("1999-01-01"))] == ["from", "to"]


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
    primary = Group(members=(Member(user_id="a", role_id="primary"),))
    schedule = Schedule(time_zone="UTC", layers=(layer("1 day", "2026-11-02T09:00", (primary, *people("b"))),))
    made = msgspec.structs.replace(override("a", "2026-11-02", "2026-11-03"), scope=scope)
    others = [override("x", "2026-11-02", "2026-11-03")]
    found = check_override(made, schedule, KNOWN, others=others, now=NOW)
    assert [flaw.field for flaw in found] == expected


def test_an_override_of_a_layer_is_for_hours_in_which_it_lives() -> None:
    schedule = Schedule(time_zone="UTC", layers=(msgspec.structs.replace(GOOD, end="2026-11-05T09:00"),))
    for start, end, is_refused in (
        ("2026-11-01T00:00", "2026-11-02T09:00", True),
        ("2026-11-01T00:00", "2026-11-02T09:01", False),
        ("2026-11-05T08:59", "2026-11-06T00:00", False),
        ("2026-11-05T09:00", "2026-11-06T00:00", True),
    ):
        found = check_override(override("a", start, end, "layer L"), schedule, KNOWN, now=NOW)
        assert [(each.field, each.code) for each in found] == [("scope.layer_id", "not_in_schedule")] * is_refused


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


def test_what_is_over_when_it_is_made() -> None:
    schedule = Schedule(time_zone="UTC", layers=(GOOD,))
    made = override("a", "2026-11-02", "2026-11-03")
    assert [each.code for each in check_override(made, schedule, KNOWN, now=made.end)] == ["past"]
    assert check_override(made, schedule, KNOWN, now=made.end - MOMENT) == []


def test_only_those_in_force_or_to_come_count_and_none_that_was_cancelled() -> None:
    schedule = Schedule(time_zone="UTC", layers=(GOOD,))
    made = override("a", "2026-11-04", "2026-11-05")
    alive = [override("a", "2026-11-02", "2026-11-03")] * 500
    cancelled = msgspec.structs.replace(alive[0], cancelled_at=NOW)
    for others, is_full in ((alive, True), (alive[1:], False), ([*alive[1:], cancelled], False)):
        found = check_override(made, schedule, KNOWN, others=others, now=NOW)
        assert [each.code for each in found] == (["too_many_overrides"] if is_full else [])
    assert check_override(made, schedule, KNOWN, others=alive, now=alive[0].end) == [], "over"
