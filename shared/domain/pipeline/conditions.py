"""Conditions of rules: any of several groups, in each of which everything must hold."""

import fnmatch
import ipaddress
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from msgspec import Struct

from shared.domain.alerts import Event

Operator = Literal["in", "not_in"]
MAX_PATTERN = 512
MAX_LABEL_NAME = 128
FIELDS = ("title", "description", "severity", "source", "check", "dedup_key")


class Pattern(Protocol):
    """A compiled pattern that runs in linear time (RE2)."""

    def search(self, text: str) -> object: ...


Compile = Callable[[str], Pattern]


class AlertCondition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`key` is a field of an event or `labels.<name>`; it must (not) match one of `values`.

    A value is exact text, `/pattern/`, text with `*` and `?`, `cidr:10.0.0.0/8`, or `num:gt:90` (gt, ge, lt, le).
    """

    key: str
    op: Operator = "in"
    values: tuple[str, ...]


Conditions = tuple[tuple[AlertCondition, ...], ...]


class ConditionFlaw(Struct, frozen=True, kw_only=True):
    """What is wrong with a condition; `field` is a path below `conditions`."""

    field: str
    code: str
    message: str


def holds(conditions: Conditions, event: Event, compiled: Compile) -> bool:
    """Whether any group holds; no group at all holds for everything."""
    if not conditions:
        return True
    return any(all(_holds(each, event, compiled) for each in group) for group in conditions)


def _holds(condition: AlertCondition, event: Event, compiled: Compile) -> bool:
    actual = value_of(event, condition.key)
    matched = actual is not None and any(_matches(value, actual, compiled) for value in condition.values)
    return matched if condition.op == "in" else not matched


def value_of(event: Event, key: str) -> str | None:
    """The event's value for a key, None when it has none."""
    if key.startswith("labels."):
        return event.labels.get(key.removeprefix("labels."))
    return str(getattr(event, key)) if key in FIELDS else None


def _matches(wanted: str, actual: str, compiled: Compile) -> bool:
    kind, _, rest = wanted.partition(":")
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        return compiled(wanted[1:-1]).search(actual) is not None
    if kind == "cidr":
        return _is_within(rest, actual)
    if kind == "num":
        return _compares(rest, actual)
    if "*" in wanted or "?" in wanted:
        return fnmatch.fnmatchcase(actual, wanted.replace("[", "[[]"))
    return wanted == actual


def _is_within(network: str, actual: str) -> bool:
    try:
        return ipaddress.ip_address(actual.rsplit(":", 1)[0] if actual.count(":") == 1 else actual) in (
            ipaddress.ip_network(network)
        )
    except ValueError:
        return False


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "gt": lambda actual, limit: actual > limit,
    "ge": lambda actual, limit: actual >= limit,
    "lt": lambda actual, limit: actual < limit,
    "le": lambda actual, limit: actual <= limit,
}


def _compares(rest: str, actual: str) -> bool:
    operator, _, limit = rest.partition(":")
    try:
        return _COMPARE[operator](float(actual), float(limit))
    except (KeyError, ValueError):
        return False


def check_conditions(conditions: Conditions, compiled: Compile) -> list[ConditionFlaw]:
    """Everything that is wrong with them; `compiled` raises ValueError on a bad pattern."""
    return [
        flaw
        for g, group in enumerate(conditions)
        for c, condition in enumerate(group)
        for flaw in _check(condition, f"conditions[{g}][{c}]", compiled)
    ]


def _check(condition: AlertCondition, path: str, compiled: Compile) -> list[ConditionFlaw]:
    flaws: list[ConditionFlaw] = []
    if problem := key_problem(condition.key):
        flaws.append(_flaw(f"{path}.key", *problem))
    if not condition.values:
        flaws.append(_flaw(f"{path}.values", "empty", "needs at least one value"))
    for v, value in enumerate(condition.values):
        if problem := _value_problem(value, compiled):
            flaws.append(_flaw(f"{path}.values[{v}]", *problem))
    return flaws


def key_problem(key: str) -> tuple[str, str] | None:
    """Code and words for a key that names nothing of an event."""
    label = key.removeprefix("labels.")
    if key not in FIELDS and (label == key or not label):
        return "unknown_key", f"must be labels.<name> or one of {', '.join(FIELDS)}"
    if len(label) > MAX_LABEL_NAME:
        return "too_long", f"names of labels have at most {MAX_LABEL_NAME} characters"
    return None


def pattern_problem(pattern: str, compiled: Compile) -> tuple[str, str] | None:
    """Code and words for a pattern that can't be used."""
    if len(pattern) > MAX_PATTERN:
        return "too_long", f"must have at most {MAX_PATTERN} characters"
    try:
        compiled(pattern)
    except ValueError as error:
        return "bad_pattern", f"not a pattern: {error}"
    return None


def _value_problem(value: str, compiled: Compile) -> tuple[str, str] | None:
    kind, _, rest = value.partition(":")
    if len(value) > MAX_PATTERN:
        return "too_long", f"must have at most {MAX_PATTERN} characters"
    if len(value) > 1 and value[0] == value[-1] == "/":
        return pattern_problem(value[1:-1], compiled)
    if kind == "cidr":
        try:
            ipaddress.ip_network(rest)
        except ValueError:
            return "bad_network", "must be a network such as 10.0.0.0/8 or 2001:db8::/32, without bits of a host"
    elif kind == "num" and not _is_comparison(rest):
        return "bad_number", "must look like num:gt:90"
    return None


def _is_comparison(rest: str) -> bool:
    operator, _, limit = rest.partition(":")
    try:
        float(limit)
    except ValueError:
        return False
    return operator in _COMPARE


def _flaw(field: str, code: str, message: str) -> ConditionFlaw:
    return ConditionFlaw(field=field, code=code, message=message)
