"""When conditions hold for an event, and what is refused in them."""

from typing import Any

import pytest
from hypothesis import strategies as st

from server.kernel.patterns import compile_pattern
from shared.domain.alerts import Action, Event, Severity
from shared.domain.pipeline.conditions import (
    MAX_LABEL_NAME,
    MAX_PATTERN,
    AlertCondition,
    Conditions,
    check_conditions,
    holds,
    value_of,
)
from tests.shared.domain import properties

EVENT = Event(
    action=Action.TRIGGER,
    dedup_key="disk/db-1",
    title="Disk full [db-1]",
    severity=Severity.CRITICAL,
    check="disk",
    labels={"ip": "10.1.2.3", "peer": "10.1.2.3:9100", "six": "2001:db8::7", "load": "90", "empty": "", "a.b": "x"},
)


def is_met(key: str, *values: str, op: Any = "in") -> bool:
    return holds(((AlertCondition(key=key, op=op, values=values),),), EVENT, compile_pattern)


@pytest.mark.parametrize(
    ("key", "value", "is_so"),
    [
        ("title", "Disk full [db-1]", True),
        ("title", "Disk full", False),
        ("title", "disk full [db-1]", False),
        ("title", "Disk*", True),
        ("title", "Disk*[db-1]", True),
        ("title", "*[db-?]", True),
        ("title", "?", False),
        ("title", "disk*", False),
        ("title", "/full/", True),
        ("title", "/^full/", False),
        ("title", "/(?i)DISK/", True),
        ("title", "/", False),
        ("title", "//", True),
        ("severity", "critical", True),
        ("dedup_key", "disk/db-1", True),
        ("check", "disk", True),
        ("labels.ip", "cidr:10.0.0.0/8", True),
        ("labels.ip", "cidr:10.1.2.3/32", True),
        ("labels.ip", "cidr:10.1.2.4/32", False),
        ("labels.ip", "cidr:2001:db8::/32", False),
        ("labels.peer", "cidr:10.0.0.0/8", True),
        ("labels.six", "cidr:2001:db8::/32", True),
        ("labels.ip", "cidr:nonsense", False),
        ("title", "cidr:10.0.0.0/8", False),
        ("labels.load", "num:gt:90", False),
        ("labels.load", "num:gt:89.9", True),
        ("labels.load", "num:ge:90", True),
        ("labels.load", "num:ge:90.1", False),
        ("labels.load", "num:lt:90", False),
        ("labels.load", "num:lt:91", True),
        ("labels.load", "num:le:90", True),
        ("labels.load", "num:le:89", False),
        ("labels.load", "num:eq:90", False),
        ("title", "num:gt:0", False),
        ("labels.empty", "", True),
        ("labels.empty", "*", True),
        ("labels.a.b", "x", True),
        ("labels.none", "", False),
        ("labels.none", "*", False),
        ("nonsense", "*", False),
        ("labels", "*", False),
        ("details", "*", False),
    ],
)
def test_one_value(key: str, value: str, is_so: bool) -> None:
    assert is_met(key, value) is is_so
    assert is_met(key, value, op="not_in") is not is_so, "what is not there is not in either"


def test_one_of_the_values_suffices() -> None:
    assert is_met("check", "load", "disk")
    assert not is_met("check", "load", "disk", op="not_in")
    assert not is_met("check")
    assert is_met("check", op="not_in")


YES, NO = AlertCondition(key="check", values=("disk",)), AlertCondition(key="check", values=("load",))


@pytest.mark.parametrize(
    ("conditions", "is_so"),
    [
        ((), True),
        (((),), True),
        (((YES,),), True),
        (((NO,),), False),
        (((YES, NO),), False),
        (((NO, YES),), False),
        (((YES, YES),), True),
        (((NO,), (YES,)), True),
        (((YES,), (NO,)), True),
        (((YES, NO), (NO, YES)), False),
    ],
)
def test_all_of_a_group_and_any_of_the_groups(conditions: Conditions, is_so: bool) -> None:
    assert holds(conditions, EVENT, compile_pattern) is is_so


@pytest.mark.parametrize(
    ("key", "value"),
    [("severity", "critical"), ("source", ""), ("labels.ip", "10.1.2.3"), ("labels.", None), ("action", None)],
)
def test_what_a_key_names(key: str, value: str | None) -> None:
    assert value_of(EVENT, key) == value


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (AlertCondition(key="labels.x", values=("a", "/b+/", "c*", "cidr:10.0.0.0/8", "num:le:-1.5")), []),
        (AlertCondition(key="titel", values=("a",)), [("key", "unknown_key")]),
        (AlertCondition(key="labels.", values=("a",)), [("key", "unknown_key")]),
        (AlertCondition(key="details", values=("a",)), [("key", "unknown_key")]),
        (AlertCondition(key="labels." + "n" * MAX_LABEL_NAME, values=("a",)), []),
        (AlertCondition(key="labels." + "n" * (MAX_LABEL_NAME + 1), values=("a",)), [("key", "too_long")]),
        (AlertCondition(key="title", values=()), [("values", "empty")]),
        (AlertCondition(key="title", values=("v" * MAX_PATTERN,)), []),
        (AlertCondition(key="title", values=("v" * (MAX_PATTERN + 1),)), [("values[0]", "too_long")]),
        (AlertCondition(key="title", values=("a", "/(/")), [("values[1]", "bad_pattern")]),
        (AlertCondition(key="title", values=("/",)), []),
        (AlertCondition(key="title", values=("cidr:10.0.0.1/8",)), [("values[0]", "bad_network")]),
        (AlertCondition(key="title", values=("cidr:",)), [("values[0]", "bad_network")]),
        (AlertCondition(key="title", values=("num:eq:9",)), [("values[0]", "bad_number")]),
        (AlertCondition(key="title", values=("num:gt:x",)), [("values[0]", "bad_number")]),
        (AlertCondition(key="title", values=("num:gt",)), [("values[0]", "bad_number")]),
        (AlertCondition(key="x", values=("/(/", "num:")),
         [("key", "unknown_key"), ("values[0]", "bad_pattern"), ("values[1]", "bad_number")]),
    ],
)  # fmt: skip
def test_what_is_refused(condition: AlertCondition, expected: list[tuple[str, str]]) -> None:
    found = check_conditions(((YES,), (YES, condition)), compile_pattern)
    assert [(each.field, each.code) for each in found] == [
        (f"conditions[1][1].{field}", code) for field, code in expected
    ]


LETTERS = st.text("ab[]!*?", max_size=6)


@properties.holds(LETTERS, LETTERS)
def test_a_star_is_anything_a_question_mark_is_one_and_brackets_are_themselves(wanted: str, text: str) -> None:
    def matches(wanted: str, text: str) -> bool:
        if not wanted:
            return not text
        if wanted[0] == "*":
            return any(matches(wanted[1:], text[skipped:]) for skipped in range(len(text) + 1))
        return bool(text) and wanted[0] in ("?", text[0]) and matches(wanted[1:], text[1:])

    event = Event(action=Action.TRIGGER, dedup_key="k", check=text)
    conditions = ((AlertCondition(key="check", values=(wanted,)),),)
    assert holds(conditions, event, compile_pattern) is matches(wanted, text)
