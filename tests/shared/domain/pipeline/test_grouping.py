"""Which alerts are one incident."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.alerts import Action, Event
from shared.domain.pipeline.grouping import LONGEST, LONGEST_KEY, Grouping, group_key, may_join

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
LABELS = Grouping(by="labels", labels=("cluster", "zone"))


def event(key: str = "k", **said: Any) -> Event:
    return Event(action=Action.TRIGGER, dedup_key=key, **said)


@pytest.mark.parametrize(
    ("grouping", "one", "other", "is_one"),
    [
        (Grouping(), {"check": "disk"}, {"check": "disk"}, True),
        (Grouping(), {"check": "disk"}, {"check": "load"}, False),
        (Grouping(), {}, {}, False),
        (Grouping(by="none"), {"check": "disk"}, {"check": "disk"}, False),
        (LABELS, {"labels": {"cluster": "a", "x": "1"}}, {"labels": {"cluster": "a", "x": "2"}}, True),
        (LABELS, {"labels": {"cluster": "a"}}, {"labels": {"zone": "a"}}, False),
        (LABELS, {"labels": {"cluster": "a", "zone": "b"}}, {"labels": {"cluster": "a", "zone": "c"}}, False),
        (LABELS, {"labels": {"x": "1"}}, {"labels": {"x": "1"}}, False),
        (Grouping(), {"check": "disk", "is_unreadable": True}, {"check": "disk"}, False),
        (LABELS, {"labels": {"cluster": "a"}, "is_unreadable": True}, {"labels": {"cluster": "a"}}, False),
    ],
)
def test_what_alerts_share(grouping: Grouping, one: dict[str, Any], other: dict[str, Any], is_one: bool) -> None:
    assert (group_key(grouping, event("1", **one)) == group_key(grouping, event("2", **other))) == is_one


def test_a_check_is_not_a_key_and_long_ones_stay_apart() -> None:
    assert group_key(Grouping(), event("disk")) != group_key(Grouping(), event("1", check="disk"))
    long = [group_key(Grouping(), event(check="c" * 300 + end)) for end in "ab"]
    assert len(set(long)) == 2
    assert all(len(key) <= LONGEST_KEY for key in long)


def test_an_incident_takes_more_alerts_for_a_day() -> None:
    assert may_join(NOW, NOW + LONGEST - timedelta(microseconds=1))
    assert not may_join(NOW, NOW + LONGEST)
